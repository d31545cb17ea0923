"""Sensible records for tests: name only what matters."""

from __future__ import annotations

from typing import Any

from models.kinds.cluster import Cluster
from models.kinds.common import PowerState
from models.kinds.datastore import Datastore
from models.kinds.host import ConnectionState, Host
from models.kinds.vm import Vm
from models.records.asset import observe
from models.records.snapshot import StoreReport
from models.store import inventory, transaction

COVERED = ("cluster", "host", "vm", "datastore", "network")


def a_vm(number: int = 1, **changes: Any) -> Vm:
    values = {
        "key": f"5012-{number:04}",
        "name": f"web-{number:02}",
        "moid": f"vm-{number}",
        "power_state": PowerState.ON,
        "cpu_count": 2,
        "memory_mib": 4096,
        "guest_os": "Debian GNU/Linux 12 (64-bit)",
        "host": "host-1",
        "datastores": ("datastore-1",),
    }
    return Vm(**{**values, **changes})


def a_host(number: int = 1, **changes: Any) -> Host:
    values = {
        "key": f"host-{number}",
        "name": f"esx{number:02}.example",
        "connection_state": ConnectionState.CONNECTED,
        "cluster": "domain-c1",
        "cpu_cores": 32,
        "memory_mib": 524_288,
        "version": "8.0.3",
    }
    return Host(**{**values, **changes})


def a_cluster(number: int = 1, **changes: Any) -> Cluster:
    values = {"key": f"domain-c{number}", "name": f"cluster-{number}", "ha_enabled": True}
    return Cluster(**{**values, **changes})


def a_datastore(number: int = 1, **changes: Any) -> Datastore:
    values = {
        "key": f"datastore-{number}",
        "name": f"ds-{number}",
        "capacity_mib": 1_000_000,
        "free_mib": 500_000,
    }
    return Datastore(**{**values, **changes})


def a_site(vms: int = 3) -> list[Any]:
    return [a_cluster(), a_host(1), a_host(2), a_datastore(), *(a_vm(n) for n in range(1, vms + 1))]


def store(
    records: list[Any], source: str = "vc1", covered: tuple[str, ...] = COVERED, gaps: tuple = ()
) -> StoreReport:
    """Collect, stage and store records as one collection of a source."""
    with transaction() as conn:
        taken = inventory.open_snapshot(conn, source, "vmware")
        inventory.stage(conn, taken.id, (observe(source, record) for record in records))
        counts: dict[str, int] = {}
        for record in records:
            name = type(record).__name__.lower()
            counts[name] = counts.get(name, 0) + 1
        inventory.collected(conn, taken.id, covered=covered, gaps=gaps, counts=counts, seconds=0.1)
        return inventory.store_snapshot(conn, taken.id)
