"""Virtual devices: the disks and network adapters among a machine's hardware."""

from __future__ import annotations

from typing import Any

from collectors.vmware.reply import Properties
from collectors.vmware.values import KIB_PER_MIB, MIB, amount, flag, integer, record, text, texts
from models.kinds.vm import Disk, Nic


def parse_disks(devices: list[Properties]) -> tuple[Disk, ...]:
    """Return the disks in the order of their keys."""
    labels = {text(device.get("key")): _label(device) for device in devices}
    disks = [_disk(device, labels) for device in devices if "capacityInKB" in device]
    return tuple(sorted(disks, key=_number))


def parse_nics(
    devices: list[Properties], reported: list[Any], port_groups: dict[str, str]
) -> tuple[Nic, ...]:
    """Return the adapters in the order of their keys, with what the guest reports for their MAC.

    Args:
        devices: The machine's virtual devices.
        reported: `guest.net`, one entry an adapter as the guest sees it.
        port_groups: Managed object ids by the key of a distributed or opaque network.
    """
    addresses: dict[str, set[str]] = {}
    for entry in map(record, reported):
        mac = (text(entry.get("macAddress")) or "").lower()
        addresses.setdefault(mac, set()).update(texts(entry.get("ipAddress")))
    nics = [_nic(one, addresses, port_groups) for one in devices if "macAddress" in one]
    return tuple(sorted(nics, key=_number))


def _number(device: Disk | Nic) -> int:
    return integer(device.key) or 0


def _label(device: Properties) -> str:
    return text(record(device.get("deviceInfo")).get("label")) or text(device.get("key")) or ""


def _disk(device: Properties, labels: dict[str | None, str]) -> Disk:
    backing = record(device.get("backing"))
    size = amount(device.get("capacityInBytes"), MIB)
    # capacityInBytes came with vSphere 5.5 and is left out by some servers.
    kib = amount(device.get("capacityInKB"), KIB_PER_MIB) or 0
    return Disk(
        key=text(device.get("key")) or "",
        label=_label(device),
        capacity_mib=kib if size is None else size,
        thin=flag(backing.get("thinProvisioned")),
        mode=text(backing.get("diskMode")),
        controller=_slot(device, labels),
        path=text(backing.get("fileName")),
        datastore=text(backing.get("datastore")),
    )


def _slot(device: Properties, labels: dict[str | None, str]) -> str | None:
    controller = labels.get(text(device.get("controllerKey")))
    unit = text(device.get("unitNumber"))
    return f"{controller}:{unit}" if controller and unit else controller


def _nic(device: Properties, addresses: dict[str, set[str]], port_groups: dict[str, str]) -> Nic:
    mac = (text(device.get("macAddress")) or "").lower()
    found = addresses.get(mac, set())
    return Nic(
        key=text(device.get("key")) or "",
        label=_label(device),
        type=device.get("xsi:type", "").removeprefix("Virtual").lower(),
        mac=mac or None,
        network=_network(record(device.get("backing")), port_groups),
        connected=flag(record(device.get("connectable")).get("connected")) or False,
        ip_addresses=tuple(sorted(found, key=lambda address: (":" in address, address))),
    )


def _network(backing: Properties, port_groups: dict[str, str]) -> str | None:
    port = record(backing.get("port"))
    key = text(port.get("portgroupKey")) or text(backing.get("opaqueNetworkId"))
    return port_groups.get(key, key) if key else text(backing.get("network"))
