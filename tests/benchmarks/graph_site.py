"""A large site in memory, its three sources in agreement: machines, pods, switches."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from models.kinds import KINDS
from models.kinds.common import PowerState
from models.kinds.datastore import Datastore
from models.kinds.device import ArpEntry, Device, MacEntry, Neighbour
from models.kinds.host import ConnectionState, Host, PhysicalNic, VirtualSwitch
from models.kinds.interface import Interface
from models.kinds.kubernetes.cluster import KubernetesCluster
from models.kinds.kubernetes.common import Selector
from models.kinds.kubernetes.namespace import Namespace
from models.kinds.kubernetes.node import Node
from models.kinds.kubernetes.pod import Pod
from models.kinds.kubernetes.policies import PodDisruptionBudget
from models.kinds.kubernetes.storage import PersistentVolume
from models.kinds.kubernetes.traffic import NetworkPolicy, Service
from models.kinds.network import Network, NetworkType
from models.kinds.vlan import Vlan
from models.kinds.vm import Nic, Vm

COVERED = tuple(KINDS)
_VLANS = 50
_NAMESPACES = 40  # the first holds half of all pods
_STORES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much there is; a host has two uplinks, each to a port of a switch."""

    vms: int = 10_000
    hosts: int = 300
    nodes: int = 200
    pods: int = 20_000
    devices: int = 200
    ports: int = 50


def site(sizes: Sizes) -> dict[str, list[Any]]:
    """Return the records of each source."""
    return {
        "vc1": list(_virtual(sizes)),
        "network": list(_network(sizes)),
        "k1": list(_kubernetes(sizes)),
    }


def _bios(number: int) -> str:
    return str(uuid.UUID(int=(0x4206 << 112) + number))


def _mac(family: int, number: int) -> str:
    return ":".join(f"{part:02x}" for part in (0, 0x50, family, *number.to_bytes(3, "big")))


def _port(device: int, port: int) -> str:
    return f"sw{device:03}/Ethernet1/{port}"


def _place(host: int, uplink: int, sizes: Sizes) -> tuple[int, int]:
    """Return the device and port that a host's uplink is in; two ports lead to other devices."""
    slot = host * 2 + uplink
    return slot % sizes.devices, 3 + slot // sizes.devices


def _virtual(sizes: Sizes) -> Iterator[Any]:
    for number in range(_STORES):
        yield Datastore(key=f"datastore-{number}", name=f"ds-{number}", capacity_mib=1)
    for number in range(_VLANS):
        yield Network(
            key=f"network-{number}",
            name=f"pg-{number}",
            type=NetworkType.STANDARD,
            vlan=str(100 + number),
            active_uplinks=("vmnic0", "vmnic1"),
        )
    stores = tuple(f"datastore-{number}" for number in range(_STORES))
    networks = tuple(f"network-{number}" for number in range(_VLANS))
    for number in range(sizes.hosts):
        yield Host(
            key=f"host-{number}",
            name=f"esx{number:03}.example",
            connection_state=ConnectionState.CONNECTED,
            physical_nics=tuple(
                PhysicalNic(name=f"vmnic{nic}", mac=_mac(0x10 + nic, number)) for nic in range(2)
            ),
            virtual_switches=(
                VirtualSwitch(name="vSwitch0", type="standard", uplinks=("vmnic0", "vmnic1")),
            ),
            datastores=stores,
            networks=networks,
        )
    for number in range(sizes.vms):
        network = f"network-{number % _VLANS}"
        yield Vm(
            key=f"5012-{number}",
            name=f"vm-{number:05}",
            moid=f"vm-{number}",
            power_state=PowerState.ON,
            bios_uuid=_bios(number),
            host=f"host-{number % sizes.hosts}",
            ip_addresses=(_address(number),),
            datastores=(stores[number % _STORES],),
            networks=(network,),
            nics=(
                Nic(
                    key="4000",
                    label="nic",
                    type="vmxnet3",
                    mac=_mac(0x56, number),
                    network=network,
                    connected=True,
                    ip_addresses=(_address(number),),
                ),
            ),
        )


def _address(number: int) -> str:
    return f"10.1.{number // 250}.{number % 250 + 1}"


