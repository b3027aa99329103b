"""The first contact and the way around: greeting, languages, themes, help and small talk."""

from dataclasses import replace

from bot.conversation.dialogues.need import answer_need
from bot.conversation.effects import SetLanguage
from bot.conversation.turn import Outcome, State, Turn, World
from bot.conversation.vocabulary import tell_line
from bot.messages import Button, Reply, Rows, column


def greet(turn: Turn) -> Outcome:
    """Say who speaks, what it costs and what is kept; offer languages, then the themes."""
    elsewhere = tuple((territory_button(turn, world),) for world in turn.world.elsewhere)
    return Outcome(
        (turn.reply(greeting(turn), *language_buttons(turn), *elsewhere), themes_reply(turn)), State()
    )


def greeting(turn: Turn) -> str:
    """Say it in at most sixty words."""
    say = turn.voice.say
    return "\n".join(
        [
            say(
                "Hello! I am a robot. I help you find your rights and the right doors in {territory}.",
                territory=_here(turn),
            ),
            *_other_territories(turn),
            say("It is free. I do not need your name."),
            say("I keep your language, your commune and where our talk stands, 30 days at most."),
            say("Write /me to see it, /erase to erase it."),
        ]
    )


def introduced(turn: Turn, outcome: Outcome) -> Outcome:
    """Answer somebody new at once, and say first who speaks; in one message, so that it comes at once."""
    say = turn.voice.say
    hello = say("Hello! I am a robot. It is free and I do not need your name. /help tells you more.")
    first, *rest = outcome.replies
    return replace(outcome, replies=(replace(first, text=f"{hello}\n\n{first.text}"), *rest))


def keep_language(turn: Turn, outcome: Outcome) -> Outcome:
    """Go on in the language that was surely heard first; offer to change when another one is heard later."""
    heard = turn.world.words.match(turn.heard.language) if turn.heard else ""
    if not heard or turn.state.thread or (turn.person.request and turn.person.request.has_worker):
        return outcome
    if not turn.person.language:
        return replace(outcome, effects=(SetLanguage(heard), *outcome.effects))
    if heard == turn.language or not outcome.replies:
        return outcome
    *first, last = outcome.replies
    offer = Button(turn.world.words.languages[heard].name, f"language:{heard}")
    return replace(outcome, replies=(*first, replace(last, buttons=(*last.buttons, (offer,)))))


def ask_language(turn: Turn) -> Outcome:
    """Offer the languages in their own names."""
    return Outcome(
        (turn.reply(turn.voice.say("Choose your language:"), *language_buttons(turn)),), turn.state
    )


def set_language(turn: Turn, code: str) -> Outcome | None:
    """Speak another language from now on, and say again where we are."""
    words = turn.world.words
    if code not in words.languages:
        return None
    spoken = replace(turn, person=replace(turn.person, language=code))
    text = spoken.voice.say("From now on I write in this language.")
    if not turn.state.need:
        return Outcome((spoken.reply(text), themes_reply(spoken)), turn.state, (SetLanguage(code),))
    again = answer_need(spoken, turn.state.need)
    state = replace(turn.state, draft_told=again.state.draft_told)
    return Outcome((spoken.reply(text), *again.replies), state, (SetLanguage(code),))


def show_themes(turn: Turn) -> Outcome:
    """Show the themes and wait for nothing else."""
    return Outcome((themes_reply(turn),), State(thread=""))


def themes_reply(turn: Turn) -> Reply:
    """Invite to write, or to choose a theme."""
    voice = turn.voice
    text = voice.say("Write your question in your own words, or choose a theme:")
    buttons = [
        Button(f"{theme.icon} {voice.label(theme.label)}".strip(), f"theme:{theme.id}")
        for theme in turn.world.needs.themes
    ]
    rows = tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
    meet = ((Button(voice.say("Meet someone near me"), "meet"),),) if turn.meets else ()
    return turn.reply(text, *rows, *meet, (Button(voice.say("Talk to someone"), "talk"),))


def show_theme(turn: Turn, theme_id: str) -> Outcome | None:
    """Show the needs of one theme."""
    if theme_id not in {theme.id for theme in turn.world.needs.themes}:
        return None
    voice, needs = turn.voice, turn.world.needs
    theme = needs.theme(theme_id)
    buttons = [Button(voice.label(need.label), f"need:{need.id}") for need in needs.of_theme(theme_id)]
    buttons.append(Button(voice.say("Other themes"), "menu"))
    text = f"<b>{theme.icon} {voice.label(theme.label)}</b>\n" + voice.say("What is it about?")
    return Outcome((turn.reply(text, *column(buttons)),), State())


def help_me(turn: Turn) -> Outcome:
    """Say what one can do here."""
    say, isolate = turn.voice.say, turn.voice.isolate
    lines = [
        say("Write what happens to you, in your own words. I look for the answer and the right doors."),
        say("You can always write:"),
        isolate("/menu") + " · " + say("all themes"),
        isolate("/language") + " · " + say("another language"),
        isolate("/human") + " · " + say("talk to someone"),
        isolate("/me") + " · " + say("what is kept about me"),
        isolate("/erase") + " · " + say("erase everything"),
        isolate("/stop") + " · " + say("stop messages"),
    ]
    line = turn.world.territory.line(turn.world.territory.helpline)
    lines += ["", say("You can also call:"), tell_line(line, turn.voice, turn.world.territory, turn.now)]
    return Outcome((turn.reply("\n".join(lines), *column([_themes_button(turn)])),), turn.state)


def chat_along(turn: Turn, kind: str) -> Outcome:
    """Answer a greeting, thanks, a goodbye, or a question about the bot itself."""
    say = turn.voice.say
    texts = {
        "thanks": say("With pleasure. Write again whenever you want."),
        "goodbye": say("Goodbye, and take care. You can come back at any time."),
        "who": say(
            "I am a robot. People wrote and checked my answers. I can also put you in touch with a person."
        ),
        "free": say("Yes, it is free. I do not need your name."),
    }
    if kind not in texts:
        return greet(turn) if turn.person.is_new else show_hello(turn)
    return Outcome((turn.reply(texts[kind], *column([_themes_button(turn)])),), turn.state)


def show_hello(turn: Turn) -> Outcome:
    """Greet somebody who has been here before."""
    reply = themes_reply(turn)
    return Outcome((replace(reply, text=turn.voice.say("Hello!") + " " + reply.text),), turn.state)


def language_buttons(turn: Turn) -> Rows:
    """Offer every language in its own name, the phone's first."""
    words = turn.world.words
    first = words.match(turn.person.phone_language) or turn.language
    codes = sorted(words.languages, key=lambda code: (code != first, words.languages[code].order))
    buttons = [Button(words.languages[code].name, f"language:{code}") for code in codes]
    return tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))


def _other_territories(turn: Turn) -> list[str]:
    names = [turn.voice.label(world.territory.name) for world in turn.world.elsewhere]
    if not names:
        return []
    listed = turn.voice.listing(names)
    return [turn.voice.say("Are you in {territories}? Press its name below.", territories=listed)]


def territory_button(turn: Turn, world: World) -> Button:
    """Lead to another territory."""
    return Button(f"🌍 {turn.voice.label(world.territory.name)}", f"territory:{world.territory.code}")


def _here(turn: Turn) -> str:
    return turn.voice.label(turn.world.territory.name)


def _themes_button(turn: Turn) -> Button:
    return Button(turn.voice.say("All themes"), "menu")
