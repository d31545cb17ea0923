"""Versions of Kubernetes, and the versions of its API that it has deprecated or removed.

Source: Kubernetes' deprecated API migration guide and its changelogs, up to that of 1.36.0, for the
kinds that are collected; the newest of their removals was in 1.26. Minor versions of Kubernetes 1
are plain numbers: 25 is 1.25.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# The last whose deprecations the table below holds. What the next one removes is known by that too:
# the deprecation policy serves a beta version for three more, and a stable one for good.
KNOWN_TO_MINOR = 36

_VERSION = re.compile(r"v?1\.(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deprecation:
    """A version of the API of some kinds: since when it is deprecated, removed, and by what."""

    kinds: tuple[str, ...]
    version: str
    deprecated: int
    removed: int
    replacement: str


_APPS = ("deployment", "statefulset", "daemonset")
DEPRECATIONS = (
    Deprecation(
        kinds=("deployment", "daemonset"),
        version="extensions/v1beta1",
        deprecated=9,
        removed=16,
        replacement="apps/v1",
    ),
    Deprecation(
        kinds=("deployment", "statefulset"),
        version="apps/v1beta1",
        deprecated=9,
        removed=16,
        replacement="apps/v1",
    ),
    Deprecation(
        kinds=_APPS, version="apps/v1beta2", deprecated=9, removed=16, replacement="apps/v1"
    ),
    Deprecation(
        kinds=("network_policy",),
        version="extensions/v1beta1",
        deprecated=9,
        removed=16,
        replacement="networking.k8s.io/v1",
    ),
    Deprecation(
        kinds=("ingress",),
        version="extensions/v1beta1",
        deprecated=14,
        removed=22,
        replacement="networking.k8s.io/v1",
    ),
    Deprecation(
        kinds=("ingress",),
        version="networking.k8s.io/v1beta1",
        deprecated=19,
        removed=22,
        replacement="networking.k8s.io/v1",
    ),
    Deprecation(
        kinds=("role", "role_binding"),
        version="rbac.authorization.k8s.io/v1alpha1",
        deprecated=17,
        removed=23,
        replacement="rbac.authorization.k8s.io/v1",
    ),
    Deprecation(
        kinds=("role", "role_binding"),
        version="rbac.authorization.k8s.io/v1beta1",
        deprecated=17,
        removed=22,
        replacement="rbac.authorization.k8s.io/v1",
    ),
    Deprecation(
        kinds=("storage_class",),
        version="storage.k8s.io/v1beta1",
        deprecated=19,
        removed=22,
        replacement="storage.k8s.io/v1",
    ),
    Deprecation(
        kinds=("cronjob",),
        version="batch/v2alpha1",
        deprecated=8,
        removed=21,
        replacement="batch/v1",
    ),
    Deprecation(
        kinds=("cronjob",),
        version="batch/v1beta1",
        deprecated=21,
        removed=25,
        replacement="batch/v1",
    ),
    Deprecation(
        kinds=("pod_disruption_budget",),
        version="policy/v1beta1",
        deprecated=21,
        removed=25,
        replacement="policy/v1",
    ),
    Deprecation(
        kinds=("horizontal_pod_autoscaler",),
        version="autoscaling/v2beta1",
        deprecated=22,
        removed=25,
        replacement="autoscaling/v2",
    ),
    Deprecation(
        kinds=("horizontal_pod_autoscaler",),
        version="autoscaling/v2beta2",
        deprecated=23,
        removed=26,
        replacement="autoscaling/v2",
    ),
)
BY_KIND_AND_VERSION = {(kind, one.version): one for one in DEPRECATIONS for kind in one.kinds}
DEPRECATED_KINDS = tuple(dict.fromkeys(kind for one in DEPRECATIONS for kind in one.kinds))


def minor_of(version: str | None) -> int | None:
    """Return the minor version of `v1.34.2` or `1.34+`, or None where it is not one of those."""
    found = _VERSION.match(version or "")
    return int(found[1]) if found else None
