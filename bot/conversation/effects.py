"""Everything that an outcome can ask to be done; `bot.delivery.turns` holds the table that does it."""

from dataclasses import dataclass

from bot.conversation.outreach_effects import ArriveAtPlace as ArriveAtPlace
from bot.conversation.outreach_effects import AskWhetherItWorked as AskWhetherItWorked
from bot.conversation.outreach_effects import ChangeStop as ChangeStop
from bot.conversation.outreach_effects import FixMeeting as FixMeeting
from bot.conversation.outreach_effects import Follow as Follow
from bot.conversation.outreach_effects import GiveCode as GiveCode
from bot.conversation.outreach_effects import GreetEncounter as GreetEncounter
from bot.conversation.outreach_effects import ItHelped as ItHelped
from bot.conversation.outreach_effects import JoinRound as JoinRound
from bot.conversation.outreach_effects import MakeNotice as MakeNotice
from bot.conversation.outreach_effects import NoteMeeting as NoteMeeting
from bot.conversation.outreach_effects import OfferToTeam as OfferToTeam
from bot.conversation.outreach_effects import PlanFollowUp as PlanFollowUp
from bot.conversation.outreach_effects import SetReminder as SetReminder
from bot.conversation.outreach_effects import ShapeNotice as ShapeNotice
from bot.conversation.outreach_effects import ShowDigest as ShowDigest
from bot.conversation.outreach_effects import ShowMeetingPlace as ShowMeetingPlace
from bot.conversation.outreach_effects import ShowMeetings as ShowMeetings
from bot.conversation.outreach_effects import ShowRounds as ShowRounds
from bot.conversation.outreach_effects import ShowStop as ShowStop
from bot.conversation.outreach_effects import ShowTopics as ShowTopics
from bot.conversation.outreach_effects import Spread as Spread
from bot.conversation.outreach_effects import StepNotice as StepNotice
from bot.conversation.outreach_effects import StopTelling as StopTelling
from bot.conversation.outreach_effects import TellReminder as TellReminder
from bot.conversation.request_effects import (
    AddNote as AddNote,
)
from bot.conversation.request_effects import (
    AgreeToTeam as AgreeToTeam,
)
from bot.conversation.request_effects import (
    CancelMeeting as CancelMeeting,
)
from bot.conversation.request_effects import (
    ChooseSlot as ChooseSlot,
)
from bot.conversation.request_effects import (
    LoseTeam as LoseTeam,
)
from bot.conversation.request_effects import (
    PassOn as PassOn,
)
from bot.conversation.request_effects import (
    ProposeMeeting as ProposeMeeting,
)
from bot.conversation.request_effects import (
    RefuseTeam as RefuseTeam,
)
from bot.conversation.request_effects import (
    ReopenRequest as ReopenRequest,
)
from bot.conversation.request_effects import (
    RequestDue as RequestDue,
)
from bot.conversation.request_effects import (
    ShowOriginal as ShowOriginal,
)
from bot.conversation.request_effects import (
    ShowUnread as ShowUnread,
)
from bot.conversation.turn import Card, Effect
from bot.messages import Media


@dataclass(frozen=True)
class SetLanguage(Effect):
    """Speak this language from now on."""

    code: str


@dataclass(frozen=True)
class SetPlace(Effect):
    """Remember the person's commune."""

    place: str


@dataclass(frozen=True)
class SetTerritory(Effect):
    """The person is in this territory from now on; the commune that was known lies in another one."""

    code: str


@dataclass(frozen=True)
class ForgetMe(Effect):
    """Erase everything that is kept about the person."""


@dataclass(frozen=True)
class SendEverything(Effect):
    """The person wants to read all that is kept about them."""


@dataclass(frozen=True)
class Count(Effect):
    """Count that something happened today; never whose words."""

    name: str
    key: str = ""


@dataclass(frozen=True)
class KeepUnanswered(Effect):
    """Keep the everyday words of a message that was not understood, so that people can teach the bot.

    `words` are without names, numbers and rare words; nothing tells whose they were.
    """

    language: str
    words: str


@dataclass(frozen=True)
class ReportWrong(Effect):
    """Somebody found a service's entry wrong."""

    service: str


@dataclass(frozen=True)
class AskForWorker(Effect):
    """The person approved this card: offer it to the workers on duty."""

    card: Card


@dataclass(frozen=True)
class WithdrawRequest(Effect):
    """The person takes the request back."""


@dataclass(frozen=True)
class RelayToWorker(Effect):
    """Pass a person's words to the worker who accepted, and what came beside them."""

    words: str
    media: Media | None = None


@dataclass(frozen=True)
class RegisterWorker(Effect):
    """Use an invitation: the writer becomes a worker."""

    code: str
    first_name: str
    languages: tuple[str, ...]
    communes: tuple[str, ...]
    themes: tuple[str, ...]


@dataclass(frozen=True)
class OpenDesk(Effect):
    """The worker wants to log in at the desk on the web."""


@dataclass(frozen=True)
class SetDuty(Effect):
    """The worker starts or ends their duty."""

    on: bool


@dataclass(frozen=True)
class AcceptRequest(Effect):
    """The worker takes a request."""

    request: str


@dataclass(frozen=True)
class DeclineRequest(Effect):
    """The worker leaves a request to the others; `reason` is one of DECLINE_REASONS or empty."""

    request: str
    reason: str = ""


@dataclass(frozen=True)
class RelayToPerson(Effect):
    """Pass a worker's words to the person of a request, and what came beside them.

    `kind` is text or phrase; a phrase was chosen from what is `ready`, see `bot.conversation.ready`.
    """

    request: str
    words: str
    media: Media | None = None
    kind: str = "text"
    ready: str = ""


@dataclass(frozen=True)
class CloseRequest(Effect):
    """The worker ends a request with an outcome."""

    request: str
    outcome: str
