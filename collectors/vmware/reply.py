"""Reads the property collector's replies into plain values.

pyvmomi builds a typed object with every property for each device of each machine: 480 machines a
second were measured here (13 devices, 10.6 kB each). This reader made 2,700 of the same bytes.

A value is a text, a dict (a data object; `xsi:type` names its type where the reply did) or a list
(an array). A property that a data object repeats becomes a list; one that came once stays single,
so that readers use `values.many`. A reference is the managed object id.
Source: vSphere Web Services API, `RetrieveResult` and `ObjectContent`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from collectors.vmware.values import many, record, text

Properties = dict[str, Any]

# XML 1.0 forbids these, but vCenter passes on what people pasted into a note.
_ILLEGAL_BYTES = bytes(code for code in range(32) if code not in b"\t\n\r")
_CHARACTER_REFERENCE = re.compile(rb"&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,8}));")
# The document ended before its elements did: the reply was cut off, not malformed.
_ENDED_EARLY = {
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
    )
}


class CutOff(ValueError):
    """The reply ended before its document did."""


class Malformed(ValueError):
    """The reply is no XML, or not the reply to what we asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A property that was asked for and refused; `privilege` where the account lacks one."""

    path: str
    reason: str
    privilege: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One managed object: its type, its id, and its properties by path."""

    type: str
    moid: str
    properties: Properties
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of objects; a token means that there are more."""

    objects: list[Seen] = field(default_factory=list)
    token: str | None = None


def read_values(body: bytes, method: str) -> list[Any]:
    """Return the values that the reply to a method holds, in order.

    Raises:
        CutOff: The document ends early.
        Malformed: It is no XML, or no reply to that method.
    """
    root = _parse(body)
    response = record(record(root.get("Envelope")).get("Body")).get(f"{method}Response")
    if response is None:
        raise Malformed(f"it holds no reply to {method}")
    return many(record(response).get("returnval"))


def read_page(values: list[Any]) -> Page:
    """Turn a RetrieveResult into a page; the reply for no object at all holds none.

    Raises:
        Malformed: An object came without its reference or a property without its name.
    """
    result = record(values[0]) if values else {}
    try:
        objects = [_seen(item) for item in many(result.get("objects"))]
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed(f"an object of the reply cannot be read: {error!r}") from error
    return Page(objects=objects, token=text(result.get("token")))


def _seen(item: dict[str, Any]) -> Seen:
    kind, moid = item["obj"]
    missing = tuple(map(_missing, many(item["missingSet"]))) if "missingSet" in item else ()
    properties = {entry["name"]: entry.get("val") for entry in many(item.get("propSet"))}
    return Seen(type=kind, moid=moid, properties=properties, missing=missing)


def _missing(item: dict[str, Any]) -> Missing:
    localized = record(item.get("fault"))
    fault = record(localized.get("fault"))
    kind = fault.get("xsi:type", "")
    privilege = text(fault.get("privilegeId"))
    said = text(localized.get("localizedMessage"))
    reason = "not permitted" if kind == "NoPermission" else said or kind or "not readable"
    return Missing(path=item["path"], reason=reason, privilege=privilege)


def broken(error: expat.ExpatError) -> CutOff | Malformed:
    """Return what an error of the XML parser says about the reply."""
    if error.code in _ENDED_EARLY:
        return CutOff("the reply ends in the middle")
    return Malformed(f"it is no XML: {error}")


def _parse(body: bytes) -> dict[str, Any]:
    try:
        return _build(body)
    except expat.ExpatError as error:
        if error.code in _ENDED_EARLY:
            raise broken(error) from error
    try:
        return _build(_scrub(body))
    except expat.ExpatError as error:
        raise broken(error) from error


def _scrub(body: bytes) -> bytes:
    # Only after a failure: a look at every byte of every reply would cost more than it saves.
    clean = _CHARACTER_REFERENCE.sub(_keep_legal, body.translate(None, _ILLEGAL_BYTES))
    return clean.decode("utf-8", errors="replace").encode()


def _keep_legal(match: re.Match[bytes]) -> bytes:
    code = int(match[1], 16) if match[1] else int(match[2])
    legal = code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD  # noqa: PLR2004  XML 1.0, section 2.2
    return match[0] if legal or 0x10000 <= code <= 0x10FFFF else b""  # noqa: PLR2004


def _build(body: bytes) -> dict[str, Any]:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    root: dict[str, Any] = {}
    start, end, characters = _handlers(root)
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.Parse(body, True)  # noqa: FBT003  expat takes it by position
    return root


def _handlers(
    root: dict[str, Any],
) -> tuple[Callable[[str, dict[str, str]], None], Callable[[str], None], Callable[[str], None]]:
    # Closures over locals, and no call for a plain leaf: this is the hot loop of a collection,
    # some 500 elements a machine. An element is [its content so far, its type].
    stack: list[list[Any]] = [[root, None]]
    words: list[str] = []
    names: dict[str, str] = {}

    def start(_tag: str, attributes: dict[str, str]) -> None:
        words.clear()
        if attributes:
            kind = _type_of(attributes)
            stack.append([[] if kind and kind.startswith("ArrayOf") else None, kind])
        else:
            stack.append([None, None])

    def end(tag: str) -> None:
        name = names.get(tag) or names.setdefault(tag, tag.rpartition(":")[2])
        content, kind = stack.pop()
        value = "".join(words) if content is None else content
        if kind:
            value = _typed(content, kind, value, name)
        words.clear()
        parent = stack[-1]
        if parent[0] is None:
            parent[0] = {name: value}
        else:
            _put(parent[0], name, value)

    return start, end, words.append


def _type_of(attributes: dict[str, str]) -> str | None:
    # A reference bears `type`, the type of its object, besides the `xsi:type` of all references.
    found = attributes.get("type") or next(
        (value for name, value in attributes.items() if name.endswith(":type")), None
    )
    return found.rpartition(":")[2] if found else None


def _typed(content: Any, kind: str, value: Any, name: str) -> Any:
    if content is None and name == "obj":  # of ObjectContent: the reference whose type matters
        return (kind, value)
    # The types of data objects begin with a capital, those of XML Schema do not.
    if content is None and not value and kind[0].isupper():
        return {"xsi:type": kind}
    if type(content) is dict:
        content["xsi:type"] = kind
    return value


def _put(content: Any, name: str, value: Any) -> None:
    if type(content) is list:
        content.append(value)
    elif name not in content:
        content[name] = value
    elif type(content[name]) is list:
        content[name].append(value)
    else:
        content[name] = [content[name], value]
