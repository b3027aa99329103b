"""What this process counts, in the form that Prometheus reads; nothing here names a person.

Each process has its own counters; what waits is asked of the database and is the same in all.
"""

from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from bot.delivery.backlog import Backlog

CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4
REGISTRY: Final = CollectorRegistry()
SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)

disable_created_metrics()  # type: ignore[no-untyped-call]
ProcessCollector(registry=REGISTRY)

RECEIVED: Final = Counter(
    "passerelle_received", "Messages accepted; a repeat is dropped.", ["channel", "repeat"], registry=REGISTRY
)
HELD_BACK: Final = Counter(
    "passerelle_held_back",
    "Messages not accepted, their chat has too much waiting.",
    ["channel"],
    registry=REGISTRY,
)
HANDLED: Final = Counter(
    "passerelle_handled",
    "Messages handled: done, or parked after too many tries.",
    ["outcome"],
    registry=REGISTRY,
)
HANDLING_FAILED: Final = Counter(
    "passerelle_handling_failed", "Tries to handle a message that failed.", registry=REGISTRY
)
SENT: Final = Counter("passerelle_sent", "Messages sent.", ["channel", "kind"], registry=REGISTRY)
SENDING_FAILED: Final = Counter(
    "passerelle_sending_failed",
    "Tries to send that failed; outcome later and maybe go again.",
    ["channel", "outcome", "reason"],
    registry=REGISTRY,
)
HANDLED_AFTER: Final = Histogram(
    "passerelle_received_to_handled_seconds",
    "From a message accepted to its answer committed.",
    buckets=SECONDS,
    registry=REGISTRY,
)
SENT_AFTER: Final = Histogram(
    "passerelle_queued_to_sent_seconds",
    "From a message queued to its channel's confirmation.",
    ["kind"],
    buckets=SECONDS,
    registry=REGISTRY,
)
STALLED: Final = Gauge(
    "passerelle_stalled",
    "1 when messages wait and this process has done none for minutes.",
    ["work"],
    registry=REGISTRY,
)
DATABASE_UP: Final = Gauge("passerelle_database_up", "1 when the database answers.", registry=REGISTRY)
_WAITING: Final = Gauge(
    "passerelle_waiting", "What waits now, over all processes, by what it is.", ["what"], registry=REGISTRY
)
_OLDEST: Final = Gauge(
    "passerelle_oldest_waiting_seconds", "Age of the oldest that waits.", ["what"], registry=REGISTRY
)


def exposition(backlog: Backlog | None) -> bytes:
    """Write all figures; without a backlog the database did not answer."""
    DATABASE_UP.set(backlog is not None)
    unknown = float("nan")
    for what in ("conversations", "messages", "replies", "broadcasts"):
        _WAITING.labels(what).set(getattr(backlog, what) if backlog else unknown)
    _OLDEST.labels("message").set(backlog.oldest_message if backlog else unknown)
    _OLDEST.labels("reply").set(backlog.oldest_reply if backlog else unknown)
    return generate_latest(REGISTRY)
