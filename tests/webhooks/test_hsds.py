"""The door for programs: the standard's paths, pages and filters; nothing secret, nothing kept, quick."""

import asyncio
import json
import time
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI

from bot.i18n import Words
from bot.knowledge import Library
from directory.hsds_checks import problems_of
from directory.hsds_export import service_id
from directory.hsds_tables import TABLES
from directory.hsds_terms import taxonomy_id, term_id, uuid_of
from directory.packs import directory_of, load_pack
from directory.search import Directory
from tests.webhooks.services import InMemoryBot
from webhooks.edge import Edge
from webhooks.hsds import create_hsds
from webhooks.services import WebServices

KINDS = ("services", "service_at_locations", "organizations", "taxonomies", "taxonomy_terms")
TABLE_OF = dict(
    zip(KINDS, ("service", "service_at_location", "organization", "taxonomy", "taxonomy_term"), strict=True)
)


class Door:
    """A program that asks at the door."""

    def __init__(self, services: WebServices) -> None:
        self.app = FastAPI(openapi_url=None)
        self.app.mount("/hsds", create_hsds(services))
        self.app.add_middleware(Edge)

    def ask(self, path: str, method: str = "GET") -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(
                transport=transport, base_url="https://passerelle.example"
            ) as client:
                return await client.request(method, f"/hsds{path}")

        return asyncio.run(send())

    def get(self, path: str) -> Any:
        answer = self.ask(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def names(self, path: str) -> list[str]:
        return [one["name"] for one in self.get(path)["contents"]]


@pytest.fixture(scope="module")
def door(words: Words) -> Door:
    return Door(InMemoryBot(words))


@pytest.fixture(scope="module")
def brussels() -> Door:
    pack = load_pack("brussels")
    library = Library(pack.territory, pack.needs, directory_of(pack), cast(Any, None))
    return Door(
        cast(WebServices, SimpleNamespace(libraries={"here": library}, page_url="https://passerelle.example"))
    )


def test_the_door_tells_its_version_and_where_it_is_described(door: Door) -> None:
    about = door.get("/")
    assert (about["version"], about["openapi_url"]) == ("3.1", "https://passerelle.example/hsds/openapi.json")
    assert "/services/{id}" in door.get("/openapi.json")["paths"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_list_leads_to_its_records(kind: str, door: Door) -> None:
    page = door.get(f"/{kind}?per_page=3")
    assert page["size"] == 3
    for record in page["contents"]:
        whole = door.get(f"/{kind}/{record['id']}")
        assert whole["id"] == record["id"]
        assert list(problems_of(record, TABLES[TABLE_OF[kind]], "listed")) == []
        assert list(problems_of(whole, TABLES[TABLE_OF[kind]], "whole")) == []


def test_pages_have_the_envelope_of_the_standard(door: Door) -> None:
    last = door.get("/services?per_page=5&page=3")
    contents = last.pop("contents")
    assert last == {
        "total_items": 12,
        "total_pages": 3,
        "page_number": 3,
        "size": len(contents),
        "first_page": False,
        "last_page": True,
        "empty": False,
    }
    beyond = door.get("/services?page=9")
    assert (beyond["empty"], beyond["contents"]) == (True, [])


def test_all_pages_together_hold_every_service_once(door: Door) -> None:
    ids = [
        one["id"] for page in (1, 2, 3) for one in door.get(f"/services?per_page=5&page={page}")["contents"]
    ]
    assert len(ids) == len(set(ids)) == 12


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=ETOILE+epicerie", ["Épicerie de l'Étoile"]),
        ("search=wolkenresto", ["Resto du Nuage"]),
        ("search=nobody", []),
        (f"taxonomy_term_id={term_id('needs', 'lease')}", ["Syndicat des locataires imaginaires"]),
        (f"taxonomy_term_id={term_id('audience', 'families')}", ["Épicerie de l'Étoile"]),
        (f"taxonomy_term_id={term_id('access', 'online')}", ["Écoute Jeunes"]),
        (f"taxonomy_term_id={term_id('fields', 'address-public')}", ["Refuge de la Marée"]),
        ("taxonomy_term_id=unknown", []),
        (
            f"organization_id={uuid_of('organization', 'testville', 'Ligue du Toit')}",
            ["Syndicat des locataires imaginaires"],
        ),
        ("organization_id=unknown", []),
        ("modified_after=2026-11-15T00:00:00Z", ["La Lanterne"]),
        ("modified_after=2026-11-15", ["La Lanterne"]),
        ("search=lanterne&modified_after=2026-11-16", []),
    ],
)
def test_services_are_found_by_what_is_asked(query: str, found: list[str], door: Door) -> None:
    assert door.names(f"/services?{query}") == found


def test_a_theme_finds_the_services_of_its_needs(door: Door) -> None:
    housing = term_id("needs", "theme-housing")
    assert "Syndicat des locataires imaginaires" in door.names(f"/services?taxonomy_term_id={housing}")
    assert "Resto du Nuage" not in door.names(f"/services?taxonomy_term_id={housing}")


def test_a_taxonomy_finds_every_service_that_it_classifies(door: Door) -> None:
    assert door.get(f"/services?taxonomy_id={taxonomy_id('needs')}")["total_items"] == 12
    assert door.get(f"/services?taxonomy_id={taxonomy_id('audience')}")["total_items"] == 11


