"""The one graph: edges between assets of different sources, from facts that agree.

Each rule is a file of its own and a pure function over the few fields that it needs. Whether there
is anything to do is told by a hash of all these fields, so an unchanged world costs a read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from hashlib import blake2b
from importlib.resources import files

import psycopg

from models.records.graph import Join, JoinReport
from models.store import graph, transaction, work
from tasks.inventory.joining.cabling import join_devices
from tasks.inventory.joining.hosts import join_hosts
from tasks.inventory.joining.machines import join_machines
from tasks.inventory.joining.nodes import join_nodes
from tasks.inventory.joining.port_groups import join_port_groups
from tasks.inventory.joining.ports import Ports
from tasks.inventory.joining.records import RECORDS, Inputs, fields_of, read_inputs
from tasks.inventory.joining.selectors import join_selectors
from tasks.inventory.joining.volumes import join_volumes

__all__ = ["find_joins", "join_assets"]


def join_assets() -> JoinReport:
    """Bring the joined edges up to date with what is stored; repeating it changes nothing.

    Raises:
        Busy: Another process joins.
    """
    with transaction() as conn:
        rows = _rows(conn)
        inputs_hash = _digest(rows)
        if graph.is_joined(conn, inputs_hash):
            return JoinReport(edges=graph.join_count(conn), opened=0, closed=0, unchanged=True)
    with work.claim("join", "assets"):
        found = find_joins(read_inputs(rows))
        at = datetime.now(UTC)
        with transaction() as conn:
            report = graph.replace_joins(conn, found, at)
            graph.note_round(conn, inputs_hash, report.edges, at)
    return report


def find_joins(inputs: Inputs) -> list[Join]:
    """Return every edge that follows from these facts."""
    ports = Ports(inputs.interface)
    cabling = join_devices(inputs, ports)
    hosts = join_hosts(inputs, ports, cabling)
    nodes = join_nodes(inputs)
    return [
        *nodes,
        *cabling.joins,
        *hosts,
        *join_machines(inputs, ports, cabling, hosts),
        *join_port_groups(inputs, hosts),
        *join_volumes(inputs, nodes),
        *join_selectors(inputs),
    ]


def _rows(conn: psycopg.Connection) -> dict[str, list[str]]:
    return {kind: graph.join_inputs(conn, kind, fields_of(kind)) for kind in RECORDS}


def _digest(rows: Mapping[str, Sequence[str]]) -> str:
    digest = blake2b(_rules(), digest_size=16)
    for kind, these in rows.items():
        digest.update(f"\n{kind} {len(these)}\n".encode())
        digest.update("\n".join(these).encode())
    return digest.hexdigest()


@cache
def _rules() -> bytes:
    """Return a digest of the rules themselves: a new program joins anew."""
    digest = blake2b(digest_size=16)
    for path in sorted(files(__package__).iterdir(), key=lambda path: path.name):
        if path.name.endswith(".py"):
            digest.update(path.read_bytes())
    return digest.digest()
