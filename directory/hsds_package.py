"""Services in HSDS's tabular form: a folder with datapackage.json and one CSV file a table.

A nested record becomes a row that names the record it hangs on; reading puts the nested records together again.
"""

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from directory.content import Notes, read_text
from directory.hsds_cells import as_meant, harmless
from directory.hsds_tables import CHOICES, TABLES, Table
from directory.hsds_terms import TAXONOMIES, VERSION, Record, Terms, taxonomy_of

DESCRIPTION = "datapackage.json"
WRITTEN = (
    *("organization", "service", "attribute", "service_at_location", "location", "phone", "address"),
    *("schedule", "service_area", "language", "taxonomy_term", "cost_option", "taxonomy"),
)
SHARED = frozenset(("organization", "taxonomy_term", "taxonomy"))  # one row, however many name it
UPWARDS = frozenset((("organization", "services"), ("service_at_location", "service")))
TYPES = {"number": "number", "date": "date", "time": "time", "moment": "datetime"}
FORMATS = {"uuid": "uuid", "email": "email", "uri": "uri"}
ONES = {"taxonomy_detail": "taxonomy_id"}
NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,15})(?:\.\d+)?(?:[eE][+-]?\d{1,3})?", re.ASCII)
LINKS = {"attribute": "link_id", "metadata": "resource_id"}


