"""A need and its answer: short first, the rest behind buttons; and what to say when it is not clear."""

from dataclasses import replace

from bot.conversation import memory
from bot.conversation.effects import Count, KeepUnanswered
from bot.conversation.turn import Outcome, State, Turn
from bot.conversation.vocabulary import HEADINGS, tell_line
from bot.knowledge import Told
from bot.messages import Button, Reply, Rows, column, escape, link
from bot.understanding.meaning import Decision, Meaning
from directory.answers import Section

BEHIND_BUTTONS = ("who", "steps", "papers", "cost", "refused")
MOST_CHOICES = 3


def answer_need(turn: Turn, need: str, guesses: tuple[str, ...] = ()) -> Outcome:
    """Give the short answer to a need; its other parts stand behind buttons."""
    told = turn.world.knowledge.answer(need, turn.language)
    state = State(need=need, guesses=guesses)
    if told is None:
        return Outcome((_not_ready(turn, need),), state, (Count("answer-missing", need),))
    rights = memory.to_offer(
        turn, (right for right in told.answer.related if right in turn.world.knowledge.ready)
    )
    parts = (
        _other_language(turn, told),
        _draft(turn, told),
        short_answer(turn, told, need),
        _offer(turn, rights),
    )
    reply = turn.reply("\n\n".join(part for part in parts if part), *_buttons(turn, need, told))
    state = replace(state, draft_told=told.language if told.original else "")
    return Outcome((reply,), memory.offering(state, rights, turn), (Count("answer", need),))


def short_answer(turn: Turn, told: Told, need: str) -> str:
    """Write what this is, what to do first and by when, with the source and the date of the check.

    By when comes first when the person's words showed a deadline.
    """
    voice = told.voice
    parts = [f"<b>{voice.label(turn.world.needs.need(need).label)}</b>"]
    for section in _in_order(told.answer.short, memory.deadline_shown(turn)):
        heading = f"<b>{voice.say(HEADINGS[section.id])}</b>\n" if section.id in HEADINGS else ""
        parts.append(heading + told.text(section.id))
    parts.append(f"<i>{_sources(told)}</i>")
    return "\n\n".join(parts)


def show_section(turn: Turn, section: str, need: str) -> Outcome | None:
    """Show one more part of an answer."""
    told = turn.world.knowledge.answer(need, turn.language)
    if told is None or not told.has(section):
        return None
    text = f"<b>{told.voice.say(HEADINGS[section])}</b>\n{told.text(section)}"
    rows = _buttons(turn, need, told, leave_out=section)
    return Outcome((turn.reply(text, *rows),), replace(turn.state, need=need, asked=""))


def show_original(turn: Turn, need: str) -> Outcome | None:
    """Show the short answer in the language that it was written in, where the translation was not reviewed."""
    told = turn.world.knowledge.answer(need, turn.world.territory.languages[0])
    if told is None:
        return None
    buttons = column([Button(turn.voice.say("Back to the answer"), f"need:{need}")])
    reply = replace(turn.reply(short_answer(turn, told, need), *buttons), language=told.language)
    return Outcome((reply,), replace(turn.state, need=need, asked=""))


def show_related(turn: Turn, need: str) -> Outcome | None:
    """Offer the rights that people in this situation often miss."""
    told = turn.world.knowledge.answer(need, turn.language)
    if told is None or not told.answer.related:
        return None
    voice = turn.voice
    buttons = [_need_button(turn, other) for other in told.answer.related]
    buttons.append(Button(voice.say("Back to the answer"), f"need:{need}"))
    text = voice.say("People in this situation often miss these rights too:")
    return Outcome((turn.reply(text, *column(buttons)),), replace(turn.state, need=need, asked=""))


def choose(turn: Turn, needs: tuple[str, ...]) -> Outcome:
    """Offer a few needs when it is not clear which one is meant."""
    voice = turn.voice
    offered = needs[:MOST_CHOICES]
    buttons = [_need_button(turn, need) for need in offered]
    buttons += [Button(voice.say("Something else"), "menu"), Button(voice.say("Talk to someone"), "talk")]
    text = voice.say("I am not sure I understood. What is it about?")
    return Outcome((turn.reply(text, *column(buttons)),), State(guesses=needs))


def several(turn: Turn, needs: tuple[str, ...]) -> Outcome:
    """Answer the first of several needs and keep the others at hand."""
    first = answer_need(turn, needs[0], needs[1:])
    voice = turn.voice
    buttons = column(_need_button(turn, need) for need in needs[1:4])
    also = turn.reply(voice.say("You also spoke of this. Press to read more:"), *buttons)
    return replace(first, replies=(*first.replies, also))


def not_understood(turn: Turn) -> Outcome:
    """Say so, and open the other doors: themes and a person."""
    voice = turn.voice
    line = turn.world.territory.line(turn.world.territory.helpline)
    text = "\n\n".join(
        [
            voice.say("I did not understand. It is my fault, not yours. Try other words, or choose below."),
            voice.say("People can also help you by phone:"),
            tell_line(line, voice, turn.world.territory, turn.now),
        ]
    )
    buttons = column(
        [
            Button(voice.say("All themes"), "menu"),
            Button(voice.say("Talk to someone"), "talk"),
            Button(voice.say("Another language"), "languages"),
        ]
    )
    return Outcome(
        (turn.reply(text, *buttons),), State(), (Count("not-understood", turn.language), *_kept(turn))
    )


