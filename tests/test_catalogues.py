"""Our reader of catalogues reads what the standard one reads, and says which file is broken."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot.catalogues import CatalogueError, read_catalogue, read_entries
from tests.paths import PROJECT

SHORT = sorted((PROJECT / "locales").glob("*/LC_MESSAGES/[!b]*.po"))
LONG = PROJECT / "locales" / "ar" / "LC_MESSAGES" / "brussels.po"
UNUSUAL = """\
#, fuzzy
msgid ""
msgstr "Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n==2 ? 1 : 2);\\n"

#. for the reader
#| msgid "Old"
#, fuzzy
msgid "New"
msgstr "Alt"
msgid ""
"A \\"long\\"\\n"
"text"
msgstr ""
"Ein "
"Text"


msgid "{n} door"
msgid_plural "{n} doors"
msgstr[0] "eine"
msgstr[1] "zwei"
msgstr[2] "viele"

#~ msgid "Gone"
#~ msgstr "Weg"
"""


def as_the_standard_reads(path: Path) -> dict[object, tuple[object, bool]]:
    with path.open("rb") as file:
        catalogue = read_po(file)
    return {message.id: (message.string, message.fuzzy) for message in catalogue if message.id}


def as_we_read(path: Path) -> dict[object, tuple[object, bool]]:
    return {
        entry.id: (entry.forms if isinstance(entry.id, tuple) else entry.forms[0], entry.fuzzy)
        for entry in read_entries(path)
        if entry.id and not entry.obsolete
    }


@pytest.mark.parametrize("path", [*SHORT, LONG], ids=lambda path: "/".join(path.parts[-3::2]))
def test_a_catalogue_reads_as_babel_reads_it(path: Path) -> None:
    assert as_we_read(path) == as_the_standard_reads(path)


def test_every_form_of_writing_is_read_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "unusual.po"
    path.write_text(UNUSUAL, "utf-8")
    _, new, long, doors, gone = read_entries(path)
    assert (new.fuzzy, new.line, new.comments) == (True, 8, ("for the reader",))
    assert (long.id, long.forms, long.fuzzy) == ('A "long"\ntext', ("Ein Text",), False)
    assert (doors.sources, doors.forms) == (("{n} door", "{n} doors"), ("eine", "zwei", "viele"))
    assert (gone.id, gone.obsolete) == ("Gone", True)


def test_only_what_is_told_is_said(tmp_path: Path) -> None:
    path = tmp_path / "unusual.po"
    path.write_text(UNUSUAL, "utf-8")
    catalogue = read_catalogue(path)
    assert [catalogue.gettext(words) for words in ("New", "Gone", 'A "long"\ntext')] == [
        "New",
        "Gone",
        "Ein Text",
    ]
    assert [catalogue.ngettext("{n} door", "{n} doors", n) for n in (1, 2, 3)] == ["eine", "zwei", "viele"]


def test_a_changed_file_is_read_as_it_is_now(tmp_path: Path) -> None:
    path = tmp_path / "texts.po"
    for said in ("Bonjour", "Salut"):
        path.write_text(f'msgid "Hello"\nmsgstr "{said}"\n', "utf-8")
        assert read_catalogue(path).gettext("Hello") == said


@pytest.mark.parametrize("broken", [b'msgid "one"\nmsgstr two\n', b'"one"\n', b'msgid "\xff"\nmsgstr ""\n'])
def test_a_broken_file_is_named(tmp_path: Path, broken: bytes) -> None:
    path = tmp_path / "broken.po"
    path.write_bytes(broken)
    with pytest.raises(CatalogueError, match=r"broken\.po"):
        read_catalogue(path)
