"""What stands on a service's card: who may come, what is different for now, and always the day of the check."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.conversation.cards import tell_service
from bot.i18n import Words
from bot.messages import plain
from directory.freshness import is_old
from directory.needs import load_needs
from directory.packs import Pack, directory_of, load_pack
from directory.quality import look_at
from directory.search import Directory, look_at_service
from directory.services import Service
from tests.directory.build import a_service

WORDS = Words()
CONDITION = "Les mineurs viennent sans l'accord des parents."


@pytest.fixture(scope="module")
def brussels() -> Pack:
    return load_pack("brussels")


def card(pack: Pack, service: Service, language: str = "fr", day: date = date(2026, 11, 23)) -> str:
    now = datetime(day.year, day.month, day.day, 10, tzinfo=pack.territory.zone)
    match = look_at_service(Directory(pack.territory, (service,)), service, now)
    return plain(tell_service(match, 1, WORDS.voice(language), pack.territory, now))


@pytest.mark.parametrize("code", ["brussels", "reunion", "quebec"])
@pytest.mark.parametrize("language", ["fr", "ar", "ti"])
def test_every_card_shows_the_day_of_its_check_and_marks_an_old_one(code: str, language: str) -> None:
    pack, voice, today = load_pack(code), WORDS.voice(language), date(2026, 11, 23)
    due = {id_ for id_, _ in look_at(directory_of(pack), load_needs(), today).due}
    for service in pack.services:
        said = card(pack, service, language)
        assert plain(voice.date(service.checked_on)) in said
        assert ("⚠️" in said) == is_old(service, today)
        assert service.id in due or not is_old(service, today)


def test_the_town_halls_that_were_checked_long_ago_are_marked_and_listed(brussels: Pack) -> None:
    jette = next(service for service in brussels.services if service.id == "bxl-commune-jette")
    aged = replace(jette, checked_on=date(2012, 11, 1))
    assert "⚠️ Vérifié le 1 novembre 2012 · vérifié il y a longtemps, appelez d'abord" in card(brussels, aged)


def test_who_may_come_is_said_and_its_language_too_where_it_is_another(brussels: Pack) -> None:
    service = a_service(condition=CONDITION, minimum_age=12, maximum_age=17)
    assert f"👥 12–17 · {CONDITION}" in card(brussels, service)
    assert f"👥 12–17 · (French) {CONDITION}" in card(brussels, service, "en")
    assert "👥 18+" in card(brussels, a_service(minimum_age=18), "nl")
    assert f"(الفرنسية) \u2068{CONDITION}\u2069" in card(brussels, service, "ar")
    assert "👥" not in card(brussels, a_service())


def test_a_closure_is_told_two_weeks_before_and_until_its_last_day(brussels: Pack) -> None:
    service = a_service(
        hours="Mo-Fr 09:00-17:00; PH off", closed_from=date(2026, 12, 21), closed_until=date(2027, 1, 3)
    )
    words = "⛔ fermé du 21 décembre 2026 au 3 janvier 2027"
    told = {
        day: words in card(brussels, service, day=day)
        for day in map(
            date.fromisoformat, ("2026-12-06", "2026-12-07", "2026-12-21", "2027-01-03", "2027-01-04")
        )
    }
    assert list(told.values()) == [False, True, True, True, False]
    assert "4 janv. 09:00" in card(brussels, service, day=date(2026, 12, 22))


def test_a_closure_without_an_end_says_to_call(brussels: Pack) -> None:
    said = card(brussels, a_service(hours="24/7", closed_from=date(2026, 11, 1)))
    assert "⛔ fermé dès le 1 novembre 2026, fin pas connue : appelez d'abord" in said
    assert "jour et nuit" not in said


def test_a_notice_is_shown_until_its_day_and_in_its_own_language(brussels: Pack) -> None:
    service = a_service(notice="Entrée par la cour.", notice_until=date(2026, 11, 30))
    assert "ℹ️ Entrée par la cour." in card(brussels, service)
    assert "ℹ️ (French) Entrée par la cour." in card(brussels, service, "en")
    assert "cour" not in card(brussels, service, day=date(2026, 12, 1))
