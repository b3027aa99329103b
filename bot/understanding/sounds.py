"""A common skeleton for words of one sound in two scripts: `flous`, `fluss` and `فلوس` are all `fls`."""

# Folded Arabic letters to the Latin letter of a near sound; vowels and weak letters fall away.
ARABIC_SOUNDS = str.maketrans(
    "بتثجحخدذرزسشصضطظعغفقكلمنو", "bttjhxddrzscsdtd3gfkklmn\0"
)  # fmt: skip
SILENT = "ايهءو\0"
# Latin spellings as people type Arabic with them, the longer ones first.
SPELLINGS = (
    *(("kh", "x"), ("gh", "g"), ("ch", "c"), ("sh", "c"), ("dh", "d"), ("th", "t")),
    *(("7", "h"), ("9", "k"), ("5", "x"), ("q", "k"), ("6", "t"), ("8", "g"), ("2", "")),
)
VOWELS = str.maketrans("", "", "aeiouyw")
PREFIXES = ("وال", "بال", "فال", "كال", "لل", "ال")
JOINED = "وبلفك"


def consonants(word: str) -> str:
    """Give the consonants of a folded word in a spelling that Arabic and Latin letters share."""
    if _is_arabic(word):
        bare = _without_article(word).translate(ARABIC_SOUNDS)
        return "".join(sign for sign in bare if sign not in SILENT)
    for written, sound in SPELLINGS:
        word = word.replace(written, sound)
    sounds = word.translate(VOWELS)
    return "".join(sign for sign, before in zip(sounds, "\0" + sounds, strict=False) if sign != before)


def without_prefix(word: str) -> str:
    """Take the article and joined particles from an Arabic word; give other words as they are."""
    if not _is_arabic(word):
        return word
    bare = _without_article(word)
    return word[1:] if bare == word and word[0] in JOINED and len(word) > 4 else bare


def _without_article(word: str) -> str:
    for prefix in PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) > 2:
            return word[len(prefix) :]
    return word


def _is_arabic(word: str) -> bool:
    return "\u0600" <= word[0] <= "\u06ff"
