"""What a vCenter brings along: alarm definitions, licences, advanced settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from deployments.practice.site.draw import Draw
from deployments.practice.site.records import Alarm, Licence, TriggeredAlarm

ALARMS = tuple(
    Alarm(
        moid=f"alarm-{number}",
        name=name,
        description=description,
        entity_type=entity,
        enabled=enabled,
    )
    for number, name, description, entity, enabled in (
        (
            1,
            "Host connection and power state",
            "Monitors host connection and power",
            "HostSystem",
            True,
        ),
        (6, "Host CPU usage", "Monitors host CPU usage", "HostSystem", True),
        (7, "Host memory usage", "Monitors host memory usage", "HostSystem", True),
        (8, "Virtual machine CPU usage", "Monitors VM CPU usage", "VirtualMachine", True),
        (10, "Datastore usage on disk", "Monitors datastore disk usage", "Datastore", True),
        (23, "Network uplink redundancy lost", "Monitors uplink redundancy", "HostSystem", True),
        (
            28,
            "Lost storage path redundancy",
            "Monitors storage path redundancy",
            "HostSystem",
            True,
        ),
        (
            31,
            "Virtual machine consolidation needed",
            "Monitors delta disks",
            "VirtualMachine",
            True,
        ),
        (44, "Certificate status", "Monitors vCenter certificates", "Folder", True),
        (
            52,
            "vSphere HA failover resources",
            "Monitors HA capacity",
            "ClusterComputeResource",
            True,
        ),
        (61, "Host hardware fan status", "Monitors fans", "HostSystem", False),
    )
)

SETTINGS: Mapping[str, str] = {
    "VirtualCenter.InstanceName": "vc1.example.net",
    "VirtualCenter.FQDN": "vc1.example.net",
    "VirtualCenter.ManagedIP": "10.16.0.30",
    "instance.id": "42",
    "config.vpxd.certmgmt.mode": "vmca",
    "vpxd.certmgmt.certs.hardThreshold": "30",
    "vpxd.certmgmt.certs.softThreshold": "240",
    "vpxd.certmgmt.certs.pollIntervalDays": "5",
    "config.log.level": "info",
    "mail.smtp.server": "smtp.example.net",
    "mail.smtp.port": "25",
    "mail.sender": "vcenter@example.net",
    "event.maxAge": "30",
    "task.maxAge": "30",
    "VirtualCenter.MaxDBConnection": "50",
}


def licences(draw: Draw, host_count: int) -> tuple[Licence, ...]:
    """Return the licences: one in use, one for vCenter, and the evaluation that is to be found."""

    def key() -> str:
        return "-".join(draw.serial(5) for _ in range(5))

    return (
        Licence(
            key=key(),
            name="VMware vSphere 8 Enterprise Plus",
            edition="esx.enterprisePlus.cpuPackageCoreLimited",
            unit="cpuPackage",
            total=2 * host_count + 8,
            used=2 * (host_count - 1),
            expires_at=None,
        ),
        Licence(
            key=key(),
            name="VMware vCenter Server 8 Standard",
            edition="vc.standard.instance",
            unit="server",
            total=1,
            used=1,
            expires_at=draw.anchor + timedelta(days=410),
        ),
        Licence(
            key="00000-00000-00000-00000-00000",
            name="Product Evaluation",
            edition="eval",
            unit="",
            total=0,
            used=1,
            expires_at=draw.anchor + timedelta(days=11),
        ),
    )


# Which planted fault raises which alarm, and how badly.
RAISED = (
    ("datastore_full", "alarm-10", "red"),
    ("datastore_filling", "alarm-10", "yellow"),
    ("single_uplink", "alarm-23", "red"),
    ("single_path", "alarm-28", "red"),
    ("consolidation_needed", "alarm-31", "yellow"),
    ("n_plus_1", "alarm-52", "red"),
)


def triggered(draw: Draw, planted: Mapping[str, tuple[str, ...]]) -> tuple[TriggeredAlarm, ...]:
    """Return the alarms that the planted faults raise, and the certificate's on the root."""
    raised = [
        TriggeredAlarm(
            alarm=alarm, entity=entity, status=status, at=draw.ago(1, 9), acknowledged=False
        )
        for fault, alarm, status in RAISED
        for entity in planted.get(fault, ())
    ]
    certificate = TriggeredAlarm(
        alarm="alarm-44", entity="group-d1", status="yellow", at=draw.ago(2, 5), acknowledged=True
    )
    return (*raised, certificate)
