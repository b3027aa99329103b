"""Messages to many, from both sides: what a person asks to be told, and how workers make and approve a message."""

from bot.conversation.effects import Follow, MakeNotice, ShapeNotice, ShowTopics, StepNotice
from bot.conversation.turn import Effect, Outcome, Turn

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


def _is_number(written: str) -> bool:
    return written.isascii() and written.isdigit() and len(written) < 10