def _network(sizes: Sizes) -> Iterator[Any]:
    heard = _heard(sizes)
    for number in range(sizes.devices):
        yield Device(
            key=f"sw{number:03}",
            name=f"sw{number:03}",
            address=f"10.0.{number // 250}.{number % 250 + 1}",
            platform="arista_eos",
            base_mac=_mac(0xAA, number),
            neighbours=tuple(heard[number][0]),
            mac_table=tuple(heard[number][1]),
            arp=tuple(
                ArpEntry(ip_address=_address(vm), mac=_mac(0x56, vm))
                for vm in range(number, sizes.vms, sizes.devices)
            ),
        )
        for port in range(1, sizes.ports + 1):
            yield Interface(
                key=_port(number, port),
                name=f"Ethernet1/{port}",
                device=f"sw{number:03}",
                vlan=f"/{100 + port % _VLANS}",
            )
    for number in range(_VLANS):
        yield Vlan(
            key=f"/{100 + number}",
            name=f"vlan-{100 + number}",
            vlan_id=100 + number,
            devices=tuple(f"sw{device:03}" for device in range(sizes.devices)),
        )


def _heard(sizes: Sizes) -> list[tuple[list[Neighbour], list[MacEntry]]]:
    found: list[tuple[list[Neighbour], list[MacEntry]]] = [([], []) for _ in range(sizes.devices)]
    for number in range(sizes.devices):
        after = (number + 1) % sizes.devices
        for here, port, there, far in ((number, 1, after, 2), (after, 2, number, 1)):
            found[here][0].append(
                Neighbour(
                    interface=f"Ethernet1/{port}",
                    protocol="lldp",
                    system_name=f"sw{there:03}",
                    port=f"Et1/{far}",
                    chassis_id=_mac(0xAA, there),
                )
            )
    for host in range(sizes.hosts):
        for uplink in range(2):
            device, port = _place(host, uplink, sizes)
            found[device][0].append(
                Neighbour(
                    interface=f"Ethernet1/{port}",
                    protocol="lldp",
                    system_name=f"esx{host:03}.example",
                    port=_mac(0x10 + uplink, host),
                    port_description=f"vmnic{uplink}",
                )
            )
    for vm in range(sizes.vms):
        device, port = _place(vm % sizes.hosts, vm % 2, sizes)
        found[device][1].append(MacEntry(mac=_mac(0x56, vm), interface=f"Ethernet1/{port}"))
    return found


def _kubernetes(sizes: Sizes) -> Iterator[Any]:
    yield KubernetesCluster(key="k", name="prod", server="https://k.example")
    for number in range(_NAMESPACES):
        name = f"ns-{number}"
        yield Namespace(key=name, name=name, cluster="prod", cluster_id="k")
        yield NetworkPolicy(
            key=f"{name}/all",
            name="all",
            cluster="prod",
            namespace=name,
            namespace_id=name,
            selector=Selector(),
        )
    for number in range(sizes.nodes):
        yield Node(
            key=f"node-{number}",
            name=f"node-{number}",
            cluster="prod",
            cluster_id="k",
            system_uuid=_bios(number),
            ip_addresses=(_address(number),),
        )
        yield PersistentVolume(
            key=f"pv-{number}",
            name=f"pv-{number}",
            cluster="prod",
            cluster_id="k",
            backend="vsphere",
            path=f"[ds-{number % _STORES}] kubevols/{number}.vmdk",
        )
    for number in range(sizes.pods // 10):
        name = f"app-{number}"
        common: dict[str, Any] = {
            "key": name,
            "name": name,
            "cluster": "prod",
            "namespace": _namespace(number),
            "namespace_id": _namespace(number),
        }
        yield Service(**common, selector=(("app", name),))
        yield PodDisruptionBudget(**common, selector=Selector(labels=(("app", name),)))
        for pod in range(10):
            yield Pod(
                **{**common, "key": f"{name}-{pod}", "name": f"{name}-{pod}"},
                node=f"node-{(number * 10 + pod) % sizes.nodes}",
                labels=(("app", name), ("pod-template-hash", f"h{number}"), ("tier", "web")),
            )


def _namespace(number: int) -> str:
    return f"ns-{0 if number % 2 else number // 2 % _NAMESPACES}"
