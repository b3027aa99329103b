"""What an outcome can ask to be done about a request beside the first steps; a part of `bot.conversation.effects`."""

from dataclasses import dataclass

from bot.conversation.turn import Effect


@dataclass(frozen=True)
class RequestDue(Effect):
    """A timer of a request or a meeting is due; see `bot.handoff.clockwork`."""

    timer: str


@dataclass(frozen=True)
class PassOn(Effect):
    """The worker sends a request to colleagues (team 0) or asks the person for a yes to another team."""

    request: str
    team: int


@dataclass(frozen=True)
class AddNote(Effect):
    """The worker keeps a note for the team on a request."""

    request: str
    words: str


@dataclass(frozen=True)
class AgreeToTeam(Effect):
    """The person lets the other team see the request, with what was written so far or without."""

    request: str
    history: bool


@dataclass(frozen=True)
class RefuseTeam(Effect):
    """The person lets nobody else see the request."""

    request: str


@dataclass(frozen=True)
class ReopenRequest(Effect):
    """The person says that a closed request is not solved."""

    request: str


@dataclass(frozen=True)
class ShowUnread(Effect):
    """Give a discreet person what waits for them."""


@dataclass(frozen=True)
class ShowOriginal(Effect):
    """Show the words behind a machine translation."""

    message: str


@dataclass(frozen=True)
class ProposeMeeting(Effect):
    """The worker proposes moments (ISO 8601) to meet, and where."""

    request: str
    slots: tuple[str, ...]
    where: str = ""


@dataclass(frozen=True)
class ChooseSlot(Effect):
    """The person takes one of the proposed moments, or "none"."""

    meeting: str
    slot: str


@dataclass(frozen=True)
class CancelMeeting(Effect):
    """Either side calls a meeting off."""

    meeting: str


@dataclass(frozen=True)
class LoseTeam(Effect):
    """The team of a request is gone: look for another door for it."""

    request: str
