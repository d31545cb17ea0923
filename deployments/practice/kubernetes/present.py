"""How objects go out: whole, as metadata only, or as rows of a table, as the Accept header asks.

Source: the Kubernetes API concepts, alternate representations of resources.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from deployments.practice.kubernetes.lists import Page
from deployments.practice.kubernetes.resources import Resource
from deployments.practice.kubernetes.show_common import Value
from deployments.practice.kubernetes.status import Refused
from deployments.practice.kubernetes.store import Stored

META = "meta.k8s.io"
WHOLE, TABLE, METADATA = "", "Table", "PartialObjectMetadata"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form of an answer; `version` is that of the group meta.k8s.io."""

    shape: str = WHOLE
    version: str = "v1"
    include: str = "Metadata"


def form(accept: str, include: str = "") -> Form:
    """Return the first form of an Accept header that we can send.

    Raises:
        Refused: 406, there is none.
    """
    for choice in accept.split(",") if accept else ["*/*"]:
        media, *more = (part.strip() for part in choice.split(";"))
        if media not in {"application/json", "*/*", "application/*"}:
            continue
        options = dict(part.split("=", 1) for part in more if "=" in part)
        shape = options.get("as", "").removesuffix("List")
        if not shape:
            return Form()
        if shape in {TABLE, METADATA} and options.get("v") in {"v1", "v1beta1"}:
            return Form(shape=shape, version=options["v"], include=include or "Metadata")
    raise Refused(406, "only application/json is served, whole, as Table or PartialObjectMetadata")


def one(resource: Resource, stored: Stored, wanted: Form) -> bytes:
    """Return a single object."""
    if wanted.shape == TABLE:
        return table(resource, Page(items=[stored], version=stored.version), wanted)
    if wanted.shape == METADATA:
        return _partial(stored, wanted)
    return whole(resource, stored)


def whole(resource: Resource, stored: Stored) -> bytes:
    """Return an object with kind and apiVersion in front."""
    head = b'{"kind":"%s","apiVersion":"%s",'
    return head % (resource.kind.encode(), resource.api_version.encode()) + stored.encoded[1:]


def many(resource: Resource, page: Page, wanted: Form) -> bytes:
    """Return a list; items of built-in resources have no kind of their own, as in the real one."""
    if wanted.shape == TABLE:
        return table(resource, page, wanted)
    if wanted.shape == METADATA:
        kind, version = "PartialObjectMetadataList", f"{META}/{wanted.version}"
        items: Iterable[bytes] = (_partial(stored, wanted) for stored in page.items)
    else:
        kind, version = f"{resource.kind}List", resource.api_version
        items = (s.encoded for s in page.items)
        if resource.custom:
            items = (whole(resource, stored) for stored in page.items)
    head = {"kind": kind, "apiVersion": version, "metadata": list_metadata(page)}
    return orjson.dumps(head)[:-1] + b',"items":[' + b",".join(items) + b"]}"


def list_metadata(page: Page) -> Value:
    """Return a list's metadata."""
    found: Value = {"resourceVersion": str(page.version)}
    if page.token:
        found["continue"] = page.token
    if page.remaining is not None:
        found["remainingItemCount"] = page.remaining
    return found


def _partial(stored: Stored, wanted: Form) -> bytes:
    return orjson.dumps(
        {
            "kind": METADATA,
            "apiVersion": f"{META}/{wanted.version}",
            "metadata": stored.value["metadata"],
        }
    )


def table(resource: Resource, page: Page, wanted: Form) -> bytes:
    """Return rows: a resource's own columns between name and age."""
    columns = COLUMNS.get(resource.kind, ())
    names = ["Name", *(name for name, _, _ in columns), "Age"]
    kinds = ["string", *(kind for _, kind, _ in columns), "string"]
    definitions = [
        {"name": name, "type": kind, "format": "name" if name == "Name" else "", "description": "",
         "priority": 0}
        for name, kind in zip(names, kinds, strict=True)
    ]  # fmt: skip
    rows = [_row(resource, stored, wanted) for stored in page.items]
    return orjson.dumps(
        {
            "kind": TABLE,
            "apiVersion": f"{META}/{wanted.version}",
            "metadata": list_metadata(page),
            "columnDefinitions": definitions,
            "rows": rows,
        }
    )


def _row(resource: Resource, stored: Stored, wanted: Form) -> Value:
    value, meta = stored.value, stored.value["metadata"]
    cells = [meta["name"], *(read(value) for _, _, read in COLUMNS.get(resource.kind, ()))]
    row: Value = {"cells": [*cells, meta["creationTimestamp"]]}
    if wanted.include == "Metadata":
        row["object"] = orjson.Fragment(_partial(stored, wanted))
    elif wanted.include == "Object":
        row["object"] = orjson.Fragment(whole(resource, stored))
    return row


def _ready(value: Value) -> str:
    statuses = value["status"].get("containerStatuses", ())
    return f"{sum(s['ready'] for s in statuses)}/{len(value['spec']['containers'])}"


def _replicas(value: Value) -> str:
    return f"{value['status'].get('readyReplicas', 0)}/{value['spec'].get('replicas', 1)}"


def _node_state(value: Value) -> str:
    ready = next(c["status"] for c in value["status"]["conditions"] if c["type"] == "Ready")
    return "Ready" if ready == "True" else "NotReady"


Column = tuple[str, str, Callable[[Value], Any]]
COLUMNS: dict[str, tuple[Column, ...]] = {
    "ConfigMap": (("Data", "integer", lambda v: len(v.get("data") or ())),),
    "Secret": (
        ("Type", "string", lambda v: v.get("type", "Opaque")),
        ("Data", "integer", lambda v: len(v.get("data") or ())),
    ),
    "Pod": (
        ("Ready", "string", _ready),
        ("Status", "string", lambda v: v["status"].get("phase")),
    ),
    "Deployment": (("Ready", "string", _replicas),),
    "StatefulSet": (("Ready", "string", _replicas),),
    "Node": (("Status", "string", _node_state),),
    "Namespace": (("Status", "string", lambda v: v["status"]["phase"]),),
}
