"""Writes services as a services.csv for a person to review before it joins a pack."""

import csv
import io
from collections.abc import Iterable

from directory.csv_rows import NUMBER
from directory.hsds_cells import harmless
from directory.hsds_values import UNKNOWN_DAY
from directory.service_files import COLUMNS, PHONE
from directory.services import Service
from directory.territory import Territory

SEPARATOR = " | "
AS_IT_IS = ("latitude", "longitude")


def review_text(services: Iterable[Service], territory: Territory) -> str:
    """Give the text of the file; an empty cell that a row needs is for the person to fill in."""
    others = territory.languages[1:]
    columns = [*COLUMNS[:2], *(f"name_{language}" for language in others), *COLUMNS[2:]]
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, columns, lineterminator="\n")
    writer.writeheader()
    for service in services:
        names = {f"name_{language}": service.names.get(language, "") for language in others}
        cells = {column: _cell(getattr(service, column)) for column in COLUMNS}
        writer.writerow({column: _plain(column, cell) for column, cell in (cells | names).items()})
    return file.getvalue()


def names_left_out(services: Iterable[Service], territory: Territory) -> int:
    """Count the names in languages for which services.csv has no column."""
    return sum(language not in territory.languages[1:] for service in services for language in service.names)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return SEPARATOR.join(str(one).replace("|", "/") for one in value)
    if value is None or value == UNKNOWN_DAY:
        return ""
    return " ".join(str(value).replace("\0", "").split())


def _plain(column: str, cell: str) -> str:
    if (column in AS_IT_IS and NUMBER.fullmatch(cell)) or (column == "phones" and _are_phones(cell)):
        return cell
    return harmless(cell)


def _are_phones(cell: str) -> bool:
    return all(PHONE.fullmatch(phone) for phone in cell.split(SEPARATOR))
