"""Label and field selectors as they stand in a list's query."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from deployments.practice.kubernetes.resources import Resource
from deployments.practice.kubernetes.show_common import Value
from deployments.practice.kubernetes.status import bad_request

Test = Callable[[Value], bool]
_SET = re.compile(r"^\s*(\S+)\s+(in|notin)\s*\(([^)]*)\)\s*$")
_SPLIT = re.compile(r",(?![^(]*\))")
FIELDS: dict[str, tuple[str, ...]] = {
    "Pod": ("spec.nodeName", "status.phase", "spec.serviceAccountName", "spec.restartPolicy"),
    "Secret": ("type",),
    "Event": ("type", "reason", "involvedObject.name", "involvedObject.kind"),
    "Node": ("spec.unschedulable",),
    "Namespace": ("status.phase",),
}


def selector(resource: Resource, labels: str, fields: str) -> Test | None:
    """Return a test for both selectors, none where both are empty.

    Raises:
        Refused: a selector cannot be read, or names a field that the resource is not selected by.
    """
    tests = [_label_test(part) for part in _SPLIT.split(labels) if part.strip()]
    tests += [_field_test(resource, part) for part in fields.split(",") if part.strip()]
    if not tests:
        return None
    return lambda value: all(test(value) for test in tests)


def _label_test(part: str) -> Test:
    found = _SET.match(part)
    if found:
        key, wanted = found[1], {one.strip() for one in found[3].split(",")}
        return _in(key, wanted, found[2] == "in")
    for sign, equal in (("!=", False), ("==", True), ("=", True)):
        if sign in part:
            key, value = part.split(sign, 1)
            return _in(key.strip(), {value.strip()}, equal)
    key = part.strip()
    if not re.fullmatch(r"!?[\w./-]+", key):
        raise bad_request(f"unable to parse requirement: {key!r}")
    if key.startswith("!"):
        return lambda value: key[1:] not in _labels(value)
    return lambda value: key in _labels(value)


def _in(key: str, wanted: set[str], inside: bool) -> Test:  # noqa: FBT001
    return lambda value: (_labels(value).get(key) in wanted) is inside


def _labels(value: Value) -> dict[str, str]:
    found: dict[str, str] = value["metadata"].get("labels", {})
    return found


def _field_test(resource: Resource, part: str) -> Test:
    equal = "!=" not in part
    name, _, wanted = part.replace("==", "=").replace("!=", "=").partition("=")
    known = ("metadata.name", "metadata.namespace", *FIELDS.get(resource.kind, ()))
    if name not in known:
        raise bad_request(f'field label not supported: "{name}"')
    path = name.split(".")
    return lambda value: (_at(value, path) == wanted) is equal


def _at(value: Any, path: list[str]) -> str:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    if isinstance(value, bool):
        return str(value).lower()
    return str(value or "")
