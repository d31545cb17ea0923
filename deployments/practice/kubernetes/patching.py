"""The three kinds of patch: JSON merge, strategic merge where it matters, and JSON patch.

Source: RFC 7386, RFC 6902, and the Kubernetes documentation on updating objects in place.
"""

from __future__ import annotations

import copy
from typing import Any

from deployments.practice.kubernetes.show_common import Value
from deployments.practice.kubernetes.status import Refused, bad_request

MERGE_KEYS = {
    "containers": "name",
    "initContainers": "name",
    "volumes": "name",
    "env": "name",
    "ports": "containerPort",
    "conditions": "type",
    "taints": "key",
    "ownerReferences": "uid",
    "volumeMounts": "mountPath",
    "imagePullSecrets": "name",
    "addresses": "type",
}
JSON_PATCH, MERGE, STRATEGIC = (
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
)


def patched(value: Value, patch: Any, content_type: str) -> Value:
    """Return a patched copy.

    Raises:
        Refused: 400 for a patch that does not fit its type, 415 for a type that we do not know.
    """
    kind = content_type.split(";", maxsplit=1)[0].strip()
    if kind == JSON_PATCH:
        if not isinstance(patch, list):
            raise bad_request("a JSON patch is a list of operations")
        return _operations(copy.deepcopy(value), patch)
    if kind not in {MERGE, STRATEGIC}:
        raise Refused(415, f"the body of the request was in an unknown format: {kind}")
    if not isinstance(patch, dict):
        raise bad_request("a merge patch is an object")
    merged = merge(value, patch) if kind == MERGE else strategic(value, patch)
    return dict(merged)


def merge(value: Any, patch: Any) -> Any:
    """Return a JSON merge patch's result."""
    if not isinstance(patch, dict):
        return patch
    found = dict(value) if isinstance(value, dict) else {}
    for name, change in patch.items():
        if change is None:
            found.pop(name, None)
        else:
            found[name] = merge(found.get(name), change)
    return found


def strategic(value: Any, patch: Any, field: str = "") -> Any:
    """Return a strategic merge patch's result: lists whose items have a key are merged by it."""
    if isinstance(patch, dict):
        found = dict(value) if isinstance(value, dict) else {}
        for name, change in patch.items():
            if change is None:
                found.pop(name, None)
            elif not name.startswith("$"):
                found[name] = strategic(found.get(name), change, name)
        return found
    key = MERGE_KEYS.get(field)
    if isinstance(patch, list) and key and isinstance(value, list):
        return _merged(value, patch, key)
    return patch


def _merged(items: list[Any], changes: list[Any], key: str) -> list[Any]:
    found = {item.get(key): item for item in items}
    for change in changes:
        name = change.get(key)
        if change.get("$patch") == "delete":
            found.pop(name, None)
        else:
            found[name] = strategic(found.get(name), change)
    return list(found.values())


def _operations(value: Any, operations: list[Any]) -> Value:
    for operation in operations:
        try:
            value = _operate(value, operation)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            text = f"the server rejected our request due to an error in our request: {error}"
            raise Refused(422, text) from error
    return dict(value)


def _operate(value: Any, operation: Value) -> Any:
    *path, last = [_unescaped(step) for step in operation["path"].split("/")[1:]]
    place = value
    for step in path:
        place = place[int(step)] if isinstance(place, list) else place[step]
    match operation["op"]:
        case "test":
            if _read(place, last) != operation["value"]:
                raise ValueError(f"testing value {operation['path']} failed")
        case "remove":
            del place[int(last) if isinstance(place, list) else last]
        case "add" if isinstance(place, list):
            place.insert(len(place) if last == "-" else int(last), operation["value"])
        case "add":
            place[last] = operation["value"]
        case "replace":
            _read(place, last)
            place[int(last) if isinstance(place, list) else last] = operation["value"]
        case other:
            raise ValueError(f"operation {other!r} is not known")
    return value


def _read(place: Any, last: str) -> Any:
    return place[int(last)] if isinstance(place, list) else place[last]


def _unescaped(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")
