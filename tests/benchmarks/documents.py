"""How long documents take over 10,000 VMs, 20,000 pods and 200 devices of 48 ports.

Measured from nothing, unchanged, and after one change. Run by hand:
`python -m tests.benchmarks.documents [VMS [PODS [DEVICES]]] [FOLDER]`; the documents are kept in the
folder, if one is given. It uses an installation of its own and prints the figures of one run.
Wanted: all documents from nothing within 60 s, loading facts included.
"""

from __future__ import annotations

import os
import resource
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from generators.documents.catalogue import DOCUMENTS
from generators.documents.facts import Facts
from generators.documents.inventories import inventories
from generators.documents.section import input_hash, render
from models.kinds import KINDS
from models.kinds.cluster import Cluster
from models.kinds.common import PowerState
from models.kinds.datacenter import Datacenter
from models.kinds.datastore import Datastore
from models.kinds.distributed_switch import DistributedSwitch
from models.kinds.host import ConnectionState, Host, PhysicalNic, StoragePaths, VirtualSwitch
from models.kinds.kubernetes.pod import Pod
from models.kinds.network import Network, NetworkType
from models.kinds.vcenter import Licence, VCenter
from models.kinds.vm import Disk, Nic, ToolsState, Vm, VmSnapshot
from models.records.asset import observe
from models.settings import settings
from models.store import embedded, inventory, transaction
from tests.benchmarks.documents_site import as_nodes, clusters, network

_THEN = datetime(2026, 3, 1, 8, tzinfo=UTC)
_SYSTEMS = ("Debian GNU/Linux 12 (64-bit)", "Microsoft Windows Server 2022 (64-bit)", "RHEL 9")


