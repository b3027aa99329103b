"""The directory as others read it: HSDS 3 over HTTP, read-only, without cookies, by the paths of the standard."""

from datetime import datetime
from typing import Annotated, Final, Literal, TypeAlias, TypeVar

from fastapi import FastAPI, HTTPException, Query, Response
from pydantic import BeforeValidator

from directory.hsds_catalogue import Catalogue, Wanted, named
from directory.hsds_export import last_modified, service_id
from directory.hsds_terms import VERSION, Record
from directory.services import Service
from webhooks.hsds_openapi import answers, describe
from webhooks.hsds_pages import as_json, listed
from webhooks.services import WebServices

PROFILE: Final = "https://docs.openreferral.org/"
MOST_PAGES: Final = 1_000_000
MOST_ON_A_PAGE: Final = 500

Item = TypeVar("Item")

Search: TypeAlias = Annotated[str | None, Query(max_length=200, description="Words in names and addresses.")]
Page: TypeAlias = Annotated[int, Query(ge=1, le=MOST_PAGES)]
PerPage: TypeAlias = Annotated[int, Query(ge=1, le=MOST_ON_A_PAGE)]
Id: TypeAlias = Annotated[str | None, Query(max_length=100)]
Form: TypeAlias = Annotated[
    Literal["json", "ndjson"], Query(alias="format", description="ndjson: every record, one a line.")
]


def _with_a_day(value: object) -> object:
    if isinstance(value, str) and "-" not in value.strip("-"):
        raise ValueError("must be a date and time such as 2026-11-21T00:00:00Z")
    return value


After: TypeAlias = Annotated[
    datetime | None, BeforeValidator(_with_a_day), Query(description="Changed at this moment or later.")
]
PostalCode: TypeAlias = Annotated[str | None, Query(max_length=20, description="Serving this place.")]
Metres: TypeAlias = Annotated[
    float | None,
    Query(ge=0, allow_inf_nan=False, description="With postcode: not farther than this from its middle."),
]


def create_hsds(services: WebServices, territory: str = "") -> FastAPI:
    """Open the door for programs: /hsds for the territory that is served first, /hsds/<code> for another one."""
    app = FastAPI(
        title="Passerelle directory",
        version=VERSION,
        description="Public services, read-only, by the Human Services Data Specification (HSDS) 3.",
        docs_url=None,
        redoc_url=None,
        default_response_class=Response,
    )
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]
    door = _Door(services, territory)
    app.get("/", responses=answers("about"))(door.about)
    for path, one, several, name in (
        ("/services", door.service, door.services, "service"),
        ("/service_at_locations", door.service_at_location, door.service_at_locations, "service_at_location"),
        ("/organizations", door.organization, door.organizations, "organization"),
        ("/taxonomies", door.taxonomy, door.taxonomies, "taxonomy"),
        ("/taxonomy_terms", door.taxonomy_term, door.taxonomy_terms, "taxonomy_term"),
    ):
        app.get(path, responses=answers(f"{name}_page", lines=name))(several)
        app.get(f"{path}/{{id}}", responses=answers(name, may_be_missing=True))(one)
    return app


