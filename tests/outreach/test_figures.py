"""What the territory says: whole quarters, small cells hidden, and nothing to work them out from."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.effects import Count
from bot.outreach.counting import count_for_the_report
from bot.outreach.figures import TABLES, By, Grounds, Quarter, is_over, quarters_with_figures, read_figures
from bot.outreach.suppression import LEAST, publish
from bot.storage.models import Conversation, Meeting, Tally
from bot.storage.tallies import count
from tests.outreach.conftest import MONDAY, Street

NAMES = "abcd"
SMALL = 3  # a small limit, so that every possibility can be tried

cells = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 60), max_size=12)


@given(cells)
def test_no_cell_under_ten_is_published(counts: dict[str, int]) -> None:
    assert all(n is None or n >= LEAST for n in publish(counts).values())


@given(cells)
def test_what_is_published_is_true_and_no_cell_is_lost(counts: dict[str, int]) -> None:
    shown = publish(counts)
    assert set(shown) == set(counts)
    assert all(n is None or n == counts[name] for name, n in shown.items())


@given(cells)
def test_a_hidden_cell_is_never_alone_and_the_hidden_ones_hold_ten_together(counts: dict[str, int]) -> None:
    shown = publish(counts)
    hidden = [counts[name] for name, n in shown.items() if n is None]
    everything = len(hidden) == len(counts)
    assert everything or not hidden or (len(hidden) > 1 and sum(hidden) >= 2 * LEAST - 1)


@given(st.dictionaries(st.sampled_from(NAMES), st.integers(LEAST, 60)))
def test_where_nothing_is_small_nothing_is_hidden(counts: dict[str, int]) -> None:
    assert publish(counts) == counts


def assignments(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Every way in which hidden cells can share what is missing in the total."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in assignments(total - first, parts - 1):
            yield (first, *rest)


def could_hold(shown: dict[str, int | None], missing: int) -> dict[str, set[int]]:
    """What somebody who knows the rule finds possible for each hidden cell; two values are doubt enough."""
    hidden = [name for name, n in shown.items() if n is None]
    possible: dict[str, set[int]] = {name: set() for name in hidden}
    for values in assignments(missing, len(hidden)):
        guess = {**shown, **dict(zip(hidden, values, strict=True))}
        if publish(guess, SMALL) == shown:  # type: ignore[arg-type]
            for name, value in zip(hidden, values, strict=True):
                possible[name].add(value)
        if all(len(found) > 1 for found in possible.values()):
            break
    return possible


@pytest.mark.parametrize(("size", "most"), [(2, 12), (3, 9), (4, 6)])
def test_whoever_knows_the_rule_and_the_true_total_cannot_tell_any_hidden_cell(size: int, most: int) -> None:
    """The total is known where another table of the same questions has nothing to hide: then it is not small."""
    tried = set()
    for counts in product(range(most + 1), repeat=size):
        table = dict(zip(NAMES, counts, strict=False))
        shown, missing = publish(table, SMALL), sum(counts)
        missing -= sum(n for n in shown.values() if n is not None)
        if missing and sum(counts) >= SMALL and (key := (tuple(shown.items()), missing)) not in tried:
            tried.add(key)
            assert all(len(found) > 1 for found in could_hold(shown, missing).values()), table
    assert len(tried) > size


def test_without_further_cells_the_total_would_tell() -> None:
    """The test above can fail: with the small cell alone hidden, the total gives it away."""
    counts = {"a": 4, "b": 30, "c": 20}
    naive = {name: n for name, n in counts.items() if n >= LEAST}
    assert sum(counts.values()) - sum(naive.values()) == counts["a"]
    assert [name for name, n in publish(counts).items() if n is None] == ["a", "b"]


@pytest.mark.parametrize(
    "written", ["2026", "2026-Q0", "2026-Q5", "26-Q1", "1999-Q1", "2026-Q1x", "٢٠٢٦-Q1", ""]
)
def test_only_quarters_can_be_asked_for(written: str) -> None:
    assert Quarter.read(written) is None


def test_a_quarter_has_its_days() -> None:
    quarter = Quarter.read("2026-Q4")
    assert quarter
    assert (quarter.begins, quarter.ends) == (date(2026, 10, 1), date(2027, 1, 1))
    assert Quarter.of(date(2026, 12, 31)) == quarter
    assert not is_over(quarter, datetime(2026, 12, 31, tzinfo=UTC))
    assert is_over(quarter, datetime(2027, 1, 2, tzinfo=UTC))


NEXT_YEAR = datetime(2027, 1, 5, tzinfo=UTC)


def grounds(street: Street) -> Grounds:
    return Grounds(street.world.territory, street.world.needs, tuple(street.world.words.languages))


def a_quarter_of_questions(street: Street) -> None:
    with street.database.write() as session:
        for n in range(120):
            day = MONDAY + timedelta(days=n % 4 * 7)
            theme = "housing" if n < 60 else "food" if n < 100 else "money"
            count(session, "asked-theme", f"testville:{theme}", day)
            count(session, "asked-commune", "testville:" + ("saint-exemple" if n < 111 else "unknown"), day)
            count(session, "asked-language", "testville:" + ("ti" if n < 4 else "fr"), day)
        session.add_all(
            Meeting(
                place_id="parc-du-phare",
                day=MONDAY.date(),
                theme="food",
                people=6,
                language="fr",
                noted_at=MONDAY,
            )
            for _ in range(3)
        )


def test_a_quarter_is_told_table_by_table(street: Street) -> None:
    a_quarter_of_questions(street)
    with street.database.read() as session:
        figures = {
            one.name: one for one in read_figures(session, grounds(street), Quarter(2026, 4), NEXT_YEAR)
        }
    assert set(figures) == set(TABLES)
    assert figures["asked-language"].cells["ti"] is None
    assert all(n is None or n >= LEAST for one in figures.values() for n in one.cells.values())
    assert figures["asked-week"].by is By.WEEK


def test_a_quarter_that_is_not_over_tells_nothing(street: Street) -> None:
    a_quarter_of_questions(street)
    with street.database.read() as session:
        assert read_figures(session, grounds(street), Quarter(2026, 4), MONDAY) == []
        assert quarters_with_figures(session, MONDAY) == []
        assert quarters_with_figures(session, NEXT_YEAR) == [Quarter(2026, 4)]


def test_a_question_is_counted_by_one_thing_at_a_time(street: Street) -> None:
    person = street.person("ti", commune="saint-exemple")
    with street.database.write() as session:
        context = street.context(session, session.get_one(Conversation, person))
        count_for_the_report(context, Count("answer", "rent-arrears"))
        count_for_the_report(context, Count("danger", "suicide"))
    with street.database.read() as session:
        kept = {(row.name, row.key) for row in session.query(Tally)}
    assert kept == {
        ("asked-theme", "testville:housing"),
        ("asked-commune", "testville:saint-exemple"),
        ("asked-language", "testville:ti"),
    }