def _kept(turn: Turn) -> tuple[KeepUnanswered, ...]:
    heard = turn.heard
    if heard is None or heard.decision is not Decision.UNKNOWN or heard.danger or heard.doubt:
        return ()
    words = turn.world.understander.without_details(turn.inbound.text)
    return (KeepUnanswered(turn.language, words),) if words else ()


def not_this(turn: Turn, need: str) -> Outcome:
    """Offer the next guesses after a wrong one; it is counted."""
    guesses = tuple(guess for guess in turn.state.guesses if guess != need)
    counted = (Count("wrong-guess", need),)
    if guesses:
        return replace(choose(turn, guesses), effects=counted)
    theme = turn.world.needs.need(need).theme
    others = [other for other in turn.world.needs.of_theme(theme) if other.id != need][:5]
    buttons = [_need_button(turn, other.id) for other in others]
    buttons += [
        Button(turn.voice.say("All themes"), "menu"),
        Button(turn.voice.say("Talk to someone"), "talk"),
    ]
    text = turn.voice.say("Sorry. Is it one of these? You can also write it in other words.")
    return Outcome((turn.reply(text, *column(buttons)),), State(), counted)


def hear(turn: Turn, meaning: Meaning) -> Outcome:
    """Answer what the words mean: one need, several, a close call, or nothing known."""
    needs = tuple(guess.id for guess in meaning.needs)
    if meaning.decision is Decision.ANSWER and needs:
        return (
            several(turn, meaning.sure) if len(meaning.sure) > 1 else answer_need(turn, needs[0], needs[1:4])
        )
    if meaning.decision is Decision.CHOOSE and needs:
        return choose(turn, needs)
    return not_understood(turn)


def hear_local_words(turn: Turn, meaning: Meaning, named: tuple[str, ...]) -> Outcome:
    """Answer the need that a word of the territory stands for; ask back when it may be another one."""
    others = tuple(guess.id for guess in meaning.needs if guess.id not in named)
    is_other = meaning.decision is Decision.ANSWER and meaning.needs[0].id not in named
    if len(named) == 1 and not is_other:
        return answer_need(turn, named[0], others[:3])
    return choose(turn, (*named, *others) if not is_other else (others[0], *named))


def _not_ready(turn: Turn, need: str) -> Reply:
    voice, territory = turn.voice, turn.world.territory
    line = tell_line(territory.line(territory.helpline), voice, territory, turn.now)
    text = "\n\n".join(
        [
            f"<b>{voice.label(turn.world.needs.need(need).label)}</b>",
            voice.say("My text about this is not ready yet. I do not want to tell you something wrong."),
            voice.say("These people can tell you more:"),
            line,
        ]
    )
    return turn.reply(text, *_buttons(turn, need, None))


def _in_order(sections: tuple[Section, ...], deadline: bool) -> list[Section]:
    return sorted(sections, key=lambda section: section.id != "by-when") if deadline else list(sections)


def _offer(turn: Turn, rights: tuple[str, ...]) -> str:
    """Name the rights that people in this situation often miss; a button further down opens them."""
    if not rights:
        return ""
    voice = turn.voice
    names = [f"• {voice.label(turn.world.needs.need(right).label)}" for right in rights]
    return "\n".join([voice.say("People in this situation often miss these rights too:"), *names])


def _other_language(turn: Turn, told: Told) -> str:
    if told.language == turn.language:
        return ""
    name = turn.voice.language_name(told.language)
    return turn.voice.say(
        "I do not have this text in your language yet. Here it is in another one: {language}.", language=name
    )


def _draft(turn: Turn, told: Told) -> str:
    """Say once in a language that nobody has reviewed this translation; a button opens the original."""
    if not told.original or turn.state.draft_told == told.language:
        return ""
    said = turn.voice.say(
        "No native speaker has checked this translation yet. Below, you can also open the original text."
    )
    return f"<i>{said}</i>"


def _sources(told: Told) -> str:
    voice = told.voice
    names = [(voice.isolate(escape(source.name)), source.url) for source in told.sources]
    links = ", ".join(link(name, url) if url else name for name, url in names)
    checked = voice.say("Checked on {date}", date=voice.date(told.checked_on))
    return voice.say("Source:") + f" {links}\n{checked}"


def _buttons(turn: Turn, need: str, told: Told | None, leave_out: str = "") -> Rows:
    voice = turn.voice
    sections = [section for section in BEHIND_BUTTONS if told and told.has(section) and section != leave_out]
    buttons = [Button(voice.say("Places near me"), f"places:{need}")]
    buttons += [Button(voice.say(HEADINGS[section]), f"{section}:{need}") for section in sections]
    if told and told.has("by-when"):
        buttons.append(Button(voice.say("Remind me of a date"), f"remind:{need}"))
    if told and told.answer.related:
        buttons.append(Button(voice.say("Other rights to look at"), f"related:{need}"))
    if leave_out:
        buttons.append(Button(voice.say("Back to the answer"), f"need:{need}"))
    elif told and told.original:
        buttons.append(Button(f"📄 {turn.world.words.known[told.original].name}", f"original:{need}"))
    buttons.append(Button(voice.say("Talk to someone"), f"talk:{need}"))
    buttons.append(Button(voice.say("This is not my question"), f"not-this:{need}"))
    return column(buttons)


def _need_button(turn: Turn, need: str) -> Button:
    return Button(turn.voice.label(turn.world.needs.need(need).label), f"need:{need}")
