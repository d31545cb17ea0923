"""Every kind of managed object with its properties; a kind that is not here shows none."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from deployments.practice.site.records import Host
from deployments.practice.vcenter.certificate import VALID_DAYS
from deployments.practice.vcenter.show_cluster import CLUSTER, POOL
from deployments.practice.vcenter.show_common import Show
from deployments.practice.vcenter.show_host import HOST, config
from deployments.practice.vcenter.show_network import DVSWITCH, NETWORK, PORTGROUP
from deployments.practice.vcenter.show_service import SERVICE
from deployments.practice.vcenter.show_session import OF_SESSIONS
from deployments.practice.vcenter.show_store import DATASTORE
from deployments.practice.vcenter.show_vm import VM
from deployments.practice.vcenter.types import data, reference, vim
from deployments.practice.vcenter.world import Entity, World


def _of_host(name: str) -> Show:
    """Return how a host's subsystem shows a part of the host's configuration."""

    def show(world: World, entity: Entity) -> Any:
        shown = config(world, world.entities[entity.record])
        return getattr(shown, name) if shown else None

    return show


def _certificate(world: World, entity: Entity) -> Any:
    host: Host = world.record(entity.record)
    return data(
        vim.host.CertificateManager.CertificateInfo,
        subject=f"O=VMware Engineering,CN={host.name}",
        issuer="O=VMware Engineering,CN=CA",
        notBefore=host.certificate_ends_at - timedelta(days=VALID_DAYS),
        notAfter=host.certificate_ends_at,
        status="good",
    )


SHOWN: dict[str, dict[str, Show]] = {
    **SERVICE,
    **OF_SESSIONS,
    "VirtualMachine": VM,
    "HostSystem": HOST,
    "ClusterComputeResource": CLUSTER,
    "ResourcePool": POOL,
    "Datastore": DATASTORE,
    "Network": NETWORK,
    "DistributedVirtualPortgroup": PORTGROUP,
    "VmwareDistributedVirtualSwitch": DVSWITCH,
    "HostDateTimeSystem": {"dateTimeInfo": _of_host("dateTimeInfo")},
    "HostServiceSystem": {"serviceInfo": _of_host("service")},
    "HostNetworkSystem": {
        "networkInfo": _of_host("network"),
        "dnsConfig": lambda world, e: getattr(_of_host("network")(world, e), "dnsConfig", None),
    },
    "HostStorageSystem": {
        "storageDeviceInfo": _of_host("storageDevice"),
        "systemFile": lambda _w, _e: [],
    },
    "HostVirtualNicManager": {"info": _of_host("virtualNicManagerInfo")},
    "HostFirewallSystem": {"firewallInfo": _of_host("firewall")},
    "HostCertificateManager": {"certificateInfo": _certificate},
    "VirtualMachineSnapshot": {"vm": lambda _, e: reference("VirtualMachine", e.record[0])},
    "HostPowerSystem": {"info": _of_host("powerSystemInfo")},
}


def show(world: World, entity: Entity, name: str) -> Any:
    """Return the value of a property by its first name; none where it is unset."""
    shown = SHOWN.get(entity.kind, {}).get(name)
    return shown(world, entity) if shown else None


def shown_names(kind: str) -> tuple[str, ...]:
    """Return the properties that objects of a kind have values for."""
    return tuple(SHOWN.get(kind, ()))
