"""What an outcome can ask to be done in going towards people; `bot.outreach.effects` does it."""

from dataclasses import dataclass
from datetime import date

from bot.conversation.turn import Card, Effect


@dataclass(frozen=True)
class ShowMeetings(Effect):
    """Tell where somebody can be met this week in a commune and near it."""

    commune: str


@dataclass(frozen=True)
class ShowMeetingPlace(Effect):
    """Tell about one meeting place and when somebody comes there."""

    place: str


@dataclass(frozen=True)
class Follow(Effect):
    """The person asks to be told about a topic, or no more; see `bot.outreach.topics`."""

    topic: str
    on: bool


@dataclass(frozen=True)
class StopTelling(Effect):
    """The person said stop: forget all that they asked to be told."""


@dataclass(frozen=True)
class ShowRounds(Effect):
    """Show a worker the rounds of the next days."""


@dataclass(frozen=True)
class ShowStop(Effect):
    """Show a worker one time of a stop; `minute` counts from 1970."""

    stop: int
    minute: int


@dataclass(frozen=True)
class ChangeStop(Effect):
    """A worker notes what became of one time of a stop."""

    stop: int
    minute: int
    what: str


@dataclass(frozen=True)
class JoinRound(Effect):
    """A worker lets people know that they come on a round, or no more."""

    round: str
    on: bool


@dataclass(frozen=True)
class ArriveAtPlace(Effect):
    """The talk was opened by the link of a meeting place."""

    place: str


@dataclass(frozen=True)
class GreetEncounter(Effect):
    """The talk was opened by a code that a worker handed out."""

    code: str


@dataclass(frozen=True)
class GiveCode(Effect):
    """A worker wants a code to hand out."""

    place: str = ""


@dataclass(frozen=True)
class NoteMeeting(Effect):
    """A worker notes a meeting without a request, tap by tap; no field can hold who was met."""

    place: str = ""
    theme: str = ""
    people: int = 0


@dataclass(frozen=True)
class FixMeeting(Effect):
    """A worker corrects what was just noted: a language, `yesterday` or `undo`."""

    meeting: int
    what: str


@dataclass(frozen=True)
class PlanFollowUp(Effect):
    """Ask in three days whether it worked; `again` once more, later."""

    need: str
    again: bool = False


@dataclass(frozen=True)
class AskWhetherItWorked(Effect):
    """The time has come to ask whether it worked."""

    need: str


@dataclass(frozen=True)
class ItHelped(Effect):
    """The person said that it helped."""


@dataclass(frozen=True)
class SetReminder(Effect):
    """Remind the person of a day, `lead` days before."""

    need: str
    day: date
    lead: int


@dataclass(frozen=True)
class TellReminder(Effect):
    """The time of a reminder has come."""

    need: str
    day: str


@dataclass(frozen=True)
class Spread(Effect):
    """Go on with a message to many."""

    broadcast: int


@dataclass(frozen=True)
class ShowTopics(Effect):
    """Show what the person can ask to be told, and what they asked for."""


@dataclass(frozen=True)
class MakeNotice(Effect):
    """A worker begins a message to many, or looks at those under way."""

    notice: str = ""


@dataclass(frozen=True)
class ShapeNotice(Effect):
    """A worker chooses what a message to many names, or where its people live."""

    broadcast: int
    field: str
    value: str


@dataclass(frozen=True)
class StepNotice(Effect):
    """A worker takes a step with a message to many; see `bot.outreach.broadcasts`."""

    broadcast: int
    step: str


@dataclass(frozen=True)
class OfferToTeam(Effect):
    """Somebody who follows a topic wrote something: if that answers a message to many, offer it to a team, once."""

    card: Card


@dataclass(frozen=True)
class ShowDigest(Effect):
    """A worker wants to see how the last month went."""
