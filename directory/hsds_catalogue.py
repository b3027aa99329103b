"""All services of a territory as HSDS is asked for them: by id, by organization, by term, by words, by day.

Nothing here is found by where a protected service is.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cached_property

from directory.hsds_export import Exporter, fields_of, has_location, location_link_id, service_id
from directory.hsds_terms import (
    ACCESS,
    AUDIENCE,
    FIELDS,
    NEEDS,
    TAXONOMIES,
    Record,
    Terms,
    taxonomy_id,
    taxonomy_of,
    theme_code,
)
from directory.needs import Needs
from directory.place_names import fold
from directory.places import distance_km
from directory.search import Directory
from directory.services import Service
from directory.territory import Place

METRES = 1000


@dataclass(frozen=True)
class Wanted:
    """What is asked for; None asks for nothing."""

    words: str | None = None
    term: str | None = None
    taxonomy: str | None = None
    organization: str | None = None
    modified_after: datetime | None = None
    postal_code: str | None = None
    metres: float | None = None


@dataclass(frozen=True)
class Catalogue:
    """The services of one directory, with the ids of HSDS."""

    directory: Directory
    needs: Needs

    @cached_property
    def exporter(self) -> Exporter:
        """Give what writes the records."""
        return Exporter(Terms(self.directory.territory, self.needs))

    def service(self, id_: str) -> Service | None:
        """Give the service with this id."""
        return self._services.get(id_)

    def service_at(self, link_id: str) -> Service | None:
        """Give the service with this id of a service at its location."""
        return self._links.get(link_id)

    def organizations(self, words: str | None = None) -> list[str]:
        """Give the ids of the organizations whose name holds these words."""
        wanted = fold(words or "").split()
        return [id_ for id_ in self._organizations if all(word in self._folded[id_] for word in wanted)]

    def run_by(self, organization: str) -> list[Service]:
        """Give the services of an organization; none for an unknown one."""
        return self._organizations.get(organization, [])

    def services(self, wanted: Wanted, *, located: bool = False) -> list[Service]:
        """Give the services that are asked for, in the order of the directory."""
        if wanted.organization is None:
            services: Iterable[Service] = self.directory.services
        else:
            services = self.run_by(wanted.organization)
        tests = list(self._tests(wanted))
        if located:
            tests.insert(0, has_location)
        return [service for service in services if all(test(service) for test in tests)]

    def taxonomies(self) -> list[Record]:
        """Give every taxonomy."""
        return [taxonomy_of(kind) for kind in TAXONOMIES]

    def terms(self) -> list[Record]:
        """Give every term with its taxonomy."""
        return list(self._terms.values())

    def term(self, id_: str) -> Record | None:
        """Give the term with this id."""
        return self._terms.get(id_)

    def _tests(self, wanted: Wanted) -> Iterator[Callable[[Service], bool]]:
        if wanted.modified_after is not None:
            after = wanted.modified_after
            moment = after if after.tzinfo else after.replace(tzinfo=UTC)
            yield lambda service: datetime.combine(service.checked_on, time.min, UTC) >= moment
        if wanted.term is not None:
            kind, codes = self._codes.get(wanted.term, ("", frozenset()))
            yield lambda service: not codes.isdisjoint(_codes_of(service, kind))
        if wanted.taxonomy is not None:
            kinds = [kind for kind in TAXONOMIES if taxonomy_id(kind) == wanted.taxonomy]
            yield lambda service: any(True for kind in kinds for _ in _codes_of(service, kind))
        if wanted.postal_code is not None:
            places = [
                place for place in self.directory.territory.places if wanted.postal_code in place.postal_codes
            ]
            yield lambda service: any(service.serves_place(place.id) for place in places)
            if wanted.metres is not None:
                metres = wanted.metres
                yield lambda service: any(self._metres(service, place) <= metres for place in places)
        if wanted.words is not None:
            words = fold(wanted.words).split()
            yield lambda service: all(word in self._texts[service.id] for word in words)

    def _metres(self, service: Service, place: Place) -> float:
        """Measure from where the service is, or else from the middle of its commune."""
        latitude, longitude = service.latitude, service.longitude
        if has_location(service) and (latitude is None or longitude is None) and service.place:
            middle = self.directory.territory.place(service.place)
            latitude, longitude = middle.latitude, middle.longitude
        if not has_location(service) or latitude is None or longitude is None:
            return float("inf")
        return METRES * distance_km(latitude, longitude, place.latitude, place.longitude)

    @cached_property
    def _services(self) -> dict[str, Service]:
        return {service_id(service): service for service in self.directory.services}

    @cached_property
    def _links(self) -> dict[str, Service]:
        located = (service for service in self.directory.services if has_location(service))
        return {location_link_id(service): service for service in located}

    @cached_property
    def _organizations(self) -> dict[str, list[Service]]:
        found: dict[str, list[Service]] = {}
        for service in self.directory.services:
            found.setdefault(str(self.exporter.organization(service)["id"]), []).append(service)
        return found

    @cached_property
    def _folded(self) -> dict[str, str]:
        firsts = {id_: services[0] for id_, services in self._organizations.items()}
        return {id_: fold(service.organization or service.name) for id_, service in firsts.items()}

    @cached_property
    def _texts(self) -> dict[str, str]:
        return {service.id: fold("\n".join(_texts_of(service))) for service in self.directory.services}

    @cached_property
    def _terms(self) -> dict[str, Record]:
        taxonomies = {taxonomy["id"]: taxonomy for taxonomy in self.taxonomies()}
        return {
            str(term["id"]): {**term, "taxonomy_detail": taxonomies[term["taxonomy_id"]]}
            for term in self.exporter.terms.all()
        }

    @cached_property
    def _codes(self) -> dict[str, tuple[str, frozenset[str]]]:
        kinds = {taxonomy_id(kind): kind for kind in TAXONOMIES}
        themes = {
            theme_code(theme.id): frozenset(need.id for need in self.needs.of_theme(theme.id))
            for theme in self.needs.themes
        }
        found = {}
        for id_, term in self._terms.items():
            code = str(term["code"])
            found[id_] = (kinds[str(term["taxonomy_id"])], themes.get(code, frozenset((code,))))
        return found


def named(records: Iterable[Record], search: str | None) -> list[Record]:
    """Choose the records whose name holds these words."""
    words = fold(search or "").split()
    return [record for record in records if all(word in fold(str(record["name"])) for word in words)]


def _codes_of(service: Service, kind: str) -> Iterable[str]:
    if kind == FIELDS:
        return [code for code, value in fields_of(service) if value]
    codes: dict[str, Iterable[str]] = {
        NEEDS: service.needs,
        AUDIENCE: service.audience,
        ACCESS: service.access,
    }
    return codes.get(kind, ())


def _texts_of(service: Service) -> Iterator[str]:
    yield service.name
    yield from service.names.values()
    yield service.organization
    yield service.condition
    if service.address_public:
        yield service.address
