"""Our tables and checks agree with the schemas of the standard, which the program itself does without."""

import copy
import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.hsds_checks import problems_of
from directory.hsds_export import Exporter
from directory.hsds_tables import TABLES, Table
from directory.hsds_terms import Terms, taxonomy_of
from directory.packs import load_pack
from directory.services import Service
from tests.directory.test_hsds import PACK, some_services
from tests.paths import SHARED_DATA

SCHEMAS = SHARED_DATA / "hsds" / "schema"
pytestmark = pytest.mark.skipif(not SCHEMAS.exists(), reason="the schemas of the standard are not here")
KINDS = {"uuid", "email", "uri"}
FORMATS = ("must be a UUID", "must be an e-mail", "must be a whole address", "must be a date with a time")
NOT_IN_THE_SCHEMA = {"services", "service"}  # in the compiled schemas and examples only


def schema_of(table: str) -> Any:
    return json.loads((SCHEMAS / f"{table}.json").read_text("utf-8"))


@cache
def validator(table: str) -> Any:
    jsonschema = pytest.importorskip("jsonschema")
    referencing = pytest.importorskip("referencing")
    dialect = referencing.jsonschema.DRAFT202012
    resources = [(f"{name}.json", dialect.create_resource(schema_of(name))) for name in TABLES]
    registry = referencing.Registry().with_resources(resources)
    return jsonschema.Draft202012Validator(schema_of(table), registry=registry)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_table_is_the_one_of_the_standard(table: Table) -> None:
    schema = schema_of(table.name)
    properties = schema["properties"]
    plain = {key: value for key, value in properties.items() if value.get("type", "array") != "array"}
    assert (table.file, set(table.required)) == (schema["path"], set(schema["required"]))
    assert set(table.columns) == set(plain)
    assert {*table.ones, *table.many} - NOT_IN_THE_SCHEMA == properties.keys() - plain.keys()
    for column, kind in table.columns.items():
        assert (kind == "number") == (plain[column]["type"] == "number"), column
        assert kind not in KINDS or plain[column]["format"] == kind, column


def test_brussels_is_valid_by_the_schemas() -> None:
    pack = load_pack("brussels")
    exporter = Exporter(Terms(pack.territory, pack.needs))
    check = validator("service")
    for service in pack.services[::4]:
        assert list(check.iter_errors(exporter.service(service))) == []


def test_taxonomies_and_terms_are_valid_by_the_schemas() -> None:
    for term in Terms(PACK.territory, PACK.needs).all():
        assert list(validator("taxonomy_term").iter_errors(term)) == []
    assert list(validator("taxonomy").iter_errors(taxonomy_of("needs"))) == []


@settings(max_examples=60, deadline=None)
@given(service=some_services(), data=st.data())
def test_our_checks_find_what_the_schemas_find(service: Service, data: st.DataObject) -> None:
    record = copy.deepcopy(Exporter(Terms(PACK.territory, PACK.needs)).service(service))
    spot: Any = record
    while nested := [value for value in spot.values() if isinstance(value, dict | list) and value]:
        if data.draw(st.booleans()):
            break
        chosen = data.draw(st.sampled_from(nested))
        spot = chosen if isinstance(chosen, dict) else data.draw(st.sampled_from(chosen))
    key = data.draw(st.sampled_from(sorted(spot)))
    wrong = data.draw(st.sampled_from([None, 7, True, [7], {"a": 1}, "active"]))
    if wrong is None:
        del spot[key]
    else:
        spot[key] = wrong
    by_schema = bool(list(validator("service").iter_errors(record)))
    ours = [one for one in problems_of(record, TABLES["service"], "") if not any(map(one.count, FORMATS))]
    assert bool(ours) == by_schema, (key, wrong, ours)
