"""What every shown object starts with: its metadata, with a uid that follows from its place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from deployments.practice.kubernetes.resources import BY_KIND
from deployments.practice.kubernetes.store import stamp

Value = dict[str, Any]
NAME_LABEL = "app.kubernetes.io/name"


def uid_of(*place: str) -> str:
    """Return the uid of a place, such as cluster, kind, namespace and name."""
    digits = hashlib.blake2b("/".join(place).encode(), digest_size=16).hexdigest()
    groups = (digits[:8], digits[8:12], "4" + digits[13:16], "8" + digits[17:20], digits[20:])
    return "-".join(groups)


def short_hash(*place: str, length: int = 5) -> str:
    """Return letters and digits that the API's name generator would use."""
    number = int.from_bytes(
        hashlib.blake2b("/".join(place).encode(), digest_size=8).digest(), "big"
    )
    letters = "bcdfghjklmnpqrstvwxz2456789"
    found = ""
    for _ in range(length):
        number, digit = divmod(number, len(letters))
        found += letters[digit]
    return found


def metadata(  # noqa: PLR0913 - the parts of an object's metadata, all by name
    *,
    uid: str,
    kind: str,
    name: str,
    created_at: datetime,
    namespace: str | None = None,
    labels: dict[str, str] | None = None,
    annotations: Iterable[tuple[str, str]] = (),
    written_by: str | None = None,
    manager: str = "kubectl-client-side-apply",
    owner: Value | None = None,
) -> Value:
    """Return an object's metadata; empty parts are left out, as the API does."""
    found: Value = {"name": name, "uid": uid, "creationTimestamp": stamp(created_at)}
    if namespace:
        found["namespace"] = namespace
    if labels:
        found["labels"] = labels
    notes = dict(annotations)
    if notes:
        found["annotations"] = notes
    if owner:
        found["ownerReferences"] = [owner]
    found["managedFields"] = _fields(kind, created_at, written_by, manager)
    return found


def _fields(kind: str, at: datetime, written_by: str | None, manager: str) -> list[Value]:
    versions = [written_by] if written_by else []
    versions.append(BY_KIND[kind].api_version)
    return [
        {
            "manager": manager if version != written_by else "helm",
            "operation": "Update",
            "apiVersion": version,
            "time": stamp(at),
            "fieldsType": "FieldsV1",
            "fieldsV1": {"f:metadata": {"f:labels": {".": {}}}, "f:spec": {}},
        }
        for version in versions
    ]


def owner_reference(kind: str, value: Value) -> Value:
    """Return what points from an object to its controller."""
    return {
        "apiVersion": BY_KIND[kind].api_version,
        "kind": kind,
        "name": value["metadata"]["name"],
        "uid": value["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def condition(kind: str, holds: bool | None, at: str, reason: str, message: str = "") -> Value:  # noqa: FBT001
    """Return a status condition; None is Unknown."""
    found = {
        "type": kind,
        "status": {True: "True", False: "False", None: "Unknown"}[holds],
        "lastTransitionTime": at,
        "reason": reason,
    }
    return {**found, "message": message} if message else found
