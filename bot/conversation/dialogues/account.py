"""The person stays in charge: see what is kept, erase it, stop."""

from dataclasses import replace

from bot.conversation.effects import ForgetMe, SendEverything, StopTelling
from bot.conversation.turn import Outcome, State, Turn
from bot.conversation.vocabulary import place_name
from bot.messages import Button, column


def show_me(turn: Turn) -> Outcome:
    """Show everything that is kept about the person, and how long."""
    voice, person = turn.voice, turn.person
    # TRANSLATORS: what is known of a person: no language, no commune, no request
    nothing = voice.say("nothing")
    place = place_name(person.place, voice, turn.world.territory) if person.place else nothing
    language = voice.language_name(turn.language)
    lines = [
        voice.say("This is kept about you:"),
        "• " + voice.say("Language: {language}", language=language),
        "• " + voice.say("Commune: {commune}", commune=place),
        "• " + voice.say("Where our talk stands, and the address to answer you in this app."),
        "• " + _request(turn),
        "",
        voice.say("What you write is read by the program and then erased."),
        voice.say("The rest is erased 30 days after your last message."),
        voice.say_n(
            "What you and a worker wrote is erased {n} day after your request has ended.",
            "What you and a worker wrote is erased {n} days after your request has ended.",
            turn.world.keep_days,
        ),
        voice.say("A request that you prepare stays with our talk until you send it or leave it."),
        voice.say("What you say to a worker is passed on to that worker only. They keep it in their chat."),
        voice.say("In the web chat my messages stay one day, so that the page can show them."),
    ]
    if person.topics:
        lines.append(voice.say("You asked to be told about some things: /news shows them. /stop ends them."))
        lines.append(voice.say("As long as that lasts, at most a year, I keep how to write to you."))
    if person.worker:
        lines.append(voice.say("You are registered as a worker: {name}.", name=person.worker.first_name))
    buttons = column(
        [
            Button(voice.say("Read all of it"), "me-all"),
            Button(voice.say("Erase everything"), "erase"),
            Button(voice.say("All themes"), "menu"),
        ]
    )
    return Outcome((turn.reply("\n".join(lines), *buttons),), turn.state)


def send_everything(turn: Turn) -> Outcome:
    """Send the person all that is kept about them; the effect writes it."""
    return Outcome((), turn.state, (SendEverything(),))


def ask_erase(turn: Turn) -> Outcome:
    """Ask once before everything is erased."""
    say = turn.voice.say
    text = say("Erase everything that is kept about you? An open request is withdrawn too.")
    buttons = column([Button(say("Yes, erase everything"), "erase-all"), Button(say("No"), "menu")])
    return Outcome((turn.reply(text, *buttons),), replace(turn.state, asked=""))


def erase(turn: Turn) -> Outcome:
    """Erase everything and say so."""
    text = turn.voice.say(
        "Everything is erased. You can also delete this chat on your phone. Write again whenever you want."
    )
    return Outcome((turn.reply(text),), State(), (ForgetMe(),))


def stop(turn: Turn) -> Outcome:
    """Stop writing; an open request stays until the person withdraws it."""
    say = turn.voice.say
    lines = [say("I stop. I do not write to you unless you write first.")]
    buttons = []
    if turn.person.request:
        lines.append(say("Your request to a worker is still open: you get the answer to it."))
        buttons.append(Button(say("Withdraw my request"), "withdraw"))
    buttons.append(Button(say("Erase everything"), "erase"))
    return Outcome((turn.reply("\n".join(lines), *column(buttons)),), State(), (StopTelling(),))


def _request(turn: Turn) -> str:
    say, request = turn.voice.say, turn.person.request
    if request is None:
        return say("Request to a worker: none open")
    asked = turn.voice.date(request.asked_at.astimezone(turn.world.territory.zone).date())
    return say("Request to a worker: open since {date}", date=asked)
