"""A host's networking: physical adapters, virtual switches, VMkernel adapters, port groups."""

from __future__ import annotations

from typing import Any

from collectors.vmware.reply import Properties
from collectors.vmware.surroundings import PortGroupPolicy
from collectors.vmware.values import flag, integer, many, record, text, texts
from models.kinds.host import KernelAdapter, PhysicalNic, VirtualSwitch

_TRUNK = 4095  # on a standard port group, all VLANs


def parse_physical_nics(value: Any) -> tuple[PhysicalNic, ...] | None:
    """Return the adapters by name; None where the host did not say."""
    if value is None:
        return None
    found = [_physical(record(item)) for item in many(value)]
    return tuple(sorted(found, key=lambda nic: nic.name))


def _physical(item: Properties) -> PhysicalNic:
    return PhysicalNic(
        name=text(item.get("device")) or "",
        mac=text(item.get("mac")),
        driver=text(item.get("driver")),
        speed_mbps=integer(record(item.get("linkSpeed")).get("speedMb")),
    )


def parse_virtual_switches(standard: Any, distributed: Any) -> tuple[VirtualSwitch, ...] | None:
    """Return both sorts of switch on the host by name; None where it did not say."""
    if standard is None and distributed is None:
        return None
    found = [_switch(record(item), "name", "standard") for item in many(standard)]
    found += [_switch(record(item), "dvsName", "distributed") for item in many(distributed)]
    return tuple(sorted(found, key=lambda switch: (switch.name, switch.type)))


def _switch(item: Properties, name: str, kind: str) -> VirtualSwitch:
    # pnic holds keys such as key-vim.host.PhysicalNic-vmnic0.
    uplinks = (key.rpartition("-")[2] for key in texts(item.get("pnic")))
    return VirtualSwitch(
        name=text(item.get(name)) or "",
        type=kind,
        uplinks=tuple(sorted(uplinks)),
        mtu=integer(item.get("mtu")),
    )


def parse_kernel_adapters(
    value: Any, port_groups: dict[str, str]
) -> tuple[KernelAdapter, ...] | None:
    """Return the VMkernel adapters by name; None where the host did not say."""
    if value is None:
        return None
    found = [_kernel(record(item), port_groups) for item in many(value)]
    return tuple(sorted(found, key=lambda adapter: adapter.name))


def _kernel(item: Properties, port_groups: dict[str, str]) -> KernelAdapter:
    spec = record(item.get("spec"))
    key = text(record(spec.get("distributedVirtualPort")).get("portgroupKey"))
    return KernelAdapter(
        name=text(item.get("device")) or "",
        port_group=text(item.get("portgroup")) or (port_groups.get(key, key) if key else None),
        ip_address=text(record(spec.get("ip")).get("ipAddress")),
        mac=text(spec.get("mac")),
        mtu=integer(spec.get("mtu")),
    )


def parse_port_groups(value: Any) -> dict[str, PortGroupPolicy]:
    """Return what the host says of its standard port groups, by their name."""
    found = {}
    for item in map(record, many(value)):
        spec = record(item.get("spec"))
        if name := text(spec.get("name")):
            found[name] = _policy(spec, record(item.get("computedPolicy") or spec.get("policy")))
    return found


def _policy(spec: Properties, policy: Properties) -> PortGroupPolicy:
    security = record(policy.get("security"))
    order = record(record(policy.get("nicTeaming")).get("nicOrder"))
    return PortGroupPolicy(
        vlan=_vlan(integer(spec.get("vlanId"))),
        active_uplinks=texts(order.get("activeNic")),
        standby_uplinks=texts(order.get("standbyNic")),
        promiscuous=flag(security.get("allowPromiscuous")),
        forged_transmits=flag(security.get("forgedTransmits")),
        mac_changes=flag(security.get("macChanges")),
    )


def _vlan(number: int | None) -> str | None:
    return "0-4094" if number == _TRUNK else None if number is None else str(number)
