"""Words typed in Latin letters, written in the letters of their language: the encoder knows them only so."""

import re
from collections.abc import Container
from types import MappingProxyType

from bot.understanding.text import fold

LATIN = re.compile(r"[a-zA-Z]")
LETTER = re.compile(r"[^\W\d_]")
TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
DOUBLED = re.compile(r"(.)\1")

Table = tuple[tuple[str, str], ...]

ARABIC: Table = (
    *(("kh", "خ"), ("gh", "غ"), ("ch", "ش"), ("sh", "ش"), ("dh", "ذ"), ("th", "ث"), ("ou", "و"), ("oo", "و")),
    *(("ee", "ي"), ("aa", "ا"), ("3", "ع"), ("7", "ح"), ("9", "ق"), ("5", "خ"), ("2", "ا"), ("6", "ط")),
    *(("8", "غ"), ("x", "كس"), ("é", "ي"), ("e", "")),
    *zip("btjdrzsfqklmnhwygpvcaiou", "بتجدرزسفقكلمنهويكبفكايوو", strict=True),
)
_SLAVIC: Table = (
    *(("shch", "щ"), ("sch", "щ"), ("zh", "ж"), ("ch", "ч"), ("sh", "ш"), ("ts", "ц"), ("kh", "х")),
    *(("yu", "ю"), ("ya", "я"), ("ju", "ю"), ("ja", "я"), ("4", "ч"), ("6", "ш")),
)
_CYRILLIC: Table = tuple(zip("abvgdeziklmnoprstufhcxw", "абвгдезиклмнопрстуфхцхв", strict=True))
TABLES = MappingProxyType(
    {
        "ar": ARABIC,
        "bg": (("sht", "щ"), *_SLAVIC, ("y", "ъ"), ("j", "ж"), ("q", "я"), *_CYRILLIC),
        "ru": (("yo", "ё"), *_SLAVIC, ("y", "ы"), ("j", "й"), ("q", "я"), ("'", "ь"), *_CYRILLIC),
        "uk": (
            ("yi", "ї"),
            ("ye", "є"),
            ("yo", "йо"),
            *_SLAVIC,
            ("y", "и"),
            ("j", "й"),
            ("i", "і"),
            *_CYRILLIC,
        ),
    }
)


def in_own_letters(text: str, language: str, neighbours: Container[str]) -> str:
    """Write a text in the letters of its language; the words of its `neighbours'` languages stay as they are."""
    table = TABLES.get(language)
    letters = len(LETTER.findall(text))
    if table is None or not letters or 2 * len(LATIN.findall(text)) < letters:
        return text
    return TOKEN.sub(lambda found: _word(found[0].lower(), table, neighbours), text)


def _word(word: str, table: Table, neighbours: Container[str]) -> str:
    if word.isdigit() or fold(word) in neighbours:
        return word
    written = DOUBLED.sub(r"\1", word)
    for latin, own in table:
        written = written.replace(latin, own)
    return written
