"""Everything that an outcome can ask to be done; `bot.delivery.turns` holds the table that does it."""

from dataclasses import dataclass

from bot.conversation.turn import Card, Effect


@dataclass(frozen=True)
class SetLanguage(Effect):
    """Speak this language from now on."""

    code: str


@dataclass(frozen=True)
class SetPlace(Effect):
    """Remember the person's commune."""

    place: str


@dataclass(frozen=True)
class ForgetMe(Effect):
    """Erase everything that is kept about the person."""


@dataclass(frozen=True)
class Count(Effect):
    """Count that something happened today; never whose words."""

    name: str
    key: str = ""


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
    """Pass a person's words to the worker who accepted."""

    words: str


@dataclass(frozen=True)
class RegisterWorker(Effect):
    """Use an invitation: the writer becomes a worker."""

    code: str
    first_name: str
    languages: tuple[str, ...]
    communes: tuple[str, ...]
    themes: tuple[str, ...]


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
    """The worker leaves a request to the others."""

    request: str


@dataclass(frozen=True)
class RelayToPerson(Effect):
    """Pass a worker's words to the person of a request."""

    request: str
    words: str


@dataclass(frozen=True)
class CloseRequest(Effect):
    """The worker ends a request with an outcome."""

    request: str
    outcome: str


@dataclass(frozen=True)
class ExpireRequest(Effect):
    """Nobody accepted in time: end the request and say so."""

    request: str
