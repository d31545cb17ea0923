"""What is known of a cluster while it is read, so that names can be resolved to keys.

Only what was yielded before stands here: a reference to anything else would lead nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from models.kinds.kubernetes.common import Pairs, Warned
from models.kinds.kubernetes.namespace import Quota
from models.redaction import redact, redact_pair

# The namespace, and the name in it.
Place = tuple[str, str]
_NONE: Pairs = ()
_MOST_REMEMBERED = 20_000


@dataclass(slots=True)
class Surroundings:
    """The cluster's own name and key, and the keys of what it holds."""

    cluster: str
    cluster_id: str | None = None
    namespaces: dict[str, str] = field(default_factory=dict)
    nodes: dict[str, str] = field(default_factory=dict)
    storage_classes: dict[str, str] = field(default_factory=dict)
    volumes: dict[str, str] = field(default_factory=dict)
    claims: dict[Place, str] = field(default_factory=dict)
    config_maps: set[Place] = field(default_factory=set)
    secrets: set[Place] = field(default_factory=set)
    deployments: dict[Place, str] = field(default_factory=dict)
    stateful_sets: dict[Place, str] = field(default_factory=dict)
    services: dict[Place, str] = field(default_factory=dict)
    # The kinds of workloads by their uid, and the deployment of each replica set, "" for none.
    workloads: dict[str, str] = field(default_factory=dict)
    replica_sets: dict[str, str] = field(default_factory=dict)
    # Pods of a replica set of which neither it nor a deployment called like it was seen.
    unplaced: int = 0
    limit_ranges: dict[str, list[str]] | None = None
    quotas: dict[str, list[Quota]] | None = None
    certificates: dict[Place, datetime] = field(default_factory=dict)
    # Endpoints that are ready, and that are not.
    endpoints: dict[Place, tuple[int, int]] | None = None
    # Millicores and MiB; nodes have no namespace.
    usage: dict[Place, tuple[int | None, int | None]] = field(default_factory=dict)
    warnings: dict[str, tuple[Warned, ...]] = field(default_factory=dict)
    _pairs: dict[Pairs, Pairs] = field(default_factory=dict)
    _annotated: dict[tuple[str, ...], Pairs] = field(default_factory=dict)
    _redacted: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)

    def labels(self, found: Mapping[str, str] | None) -> Pairs:
        """Return labels by key, redacted; equal ones are one and the same object."""
        if not found:
            return _NONE
        written = tuple(found.items())
        known = self._pairs.get(written)
        if known is None:
            known = _remember(self._pairs, written, tuple(map(self._pair, sorted(written))))
        return known

    def annotations(self, found: Mapping[str, msgspec.Raw] | None) -> Pairs:
        """Return the keys of annotations, with the values of the few that are no free text."""
        if not found:
            return _NONE
        if not _PLAIN.isdisjoint(found):
            return tuple((key, plain_value(found, key)) for key in sorted(found))
        keys = tuple(found)
        known = self._annotated.get(keys)
        if known is None:
            known = _remember(self._annotated, keys, tuple((key, "") for key in sorted(keys)))
        return known

    def redacted(self, found: Pairs) -> Pairs:
        """Return settings with the secrets in their values removed."""
        return tuple(map(self._pair, found))

    def text(self, found: str | None) -> str | None:
        """Return a text that people or programs wrote, redacted."""
        if found is None:
            return None
        known = self._texts.get(found)
        if known is None:
            known = _remember(self._texts, found, redact(found)[:_LONGEST_TEXT])
        return known

    def _pair(self, pair: tuple[str, str]) -> tuple[str, str]:
        known = self._redacted.get(pair)
        return _remember(self._redacted, pair, redact_pair(pair)) if known is None else known


def _remember(known: dict[Any, Any], key: Any, value: Any) -> Any:
    if len(known) >= _MOST_REMEMBERED:
        known.clear()
    known[key] = value
    return value


_LONGEST_TEXT = 1000
# Written by controllers, and by their definition a truth value, a name or a time. All others may
# hold anything: `last-applied-configuration` of a secret holds the secret.
_PLAIN = frozenset(
    {
        "auth.openshift.io/certificate-not-after",
        "cert-manager.io/certificate-name",
        "cluster-autoscaler.kubernetes.io/safe-to-evict",
        "deployment.kubernetes.io/revision",
        "ingressclass.kubernetes.io/is-default-class",
        "kubernetes.io/config.source",
        "kubernetes.io/ingress.class",
        "kubernetes.io/service-account.name",
        "pv.kubernetes.io/provisioned-by",
        "service.beta.openshift.io/expiry",
        "storageclass.beta.kubernetes.io/is-default-class",
        "storageclass.kubernetes.io/is-default-class",
        "volume.kubernetes.io/storage-provisioner",
    }
)
_LONGEST_VALUE = 253


def plain_value(found: Mapping[str, msgspec.Raw] | None, key: str) -> str:
    """Return the value of an annotation that holds no free text, or ""."""
    if not found or key not in _PLAIN or key not in found:
        return ""
    value: Any = msgspec.json.decode(found[key])
    return value if isinstance(value, str) and _looks_plain(value) else ""


def _looks_plain(value: str) -> bool:
    # A name, a number or a time, whatever the key promised.
    return len(value) <= _LONGEST_VALUE and value.isascii() and not set(value) - _CHARACTERS


_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./:+_-")
