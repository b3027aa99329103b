"""Describes the HSDS door in OpenAPI: the records as our tables say them, and the envelope of a page."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from directory.hsds_tables import CHOICES, TABLES, Table

SHOWN = ("service", "service_at_location", "organization", "taxonomy", "taxonomy_term")
FORMATS = {"uuid": "uuid", "email": "email", "uri": "uri", "date": "date", "moment": "date-time"}
COUNTS = ("total_items", "total_pages", "page_number", "size")
FLAGS = ("first_page", "last_page", "empty")
ABOUT: Mapping[str, Any] = {
    "type": "object",
    "required": ["version", "profile", "openapi_url"],
    "properties": {
        "version": {"type": "string"},
        "profile": {"type": "string", "format": "uri"},
        "openapi_url": {"type": "string", "format": "uri"},
    },
}
ERROR: Mapping[str, Any] = {
    "type": "object",
    "required": ["detail"],
    "properties": {"detail": {"type": "string"}},
}


def describe(app: FastAPI) -> dict[str, Any]:
    """Write the OpenAPI document of the app."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        document["servers"] = [{"url": "/hsds"}]
        components = document.setdefault("components", {}).setdefault("schemas", {})
        components |= {table.name: _schema(table) for table in TABLES.values()}
        components |= {f"{name}_page": _page(name) for name in SHOWN} | {"error": ERROR, "about": ABOUT}
        app.openapi_schema = document
    return app.openapi_schema


def answers(name: str, *, may_be_missing: bool = False, lines: str = "") -> dict[int | str, dict[str, Any]]:
    """Describe what a path answers: a record or a page, lines of records, or that there is none."""
    content: dict[str, Any] = {"application/json": {"schema": _ref(name)}}
    if lines:
        content["application/x-ndjson"] = {"schema": {"type": "string"}}
    found: dict[int | str, dict[str, Any]] = {200: {"description": "Found", "content": content}}
    if may_be_missing:
        missing = {"application/json": {"schema": _ref("error")}}
        found[404] = {"description": "There is none with this id", "content": missing}
    return found


def _schema(table: Table) -> dict[str, Any]:
    nested = {key: _ref(name) for key, name in table.ones.items()}
    lists = {key: {"type": "array", "items": _ref(name)} for key, name in table.many.items()}
    columns = {column: _value(kind) for column, kind in table.columns.items()}
    return {"type": "object", "required": list(table.required), "properties": columns | nested | lists}


def _value(kind: str) -> dict[str, Any]:
    if kind == "number":
        return {"type": "number"}
    if kind in CHOICES:
        return {"type": "string", "enum": list(CHOICES[kind])}
    return {"type": "string"} | ({"format": FORMATS[kind]} if kind in FORMATS else {})


def _page(name: str) -> dict[str, Any]:
    counts = {key: {"type": "integer"} for key in COUNTS} | {key: {"type": "boolean"} for key in FLAGS}
    short = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "format": "uuid"}}}
    items = {"anyOf": [_ref(name), short]} if name == "service" else _ref(name)
    contents = {"contents": {"type": "array", "items": items}}
    return {"type": "object", "required": [*COUNTS, *FLAGS, "contents"], "properties": counts | contents}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
