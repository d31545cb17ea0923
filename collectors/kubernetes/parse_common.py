"""What the parsers of all kinds share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from collectors.kubernetes.shapes import Condition, LabelSelector, Meta, Owner
from collectors.kubernetes.surroundings import Surroundings
from models.kinds.kubernetes.common import Pairs, Requirement, Selector
from models.redaction import redact_pair

# Wider than what is redacted elsewhere: drivers call a password `restuserkey` or `chapAuth`.
_KEYS = re.compile(r"key|auth|token|passw|secret|cert|credential", re.IGNORECASE)
_TRUTH: dict[str | None, bool] = {"True": True, "False": False}


def clusterwide(meta: Meta, around: Surroundings) -> dict[str, Any]:
    """Return the fields that every object without a namespace has."""
    return {
        "key": meta.uid,
        "name": meta.name,
        "cluster": around.cluster,
        "created_at": meta.creation_timestamp,
        "labels": around.labels(meta.labels),
        "annotations": around.annotations(meta.annotations),
    }


def namespaced(meta: Meta, around: Surroundings) -> dict[str, Any]:
    """Return the fields that every object of a namespace has."""
    namespace = meta.namespace or ""
    return {
        **clusterwide(meta, around),
        "namespace": namespace,
        "namespace_id": around.namespaces.get(namespace),
    }


def scoped(meta: Meta, around: Surroundings) -> dict[str, Any]:
    """Return the fields of an object that has a namespace or is the cluster's."""
    if meta.namespace:
        return {**namespaced(meta, around), "api_versions": api_versions(meta)}
    found = clusterwide(meta, around)
    return {**found, "cluster_id": around.cluster_id, "api_versions": api_versions(meta)}


def place(meta: Meta) -> tuple[str, str]:
    """Return where an object stands."""
    return meta.namespace or "", meta.name


def api_versions(meta: Meta) -> tuple[str, ...]:
    """Return the versions of the API that anybody wrote the object with."""
    return texts(one.api_version for one in meta.managed_fields or ())


def texts(found: Iterable[str | None] | None) -> tuple[str, ...]:
    """Return texts, each once, in order of the alphabet."""
    return tuple(sorted({one for one in found or () if one}))


def pairs(found: Mapping[str, str] | None) -> Pairs:
    """Return a mapping as pairs by key."""
    return tuple(sorted(found.items())) if found else ()


def harmless(found: Mapping[str, str] | None) -> Pairs:
    """Return settings by key, without those whose key speaks of a secret."""
    return tuple(pair for pair in pairs(found) if not _speaks_of_secrets(pair[0]))


def _speaks_of_secrets(key: str) -> bool:
    return _KEYS.search(key) is not None or redact_pair((key, "x"))[1] != "x"


def selector(found: LabelSelector | None) -> Selector | None:
    """Return a label selector; None where there is none, which selects nothing."""
    if found is None:
        return None
    expressions = tuple(
        Requirement(key=one.key, operator=one.operator, values=tuple(one.values or ()))
        for one in found.match_expressions or ()
    )
    return Selector(labels=pairs(found.match_labels), expressions=expressions)


def condition(found: Iterable[Condition] | None, type_: str) -> Condition | None:
    """Return the condition of a type."""
    return next((one for one in found or () if one.type == type_), None)


def truth(found: Condition | None) -> bool | None:
    """Return whether a condition holds; None where nobody said, or it says that it is unknown."""
    return _TRUTH.get(found.status) if found else None


def controller(owners: list[Owner] | None) -> Owner | None:
    """Return the owner that keeps an object as it is."""
    for one in owners or ():
        if one.controller:
            return one
    return None
