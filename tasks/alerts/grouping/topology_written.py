"""A topology as a file that is read back to the letter: ids, kinds, realms and direction.

The other files are read by what their sections are called. Of this one nothing is guessed, so that
a replay groups by the very graph that the live triage has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from tasks.alerts.grouping.topology import Node, Topology

FORMAT_KEY = "nightshift_topology"


class _WrittenNode(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    id: str
    name: str
    kind: str = ""
    realm: str = ""
    namespace: str = ""


class _Written(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The file. `edges` lead from what depends to what it depends on.

    `named` are the kinds that a service's name in an alert may mean, the likeliest first; null
    stands for any. Without `clusters` and `environments` it answers for all.
    """

    nightshift_topology: Literal[1]
    nodes: list[_WrittenNode]
    edges: list[tuple[str, str]] = []
    named: list[str] | None = None
    clusters: list[str] = []
    environments: list[str] = []


def written(topology: Topology) -> bytes:
    """Return a topology as JSON that `read_topology` reads, ending with a line break."""
    found = _Written(
        nightshift_topology=1,
        nodes=[_WrittenNode(**node._asdict()) for node in topology.nodes.values()],
        edges=topology.edges,
        named=list(topology.named) if topology.named is not None else None,
        clusters=sorted(topology.clusters),
        environments=sorted(topology.environments),
    )
    return msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n"


def as_written(data: Mapping[str, Any], *, hops: int) -> Topology:
    """Return the topology of a decoded file that `written` made.

    Raises:
        msgspec.ValidationError: It is none.
    """
    found = msgspec.convert(data, _Written)
    return Topology(
        (Node(**msgspec.structs.asdict(one)) for one in found.nodes),
        found.edges,
        clusters=found.clusters,
        environments=found.environments,
        hops=hops,
        named=found.named,
    )
