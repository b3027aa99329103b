"""How long an entry may be believed: after its time it loses rank, after twice its time it is marked.

The times are an editorial rule of this project (docs/content.md): beds and meals change fastest.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from directory.services import Service

DEFAULT_DAYS = 365
# By the main need of a service.
RECHECK_DAYS: Mapping[str, int] = MappingProxyType(
    {
        "shelter-tonight": 120,
        "food-aid": 180,
        "shelter-home": 180,
        "clothing-furniture": 180,
        "asylum-reception": 120,
    }
)


def age_days(service: Service, today: date) -> int:
    """Tell how many days ago the entry was checked."""
    return max(0, (today - service.checked_on).days)


def lasts_days(service: Service) -> int:
    """Tell how long an entry of this kind may be believed."""
    return RECHECK_DAYS.get(service.needs[0], DEFAULT_DAYS)


def is_due(service: Service, today: date) -> bool:
    """Tell whether somebody should check the entry again."""
    return age_days(service, today) > lasts_days(service)


def is_old(service: Service, today: date) -> bool:
    """Tell whether the entry is so old that people are told."""
    return age_days(service, today) > 2 * lasts_days(service)