def write_package(folder: Path, services: Iterable[Record], terms: Terms) -> int:
    """Write whole services into a folder, one after the other; give how many there were."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    with ExitStack() as stack:
        files = {
            name: csv.DictWriter(
                stack.enter_context((folder / TABLES[name].file).open("w", encoding="utf-8", newline="")),
                list(TABLES[name].columns),
            )
            for name in WRITTEN
        }
        for file in files.values():
            file.writeheader()
        package = _Writer(files)
        for kind in TAXONOMIES:
            package.write(taxonomy_of(kind), TABLES["taxonomy"])
        for term in terms.all():
            package.write(term, TABLES["taxonomy_term"])
        for service in services:
            package.write(service, TABLES["service"])
            count += 1
    text = json.dumps(description(f"hsds-{terms.territory.code}"), indent=2)
    (folder / DESCRIPTION).write_text(text + "\n", encoding="utf-8")
    return count


def description(name: str) -> Record:
    """Describe the files, their columns and how they hang together, as a tabular data package."""
    return {
        "profile": "tabular-data-package",
        "name": name,
        "title": f"Services, HSDS {VERSION}",
        "resources": [_resource(TABLES[table]) for table in WRITTEN],
    }


def _resource(table: Table) -> Record:
    keys = [
        {"fields": key, "reference": {"resource": one, "fields": "id"}} for key, one in _references(table)
    ]
    schema: Record = {"fields": [_field(table, column) for column in table.columns], "primaryKey": "id"}
    return {
        "name": table.name,
        "path": table.file,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema | ({"foreignKeys": keys} if keys else {}),
    }


def _field(table: Table, column: str) -> Record:
    kind = table.columns[column]
    constraints: Record = {"required": True} if column in table.required else {}
    if kind in CHOICES:
        constraints["enum"] = list(CHOICES[kind])
    found: Record = {"name": column, "type": TYPES.get(kind, "string")}
    if kind in FORMATS:
        found["format"] = FORMATS[kind]
    if kind == "moment":
        found["format"] = "any"
    return found | ({"constraints": constraints} if constraints else {})


def _references(table: Table) -> Iterator[tuple[str, str]]:
    for column in table.columns:
        one = column.removesuffix("_id")
        if column.endswith("_id") and one in WRITTEN and one != table.name:
            yield column, one


@dataclass
class _Writer:
    files: dict[str, "csv.DictWriter[str]"]
    known: set[tuple[str, object]] = field(default_factory=set)

    def write(
        self, record: Record, table: Table, parent: Table | None = None, parent_id: object = ""
    ) -> None:
        if table.name in SHARED:
            if (table.name, record["id"]) in self.known:
                return
            self.known.add((table.name, record["id"]))
        row: Record = {column: record[column] for column in table.columns if column in record}
        if parent:
            row |= _link(table, parent, parent_id)
        for key, name in table.ones.items():
            nested = record.get(key)
            if isinstance(nested, dict):
                row[_column(key)] = nested["id"]
                self.write(nested, TABLES[name])
        self.files[table.name].writerow({column: _cell(value) for column, value in row.items()})
        for key, name in table.many.items():
            for nested in _records(record.get(key)):
                self.write(nested, TABLES[name], table, record["id"])


def _records(value: object) -> list[Record]:
    return value if isinstance(value, list) else []


def _link(table: Table, parent: Table, parent_id: object) -> Record:
    if table.name == "attribute":
        return {"link_id": parent_id, "link_entity": parent.name}
    return {f"{parent.name}_id": parent_id}


def _column(key: str) -> str:
    return ONES.get(key, f"{key}_id")


def _cell(value: object) -> object:
    return harmless(value) if isinstance(value, str) else value


class Package:
    """A folder of HSDS tables; what cannot be read of it is in `problems`, file by file and line by line."""

    def __init__(self, folder: Path) -> None:
        """Read every table that is there."""
        self.problems: list[str] = []
        self._rows: dict[str, list[tuple[int, Record]]] = {}
        self._by_id: dict[tuple[str, str], Record] = {}
        self._nested: dict[tuple[str, str, str], list[Record]] = defaultdict(list)
        self._ones: dict[tuple[str, str], Record] = {}
        self.unknown: set[str] = set()
        for table in TABLES.values():
            self._rows[table.name] = list(self._read(folder / table.file, table))
            for _, row in self._rows[table.name]:
                self._index(row, table)

    def services(self) -> Iterator[tuple[str, Record]]:
        """Give every service with all that hangs on it, and where it stands."""
        table = TABLES["service"]
        for line, row in self._rows["service"]:
            yield f"{table.file}:{line}", self._whole(row, table)

    def _read(self, path: Path, table: Table) -> Iterator[tuple[int, Record]]:
        if not path.exists():
            return
        notes = Notes(path)
        reader = csv.reader(io.StringIO(read_text(path, notes) or "", newline=""), strict=True)
        line, header = 1, list[str]()
        try:
            for cells in reader:
                if not header:
                    header = [cell.strip() for cell in cells]
                    unknown = [column for column in header if column not in table.columns]
                    self.unknown |= {f"{table.file}: column {column}" for column in unknown}
                elif len(cells) > len(header):
                    notes.add(line, f"has {len(cells)} cells for {len(header)} columns")
                elif any(cells):
                    yield line, _row(dict(zip(header, cells, strict=False)), table)
                line = reader.line_num + 1
        except csv.Error as error:
            notes.add(line, f"cannot be read as CSV from here on: {error}")
        self.problems += [str(problem) for problem in notes.problems]

    def _index(self, row: Record, table: Table) -> None:
        if isinstance(id_ := row.get("id"), str):
            self._by_id.setdefault((table.name, id_), row)
        for column, value in row.items():
            if column.endswith("_id") and isinstance(value, str):
                self._nested[table.name, column, value].append(row)

    def _whole(self, row: Record, table: Table) -> Record:
        record = dict(row)
        id_ = str(row.get("id"))
        for key, name in table.ones.items():
            one = row.get(_column(key))
            if (table.name, key) not in UPWARDS and isinstance(one, str) and (name, one) in self._by_id:
                record[key] = self._one(name, one)
        for key, name in table.many.items():
            link = LINKS.get(name, f"{table.name}_id")
            rows = self._nested.get((name, link, id_), ())
            if rows and (table.name, key) not in UPWARDS:
                record[key] = [self._whole(nested, TABLES[name]) for nested in rows]
        return record

    def _one(self, name: str, id_: str) -> Record:
        if (name, id_) not in self._ones:
            self._ones[name, id_] = self._whole(self._by_id[name, id_], TABLES[name])
        return self._ones[name, id_]


def _row(cells: dict[str, str], table: Table) -> Record:
    row: Record = {}
    for column, cell in cells.items():
        if cell and column in table.columns:
            text = as_meant(cell)
            is_number = table.columns[column] == "number" and NUMBER.fullmatch(text)
            row[column] = json.loads(text) if is_number else text
    return row
