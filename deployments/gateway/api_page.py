"""The API description as a page in the documents' design, made of the OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from deployments.gateway.bounded import ANSWERS
from deployments.gateway.pages import NAVIGATION, PAGES
from generators.documents.page import render_page

# What FastAPI writes where a route says nothing of its own.
_UNSAID = ("Successful Response", "Validation Error")
_COMMON = [(str(status), answer["description"]) for status, answer in ANSWERS.items()]
_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
}
_FORMATS = {"date-time": "time"}
_ENDLESS = 2**31 - 1  # what a column takes is no bound for people
_PERSON = "HTTPBearer"  # what asks for a person's token
Found = Mapping[str, Any]


def api_page(described: Found) -> str:
    """Return the page of an OpenAPI document."""
    markdown = PAGES.get_template("api.md.jinja2").render(
        info=described["info"], chapters=list(_chapters(described)), common=_COMMON
    )
    return render_page("API", markdown, NAVIGATION)


def _chapters(described: Found) -> Iterator[dict[str, Any]]:
    operations = sorted(_operations(described), key=lambda one: str(one["tag"]))
    for tag, found in groupby(operations, key=lambda one: str(one["tag"])):
        yield {"title": tag.capitalize(), "operations": list(found)}


def _operations(described: Found) -> Iterator[dict[str, Any]]:
    schemas = described["components"]["schemas"]
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield {
                "tag": operation["tags"][0],
                "method": method.upper(),
                "path": path,
                "summary": operation["summary"],
                "description": operation.get("description", ""),
                "token": any(_PERSON in one for one in operation.get("security", ())),
                "parameters": [_parameter(one, schemas) for one in operation.get("parameters", ())],
                "fields": list(_fields(operation, schemas)),
                "answers": list(_answers(operation)),
            }


def _parameter(one: Found, schemas: Found) -> dict[str, Any]:
    return {
        "name": one["name"],
        "where": one["in"],
        "needed": one.get("required", False),
        "value": _value({"description": one.get("description"), **one["schema"]}, schemas),
    }


def _fields(operation: Found, schemas: Found) -> Iterator[dict[str, Any]]:
    """Yield the fields of a JSON body that has named ones."""
    content = operation.get("requestBody", {}).get("content", {})
    body = _resolved(content.get("application/json", {}).get("schema", {}), schemas)
    for name, schema in body.get("properties", {}).items():
        yield {
            "name": name,
            "needed": name in body.get("required", ()),
            "value": _value(schema, schemas),
        }


def _answers(operation: Found) -> Iterator[tuple[str, str]]:
    """Yield what a route answers beside what any may answer."""
    for status, answer in operation.get("responses", {}).items():
        meaning = answer["description"]
        if meaning not in _UNSAID and (status, meaning) not in _COMMON:
            yield status, meaning


def _value(schema: Found, schemas: Found) -> str:
    """Return in words what a parameter or field takes, and what it is for where that is said."""
    found = _resolved(schema, schemas)
    said = schema.get("description")
    return f"{_kind(found, schemas)}: {said}" if said else _kind(found, schemas)


def _kind(found: Found, schemas: Found) -> str:
    if "enum" in found:
        return ", ".join(f"`{value}`" for value in found["enum"])
    if found.get("type") == "array":
        return f"several of {_value(found['items'], schemas)}"
    words = _FORMATS.get(found.get("format", "")) or _TYPES.get(found.get("type", ""), "any")
    if "minimum" in found:
        words += f" from {found['minimum']:,}"
    if found.get("maximum", _ENDLESS) < _ENDLESS:
        words += f" to {found['maximum']:,}"
    default = found.get("default")
    return f"{words}, else {default}" if default not in (None, "", [], False) else words


def _resolved(schema: Found, schemas: Found) -> Found:
    """Return what a schema refers to; of one that may be null the other."""
    for one in schema.get("anyOf", ()):
        if one.get("type") != "null":
            return _resolved(one, schemas)
    if "$ref" in schema:
        return _resolved(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    return schema
