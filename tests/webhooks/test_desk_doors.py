"""Every door of the desk, for each role and for nobody: a new door without a rule here fails."""

from collections.abc import Iterator

import pytest
from fastapi import APIRouter

from tests.databases import SqliteBackend
from tests.webhooks.office import Browser, Office, open_office
from webhooks import desk
from webhooks.streams import Streams

ANYBODY, WORKER, COORDINATOR = "anybody", "worker", "coordinator"
RULES = {
    "GET /desk/login": ANYBODY,
    "POST /desk/login": ANYBODY,
    "GET /desk": WORKER,
    "GET /desk/events": WORKER,
    "GET /desk/mine": WORKER,
    "GET /desk/requests/{id}": WORKER,
    "POST /desk/requests/{id}/accept": WORKER,
    "POST /desk/requests/{id}/decline": WORKER,
    "POST /desk/requests/{id}/reply": WORKER,
    "POST /desk/requests/{id}/phrase": WORKER,
    "GET /desk/requests/{id}/files/{message}": WORKER,
    "POST /desk/requests/{id}/note": WORKER,
    "POST /desk/requests/{id}/meet": WORKER,
    "POST /desk/requests/{id}/unmeet": WORKER,
    "POST /desk/requests/{id}/pass-on": WORKER,
    "POST /desk/requests/{id}/close": WORKER,
    "GET /desk/roster": WORKER,
    "POST /desk/duty": WORKER,
    "GET /desk/photo": WORKER,
    "POST /desk/photo": WORKER,
    "POST /desk/photo/remove": WORKER,
    "GET /desk/rounds": WORKER,
    "GET /desk/rounds/{key}": WORKER,
    "POST /desk/rounds/{key}": WORKER,
    "GET /desk/places": WORKER,
    "GET /desk/met": WORKER,
    "POST /desk/met": WORKER,
    "GET /desk/met/{id}": WORKER,
    "POST /desk/met/{id}": WORKER,
    "GET /desk/digest": WORKER,
    "GET /desk/notices": WORKER,
    "POST /desk/notices": WORKER,
    "GET /desk/notices/{id}": WORKER,
    "POST /desk/notices/{id}": WORKER,
    "POST /desk/language": WORKER,
    "POST /desk/logout": WORKER,
    "POST /desk/logout-everywhere": WORKER,
    "GET /desk/teams": COORDINATOR,
    "POST /desk/teams": COORDINATOR,
    "POST /desk/teams/{id}/live": COORDINATOR,
    "GET /desk/promises": COORDINATOR,
    "GET /desk/corrections": COORDINATOR,
    "POST /desk/corrections/{id}": COORDINATOR,
    "GET /desk/directory": COORDINATOR,
    "GET /desk/directory/{id}": COORDINATOR,
    "POST /desk/directory/{id}": COORDINATOR,
    "GET /desk/people": COORDINATOR,
    "POST /desk/people/invite": COORDINATOR,
    "POST /desk/people/{id}/role": COORDINATOR,
    "POST /desk/people/{id}/remove": COORDINATOR,
    "GET /desk/audit": COORDINATOR,
}
GUARDED = sorted(rule for rule, who in RULES.items() if who != ANYBODY and "events" not in rule)


@pytest.fixture(scope="module")
def office(sqlite_backend: SqliteBackend) -> Iterator[Office]:
    with open_office(sqlite_backend.migrated()) as office:
        yield office


def doors(routes: APIRouter) -> set[str]:
    return {f"{method} {route.path}" for route in routes.routes for method in route.methods}  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def browsers(office: Office) -> dict[str, Browser]:
    """One for each role, one for nobody and one for a role that we do not know."""
    roles = {role: office.browser(office.worker(role, role)) for role in (WORKER, COORDINATOR, "king")}
    return roles | {ANYBODY: office.browser()}


def status(browser: Browser, rule: str) -> int:
    method, path = rule.replace("{id}", "99999").replace("{key}", "9.9").split()
    return (browser.get(path) if method == "GET" else browser.post(path)).status_code


def test_every_door_has_a_rule(office: Office) -> None:
    assert doors(desk.router(office.app.desk, Streams())) == set(RULES)


@pytest.mark.parametrize("rule", GUARDED)
def test_a_door_opens_only_for_whom_it_is(office: Office, browsers: dict[str, Browser], rule: str) -> None:
    if "logout" in rule:
        browsers = browsers | {
            role: office.browser(office.worker(role, role)) for role in (WORKER, COORDINATOR)
        }
    assert status(browsers[ANYBODY], rule) == 401
    assert status(browsers["king"], rule) == 403
    as_worker, as_coordinator = status(browsers[WORKER], rule), status(browsers[COORDINATOR], rule)
    assert as_coordinator in {200, 303, 404, 422}
    assert as_worker == 403 if RULES[rule] == COORDINATOR else as_worker in {200, 303, 404, 422}


def test_the_stream_is_for_the_team_only(office: Office) -> None:
    assert office.browser().get("/desk/events").status_code == 401


@pytest.mark.parametrize("rule", [rule for rule in GUARDED if rule.startswith("POST")])
def test_nothing_is_done_without_a_form_of_our_own(browsers: dict[str, Browser], rule: str) -> None:
    browser = browsers[COORDINATOR]
    path = rule.split()[1].replace("{id}", "99999").replace("{key}", "9.9")
    assert browser.post(path, csrf="0" * 64).status_code == 403
    assert browser.post(path, csrf="").status_code == 403
    proof = {"csrf": browser.csrf}
    for foreign in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}):
        assert browser.client.post(path, headers=foreign, data=proof).status_code == 403
