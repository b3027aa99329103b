"""Whether websites answer: a real server on this machine, and nobody else's."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from bot.cli import main
from directory.links import AGENT, Finding, Link, check_links, open_client
from tests.directory.build import a_service, replace_in


class Site(BaseHTTPRequestHandler):
    asked: list[tuple[str, str]]
    robots = "User-agent: *\nDisallow: /private\n"

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["User-Agent"]))
        host = f"http://localhost:{self.server.server_address[1]}"
        status = {"/gone": 404, "/down": 500, "/shy": 403, "/moved": 301, "/slash": 301, "/": 200}.get(
            self.path, 200
        )
        self.send_response(status)
        if status == 301:
            self.send_header("Location", f"{host}/" if self.path == "/moved" else "/")
        body = self.robots if self.path == "/robots.txt" else "hello"
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def a_site() -> Iterator[tuple[str, type[Site]]]:
    kind = type("OneSite", (Site,), {"asked": []})
    server = HTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", kind
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def looked_at(*addresses: str, pauses: list[float] | None = None) -> list[Finding]:
    services = [a_service(f"s{number}", website=address) for number, address in enumerate(addresses)]
    with open_client() as client:
        return list(check_links(services, client, 2.0, (pauses if pauses is not None else []).append))


@pytest.mark.parametrize(
    ("path", "state"),
    [
        ("/", Link.WELL),
        ("/slash", Link.WELL),
        ("/gone", Link.GONE),
        ("/down", Link.BROKEN),
        ("/shy", Link.NOT_LOOKED_AT),
        ("/private", Link.NOT_LOOKED_AT),
        ("/moved", Link.MOVED),
    ],
)
def test_a_website_is_judged_by_its_answer(path: str, state: Link) -> None:
    with a_site() as (address, _):
        assert looked_at(address + path)[0].state is state


def test_a_site_that_nobody_serves_any_more_is_unreachable() -> None:
    with a_site() as (address, _):
        pass
    assert looked_at(address)[0].state is Link.UNREACHABLE


def test_each_address_is_asked_once_with_a_pause_and_says_who_asks() -> None:
    pauses: list[float] = []
    with a_site() as (address, site):
        found = looked_at(f"{address}/a", f"{address}/a", f"{address}/b", pauses=pauses)
    assert [one.services for one in found] == [("s0", "s1"), ("s2",)]
    assert site.asked == [(path, AGENT) for path in ("/robots.txt", "/a", "/b")]
    assert pauses == [2.0]


def test_what_a_site_forbids_is_not_asked_for() -> None:
    with a_site() as (address, site):
        looked_at(f"{address}/private")
    assert [path for path, _ in site.asked] == ["/robots.txt"]


def test_the_command_reports_and_changes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with a_site() as (address, _):
        replace_in(folder / "services.csv", "https://haute.aide.example", f"{address}/gone")
        replace_in(folder / "services.csv", "https://toit.example", f"{address}/")
        before = (folder / "services.csv").read_bytes()
        arguments = ["--territory", str(folder), "directory", "links", "--pause", "0"]
        assert main([*arguments, "--only", "aide-haute", "--only", "syndicat-locataires"]) == 0
    said = capsys.readouterr().out
    assert "gone" in said
    assert "aide-haute" in said
    assert (folder / "services.csv").read_bytes() == before
