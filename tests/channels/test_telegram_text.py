"""How a reply's text becomes messages: nothing lost, nothing torn."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram_text import ENTITY_LIMIT, parts, units
from bot.messages import escape, spans

LETTERS = st.sampled_from("ab é.😀👩🏽‍🚀ش\n\u2068\u2069")
PIECES = st.lists(
    st.tuples(
        st.sampled_from(["", "b", "i", "a"]),
        st.text(LETTERS, max_size=40) | st.sampled_from(["\n\n", "\n", ". ", " "]),
    ),
    max_size=40,
)


def markup(pieces: list[tuple[str, str]]) -> str:
    tags = {"": "{}", "b": "<b>{}</b>", "i": "<i>{}</i>", "a": '<a href="https://a.be/x?a=1&amp;b=2">{}</a>'}
    return "".join(tags[tag].format(escape(text)) for tag, text in pieces)


def test_tags_become_entities_in_utf16_units() -> None:
    (part,) = parts('😀 <b>d&#39;abord <i>ici</i></b> <a href="https://a.be">plan</a>')

    assert part.text == "😀 d'abord ici plan"
    assert [(e["type"], e["offset"], e["length"], e.get("url")) for e in part.entities()] == [
        ("bold", 3, 11, None),
        ("italic", 11, 3, None),
        ("text_link", 15, 4, "https://a.be"),
    ]


def test_a_long_text_is_cut_between_paragraphs() -> None:
    assert [p.text for p in parts("aaa bbb\n\nccc ddd\n\neee", limit=18)] == ["aaa bbb\n\nccc ddd", "eee"]


def test_without_paragraphs_it_is_cut_at_lines_sentences_words_then_anywhere() -> None:
    assert [p.text for p in parts("aaa\nbbb ccc", limit=8)] == ["aaa", "bbb ccc"]
    assert [p.text for p in parts("aa. bb cc", limit=8)] == ["aa.", "bb cc"]
    assert [p.text for p in parts("aaaa bbbb", limit=8)] == ["aaaa", "bbbb"]
    assert [p.text for p in parts("😀😀😀", limit=5)] == ["😀😀", "😀"]


def test_a_link_stays_whole_and_moves_to_the_next_message() -> None:
    first, second = parts('go <a href="https://a.be">to the house</a>', limit=14)

    assert (first.text, second.text) == ("go", "to the house")
    assert not first.entities()
    assert second.entities()[0]["length"] == 12


def test_a_look_longer_than_a_message_goes_on_in_the_next() -> None:
    pieces = parts("<b>aaa bbb ccc</b>", limit=8)

    assert [(p.text, p.entities()[0]["length"]) for p in pieces] == [("aaa bbb", 7), ("ccc", 3)]


def test_no_message_has_more_looks_than_telegram_shows() -> None:
    pieces = parts("<b>a</b> b " * (ENTITY_LIMIT + 1))

    assert [len(p.entities()) for p in pieces] == [ENTITY_LIMIT, 1]


def test_an_address_that_cannot_be_a_link_is_written_out_unless_it_stands_there() -> None:
    assert parts('<a href="tel:+3225123456">+32 2 512 34 56</a>')[0].text == "+32 2 512 34 56"
    assert parts('<a href="tel:112">Urgences</a>')[0].text == "Urgences (112)"


def test_nothing_to_say_is_no_message() -> None:
    assert parts(" \n <b> </b>") == []


@settings(max_examples=200, deadline=None)
@given(PIECES, st.integers(min_value=2, max_value=60))
def test_cutting_loses_nothing_and_tears_nothing(pieces: list[tuple[str, str]], limit: int) -> None:
    text = markup(pieces)
    whole = "".join(span.text for span in spans(text))

    cut = parts(text, limit)

    assert _letters("".join(part.text for part in cut)) == _letters(whole)
    for part in cut:
        assert 0 < units(part.text) == len(part.text.encode("utf-16-le")) // 2 <= limit
        for entity in part.entities():
            start, length = 2 * entity["offset"], 2 * entity["length"]
            raw = part.text.encode("utf-16-le")[start : start + length]
            assert raw.decode("utf-16-le")  # fails on half a character
    assert _looks(text, 10_000, "bold") == _looks(text, limit, "bold")
    assert _looks(text, 10_000, "text_link") == _looks(text, limit, "text_link")


@settings(max_examples=100, deadline=None)
@given(PIECES)
def test_a_look_that_fits_into_a_message_is_never_torn(pieces: list[tuple[str, str]]) -> None:
    text = markup(pieces)
    limit = max(60, _longest_stretch(text))

    assert [run.strip() for run in _runs(text)] == [run.strip() for run in _runs(text, limit)]


def _letters(text: str) -> str:
    return re.sub(r"\s", "", text)


def _looks(text: str, limit: int, kind: str) -> str:
    """All the words of one look, in order."""
    found = (p.text[m.start : m.end] for p in parts(text, limit) for m in p.marks if m.kind == kind)
    return _letters("".join(found))


def _longest_stretch(text: str) -> int:
    """The units of the longest stretch of looks that lie over each other: any cut in it would tear one."""
    longest = 0
    for part in parts(text, 1_000_000):
        start = end = 0
        for mark in part.marks:  # by their start
            start, end = (start, max(end, mark.end)) if mark.start < end else (mark.start, mark.end)
            longest = max(longest, units(part.text[start:end]))
    return longest


def _runs(text: str, limit: int = 1_000_000) -> list[str]:
    runs = (p.text[m.start : m.end] for p in parts(text, limit) for m in p.marks)
    return [run for run in runs if run.strip()]
