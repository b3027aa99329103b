from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, event, func, make_url, select
from sqlalchemy.orm import Session

from directory import models
from directory.content import Problem
from directory.loading import ServiceTaken, load_services, read_directory
from directory.packs import Pack, directory_of
from directory.search import find_services
from directory.territory import Cost
from tests.directory.build import A_MONDAY, a_service


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    url = make_url(database_url)
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    engine = create_engine(url)
    if url.drivername.startswith("sqlite"):
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=ON"))
    models.Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def counts(session: Session) -> list[int]:
    tables = (models.Service, models.Organization, *models.PARTS)
    return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def test_what_is_loaded_is_read_back_the_same(session: Session, testville: Pack) -> None:
    report = load_services(session, testville)
    session.expire_all()
    directory = read_directory(session, testville.territory)
    assert len(report.added) == 12
    assert set(directory.services) == set(testville.services)
    assert [dict(service.names) for service in directory.services] == [
        dict(service.names) for service in sorted(testville.services, key=lambda service: service.id)
    ]


def test_both_ways_to_a_directory_find_the_same_doors(session: Session, testville: Pack) -> None:
    load_services(session, testville)
    stored = read_directory(session, testville.territory)
    around = ("rent-arrears", "brumeville-basse", A_MONDAY)
    assert find_services(stored, *around) == find_services(directory_of(testville), *around)


def test_a_second_load_changes_nothing(session: Session, testville: Pack) -> None:
    load_services(session, testville)
    before = counts(session)
    report = load_services(session, testville)
    assert (report.added, report.changed, report.vanished, report.unchanged) == ((), (), (), 12)
    assert counts(session) == before


def test_a_changed_row_replaces_the_service_and_its_parts(session: Session, testville: Pack) -> None:
    load_services(session, testville)
    first, *others = testville.services
    new = replace(first, phones=("02 555 00 77",), cost=Cost.PAID, languages=("ps",))
    report = load_services(session, replace(testville, services=(new, *others)))
    assert (report.changed, report.unchanged) == ((first.id,), 11)
    session.expire_all()
    assert read_directory(session, testville.territory).service(first.id) == new


def test_a_vanished_service_is_not_shown_and_comes_back_when_its_row_does(
    session: Session, testville: Pack
) -> None:
    load_services(session, testville)
    gone = testville.services[0].id
    report = load_services(session, replace(testville, services=testville.services[1:]))
    assert report.vanished == (gone,)
    assert read_directory(session, testville.territory).service(gone) is None
    assert session.get_one(models.Service, gone).name == testville.services[0].name
    assert load_services(session, testville).added == (gone,)
    assert read_directory(session, testville.territory).service(gone) == testville.services[0]


def test_a_refused_row_leaves_the_service_as_it_was(session: Session, testville: Pack) -> None:
    load_services(session, testville)
    first, *others = testville.services
    problem = Problem("services.csv", 2, "hours: no")
    spoilt = replace(testville, services=tuple(others), refused=(first.id,), problems=(problem,))
    report = load_services(session, spoilt)
    assert (report.vanished, report.refused) == ((), (problem,))
    assert read_directory(session, testville.territory).service(first.id) == first


def test_organizations_are_shared_and_go_with_their_last_service(session: Session, testville: Pack) -> None:
    two = (a_service("a", organization="Ligue"), a_service("b", organization="Ligue"))
    load_services(session, replace(testville, services=two))
    assert session.scalars(select(models.Organization.name)).all() == ["Ligue"]
    load_services(session, replace(testville, services=(a_service("a"), a_service("b"))))
    assert sorted(session.scalars(select(models.Organization.name))) == ["A", "B"]


def test_an_id_of_another_territory_is_refused(session: Session, testville: Pack) -> None:
    load_services(session, testville)
    other = replace(testville, territory=replace(testville.territory, code="elsewhere"))
    with pytest.raises(ServiceTaken, match="give it another id"):
        load_services(session, other)


def test_a_load_that_fails_leaves_nothing_behind(session: Session, testville: Pack) -> None:
    load_services(session, testville)
    session.rollback()
    assert sum(counts(session)) == 0


def test_territories_do_not_see_each_others_services(session: Session, testville: Pack) -> None:
    other = replace(
        testville, territory=replace(testville.territory, code="elsewhere"), services=(a_service("a"),)
    )
    load_services(session, testville)
    load_services(session, other)
    assert [service.id for service in read_directory(session, other.territory).services] == ["a"]
    assert load_services(session, testville).vanished == ()
