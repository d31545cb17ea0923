"""What differs from system to system: who speaks for a source, and what an account there needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.kinds import KINDS
from models.kinds.kubernetes import KUBERNETES_KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A system whose assets are checked.

    `anchor` is the kind that speaks for a source of which a whole kind could not be seen. `right`
    is what a check needs that names no privilege; `see` and `grant` put a privilege into a
    sentence. `holder` is the kind whose assets are read one by one, each with gaps of its own.
    """

    name: str
    title: str
    kinds: tuple[str, ...]
    anchor: str
    right: str
    see: str
    grant: str
    holder: str | None = None


VSPHERE = Domain(
    name="vsphere",
    title="VMware vSphere",
    kinds=(
        *("vcenter", "datacenter", "cluster", "resource_pool", "host", "vm"),
        *("datastore", "network", "distributed_switch"),
    ),
    anchor="vcenter",
    right="System.Read",
    see="See that the account that collects has {privilege} there.",
    grant="Grant {privilege} to the account that collects.",
)
KUBERNETES = Domain(
    name="kubernetes",
    title="Kubernetes",
    kinds=tuple(kind.name for kind in KUBERNETES_KINDS),
    anchor="kubernetes_cluster",
    right="list {kinds}",
    see="See that the account that collects may {privilege} there.",
    grant="Let the account that collects {privilege}.",
    holder="kubernetes_cluster",
)
NETWORK = Domain(
    name="network",
    title="Network devices",
    kinds=("device", "interface", "vlan"),
    anchor="device",
    right="permission to run show commands",
    see="See what the device itself shows of it; the account that collects needs {privilege}.",
    grant="Give the account that collects {privilege}.",
    holder="device",
)

DOMAINS = (VSPHERE, KUBERNETES, NETWORK)
_BY_KIND = {kind: domain for domain in DOMAINS for kind in domain.kinds}


def domain_of(kind: str) -> Domain:
    """Return the domain that a kind belongs to."""
    return _BY_KIND[kind]


def right_to_see(kinds: Sequence[str]) -> str:
    """Return what an account needs to see assets of these kinds, where a check says no more."""
    plurals = ", ".join(KINDS[kind].plural.lower() for kind in kinds)
    return domain_of(kinds[0]).right.format(kinds=plurals)