def test_services_come_short_ordinary_or_whole(door: Door) -> None:
    short = door.get("/services?minimal=true&search=horizon")["contents"][0]
    plain = door.get("/services?search=horizon")["contents"][0]
    whole = door.get("/services?full=true&search=horizon")["contents"][0]
    assert set(short) == {"id", "modified_date"}
    assert "phones" not in plain
    assert whole == door.get(f"/services/{plain['id']}")
    assert [phone["number"] for phone in whole["phones"]] == ["02 555 00 12", "02 555 00 13"]


def test_places_are_found_by_postal_code_and_distance(door: Door) -> None:
    def names(query: str) -> list[str]:
        contents = door.get(f"/service_at_locations?{query}")["contents"]
        return [one["service"]["name"] for one in contents]

    assert "Aide sociale de Brumeville-Haute" not in names("postcode=9902")
    assert names("postcode=9902&proximity=200") == [
        "Aide sociale de Brumeville-Basse",
        "Syndicat des locataires imaginaires",
    ]
    assert names("postcode=0000") == []


def test_an_organization_comes_with_its_services(door: Door) -> None:
    (league,) = door.get("/organizations?search=ligue&full=true")["contents"]
    whole = door.get(f"/organizations/{league['id']}?full_service=true")
    assert [set(service) for service in league["services"]] == [{"id", "name", "status"}]
    assert whole["services"][0]["schedules"][0]["byday"] == "MO,WE"
    assert "services" not in door.get("/organizations?search=ligue")["contents"][0]


def test_terms_stand_in_their_themes(door: Door) -> None:
    housing, needs = term_id("needs", "theme-housing"), taxonomy_id("needs")
    children = door.get(f"/taxonomy_terms?parent_id={housing}")["contents"]
    assert "rent-arrears" in [term["code"] for term in children]
    assert all(term["taxonomy_detail"]["id"] == needs for term in children)
    tops = door.get(f"/taxonomy_terms?top_only=true&taxonomy_id={needs}")["contents"]
    assert all(term["code"].startswith("theme-") for term in tops)


@pytest.mark.parametrize("kind", KINDS)
def test_lines_give_everything_at_once(kind: str, door: Door) -> None:
    answer = door.ask(f"/{kind}?format=ndjson")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert len(lines) == door.get(f"/{kind}")["total_items"]


def test_where_a_protected_service_is_cannot_be_asked(words: Words) -> None:
    bot = InMemoryBot(words)
    refuge = bot.library.directory.service("refuge-maree")
    assert refuge
    secret = replace(
        refuge, address="rue Cachée 1", postal_code="9902", place="brumeville-basse", latitude=54.03125
    )
    bot.library = replace(bot.library, directory=Directory(bot.library.territory, (secret,)))
    door = Door(bot)
    whole = door.ask(f"/services/{service_id(secret)}").text
    assert (
        "Cach" not in whole + door.ask("/services?full=true").text + door.ask("/services?format=ndjson").text
    )
    assert "9902" not in whole
    assert "brumeville-basse" not in whole
    assert door.get("/service_at_locations?postcode=9902")["contents"] == []
    assert door.get("/services?search=cachee")["contents"] == []
    assert (
        door.ask(f"/service_at_locations/{uuid_of('service-at-location', 'refuge-maree')}").status_code == 404
    )


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *((f"/{kind}/unknown", 404) for kind in KINDS),
        ("/nothing", 404),
        ("/services?page=0", 422),
        ("/services?per_page=501", 422),
        ("/services?per_page=x", 422),
        ("/services?format=xml", 422),
        ("/services?modified_after=0.5", 422),
        ("/services?modified_after=soon", 422),
        ("/service_at_locations?postcode=9901&proximity=nan", 422),
    ],
)
def test_errors_are_json_and_are_not_kept(path: str, status: int, door: Door) -> None:
    answer = door.ask(path)
    assert (answer.status_code, answer.headers["cache-control"]) == (status, "no-store")
    assert answer.json()["detail"]


def test_nothing_can_be_written(door: Door) -> None:
    assert [door.ask("/services", method).status_code for method in ("POST", "PUT", "DELETE")] == [405] * 3


def test_answers_may_be_kept_and_set_no_cookie(door: Door) -> None:
    answer = door.ask("/services")
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers


def test_a_changed_directory_is_seen(words: Words) -> None:
    bot = InMemoryBot(words)
    door = Door(bot)
    assert door.get("/services")["total_items"] == 12
    bot.library = replace(bot.library, directory=Directory(bot.library.territory, ()))
    assert door.get("/services")["total_items"] == 0


@pytest.mark.parametrize("path", ["/services?per_page=50", "/services?per_page=50&search=social"])
def test_a_page_of_fifty_services_is_quick(path: str, brussels: Door) -> None:
    brussels.get(path)
    times = []
    for _ in range(7):
        start = time.perf_counter()
        brussels.get(path)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.020


def test_every_description_in_the_openapi_document_leads_somewhere(door: Door) -> None:
    document = door.get("/openapi.json")
    names = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    text = json.dumps(document)
    assert {part.split('"')[0] for part in text.split('"$ref": "')[1:]} <= names
    assert set(document["paths"]) == {
        "/",
        *(f"/{kind}" for kind in KINDS),
        *(f"/{kind}/{{id}}" for kind in KINDS),
    }
