"""The tables of the directory: open data about services, in the shape and words of the standard HSDS 3.

Columns that HSDS has keep its names; the few that it lacks say so. A service keeps the id of its row in the pack.
"""

from datetime import date
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The metadata of the directory; it has no tie to what is kept about people."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {list[str]: JSON, dict[str, str]: JSON}


class Organization(Base):
    """Who runs services."""

    __tablename__ = "organization"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class Service(Base):
    """A service; `status` is active, or inactive once its row has vanished from the pack."""

    __tablename__ = "service"

    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organization.id"))
    name: Mapped[str]
    url: Mapped[str]
    email: Mapped[str]
    status: Mapped[str]
    eligibility_description: Mapped[str]
    minimum_age: Mapped[int | None]
    maximum_age: Mapped[int | None]
    assured_date: Mapped[date]
    alert: Mapped[str]
    # Not in HSDS:
    territory: Mapped[str] = mapped_column(index=True)
    names: Mapped[dict[str, str]]
    audience: Mapped[list[str]]
    access: Mapped[list[str]]
    confirmed: Mapped[bool]
    source: Mapped[str]
    alert_until: Mapped[date | None]
    closed_from: Mapped[date | None]
    closed_until: Mapped[date | None]
    content_hash: Mapped[str]

    organization: Mapped[Organization] = relationship()
    location: Mapped["Location"] = relationship()
    phones: Mapped[list["Phone"]] = relationship(order_by="Phone.priority")
    schedule: Mapped["Schedule"] = relationship()
    languages: Mapped[list["Language"]] = relationship(order_by="Language.priority")
    cost_option: Mapped["CostOption"] = relationship()
    service_areas: Mapped[list["ServiceArea"]] = relationship(order_by="ServiceArea.priority")
    needs: Mapped[list["ServiceNeed"]] = relationship(order_by="ServiceNeed.priority")


class Part:
    """What every table below has: its own id, and the service that it belongs to."""

    id: Mapped[str] = mapped_column(primary_key=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"), index=True)


class Location(Part, Base):
    """Where a service is; today one place each, with the columns of HSDS's address in it."""

    __tablename__ = "location"

    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    address_1: Mapped[str]
    postal_code: Mapped[str]
    # Not in HSDS:
    place: Mapped[str]  # id of the commune
    address_public: Mapped[bool]


class Phone(Part, Base):
    """A number, as dialled in the country."""

    __tablename__ = "phone"

    number: Mapped[str]
    priority: Mapped[int]  # not in HSDS: the first one to dial first


class Schedule(Part, Base):
    """When a service is open; empty when unknown."""

    __tablename__ = "schedule"

    description: Mapped[str]
    opening_hours: Mapped[str]  # not in HSDS: OSM syntax, which says more than its rules


class Language(Part, Base):
    """A language spoken there."""

    __tablename__ = "language"

    code: Mapped[str]
    priority: Mapped[int]  # not in HSDS: the order of the row


class CostOption(Part, Base):
    """What it costs, in one of our words."""

    __tablename__ = "cost_option"

    option: Mapped[str]


class ServiceArea(Part, Base):
    """A commune whose residents are served (its id), or `all`."""

    __tablename__ = "service_area"

    name: Mapped[str]
    priority: Mapped[int]  # not in HSDS: the order of the row


class ServiceNeed(Part, Base):
    """A need that a service answers, the main one first; not in HSDS, which has taxonomy terms."""

    __tablename__ = "service_need"

    need: Mapped[str] = mapped_column(index=True)
    priority: Mapped[int]


PARTS: tuple[type[Part], ...] = (Location, Phone, Schedule, Language, CostOption, ServiceArea, ServiceNeed)