def a_large_site(vms: int = 10_000) -> list[Any]:
    """Return a site with 500 VMs a cluster, 32 VMs a host, 20 port groups."""
    clusters = max(1, vms // 500)
    hosts = [_host(number, number % clusters) for number in range(max(2 * clusters, vms // 32))]
    return [
        VCenter(
            key="vc",
            name="vc1.example",
            version="8.0.3",
            build="24022515",
            certificate_not_after=_THEN.replace(year=2028),
            licences=(Licence(name="vSphere 8", masked_key="*****-12345", total=2000, used=1200),),
        ),
        Datacenter(key="dc-1", name="Frankfurt", vcenter="vc"),
        *(_cluster(number, hosts) for number in range(clusters)),
        *hosts,
        *(_datastore(number) for number in range(2 * clusters)),
        DistributedSwitch(key="dvs-1", name="dvs-prod", version="8.0.0", mtu=9000),
        *(_network(number) for number in range(20)),
        *(_vm(number, hosts, clusters) for number in range(vms)),
    ]


def _cluster(number: int, hosts: list[Host]) -> Cluster:
    return Cluster(
        key=f"domain-c{number}",
        name=f"cluster-{number:02}",
        datacenter="dc-1",
        ha_enabled=True,
        admission_control=number % 7 != 0,
        drs_enabled=True,
        drs_automation="fullyAutomated",
        host_count=sum(host.cluster == f"domain-c{number}" for host in hosts),
    )


def _host(number: int, cluster: int) -> Host:
    return Host(
        key=f"host-{number}",
        name=f"esx-{number:03}.example",
        connection_state=ConnectionState.CONNECTED,
        power_state=PowerState.ON,
        in_maintenance=False,
        cluster=f"domain-c{cluster}",
        datacenter="dc-1",
        vendor="Dell Inc.",
        model="PowerEdge R760",
        cpu_model="Xeon Gold 6430",
        cpu_sockets=2,
        cpu_cores=64,
        cpu_mhz=2100,
        memory_mib=1_048_576,
        version="8.0.3",
        build="24022510" if number % 9 else "23825572",
        ntp_servers=("10.0.0.1", "10.0.0.2") if number % 11 else (),
        ntp_running=number % 11 != 0,
        dns_servers=("10.0.0.53",),
        physical_nics=(
            PhysicalNic(name="vmnic0", mac=None, speed_mbps=25_000),
            PhysicalNic(name="vmnic1", mac=None, speed_mbps=25_000 if number % 13 else None),
        ),
        virtual_switches=(
            VirtualSwitch(name="dvs-prod", type="distributed", uplinks=("vmnic0", "vmnic1")),
        ),
        storage_paths=(StoragePaths(lun="naa.6000", policy="VMW_PSP_RR", active=4),),
        cpu_usage_mhz=61_000 + number,
        memory_usage_mib=610_000 + number,
    )


def _datastore(number: int) -> Datastore:
    return Datastore(
        key=f"datastore-{number}",
        name=f"ds-prod-{number:02}",
        type="VMFS",
        accessible=True,
        shared=True,
        datacenter="dc-1",
        capacity_mib=20_971_520,
        free_mib=20_971_520 * (number % 9 + 1) // 11,
    )


def _network(number: int) -> Network:
    return Network(
        key=f"dvportgroup-{number}",
        name=f"pg-{100 + number}",
        type=NetworkType.DISTRIBUTED,
        vlan=str(100 + number),
        switch="dvs-1",
        datacenter="dc-1",
        port_count=128,
    )


def _vm(number: int, hosts: list[Host], clusters: int) -> Vm:
    host = hosts[number % len(hosts)]
    store = f"datastore-{number % (2 * clusters)}"
    snapshot = VmSnapshot(
        key="snapshot-1",
        name="before update",
        description="",
        created_at=_THEN,
        power_state=PowerState.ON,
    )
    return Vm(
        key=f"5012-{number:06}",
        name=f"app-{number:05}",
        moid=f"vm-{number}",
        power_state=PowerState.ON if number % 10 else PowerState.OFF,
        cpu_count=2 + number % 3 * 2,
        memory_mib=4096 << (number % 4),
        guest_os=_SYSTEMS[number % 3],
        hardware_version=f"vmx-{19 + number % 3}",
        ip_addresses=(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}",),
        tools_state=ToolsState.OK if number % 20 else ToolsState.OLD,
        host=host.key,
        datastores=(store,),
        networks=(f"dvportgroup-{number % 20}",),
        disks=tuple(
            Disk(
                key=str(2000 + disk),
                label=f"Hard disk {disk + 1}",
                capacity_mib=51_200,
                datastore=store,
            )
            for disk in range(2)
        ),
        nics=(
            Nic(
                key="4000",
                label="Network adapter 1",
                type="vmxnet3",
                mac=f"00:50:56:00:{number >> 8 & 255:02x}:{number & 255:02x}",
                network=f"dvportgroup-{number % 20}",
                connected=True,
            ),
        ),
        snapshots=(snapshot,) if number % 50 == 0 else (),
        snapshot_count=1 if number % 50 == 0 else 0,
        cpu_limit_mhz=2000 if number % 200 == 0 else None,
    )


def store_site(records: list[Any], source: str = "vc1", collector: str = "vmware") -> None:
    """Collect and store records as one collection that covered every kind."""
    with transaction() as conn:
        taken = inventory.open_snapshot(conn, source, collector)
        inventory.stage(conn, taken.id, (observe(source, record) for record in records))
        inventory.collected(conn, taken.id, covered=tuple(KINDS), gaps=(), counts={}, seconds=1.0)
        inventory.store_snapshot(conn, taken.id)


def _timed(label: str, work: Any) -> float:
    began, cpu = time.perf_counter(), time.process_time()
    found = work()
    seconds, spent = time.perf_counter() - began, time.process_time() - cpu
    shown = ", ".join(f"{r.name} {r.regenerated}/{r.sections}" for r in found or [])
    print(f"{label:<40}{seconds:8.2f} s {spent:8.2f} s CPU   {shown}")
    return seconds


def _peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _load() -> None:
    _loaded()


def _loaded() -> Facts:
    from tasks.documents.facts import load_facts

    with transaction() as conn:
        return load_facts(conn)


def _each_document(facts: Facts) -> None:
    """Print what making each document from loaded facts costs, sections rendered."""
    for name, make in DOCUMENTS.items():
        began = time.perf_counter()
        found = make(facts)
        hashed = [input_hash(section) for section in found.sections]
        made = time.perf_counter() - began
        size = sum(len(render(name, section, 0).body) for section in found.sections)
        seconds = time.perf_counter() - began
        print(
            f"  {name:<16}{len(hashed):6} sections, made and hashed {made:6.2f} s, "
            f"rendered {seconds - made:6.2f} s, {size / 1e6:6.2f} MB"
        )
    began = time.perf_counter()
    files = inventories(facts)
    size = sum(len(file.text()) for file in files if file.input_hash)
    print(f"  {len(files)} CSV files {time.perf_counter() - began:30.2f} s, {size / 1e6:6.2f} MB")


def main(vms: int, pods: int, devices: int) -> None:
    """Print the figures over one site."""
    from tasks.documents.generate import generate_documents
    from tasks.inventory.join import join_assets

    site = a_large_site(vms)
    hosts = [record for record in site if isinstance(record, Host)]
    machines = as_nodes([record for record in site if isinstance(record, Vm)])
    site[-len(machines) :] = machines
    sources = {
        "vc1": ("vmware", site),
        "k8s": ("kubernetes", list(clusters(pods)) if pods else []),
        "net": ("network", list(network(hosts, devices)) if devices else []),
    }
    for source, (collector, records) in sources.items():
        if records:
            store_site(records, source, collector)
            print(f"{source}: {len(records):,} assets")
    joined = join_assets()
    print(f"{joined.edges:,} joined edges")

    first = _timed("documents from nothing", generate_documents)
    print(f"peak memory {_peak_mib():,} MiB")
    loading = _timed("  of which loading facts takes", _load)
    _each_document(_loaded())
    store_site(site)
    again = _timed("unchanged collection", generate_documents)
    site[-1] = replace(site[-1], memory_mib=65_536)
    store_site(site)
    changed = _timed("one VM changed", generate_documents)
    if pods:
        records = sources["k8s"][1]
        place = next(n for n, record in enumerate(records) if isinstance(record, Pod))
        records[place] = replace(records[place], phase="Failed")
        store_site(records, "k8s", "kubernetes")
        _timed("one pod changed", generate_documents)
    print(f"unchanged beyond loading: {again - loading:.2f} s")
    print(f"unchanged : from nothing = {again / first:.2f}")
    print(f"one change : from nothing = {changed / first:.2f}")


if __name__ == "__main__":
    folder = Path(tempfile.mkdtemp(prefix="ns-"))
    folder.chmod(0o755)
    os.environ["NIGHTSHIFT_HOME"] = str(folder)
    settings.cache_clear()
    numbers = [int(text) for text in sys.argv[1:] if text.isdecimal()]
    kept = [text for text in sys.argv[1:] if not text.isdecimal()]
    try:
        main(*[*numbers, *(10_000, 20_000, 200)[len(numbers) :]])
        if kept:  # keep the documents to look at them
            shutil.copytree(folder / "documents", kept[0], dirs_exist_ok=True)
    finally:
        embedded.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)
