"""Finds what must not be typed into an answer because it goes stale: phone numbers, hours, amounts, addresses."""

import re
from dataclasses import dataclass

PLACEHOLDER_REMEDY = "use a placeholder: {service.x} or {line.x}"
AMOUNT_REMEDY = "put it into amounts.toml and write {amount.x}"
HOURS_REMEDY = "the card of the service shows its hours"

DURATION = (
    r"(?:jours?|mois|ans?|années?|semaines?|heures?|minutes?|dagen|maanden|jaar|days?|months?|years?|weeks?)"
)
MONEY = r"(?:€|euros?\b|eur\b|cents?\b|%|pour ?cents?\b|dollars?\b|\$|procent\b|percent\b)"
# A number in words is an amount only with its money: "deux mille cinq cents euros".
NUMBER = (
    r"(?:un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente"
    r"|quarante|cinquante|soixante|septante|quatre-vingts?|nonante|cents?|mille|millions?)"
)
IN_WORDS = rf"\b{NUMBER}(?:[\s-](?:et[\s-])?{NUMBER})*"
BEFORE_HOURS = r"(?:\bà|\bdès|\bvers|\bavant|\baprès|\bjusqu['’]à)"
DIAL = r"\b(?:appel|compos|fai|tap|form)\w+\s(?:le|au|directement le|vite le)\s\d{2,}\b"
STREET = r"(?:rue|avenue|av\.|boulevard|bd|chaussée|quai|place|square|impasse|allée|route|street|straat|laan)"


@dataclass(frozen=True)
class TypedFact:
    """A fact that stands in a text as plain digits: what it looks like and what to do instead."""

    words: str
    kind: str
    remedy: str


# In this order: what an earlier rule has found, a later one does not see.
RULES: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (kind, remedy, re.compile(pattern, re.IGNORECASE))
    for kind, remedy, pattern in (
        ("an amount", AMOUNT_REMEDY, rf"\d[\d\s.,]*\s?{MONEY}|[€$]\s?\d[\d.,]*"),
        ("an amount", AMOUNT_REMEDY, rf"{IN_WORDS}(?:\sd['’])?\s?(?:€|euros?\b|dollars?\b|\$)"),
        ("a date in digits", "write the month as a word", r"\b\d{1,2}[/.]\d{1,2}[/.](?:\d{4}|\d{2})\b"),
        ("an hour", HOURS_REMEDY, r"\b\d{1,2}\s?h(?:\s?\d{2})?\b|\b\d{1,2}:\d{2}\b"),
        ("an hour", HOURS_REMEDY, rf"{BEFORE_HOURS}\s(?:\d{{1,2}}|{IN_WORDS}|une)\sheures?\b(?!\spar)"),
        ("an hour", HOURS_REMEDY, rf"{BEFORE_HOURS}\s(?:midi|minuit)\b"),
        ("an address", PLACEHOLDER_REMEDY, rf"\b{STREET}\s[^.;:!?\d]{{2,40}}?,?\s?\d{{1,4}}\b"),
        ("an address", PLACEHOLDER_REMEDY, rf"\b\d{{1,4}},?\s{STREET}\s(?:de|du|des|d['’]|la|le)\b"),
        (
            "an address",
            PLACEHOLDER_REMEDY,
            rf"\b{STREET}\s(?:(?:de|du|des|la|le|l['’]|d['’])\s?)*(?-i:[A-ZÀ-Ý])\w+",
        ),
        (
            "a phone number",
            PLACEHOLDER_REMEDY,
            r"\+?\d{2,4}(?:[\s./-]\d{2,4}){2,}|\+\d{5,}|\b\d{3,4}[\s/]\d{2}[\s.]?\d{2,3}\b",
        ),
        (
            "a phone number or code",
            PLACEHOLDER_REMEDY,
            rf"\b(?!(?:19|20)\d{{2}}\b)\d{{3,}}\b(?!\s{DURATION}\b)",
        ),
        ("a phone number", PLACEHOLDER_REMEDY, DIAL),
    )
)


def typed_facts(text: str) -> tuple[TypedFact, ...]:
    """List the phone numbers, hours, amounts and addresses that stand in a text as digits."""
    found: list[TypedFact] = []
    for kind, remedy, pattern in RULES:
        found += [TypedFact(match[0].strip(), kind, remedy) for match in pattern.finditer(text)]
        text = pattern.sub(" … ", text)
    return tuple(found)
