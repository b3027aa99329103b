"""One service as a social worker keeps it in a row of services.csv, and the reader of that file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from directory.territory import Cost


class Audience(StrEnum):
    """Who may come."""

    EVERYONE = "everyone"
    WOMEN = "women"
    MEN = "men"
    FAMILIES = "families"
    CHILDREN = "children"
    YOUNG_PEOPLE = "young-people"
    OLDER_PEOPLE = "older-people"
    HOMELESS = "homeless"
    WITHOUT_PAPERS = "without-papers"
    ASYLUM_SEEKERS = "asylum-seekers"
    NEWCOMERS = "newcomers"
    VICTIMS = "victims"
    DISABLED = "disabled"
    PATIENTS = "patients"
    CARERS = "carers"
    WORKERS = "workers"
    JOB_SEEKERS = "job-seekers"
    STUDENTS = "students"
    TENANTS = "tenants"
    PRISONERS = "prisoners"


class Access(StrEnum):
    """How one gets in."""

    WALK_IN = "walk-in"
    APPOINTMENT = "appointment"
    CALL_FIRST = "call-first"
    PHONE = "phone"
    ONLINE = "online"
    REFERRAL = "referral"
    OUTREACH = "outreach"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Service:
    """One door: who it is for, where it is, when it opens, what it costs, and who says so.

    `name` is in the territory's first language, `names` holds the others by language code. `serves` are ids of
    communes, or `("all",)`. An address that is not public is never in here. It is closed from `closed_from` to the
    end of `closed_until`, or until nobody knows when; `notice` holds until the end of `notice_until`.
    """

    id: str
    name: str
    needs: tuple[str, ...]
    source: str
    checked_on: date
    names: Mapping[str, str] = field(default_factory=dict, hash=False)
    organization: str = ""
    audience: tuple[Audience, ...] = ()
    minimum_age: int | None = None
    maximum_age: int | None = None
    condition: str = ""
    address: str = ""
    postal_code: str = ""
    place: str = ""
    address_public: bool = True
    latitude: float | None = None
    longitude: float | None = None
    phones: tuple[str, ...] = ()
    email: str = ""
    website: str = ""
    hours: str = ""
    languages: tuple[str, ...] = ()
    cost: Cost = Cost.UNKNOWN
    access: tuple[Access, ...] = ()
    serves: tuple[str, ...] = ("all",)
    confirmed: bool = False
    closed_from: date | None = None
    closed_until: date | None = None
    notice: str = ""
    notice_until: date | None = None

    def name_in(self, language: str) -> str:
        """Give the name as it stands on the door in a language, or else in the territory's first one."""
        return self.names.get(language, self.name)

    def is_closed_on(self, day: date) -> bool:
        """Tell whether it is closed for a time, whatever its hours say."""
        if self.closed_from is None or day < self.closed_from:
            return False
        return self.closed_until is None or day <= self.closed_until

    def notice_on(self, day: date) -> str:
        """Give the notice that holds on a day; "" when there is none."""
        return "" if self.notice_until is not None and day > self.notice_until else self.notice

    def serves_place(self, place_id: str) -> bool:
        """Tell whether residents of a commune may come."""
        return "all" in self.serves or place_id in self.serves
