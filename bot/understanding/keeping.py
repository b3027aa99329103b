"""What may be kept of a message that nobody understood, so that people can extend the phrases: no personal detail.

Only words of our own phrases stay. Names, streets, numbers, addresses and every other word become "…".
"""

from collections.abc import Container

from bot.understanding.text import WORD, clean, fold

LEFT_OUT = "…"
FEWEST, MOST = 2, 12  # words that stay; words in all
LEAST_KNOWN = 0.5


def without_details(text: str, known: Container[str]) -> str:
    """Give the known words of a short message, "…" for the others; "" when it must not be kept or says too little."""
    words = WORD.findall(fold(clean(text)))
    stay = [word in known and not any(sign.isdigit() for sign in word) for word in words]
    if len(words) > MOST or sum(stay) < max(FEWEST, LEAST_KNOWN * len(words)):
        return ""
    shown = [word if kept else LEFT_OUT for word, kept in zip(words, stay, strict=True)]
    return " ".join(
        word
        for word, before in zip(shown, ["", *shown], strict=False)
        if word != LEFT_OUT or before != LEFT_OUT
    )
