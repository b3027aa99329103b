"""Cells of a CSV file that no spreadsheet runs as a formula, and back again without loss."""

import re

# What begins a formula somewhere, also behind blanks; a cell that is made harmless has an apostrophe in front.
FORMULA = re.compile(r"'*(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")
QUOTE = "'"


def harmless(text: str) -> str:
    """Write a text so that a spreadsheet shows it and does not run it."""
    return QUOTE + text if FORMULA.match(text) else text


def as_meant(cell: str) -> str:
    """Give back the text that `harmless` wrote."""
    return cell[1:] if cell.startswith(QUOTE) and FORMULA.match(cell[1:]) else cell
