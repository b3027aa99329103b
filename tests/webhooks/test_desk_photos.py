"""A worker's photo: sent by themselves, seen where they show that they come, gone when they wish or leave."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import delete, select

from bot.desk.photos import MOST_BYTES
from bot.storage.models import RoundWorker, Worker, WorkerPhoto
from tests.databases import PostgresqlBackend, SqliteBackend
from tests.privacy.test_pictures import PLACE, a_jpeg, a_png
from tests.webhooks.office import Browser, Office, open_office
from tests.webhooks.test_desk_outside import in_english

PAGE = "/meet/parc-du-phare"


@pytest.fixture(scope="module")
def shared(sqlite_backend: SqliteBackend) -> Iterator[Office]:
    with open_office(sqlite_backend.migrated()) as office:
        office.go_out()
        yield office


@pytest.fixture
def office(shared: Office) -> Office:
    with shared.database.write() as session:
        session.execute(delete(Worker))
    return shared


def send(browser: Browser, content: bytes, csrf: str | None = None) -> int:
    proof = {"csrf": browser.csrf if csrf is None else csrf}
    files = {"photo": ("moi.jpg", content, "image/jpeg")}
    return browser.client.post("/desk/photo", data=proof, files=files).status_code


def photos(office: Office) -> list[WorkerPhoto]:
    with office.database.read() as session:
        return list(session.scalars(select(WorkerPhoto)))


def announce(office: Office, worker: int) -> None:
    with office.database.write() as session:
        session.add(RoundWorker(round_id="tournee-du-mercredi", worker_id=worker))


def address(page: str) -> str:
    found = re.search(r'src="(/photos/[\w-]+)"', page)
    return found[1] if found else ""


@pytest.mark.parametrize("picture", [a_jpeg(), a_png()])
def test_a_photo_is_kept_without_what_the_camera_wrote_beside_it(office: Office, picture: bytes) -> None:
    browser = in_english(office)
    assert 'src="/desk/photo"' not in browser.get("/desk/roster").text
    assert send(browser, picture) == 303
    (kept,) = photos(office)
    assert PLACE in picture
    assert PLACE not in kept.content
    shown = browser.get("/desk/photo")
    assert shown.content == kept.content
    assert shown.headers["content-type"] == kept.type
    assert 'src="/desk/photo"' in browser.get("/desk/roster").text
    assert ("photo", "") in office.log()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8\xff",
        b"<svg onload=alert(1)>",
        b"%PDF-1.7",
        a_jpeg()[:100],
        a_jpeg() + b"x" * MOST_BYTES,
    ],
    ids=["nothing", "a beginning", "a drawing", "a document", "broken off", "too large"],
)
def test_what_is_no_small_whole_photo_is_refused_in_words(office: Office, content: bytes) -> None:
    browser = in_english(office)
    assert send(browser, content) in {413, 422}
    assert photos(office) == []


def test_everybody_sees_it_only_where_the_worker_shows_that_they_come(office: Office) -> None:
    browser, nobody = in_english(office), office.browser()
    send(browser, a_jpeg())
    (kept,) = photos(office)
    assert address(nobody.get(PAGE).text) == ""
    assert nobody.get(f"/photos/{kept.key}").status_code == 404
    announce(office, kept.worker_id)
    page = nobody.get(f"{PAGE}?lang=en").text
    assert "Amina" in page
    assert "French, Arabic" in page
    shown = nobody.get(address(page))
    assert shown.content == kept.content
    assert shown.headers["cache-control"] == "no-store"
    assert "sandbox" in shown.headers["content-security-policy"]
    assert address(nobody.get("/meet/epicerie-de-la-cloche").text) == "", "another round"
    assert nobody.get("/photos/nothing").status_code == 404


def test_a_new_photo_takes_the_place_of_the_old_one_under_a_new_address(office: Office) -> None:
    browser, nobody = in_english(office), office.browser()
    send(browser, a_jpeg())
    announce(office, photos(office)[0].worker_id)
    old = address(nobody.get(PAGE).text)
    send(browser, a_png())
    assert nobody.get(old).status_code == 404
    assert nobody.get(address(nobody.get(PAGE).text)).headers["content-type"] == "image/png"


def test_it_goes_when_the_worker_wishes_so_or_leaves(office: Office) -> None:
    browser, nobody = in_english(office), office.browser()
    send(browser, a_jpeg())
    announce(office, photos(office)[0].worker_id)
    seen = address(nobody.get(PAGE).text)
    assert browser.post("/desk/photo/remove").headers["location"] == "/desk/roster?done=no-photo"
    assert photos(office) == []
    assert nobody.get(seen).status_code == 404
    assert browser.get("/desk/photo").status_code == 404
    send(browser, a_jpeg())
    with office.database.write() as session:
        session.execute(delete(Worker))
    assert photos(office) == []


def test_a_photo_needs_a_form_of_our_own(office: Office) -> None:
    assert send(in_english(office), a_jpeg(), csrf="0" * 64) == 403
    assert send(office.browser(), a_jpeg(), csrf="") == 401
    assert photos(office) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b--",
        b"--b\r\n\r\nx\r\n--b--",
        b'--b\r\nContent-Disposition: form-data; name="photo"; filename="x"\r\n\r\n\xff\xd8\xff',
        b"--b\r\n" * 1000 + b"--b--",
        b'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n\xff\r\n--b--',
    ],
)
def test_a_body_that_is_no_form_is_refused(office: Office, body: bytes) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = in_english(office).client.post("/desk/photo", content=body, headers=headers)
    assert answer.status_code in {400, 403}


def test_it_is_the_same_on_postgresql(postgresql_backend: PostgresqlBackend) -> None:
    with open_office(postgresql_backend.migrated()) as office:
        office.go_out()
        browser = in_english(office)
        assert send(browser, a_jpeg()) == 303
        assert send(browser, a_png()) == 303
        announce(office, photos(office)[0].worker_id)
        assert office.browser().get(address(browser.get(PAGE).text)).content == photos(office)[0].content
        for path in ("rounds", "places", "met", "notices", "digest", "roster"):
            assert browser.get(f"/desk/{path}").status_code == 200
        made = browser.post("/desk/notices", notice="heat").headers["location"]
        assert browser.get(made).status_code == 200
        assert (
            browser.post("/desk/met", place="parc-du-phare", theme="housing", people="2").status_code == 303
        )
