"""From HSDS records to services of ours: exact for what we wrote, careful with what others wrote.

Nothing is guessed: what others say in words that we do not share is left out and counted, for a person to look at.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from directory import hsds_values as values
from directory.content import ID
from directory.hsds_export import PLACE_SCHEME, TO_BE_CONFIRMED
from directory.hsds_records import Node
from directory.hsds_schedules import as_record, hours_of, openings, read_record
from directory.hsds_terms import (
    ACCESS,
    AUDIENCE,
    FIELD_NAME,
    FIELD_TERMS,
    FIELDS,
    NEEDS,
    Record,
    place_uri,
    term_id,
)
from directory.needs import Needs
from directory.place_names import fold
from directory.services import Access, Audience, Service
from directory.territory import Territory

ROW = ("freq", "byday", "opens_at", "closes_at")
A_YEAR = 2026  # any: its months tell the offsets of the territory's clocks

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True)
class Said:
    """What our own terms say of a service."""

    codes: Mapping[str, list[str]]
    fields: dict[str, str]

    def words(self, kind: str, words: type[Word]) -> tuple[Word, ...]:
        """Give the words of one taxonomy."""
        return tuple(words(code) for code in self.codes[kind])


@dataclass(frozen=True)
class Importer:
    """Reads services for a territory; `source` says where they come from when they do not say so themselves."""

    territory: Territory
    needs: Needs
    source: str

    def service(self, record: Record, left_out: Counter[str]) -> Service | None:
        """Read a record that was checked; None for a service that is not active."""
        node = Node(record, "service", left_out)
        status = node.text("status")
        if status != "active":
            left_out[f"service: is {status}"] += 1
            return None
        said = self._said(node)
        name, assurer = node.text("name"), node.text("assurer_email")
        names = values.names(said.fields, FIELD_NAME)
        id_ = said.fields.get("id", "")
        protected = said.fields.get("address-public") == "no"
        link = values.kept_link(node, protected=protected)
        location = link.one("location")
        address, (latitude, longitude) = values.first_address(location), values.position(location)
        service = Service(
            id=id_ if ID.fullmatch(id_) else values.new_id(name, node.text("id")),
            name=name,
            names=names,
            organization=values.organization(node, name),
            needs=tuple(said.codes[NEEDS]),
            audience=said.words(AUDIENCE, Audience),
            minimum_age=values.age(node, "minimum_age"),
            maximum_age=values.age(node, "maximum_age"),
            condition=node.text("eligibility_description"),
            address=values.street(address) or said.fields.get("address", ""),
            postal_code=address.text("postal_code") or said.fields.get("postal-code", ""),
            place=self._place(location, address, said),
            address_public=not protected,
            latitude=latitude,
            longitude=longitude,
            phones=values.phones(node, link),
            email=node.text("email"),
            website=values.website(node),
            hours=self._hours(node, link, said),
            languages=values.languages(node),
            cost=values.cost(node),
            access=said.words(ACCESS, Access),
            serves=self._serves(node),
            confirmed=said.fields.get("confirmed") == "yes",
            source=said.fields.get("source") or assurer or self.source,
            checked_on=values.checked_on(node),
            closed_from=_day(said, "closed-from"),
            closed_until=_day(said, "closed-until"),
            notice=said.fields.get("notice", "") if id_ else _foreign_alert(node),
            notice_until=_day(said, "notice-until"),
        )
        if node.text("alternate_name") not in ("", " / ".join(names.values())):
            node.leave("alternate_name", "does not say in which language")
        node.text("alert")
        node.finish()
        return service

    def _said(self, node: Node) -> Said:
        codes: dict[str, list[str]] = {NEEDS: [], AUDIENCE: [], ACCESS: []}
        fields: dict[str, str] = {}
        for attribute in node.many("attributes"):
            term = attribute.one("taxonomy_term")
            kind, code = self._meant(attribute, term)
            if kind == FIELDS:
                fields[code] = attribute.text("value")
            elif kind:
                codes[kind].append(code)
            else:
                taxonomy = term.text("taxonomy") or "a taxonomy without a name"
                node.leave("attributes", f"a term of {taxonomy} is none of ours")
            attribute.forget()
        return Said(codes, fields)

    def _meant(self, attribute: Node, term: Node) -> tuple[str, str]:
        id_, code = term.text("id") or attribute.text("taxonomy_term_id"), term.text("code")
        if code.startswith(FIELD_NAME) and id_ == term_id(FIELDS, code):
            return FIELDS, code
        return self._ours.get(id_, ("", ""))

    @cached_property
    def _ours(self) -> dict[str, tuple[str, str]]:
        known: dict[str, list[str]] = {
            NEEDS: [need.id for need in self.needs],
            AUDIENCE: list(Audience),
            ACCESS: list(Access),
            FIELDS: list(FIELD_TERMS),
        }
        return {term_id(kind, code): (kind, code) for kind, codes in known.items() for code in codes}

    def _place(self, location: Node, address: Node, said: Said) -> str:
        identifier, city = location.text("external_identifier"), address.text("city")
        is_ours = location.text("external_identifier_type") == PLACE_SCHEME
        if identifier and not is_ours:
            location.leave("external_identifier", "is no id of a commune of ours")
        place = identifier if is_ours else said.fields.get("place", "")
        if not place and "id" not in said.fields:
            place = self._by_name.get(fold(city), "") if city else ""
            if city and place in ("", "all"):
                address.leave("city", "is no commune of the territory")
        return place if any(place == one.id for one in self.territory.places) else ""

    def _serves(self, node: Node) -> tuple[str, ...]:
        serves = []
        for area in node.many("service_areas"):
            uri, name = area.text("uri"), area.text("name")
            place = self._by_uri.get(uri) or self._by_name.get(fold(name))
            if place:
                serves.append(place)
            else:
                area.leave("name", "is no commune of the territory")
        return tuple(serves)

    @cached_property
    def _by_uri(self) -> dict[str, str]:
        ids = ("all", *(place.id for place in self.territory.places))
        return {place_uri(self.territory.code, id_): id_ for id_ in ids}

    @cached_property
    def _by_name(self) -> dict[str, str]:
        names = {fold(name): "all" for name in self.territory.name.values()}
        return names | {
            fold(name): place.id for place in self.territory.places for name in place.name.values()
        }

    def _hours(self, node: Node, link: Node, said: Said) -> str:
        found = [one.many("schedules") for one in (node, link, link.one("location"))]
        schedules = next(filter(None, found), [])
        records = [{key: schedule.record.get(key) for key in ROW} for schedule in schedules]
        for schedule in (one for several in found for one in several):
            schedule.forget()
        kept = said.fields.get("hours", "")
        if kept:
            if [as_record(row) for row in openings(kept)] == [one for one in records if any(one.values())]:
                return kept
            node.leave("attributes", "the opening hours kept there are not those of the schedules")
        rows = [read_record(schedule.record, self._offsets) for schedule in schedules]
        for reason in rows:
            if isinstance(reason, str):
                node.leave("schedules", reason)
        understood = [row for row in rows if not isinstance(row, str)]
        return hours_of(understood) if len(understood) == len(rows) else ""

    @cached_property
    def _offsets(self) -> frozenset[str]:
        start = datetime(A_YEAR, 1, 1, tzinfo=self.territory.zone)
        return frozenset((start + timedelta(days=30 * month)).strftime("%z") for month in range(12))


def _foreign_alert(node: Node) -> str:
    alert = node.text("alert")
    return "" if alert == TO_BE_CONFIRMED else alert


def _day(said: Said, code: str) -> date | None:
    try:
        return date.fromisoformat(said.fields.get(code, ""))
    except ValueError:
        return None
