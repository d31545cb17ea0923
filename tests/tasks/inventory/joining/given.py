"""Records of sources as joins read them, and small sites: name only what matters."""

from __future__ import annotations

from typing import Any

import msgspec

from models.kinds import kind_of
from models.kinds.device import Device, MacEntry, Neighbour
from models.kinds.host import PhysicalNic
from models.kinds.interface import Interface
from models.kinds.kubernetes.node import Node
from models.kinds.kubernetes.pod import Pod
from models.kinds.kubernetes.storage import PersistentVolume
from models.kinds.network import Network, NetworkType
from models.kinds.vlan import Vlan
from models.kinds.vm import Nic
from models.records.asset import asset_id, observe
from models.records.graph import Join
from tasks.inventory.joining import find_joins
from tasks.inventory.joining.records import Inputs, read_inputs
from tests.builders import a_host, a_vm

NIC = "00:50:56:01:00:01"


def inputs(**sources: list[Any]) -> Inputs:
    """Return the records of sources as they are read back from the store."""
    rows: dict[str, list[str]] = {}
    for source, records in sources.items():
        for record in records:
            seen = observe(source, record)
            fields = msgspec.json.decode(seen.attributes) | msgspec.json.decode(seen.volatile)
            fields |= {"id": seen.asset_id, "source": source}
            rows.setdefault(seen.kind, []).append(msgspec.json.encode(fields).decode())
    return read_inputs(rows)


def joins(**sources: list[Any]) -> dict[tuple[str, str], Join]:
    """Return the joins by the keys of both ends."""
    keys = {
        asset_id(source, kind_of(record).name, record.key): record.key
        for source, records in sources.items()
        for record in records
    }
    return {(keys[join.from_id], keys[join.to_id]): join for join in find_joins(inputs(**sources))}


def sureness(**sources: list[Any]) -> dict[tuple[str, str], float]:
    """Return how sure each join is, by the keys of both ends."""
    return {ends: join.confidence for ends, join in joins(**sources).items()}


def a_node(number: int = 1, **changes: Any) -> Node:
    values = {"key": f"node-{number}", "name": f"worker-{number}", "cluster": "prod"}
    return Node(**{**values, **changes})


def a_machine(number: int = 1, **changes: Any) -> Any:
    return a_vm(number, **{"key": f"vm-{number}", "datastores": (), **changes})


def a_nic(mac: str | None, *addresses: str) -> Nic:
    return Nic(
        key="4000",
        label="Network adapter 1",
        type="vmxnet3",
        mac=mac,
        network=None,
        connected=True,
        ip_addresses=addresses,
    )


def a_server(number: int = 1, **changes: Any) -> Any:
    nics = tuple(
        PhysicalNic(name=f"vmnic{nic}", mac=f"00:25:b5:00:{number:02x}:{nic:02x}")
        for nic in range(2)
    )
    return a_host(number, **{"physical_nics": nics, "cluster": None, **changes})


def a_device(number: int = 1, **changes: Any) -> Device:
    values = {
        "key": f"sw{number}",
        "name": f"sw{number}",
        "address": f"10.0.0.{number}",
        "platform": "arista_eos",
        "base_mac": f"00:1c:73:00:00:{number:02x}",
    }
    return Device(**{**values, **changes})


def a_port(device: str, name: str, **changes: Any) -> Interface:
    return Interface(**{"key": f"{device}/{name}", "name": name, "device": device, **changes})


def heard(interface: str, **said: Any) -> Neighbour:
    return Neighbour(**{"interface": interface, "protocol": "lldp", **said})


def learned(mac: str, interface: str) -> MacEntry:
    return MacEntry(mac=mac, interface=interface, vlan_id=10)


def a_network(number: int = 1, **changes: Any) -> Network:
    values = {"key": f"network-{number}", "name": f"pg-{number}", "type": NetworkType.STANDARD}
    return Network(**{**values, **changes})


def a_vlan(vlan_id: int, *devices: str, site: str = "") -> Vlan:
    name = f"vlan-{vlan_id}"
    return Vlan(key=f"{site}/{vlan_id}", name=name, vlan_id=vlan_id, site=site, devices=devices)


def a_volume(number: int = 1, **changes: Any) -> PersistentVolume:
    values = {"key": f"pv-{number}", "name": f"pv-{number}", "cluster": "prod"}
    return PersistentVolume(**{**values, **changes})


def a_pod(name: str, namespace: str = "shop", **labels: str) -> Pod:
    pairs = tuple(sorted(labels.items()))
    return Pod(key=name, name=name, cluster="prod", namespace=namespace, labels=pairs)
