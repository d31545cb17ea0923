"""What validating and checking 10,000 machines costs, against great-expectations' own import.

Run by hand: python -m tests.benchmarks.validation [MACHINES]
Wanted, CPU seconds at 10,000: validation <= 1.5 after import, checks <= 1.0; ten times the rows
cost validation at most 4 times as much, since it pays by the expectation; a Kubernetes snapshot of
5,000 pods <= 0.5.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from models.kinds import KINDS
from models.kinds.common import PowerState
from models.kinds.datastore import Datastore
from models.kinds.host import ConnectionState, Host
from models.kinds.vm import Disk, Nic, ToolsState, Vm, VmSnapshot, Volume
from models.records.asset import Asset, observe, restore
from tasks.inventory.checks import Policy, evaluate_checks
from tasks.inventory.validation.engine import open_engine
from tasks.inventory.validation.tables import Row, gather
from tasks.inventory.validation.verdict import validate_tables
from tests.benchmarks import graph_site
from tests.benchmarks.graph_site import Sizes

NOW = datetime(2026, 11, 20, tzinfo=UTC)
MACHINES_PER_HOST = 30
_PODS = 5000
_POD_SECONDS = 0.5
Result = TypeVar("Result")


def machine(number: int) -> Vm:
    """Return a machine with two disks, a NIC, a volume and, one in ten, a snapshot."""
    snapshots: tuple[VmSnapshot, ...] = ()
    if number % 10 == 0:
        snapshots = (
            VmSnapshot(
                key="s1",
                name="before",
                description="",
                created_at=NOW - timedelta(days=number % 30),
                power_state=PowerState.OFF,
            ),
        )
    return Vm(
        key=f"5012-{number}",
        name=f"vm-{number:05}",
        moid=f"vm-{number}",
        power_state=PowerState.ON,
        connection_state="connected",
        cpu_count=2,
        memory_mib=4096,
        tools_state=ToolsState.OK,
        host=f"host-{number // MACHINES_PER_HOST}",
        datastores=("datastore-1",),
        consolidation_needed=False,
        disks=tuple(Disk(key=str(n), label=f"disk {n}", capacity_mib=40_960) for n in range(2)),
        nics=(
            Nic(key="4000", label="nic", type="vmxnet3", mac=None, network="n-1", connected=True),
        ),
        snapshots=snapshots,
        snapshot_count=len(snapshots),
        guest_volumes=(Volume(path="/", capacity_mib=40_000, free_mib=20_000),),
    )


def site(machines: int) -> list[Any]:
    """Return the records of a site: machines, their hosts and one datastore."""
    hosts = [
        Host(key=f"host-{n}", name=f"esx{n}", connection_state=ConnectionState.CONNECTED)
        for n in range(machines // MACHINES_PER_HOST + 1)
    ]
    store = Datastore(key="datastore-1", name="ds-1", capacity_mib=100, free_mib=50)
    return [*hosts, store, *(machine(number) for number in range(machines))]


def staged(records: list[Any]) -> list[Row]:
    """Return records as the staging table gives them back."""
    seen = (observe("vc1", record) for record in records)
    read = msgspec.json.decode
    return [
        (one.asset_id, one.kind, one.key, one.name, read(one.attributes), read(one.volatile))
        for one in seen
    ]


def stored(rows: list[Row]) -> list[Asset]:
    """Return staged rows as the assets that they would be stored as."""
    return [
        Asset(
            id=asset_id,
            kind=kind,
            name=name,
            source="vc1",
            record=restore(KINDS[kind], attributes, volatile),
            first_seen=NOW,
            last_seen=NOW,
        )
        for asset_id, kind, _, name, attributes, volatile in rows
    ]


def site_of_pods(sizes: Sizes) -> list[Any]:
    """Return the records of a Kubernetes cluster."""
    return graph_site.site(sizes)["k1"]


def cpu_seconds(what: str, function: Callable[[], Result], rounds: int = 3) -> tuple[float, Result]:
    """Run a function some times; print and return its best CPU time and its last result."""
    best = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        result = function()
        best = min(best, time.process_time() - began)
    sys.stdout.write(f"{what:48} {best:7.3f} s\n")
    return best, result


def main(machines: int) -> int:
    """Measure, print, and return 0 if every wanted figure was reached."""
    with open_engine():
        pass  # the import is paid once a worker, and not part of what is compared
    small, large = staged(site(machines // 10)), staged(site(machines))
    few, _ = cpu_seconds(f"validate {machines // 10} machines", lambda: _validate(small))
    many, report = cpu_seconds(f"validate {machines} machines", lambda: _validate(large))
    cluster = staged(site_of_pods(Sizes(pods=_PODS)))
    pods, _ = cpu_seconds(f"validate a cluster of {_PODS} pods", lambda: _validate(cluster))
    assets = stored(large)
    checks, results = cpu_seconds(
        f"check {machines} machines", lambda: evaluate_checks(assets, {}, Policy(), (), NOW)
    )
    sys.stdout.write(f"{report.expectations} expectations, {len(results)} results\n")
    sys.stdout.write(f"ten times the rows cost validation {many / few:.1f} times as much\n")
    return 0 if many <= 1.5 and many <= 4 * few and checks <= 1.0 and pods <= _POD_SECONDS else 1


def _validate(rows: list[Row]) -> Any:
    report = validate_tables(1, gather(rows))
    if report.failed_expectations:
        raise SystemExit(f"the benchmark's own site is not sound: {report.warnings}")
    return report


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
