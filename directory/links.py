"""Looks whether the websites of services still answer; runs only when somebody asks for it, and changes nothing.

It is polite: one request at a time, a pause between two, what a site's robots.txt forbids is left alone, bodies
are not fetched. What it finds is for a person to look at: a site may be down for an hour.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import httpx

from directory.services import Service

AGENT = "Passerelle-link-check"
PAUSE_SECONDS = 1.0
TIMEOUT_SECONDS = 10.0
MOST_REDIRECTS = 5
GONE = (404, 410)
NOT_FOR_PROGRAMS = (401, 403, 405, 406, 429)


class Link(StrEnum):
    """How a website answers."""

    WELL = "well"
    MOVED = "moved"  # for good, to another host
    GONE = "gone"
    BROKEN = "broken"
    UNREACHABLE = "unreachable"
    NOT_LOOKED_AT = "not-looked-at"  # the site does not want programs: it may well be fine


@dataclass(frozen=True)
class Finding:
    """What became of one address, and the services that name it; `detail` is a status or where it leads now."""

    address: str
    services: tuple[str, ...]
    state: Link
    detail: str = ""


def open_client() -> httpx.Client:
    """Open what the checker looks with."""
    return httpx.Client(
        headers={"User-Agent": AGENT},
        timeout=TIMEOUT_SECONDS,
        follow_redirects=True,
        max_redirects=MOST_REDIRECTS,
    )


def check_links(
    services: Iterable[Service],
    client: httpx.Client,
    pause: float = PAUSE_SECONDS,
    wait: Callable[[float], object] = time.sleep,
) -> Iterator[Finding]:
    """Look at each address once, one after the other."""
    named: dict[str, list[str]] = {}
    for service in services:
        if service.website:
            named.setdefault(service.website, []).append(service.id)
    rules: dict[str, RobotFileParser] = {}
    for number, (address, ids) in enumerate(sorted(named.items())):
        if number:
            wait(pause)
        state, detail = _look(address, client, rules)
        yield Finding(address, tuple(ids), state, detail)


def _look(address: str, client: httpx.Client, rules: dict[str, RobotFileParser]) -> tuple[Link, str]:
    try:
        if not _may_look(address, client, rules):
            return Link.NOT_LOOKED_AT, "robots.txt"
        with client.stream("GET", address) as answer:
            return _judged(address, answer)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Link.UNREACHABLE, type(error).__name__


def _judged(address: str, answer: httpx.Response) -> tuple[Link, str]:
    code = answer.status_code
    if code in GONE:
        return Link.GONE, str(code)
    if code in NOT_FOR_PROGRAMS:
        return Link.NOT_LOOKED_AT, str(code)
    if code >= 400:
        return Link.BROKEN, str(code)
    for_good = any(step.status_code in (301, 308) for step in answer.history)
    if for_good and _site(str(answer.url)) != _site(address):
        return Link.MOVED, str(answer.url)
    return Link.WELL, str(code)


def _may_look(address: str, client: httpx.Client, rules: dict[str, RobotFileParser]) -> bool:
    parts = urlsplit(address)
    root = f"{parts.scheme}://{parts.netloc}"
    if root not in rules:
        rules[root] = RobotFileParser()
        answer = client.get(f"{root}/robots.txt")
        rules[root].parse(answer.text.splitlines() if answer.status_code == 200 else [])
    return rules[root].can_fetch(AGENT, address)


def _site(address: str) -> str:
    return urlsplit(address).netloc.removeprefix("www.")
