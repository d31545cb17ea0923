"""The one graph: edges between assets of different sources, from facts that agree.

Each rule is a file of its own and a pure function over the few fields that it needs.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from hashlib import blake2b
from importlib.resources import files

from models.records.graph import Join, Learned
from tasks.inventory.joining.cabling import join_devices
from tasks.inventory.joining.hosts import join_hosts
from tasks.inventory.joining.identity import same_assets
from tasks.inventory.joining.machines import join_machines
from tasks.inventory.joining.memory import Memory
from tasks.inventory.joining.nodes import join_nodes
from tasks.inventory.joining.port_groups import join_port_groups
from tasks.inventory.joining.ports import Ports
from tasks.inventory.joining.records import Inputs
from tasks.inventory.joining.selectors import join_selectors
from tasks.inventory.joining.volumes import join_volumes

__all__ = ["find_joins", "rules_digest"]


def find_joins(
    inputs: Inputs, before: Iterable[Learned] = (), at: datetime | None = None
) -> list[Join]:
    """Return every edge that follows from these facts.

    Args:
        inputs: The facts.
        before: The entries of ARP and MAC tables that the edges of the round before rest on.
        at: The time of this round; now by default.
    """
    ports, memory = Ports(inputs.interface), Memory(before, at or datetime.now(UTC))
    cabling = join_devices(inputs, ports)
    inputs = memory.recall(inputs, ports, cabling.uplinks)
    same = same_assets(inputs)
    hosts = join_hosts(inputs, ports, cabling, same)
    nodes = join_nodes(inputs, hosts, same)
    machines = join_machines(inputs, ports, cabling, hosts, same)
    return [
        *memory.dated([*nodes, *hosts, *machines]),
        *cabling.joins,
        *join_port_groups(inputs, hosts),
        *join_volumes(inputs, nodes),
        *join_selectors(inputs),
    ]


@cache
def rules_digest() -> bytes:
    """Return a digest of the rules themselves: a new program joins anew."""
    digest = blake2b(digest_size=16)
    for path in sorted(files(__package__).iterdir(), key=lambda path: path.name):
        if path.name.endswith(".py"):
            digest.update(path.read_bytes())
    return digest.digest()
