"""Which VMs are nodes, and what a node says of itself that leads back to its VM."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from deployments.practice.site.kubernetes_draft import KubeDraft
from deployments.practice.site.kubernetes_records import KubeNode
from deployments.practice.site.records import VirtualMachine

PODS_PER_NODE = 80  # of the 110 that a kubelet takes
NO_UUID = "00000000-0000-0000-0000-000000000000"
ODD = 5  # from that many nodes on, each oddity has a node of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A VM that may become a node, with where it is."""

    vm: VirtualMachine
    datacenter: str
    environment: str


def suitable(machine: Machine) -> bool:
    """Return whether a VM may be a node: it runs Linux, is on and shows an address."""
    vm = machine.vm
    linux = "Windows" not in vm.guest_os
    addressed = bool(vm.nics and vm.nics[0].addresses)
    return linux and addressed and vm.power == "poweredOn" and not vm.template


def choose(
    machines: list[Machine], datacenter: str, environment: str, count: int
) -> list[VirtualMachine]:
    """Take the VMs that suit a cluster best: named for it, of its environment, of its place."""

    def distance(machine: Machine) -> tuple[bool, bool, bool]:
        return (
            machine.datacenter != datacenter,
            "k8s-" not in machine.vm.name,
            machine.environment != environment,
        )

    chosen = sorted(machines, key=distance)[:count]
    for machine in chosen:
        machines.remove(machine)
    return sorted((machine.vm for machine in chosen), key=lambda vm: "k8s-cp-" not in vm.name)


def add_nodes(draft: KubeDraft, vms: list[VirtualMachine], version: str) -> None:
    """Make nodes of VMs; the first ones run the control plane."""
    planes = 3 if len(vms) > ODD else 1
    draft.nodes = [_node(draft, vm, version, number < planes) for number, vm in enumerate(vms)]
    _plant(draft, planes)


def _node(draft: KubeDraft, vm: VirtualMachine, version: str, plane: bool) -> KubeNode:  # noqa: FBT001
    return KubeNode(
        name=vm.name,
        vm=vm.moid,
        address=vm.nics[0].addresses[0],
        control_plane=plane,
        system_uuid=vm.bios_uuid,
        provider_id=f"vsphere://{vm.instance_uuid}" if draft.draw.chance(0.6) else None,
        kubelet=version,
        os_image=vm.guest_os.removesuffix(" (64-bit)"),
        cpu_count=max(4, vm.cpu_count),
        memory_mib=vm.memory_mib,
        created_at=max(vm.created_at, draft.draw.ago(60, 500)),
    )


def swapped(uuid: str) -> str:
    """Return a UUID with the bytes of its first three groups turned round, as some firmware does.

    Source: SMBIOS specification 2.6 and later, section on the system UUID.
    """
    first, second, third, *rest = uuid.split("-")
    return "-".join([*(_reversed(group) for group in (first, second, third)), *rest])


def _reversed(group: str) -> str:
    return bytes.fromhex(group)[::-1].hex()


def _plant(draft: KubeDraft, planes: int) -> None:
    """Give the last workers their oddities: of identity first, then of health."""
    for number, (fault, values) in zip(
        range(len(draft.nodes) - 1, planes, -1), _oddities(draft), strict=False
    ):
        node = draft.nodes[number]
        if fault == "node_uuid_swapped":
            node = replace(node, system_uuid=swapped(node.system_uuid), provider_id=None)
        draft.nodes[number] = replace(node, **values)
        draft.plant(fault, "Node", node.name)


def _oddities(draft: KubeDraft) -> Iterator[tuple[str, dict[str, Any]]]:
    if draft.environment != "prod":
        yield "node_not_ready", {"ready": False}
        yield "node_old_kubelet", {"kubelet": "v1.29.14"}
        return
    yield "node_uuid_swapped", {}
    yield "node_by_address_only", {"system_uuid": NO_UUID, "provider_id": None}
    yield "node_cordoned", {"cordoned": True}
    yield "node_pressured", {"pressure": "DiskPressure"}
