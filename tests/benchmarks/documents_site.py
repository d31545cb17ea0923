"""The Kubernetes clusters and network devices of a large site, on top of its VMs and hosts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from models.kinds.device import (
    ArpEntry,
    Device,
    IpRoute,
    MacEntry,
    Module,
    Neighbour,
    RoutingPeer,
)
from models.kinds.host import Host
from models.kinds.interface import Interface, InterfaceState
from models.kinds.kubernetes.cluster import KubernetesCluster
from models.kinds.kubernetes.common import Container, Port, Warned
from models.kinds.kubernetes.namespace import Namespace
from models.kinds.kubernetes.node import Node
from models.kinds.kubernetes.pod import Pod
from models.kinds.kubernetes.storage import PersistentVolume, PersistentVolumeClaim
from models.kinds.kubernetes.traffic import Ingress, Route, Service
from models.kinds.kubernetes.workloads import Deployment
from models.kinds.vlan import Vlan
from models.kinds.vm import Vm

_THEN = datetime(2026, 3, 1, 8, tzinfo=UTC)
_NAMESPACES, _PODS_OF_WORKLOAD, _PODS_OF_NODE = 20, 10, 50
_CONFIG_LINES, _VLANS, _SPINES = 400, 40, 4


def as_nodes(vms: list[Vm]) -> list[Vm]:
    """Return the VMs with a firmware UUID each, by which nodes are joined with them."""
    return [replace(vm, bios_uuid=_uuid(place)) for place, vm in enumerate(vms)]


def _uuid(number: int) -> str:
    return f"4212aaaa-0000-4000-8000-{number:012x}"


def clusters(pods: int = 20_000, each: int = 2_000) -> Iterator[Any]:
    """Yield clusters of so many pods each, 50 pods a node and 10 pods a workload."""
    for cluster in range(max(1, pods // each)):
        yield from _cluster(cluster, min(each, pods))


def _cluster(cluster: int, pods: int) -> Iterator[Any]:
    name = f"prod-{cluster:02}"
    yield KubernetesCluster(
        key=f"k{cluster}", name=name, server=f"https://10.9.{cluster}.1:6443", version="v1.31.4"
    )
    for space in range(_NAMESPACES):
        yield Namespace(
            key=f"ns-{cluster}-{space}",
            name=f"team-{space:02}",
            cluster=name,
            cluster_id=f"k{cluster}",
            phase="Active",
        )
    nodes = max(1, pods // _PODS_OF_NODE)
    yield from (_node(cluster, name, number, nodes) for number in range(nodes))
    for workload in range(max(1, pods // _PODS_OF_WORKLOAD)):
        yield from _workload(cluster, name, workload)
    yield from (_pod(cluster, name, number, nodes) for number in range(pods))


def _node(cluster: int, name: str, number: int, nodes: int) -> Node:
    return Node(
        key=f"node-{cluster}-{number}",
        name=f"{name}-node-{number:02}",
        cluster=name,
        cluster_id=f"k{cluster}",
        ready=True,
        roles=("worker",),
        ip_addresses=(f"10.20.{cluster}.{number + 1}",),
        pod_cidrs=(f"172.{16 + cluster}.{number}.0/24",),
        system_uuid=_uuid(cluster * nodes + number),
        kubelet_version="v1.31.4",
        container_runtime="containerd://1.7.22",
        os_image="Debian GNU/Linux 12",
        cpu_capacity_millicores=16_000,
        memory_capacity_mib=65_536,
        cpu_allocatable_millicores=15_500,
        memory_allocatable_mib=62_000,
        cpu_usage_millicores=4_000 + number,
        memory_usage_mib=30_000 + number,
    )


def _workload(cluster: int, name: str, number: int) -> Iterator[Any]:
    space = number % _NAMESPACES
    key, called = f"{cluster}-{number}", f"app-{number:03}"
    place = {
        "cluster": name,
        "namespace": f"team-{space:02}",
        "namespace_id": f"ns-{cluster}-{space}",
    }
    yield Deployment(
        key=f"d-{key}",
        name=called,
        replicas=_PODS_OF_WORKLOAD,
        ready_replicas=_PODS_OF_WORKLOAD,
        template_labels=(("app", called),),
        containers=(
            Container(
                name="app",
                image=f"registry.example/team-{space:02}/{called}:1.{number % 7}",
                cpu_request_millicores=100,
                memory_request_mib=128,
                readiness_probe=number % 3 > 0,
            ),
        ),
        **place,
    )
    yield Service(
        key=f"s-{key}",
        name=called,
        type="ClusterIP",
        cluster_ips=(f"10.96.{number // 250}.{number % 250 + 1}",),
        ports=(Port(number=80),),
        selector=(("app", called),),
        ready_endpoints=_PODS_OF_WORKLOAD,
        unready_endpoints=0,
        **place,
    )
    if number % 4:
        return
    yield Ingress(
        key=f"i-{key}",
        name=called,
        hosts=(f"{called}.{name}.example",),
        routes=(Route(host=f"{called}.{name}.example", path="/", service=called, port="80"),),
        services=(f"s-{key}",),
        **place,
    )
    yield PersistentVolume(
        key=f"pv-{key}",
        name=f"pvc-{key}",
        cluster=name,
        cluster_id=f"k{cluster}",
        phase="Bound",
        capacity_mib=10_240,
        backend="vsphere",
        path=f"[ds-prod-{number % 40:02}] kubevols/{key}.vmdk",
    )
    yield PersistentVolumeClaim(
        key=f"pvc-{key}", name=f"data-{called}", phase="Bound", volume=f"pv-{key}", **place
    )


def _pod(cluster: int, name: str, number: int, nodes: int) -> Pod:
    workload, space = number // _PODS_OF_WORKLOAD, number // _PODS_OF_WORKLOAD % _NAMESPACES
    sick = number % 200 == 0
    return Pod(
        key=f"pod-{cluster}-{number}",
        name=f"app-{workload:03}-6d4cf56db6-{number:05}",
        cluster=name,
        namespace=f"team-{space:02}",
        namespace_id=f"ns-{cluster}-{space}",
        phase="Running",
        node=f"node-{cluster}-{number % nodes}",
        ip_addresses=(f"172.{16 + cluster}.{number % nodes}.{number // nodes + 2}",),
        qos_class="Burstable",
        owner=f"ReplicaSet/app-{workload:03}-6d4cf56db6",
        deployment=f"d-{cluster}-{workload}",
        images=(f"registry.example/team-{space:02}/app-{workload:03}:1.{workload % 7}",),
        ready=not sick,
        restart_count=12 if sick else 0,
        waiting_reason="CrashLoopBackOff" if sick else None,
        warnings=(Warned(reason="BackOff", message="back-off restarting", count=4),)
        if sick
        else (),
    )


def network(hosts: list[Host], devices: int = 200, ports: int = 48) -> Iterator[Any]:
    """Yield switches of so many ports: four above all others, hosts on two switches each."""
    spines = min(_SPINES, max(1, devices // 3))
    leaves = max(1, devices - spines)
    for vlan in range(_VLANS):
        yield Vlan(
            key=f"FRA/{100 + vlan}",
            name=f"net-{100 + vlan}",
            vlan_id=100 + vlan,
            site="FRA",
            devices=tuple(f"leaf-{leaf:03}" for leaf in range(leaves)),
            gateways=(("spine-000", f"Vlan{100 + vlan}", f"10.{vlan}.0.1/16"),),
        )
    for spine in range(spines):
        yield from _spine(spine, leaves, ports)
    for leaf in range(leaves):
        yield from _leaf(leaf, leaves, spines, ports, hosts)


def _spine(spine: int, leaves: int, ports: int) -> Iterator[Any]:
    name = f"spine-{spine:03}"
    near = [
        Neighbour(
            interface=f"Ethernet1/{leaf + 1}",
            protocol="lldp",
            system_name=f"leaf-{leaf:03}",
            port=f"Ethernet1/{ports - spine}",
        )
        for leaf in range(leaves)
    ]
    yield _device(name, "spine", near)
    for leaf in range(leaves):
        yield _port(name, leaf + 1, speed=100_000, mode="routed")


def _leaf(leaf: int, leaves: int, spines: int, ports: int, hosts: list[Host]) -> Iterator[Any]:
    name = f"leaf-{leaf:03}"
    pairs = max(1, leaves // 2)
    mine = hosts[leaf // 2 :: pairs][: ports - spines]
    near = [
        Neighbour(
            interface=f"Ethernet1/{place + 1}",
            protocol="lldp",
            system_name=host.name,
            port=f"vmnic{leaf % 2}",
        )
        for place, host in enumerate(mine)
    ]
    near += [
        Neighbour(
            interface=f"Ethernet1/{ports - spine}",
            protocol="lldp",
            system_name=f"spine-{spine:03}",
            port=f"Ethernet1/{leaf + 1}",
        )
        for spine in range(spines)
    ]
    yield _device(name, "leaf", near, rack=f"R{leaf // 2:02}")
    for number in range(1, ports + 1):
        uplink = number > ports - spines
        yield _port(
            name,
            number,
            speed=100_000 if uplink else 25_000,
            mode="routed" if uplink else "trunk",
            up=uplink or number <= max(len(mine), ports // 2),
        )


def _device(name: str, role: str, near: list[Neighbour], rack: str | None = None) -> Device:
    number = int(name[-3:])
    return Device(
        key=name,
        name=name,
        address=f"10.255.{number >> 8}.{number & 255}",
        platform="cisco_nxos",
        site="FRA",
        rack=rack,
        role=role,
        vendor="Cisco",
        model="Nexus 93180YC-FX3",
        serial_number=f"FDO{number:08}",
        os_version="10.3(4a)",
        modules=(Module(name="Power supply 1", serial_number=f"PS{number:06}"),),
        neighbours=tuple(near),
        routing_peers=(RoutingPeer(protocol="bgp", address="10.0.0.1", state="established"),),
        ntp_servers=("10.0.0.1",) if number % 9 else (),
        syslog_servers=("10.0.0.2",),
        telnet_enabled=False,
        default_community=False,
        running_config="\n".join(f"interface Ethernet1/{n}" for n in range(_CONFIG_LINES)),
        config_saved=True,
        routes=tuple(
            IpRoute(prefix=f"10.{n}.0.0/16", protocol="bgp", next_hop="10.0.0.1")
            for n in range(100)
        ),
        arp=tuple(
            ArpEntry(ip_address=f"10.0.{number}.{n}", mac=f"00:50:56:00:00:{n:02x}")
            for n in range(50)
        ),
        mac_table=tuple(
            MacEntry(
                mac=f"00:50:56:01:{number & 255:02x}:{n:02x}", interface="Ethernet1/1", vlan_id=100
            )
            for n in range(100)
        ),
        uptime_seconds=86_400,
    )


def _port(device: str, number: int, *, speed: int, mode: str, up: bool = True) -> Interface:
    return Interface(
        key=f"{device}/Ethernet1/{number}",
        name=f"Ethernet1/{number}",
        device=device,
        admin_up=True,
        state=InterfaceState.UP if up else InterfaceState.DOWN,
        description=f"port {number}",
        speed_mbps=speed,
        mtu=9216,
        mode=mode,
        trunk_vlans="100-139" if mode == "trunk" else None,
        input_errors=0,
        last_change=_THEN,
    )
