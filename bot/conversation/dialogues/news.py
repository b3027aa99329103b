"""Messages to many, from both sides: what a person asks to be told, answers, and how workers make a message."""

from dataclasses import replace

from bot.conversation.dialogues.connect import MOST_WORDS
from bot.conversation.effects import Follow, MakeNotice, OfferToTeam, ShapeNotice, ShowTopics, StepNotice
from bot.conversation.request_card import is_urgent
from bot.conversation.turn import Card, Effect, Outcome, Turn

FOR_ALL = ("urgent", "places", "activities")


def choose_news(turn: Turn, rest: str = "") -> Outcome | None:
    """Show what can be asked for; `on:topic` and `off:topic` choose and leave one."""
    choice, _, topic = rest.partition(":")
    wanted: tuple[Effect, ...] = ()
    if rest:
        themes = {f"theme:{theme.id}" for theme in turn.world.needs.themes}
        if choice not in ("on", "off") or topic not in themes | set(FOR_ALL):
            return None
        wanted = (Follow(topic, choice == "on"),)
    return Outcome((), turn.state, (*wanted, ShowTopics()))


def make_notice(turn: Turn, notice: str = "") -> Outcome | None:
    """Let a worker begin a message to many, or look at those under way."""
    return Outcome((), turn.state, (MakeNotice(notice),)) if turn.person.worker else None


def shape_notice(turn: Turn, rest: str) -> Outcome | None:
    """Choose what a message names or where its people live: `number:field:value`."""
    number, field, value = (*rest.split(":", 2), "", "", "")[:3]
    if turn.person.worker is None or not _is_number(number):
        return None
    return Outcome((), turn.state, (ShapeNotice(int(number), field, value),))


def step_notice(turn: Turn, rest: str) -> Outcome | None:
    """Take a step with a message: `number:step`."""
    number, _, step = rest.partition(":")
    if turn.person.worker is None or not _is_number(number):
        return None
    return Outcome((), turn.state, (StepNotice(int(number), step),))


def offer_to_team(turn: Turn, outcome: Outcome) -> Outcome:
    """Have words that may answer a message to many offered to a team, beside the bot's own answer.

    Not where they have their way already: a danger, a command, a question of ours, a request of the person's.
    """
    heard, person, words = turn.heard, turn.person, turn.inbound.text.strip()
    if heard is None or heard.danger or heard.word or turn.state.asked or words.startswith("/"):
        return outcome
    if not person.topics or person.worker or person.request or outcome.state.card:
        return outcome
    need = heard.sure[0] if heard.sure else ""
    card = Card(need, person.place, turn.language, words[:MOST_WORDS], urgent=is_urgent(need, turn.world))
    return replace(outcome, effects=(*outcome.effects, OfferToTeam(card)))


def _is_number(written: str) -> bool:
    return written.isascii() and written.isdigit() and len(written) < 10