class _Door:
    def __init__(self, services: WebServices, territory: str = "") -> None:
        self._services = services
        self._territory = territory
        self._kept: Catalogue | None = None

    @property
    def _catalogue(self) -> Catalogue:
        libraries, kept = self._services.libraries, self._kept
        library = libraries[self._territory or next(iter(libraries))]
        if kept is None or kept.directory is not library.directory:
            kept = self._kept = Catalogue(library.directory, library.needs)
        return kept

    def about(self) -> Response:
        """Tell which version of HSDS this is."""
        here = f"/hsds/{self._territory}" if self._territory else "/hsds"
        openapi = f"{self._services.page_url}{here}/openapi.json"
        return as_json({"version": VERSION, "profile": PROFILE, "openapi_url": openapi})

    def services(
        self,
        search: Search = None,
        page: Page = 1,
        per_page: PerPage | None = None,
        form: Form = "json",
        taxonomy_term_id: Id = None,
        taxonomy_id: Id = None,
        organization_id: Id = None,
        modified_after: After = None,
        minimal: bool = False,
        full: bool = False,
    ) -> Response:
        """List services: with what there is once of each, whole with `full`, only ids and days with `minimal`."""
        wanted = Wanted(search, taxonomy_term_id, taxonomy_id, organization_id, modified_after)
        catalogue = self._catalogue
        found = catalogue.services(wanted)
        size = per_page or (max(1, len(found)) if minimal else 50)
        write = catalogue.exporter.service if full else catalogue.exporter.summary
        return listed(found, _short if minimal else write, page, size, form)

    def service(self, id: str) -> Response:  # noqa: A002  (the standard's name)
        """Give one service with everything that belongs to it."""
        catalogue = self._catalogue
        return as_json(catalogue.exporter.service(_there(catalogue.service(id))))

    def service_at_locations(
        self,
        search: Search = None,
        page: Page = 1,
        per_page: PerPage = 50,
        form: Form = "json",
        taxonomy_term_id: Id = None,
        taxonomy_id: Id = None,
        organization_id: Id = None,
        modified_after: After = None,
        full: bool = False,
        postcode: PostalCode = None,
        proximity: Metres = None,
    ) -> Response:
        """List the services that have a place where everybody may come, with that place."""
        about = (search, taxonomy_term_id, taxonomy_id, organization_id, modified_after)
        wanted = Wanted(*about, postcode, proximity)
        found = self._catalogue.services(wanted, located=True)
        return listed(found, lambda service: self._at_location(service, full), page, per_page, form)

    def service_at_location(self, id: str) -> Response:  # noqa: A002
        """Give one service at its place, with everything."""
        return as_json(self._at_location(_there(self._catalogue.service_at(id)), full=True))

    def organizations(
        self,
        search: Search = None,
        page: Page = 1,
        per_page: PerPage = 50,
        form: Form = "json",
        full: bool = False,
        full_service: bool = False,
    ) -> Response:
        """List those who run services; with `full` or `full_service`, with their services."""

        def write(id_: str) -> Record:
            return self._organization(id_, nested=full or full_service, full=full_service)

        return listed(self._catalogue.organizations(search), write, page, per_page, form)

    def organization(self, id: str, full_service: bool = False) -> Response:  # noqa: A002
        """Give one organization with its services."""
        _there(self._catalogue.run_by(id) or None)
        return as_json(self._organization(id, nested=True, full=full_service))

    def taxonomies(
        self, search: Search = None, page: Page = 1, per_page: PerPage = 50, form: Form = "json"
    ) -> Response:
        """List the taxonomies by which services are classified."""
        return listed(named(self._catalogue.taxonomies(), search), dict, page, per_page, form)

    def taxonomy(self, id: str) -> Response:  # noqa: A002
        """Give one taxonomy."""
        found = (taxonomy for taxonomy in self._catalogue.taxonomies() if taxonomy["id"] == id)
        return as_json(_there(next(found, None)))

    def taxonomy_terms(
        self,
        search: Search = None,
        page: Page = 1,
        per_page: PerPage = 50,
        form: Form = "json",
        taxonomy_id: Id = None,
        parent_id: Id = None,
        top_only: bool = False,
    ) -> Response:
        """List terms: needs in their themes, words for audience and access, fields of our own."""
        terms = named(self._catalogue.terms(), search)
        for key, value in (("taxonomy_id", taxonomy_id), ("parent_id", parent_id)):
            terms = [term for term in terms if value is None or term.get(key) == value]
        terms = [term for term in terms if not top_only or "parent_id" not in term]
        return listed(terms, dict, page, per_page, form)

    def taxonomy_term(self, id: str) -> Response:  # noqa: A002
        """Give one term."""
        return as_json(_there(self._catalogue.term(id)))

    def _at_location(self, service: Service, full: bool) -> Record:
        exporter = self._catalogue.exporter
        record = exporter.service(service) if full else exporter.summary(service)
        nested = {key: value for key, value in record.items() if key != "service_at_locations"}
        return exporter.at_location(service) | {"service": nested}

    def _organization(self, id_: str, nested: bool, full: bool) -> Record:
        exporter, services = self._catalogue.exporter, self._catalogue.run_by(id_)
        record = exporter.organization(services[0])
        if not nested:
            return record
        if full:
            return record | {"services": [exporter.service(service) for service in services]}
        summaries = (exporter.summary(service) for service in services)
        return record | {
            "services": [{key: one[key] for key in ("id", "name", "status")} for one in summaries]
        }


def _short(service: Service) -> Record:
    return {"id": service_id(service), "modified_date": last_modified(service)}


def _there(found: Item | None) -> Item:
    if found is None:
        raise HTTPException(404)
    return found
