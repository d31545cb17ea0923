"""Reads the labelled examples for tests and for the benchmark."""

from __future__ import annotations

import tomllib
from pathlib import Path

from models.records.alert import Alert, AlertStatus
from tasks.alerts.classification import Ownership
from tasks.alerts.extraction import Entity, KnownEntities, extract

_HELD = tomllib.loads(Path(__file__).with_name("examples.toml").read_text(encoding="utf-8"))
EXAMPLES = _HELD["example"]


def known():
    """The inventory of the examples; an id is kind, namespace and name."""
    return KnownEntities.from_assets(
        Entity(
            id=f"{one['kind']}/{one.get('namespace', '')}/{one['name']}",
            kind=one["kind"],
            name=one["name"],
            namespace=one.get("namespace"),
            cluster=one.get("cluster"),
            addresses=one.get("addresses", ()),
        )
        for one in _HELD["known"]
    )


def an_alert(title="", **changes):
    values = {"status": AlertStatus.FIRING, "dedup_key": "key", "title": title}
    return Alert(**{**values, **changes})


def scored(example, entities, ownership):
    """Yield field, what was found and what is right, for each field that is scored."""
    alert = an_alert(
        example["title"],
        description=example.get("description", ""),
        labels=example.get("labels", {}),
    )
    found = extract(alert, entities)
    kind = entities.kind_of(found.entity_id) if found.entity_id else None
    for name, right in example["expect"].items():
        if name == "entity":
            said = (found.entity_id or "").rpartition("/")[2]
        elif name == "team":
            said = ownership.owner(alert, found, kind).team
        else:
            said = getattr(found, name) or ""
        yield name, said, right


def ownership():
    return Ownership.load()
