"""Each check on a site where one thing is wrong: what it finds, and what it cannot know."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.kinds.common import Health, PowerState
from models.kinds.host import ConnectionState, PhysicalNic, StoragePaths, VirtualSwitch
from models.kinds.network import NetworkType
from models.kinds.vcenter import Licence
from models.kinds.vm import ToolsState, Volume
from models.records.check import Severity
from tasks.inventory.checks import CHECKS
from tasks.inventory.checks.domains import VSPHERE
from tests.tasks.inventory.checks.site import (
    NOW,
    ago,
    ahead,
    alarm,
    cluster,
    datastore,
    evaluate,
    healthy_site,
    host,
    network,
    nic,
    snapshot,
    vcenter,
    vm,
)

OFF = PowerState.OFF
LINK_UP = PhysicalNic(name="vmnic0", mac=None, speed_mbps=10_000)
LINK_DOWN = PhysicalNic(name="vmnic1", mac=None, speed_mbps=None)
ONE_UPLINK = VirtualSwitch(name="vSwitch0", type="standard", uplinks=("vmnic0",))
NO_UPLINK = VirtualSwitch(name="internal", type="standard", uplinks=())
LICENCE = Licence(name="vSphere 8", masked_key="*-AAAAA", total=64, used=32)


def test_a_healthy_site_has_nothing_but_ok_and_every_check_speaks():
    results = evaluate(healthy_site())

    assert [result for result in results if result.result is not Severity.OK] == []
    assert {result.check for result in results} == {
        check.id for check in CHECKS.values() if check.domain is VSPHERE
    }


FINDINGS = {
    "VM-04": [
        ("a snapshot of today is for information", vm(snapshots=(snapshot(0.5),)), "info"),
        ("one just under 7 days too", vm(snapshots=(snapshot(6.99),)), "info"),
        ("of exactly 7 days warns", vm(snapshots=(snapshot(7),)), "warn"),
        ("just under 14 days warns", vm(snapshots=(snapshot(13.99),)), "warn"),
        ("of exactly 14 days is critical", vm(snapshots=(snapshot(14),)), "crit"),
        (
            "a child that is older than its parent counts",
            vm(snapshots=(snapshot(1), snapshot(20, key="s2", parent="s1"))),
            "crit",
        ),
        ("one without a date is unknown", vm(snapshots=(snapshot(None),)), "unknown"),
        (
            "one without a date hides what it may be",
            vm(snapshots=(snapshot(8), snapshot(None, key="s2"))),
            "unknown",
        ),
        (
            "an old one decides whatever the other is",
            vm(snapshots=(snapshot(15), snapshot(None, key="s2"))),
            "crit",
        ),
        ("counted but not listed is unknown", vm(snapshot_count=2), "unknown"),
        ("a template's snapshots count", vm(template=True, snapshots=(snapshot(9),)), "warn"),
    ],
    "VM-05": [
        ("needed", vm(consolidation_needed=True), "warn"),
        ("not said", vm(consolidation_needed=None), "unknown"),
    ],
    "VM-07": [
        ("old", vm(tools_state=ToolsState.OLD), "warn"),
        ("stopped", vm(tools_state=ToolsState.NOT_RUNNING), "warn"),
        ("missing", vm(tools_state=ToolsState.NOT_INSTALLED), "warn"),
        ("not said", vm(tools_state=ToolsState.UNKNOWN), "unknown"),
        ("of a machine that is off", vm(tools_state=ToolsState.OLD, power_state=OFF), None),
        ("of a template", vm(tools_state=ToolsState.OLD, template=True), None),
    ],
    "VM-08": [
        (
            "a tenth free is enough",
            vm(guest_volumes=(Volume(path="/", capacity_mib=100, free_mib=10),)),
            "ok",
        ),
        (
            "less warns",
            vm(guest_volumes=(Volume(path="/", capacity_mib=1000, free_mib=99),)),
            "warn",
        ),
        (
            "a twentieth still warns",
            vm(guest_volumes=(Volume(path="/", capacity_mib=100, free_mib=5),)),
            "warn",
        ),
        (
            "less is critical",
            vm(guest_volumes=(Volume(path="/", capacity_mib=1000, free_mib=49),)),
            "crit",
        ),
        (
            "volumes of size 0 say nothing",
            vm(guest_volumes=(Volume(path="/", capacity_mib=0, free_mib=0),)),
            "unknown",
        ),
        ("no report", vm(guest_volumes=()), "unknown"),
    ],
    "VM-09": [
        ("since yesterday is well", vm(power_state=OFF, powered_off_at=ago(1)), "ok"),
        ("since 7 days is for information", vm(power_state=OFF, powered_off_at=ago(7)), "info"),
        ("since 30 days warns", vm(power_state=OFF, powered_off_at=ago(30)), "warn"),
        ("since nobody knows when", vm(power_state=OFF), "unknown"),
        ("not even whether", vm(power_state=PowerState.UNKNOWN), "unknown"),
        ("a template is always off", vm(power_state=OFF, template=True), None),
        ("suspended is not off", vm(power_state=PowerState.SUSPENDED), "ok"),
    ],
    "VM-10": [
        ("orphaned", vm(connection_state="orphaned"), "crit"),
        ("inaccessible", vm(connection_state="inaccessible"), "crit"),
        ("invalid", vm(connection_state="invalid"), "crit"),
        ("its host is away", vm(connection_state="disconnected"), "warn"),
        ("not said", vm(connection_state=None), "unknown"),
    ],
    "VM-17": [
        ("a CPU limit", vm(cpu_limit_mhz=1000), "warn"),
        ("a memory limit", vm(memory_limit_mib=0), "warn"),
        ("a reservation", vm(memory_reservation_mib=1024), "info"),
        ("a reservation of nothing", vm(memory_reservation_mib=0), "ok"),
    ],
    "NW-03": [
        ("unplugged", vm(nics=(nic(connected=False),)), "warn"),
        ("its network is gone", vm(nics=(nic(network=None),)), "warn"),
        (
            "unplugged in a machine that is off",
            vm(power_state=OFF, nics=(nic(connected=False),)),
            None,
        ),
    ],
    "HO-01": [
        ("in maintenance", host(in_maintenance=True), "warn"),
        ("does not respond", host(connection_state=ConnectionState.NOT_RESPONDING), "crit"),
        ("disconnected", host(connection_state=ConnectionState.DISCONNECTED), "crit"),
        ("not said", host(connection_state=ConnectionState.UNKNOWN), "unknown"),
        ("maintenance not said", host(in_maintenance=None), "unknown"),
    ],
    "HO-02": [
        ("off", host(hyperthreading=False), "warn"),
        ("not said", host(hyperthreading=None), "unknown"),
    ],
    "HO-05": [
        ("274 days", host(booted_at=ago(274)), "ok"),
        ("275 days", host(booted_at=ago(275)), "warn"),
        ("365 days", host(booted_at=ago(365)), "crit"),
        ("not said", host(booted_at=None), "unknown"),
    ],
    "HO-07": [
        ("running", host(ssh_running=True), "warn"),
        ("not said", host(ssh_running=None), "unknown"),
    ],
    "HO-09": [
        ("no server", host(ntp_servers=()), "crit"),
        ("stopped", host(ntp_running=False), "crit"),
        ("not automatic", host(ntp_policy="off"), "warn"),
        ("automatic with its port", host(ntp_policy="automatic"), "ok"),
        ("servers not said", host(ntp_servers=None), "unknown"),
        ("state not said", host(ntp_running=None), "unknown"),
        ("policy not said", host(ntp_policy=None), "unknown"),
    ],
    "HO-11": [
        ("one uplink", host(virtual_switches=(ONE_UPLINK,)), "warn"),
        ("a link is down", host(physical_nics=(LINK_UP, LINK_DOWN)), "crit"),
        ("an internal switch", host(virtual_switches=(NO_UPLINK,)), "ok"),
        ("not said", host(virtual_switches=None), "unknown"),
        ("links not said", host(physical_nics=None), "unknown"),
    ],
    "HO-12": [
        ("off", host(lockdown_mode="lockdownDisabled"), "info"),
        ("not said", host(lockdown_mode=None), "unknown"),
    ],
    "HO-16": [("cores not said", host(cpu_cores=None), "unknown")],
    "HO-17": [
        (
            "one path",
            host(storage_paths=(StoragePaths(lun="naa.1", policy=None, active=1),)),
            "warn",
        ),
        (
            "one of two dead",
            host(storage_paths=(StoragePaths(lun="naa.1", policy=None, active=1, dead=1),)),
            "warn",
        ),
        (
            "all dead",
            host(storage_paths=(StoragePaths(lun="naa.1", policy=None, active=0, dead=2),)),
            "crit",
        ),
        (
            "a standby path counts",
            host(storage_paths=(StoragePaths(lun="naa.1", policy=None, active=1, standby=1),)),
            "ok",
        ),
        (
            "a local disk has one",
            host(storage_paths=(StoragePaths(lun="t10", policy=None, active=1, local=True),)),
            "ok",
        ),
        ("not said", host(storage_paths=None), "unknown"),
    ],
    "HO-18": [
        ("in 60 days is well", host(certificate_not_after=ahead(60)), "ok"),
        ("in less warns", host(certificate_not_after=ahead(59.9)), "warn"),
        ("in 14 days warns", host(certificate_not_after=ahead(14)), "warn"),
        ("in less is critical", host(certificate_not_after=ahead(13.9)), "crit"),
        ("at this moment", host(certificate_not_after=NOW), "crit"),
        ("last year", host(certificate_not_after=ago(300)), "crit"),
        ("not said", host(certificate_not_after=None), "unknown"),
    ],
    "HO-19": [
        ("none", host(syslog_target=""), "warn"),
        ("not said", host(syslog_target=None), "unknown"),
    ],
    "HO-21": [
        ("required", host(reboot_required=True), "warn"),
        ("not said", host(reboot_required=None), "unknown"),
    ],
    "HO-23": [
        ("yellow", cluster(triggered_alarms=(alarm(Health.YELLOW),)), "warn"),
        ("red", cluster(triggered_alarms=(alarm(Health.RED),)), "crit"),
        ("acknowledged", cluster(triggered_alarms=(alarm(Health.RED, acknowledged=True),)), "info"),
    ],
    "XX-02": [
        ("one name server", host(dns_servers=("10.0.0.2",)), "info"),
        ("one time server", host(ntp_servers=("ntp1",)), "info"),
        ("no time server is another check's", host(ntp_servers=()), "ok"),
        ("not said", host(dns_servers=None), "unknown"),
    ],
    "CL-01": [
        ("off", cluster(ha_enabled=False), "warn"),
        ("not said", cluster(ha_enabled=None), "unknown"),
    ],
    "CL-02": [
        ("off", cluster(admission_control=False), "warn"),
        ("not said", cluster(admission_control=None), "unknown"),
        ("where HA is off", cluster(ha_enabled=False, admission_control=False), None),
    ],
    "CL-03": [
        ("off", cluster(ha_host_monitoring="disabled"), "warn"),
        ("not said", cluster(ha_host_monitoring=None), "unknown"),
    ],
    "CL-10": [
        ("off", cluster(drs_enabled=False), "warn"),
        ("by hand", cluster(drs_automation="manual"), "info"),
        ("not said", cluster(drs_enabled=None), "unknown"),
        ("level not said", cluster(drs_automation=None), "unknown"),
    ],
    "CL-16": [("one", cluster(config_issues=("no heartbeat datastore",)), "warn")],
    "DS-01": [
        ("74 %", datastore(free_mib=250_001), "ok"),
        ("75 %", datastore(free_mib=250_000), "warn"),
        ("89 %", datastore(free_mib=100_001), "warn"),
        ("90 %", datastore(free_mib=100_000), "crit"),
        ("full", datastore(free_mib=0), "crit"),
        ("free space not said", datastore(free_mib=None), "unknown"),
        ("of no size", datastore(capacity_mib=0, free_mib=0), "unknown"),
    ],
    "DS-03": [
        ("150 %", datastore(uncommitted_mib=1_000_000), "ok"),
        ("more", datastore(uncommitted_mib=1_000_001), "warn"),
        ("not said", datastore(uncommitted_mib=None), "unknown"),
    ],
    "DS-08": [
        ("out of reach", datastore(accessible=False), "crit"),
        ("in maintenance", datastore(maintenance_mode="inMaintenance"), "warn"),
        ("not said", datastore(accessible=None), "unknown"),
    ],
    "NW-02": [
        ("promiscuous", network(promiscuous=True), "warn"),
        ("forged", network(forged_transmits=True), "info"),
        ("not said", network(promiscuous=None), "unknown"),
        ("partly said", network(mac_changes=None), "unknown"),
        ("an uplink group", network(promiscuous=True, uplink=True), None),
        ("somebody else's network", network(promiscuous=None, type=NetworkType.OPAQUE), None),
    ],
    "VC-02": [
        ("not permitted", vcenter(licences=None), "unknown"),
        ("none listed", vcenter(licences=()), "unknown"),
        ("for evaluation", vcenter(licences=(replace(LICENCE, evaluation=True),)), "warn"),
        ("more used than bought", vcenter(licences=(replace(LICENCE, used=65),)), "warn"),
        ("without limit", vcenter(licences=(replace(LICENCE, total=0, used=65),)), "ok"),
        ("ends soon", vcenter(licences=(replace(LICENCE, expires_at=ahead(30)),)), "warn"),
        ("ends now", vcenter(licences=(replace(LICENCE, expires_at=ahead(3)),)), "crit"),
        ("ended", vcenter(licences=(replace(LICENCE, expires_at=NOW),)), "crit"),
    ],
    "VC-06": [
        ("in 59 days", vcenter(certificate_not_after=ahead(59)), "warn"),
        ("in 13 days", vcenter(certificate_not_after=ahead(13)), "crit"),
        ("not seen", vcenter(certificate_not_after=None), "unknown"),
    ],
}


@pytest.mark.parametrize(
    ("check", "record", "expected"),
    [
        pytest.param(check, record, expected, id=f"{check} {sentence}")
        for check, rows in FINDINGS.items()
        for sentence, record, expected in rows
    ],
)
def test_what_a_check_says(check, record, expected):
    found = [result for result in evaluate([record]) if result.check == check]

    assert [result.result for result in found] == ([expected] if expected else [])
