"""Against the practice vCenter: what is read, how exactly, and in how many calls."""

import ipaddress
from datetime import UTC, datetime, timedelta

import pytest

from collectors.vmware.reading import COVERED
from deployments.practice.site import CANARY_SECRETS
from deployments.practice.vcenter.server import PracticeVCenter
from models.errors import ConfigurationError
from models.kinds import KINDS
from models.kinds.common import PowerState
from models.kinds.network import NetworkType
from models.records.asset import Gap, observe


@pytest.fixture(scope="module")
def quiet(small_practice_site):
    """A vCenter that the tests here only read."""
    with PracticeVCenter(small_practice_site) as vcenter:
        yield vcenter


@pytest.fixture
def collected(collect, quiet, collector_of):
    """Everything that the read-only account sees."""
    return collect(collector_of(quiet))


def test_every_kind_is_read_and_covered(collect, quiet, collector_of, small_practice_site):
    collector = collector_of(quiet)

    records, _ = collect(collector)

    site = small_practice_site
    counts = {name: len(found) for name, found in records.items() if found}
    assert counts == {
        "vcenter": 1,
        "datacenter": len(site.datacenters),
        "cluster": len(site.clusters),
        "resource_pool": len(site.pools),
        "host": len(site.hosts),
        "vm": len(site.vms),
        "datastore": len(site.datastores),
        "network": len(site.networks),
        "distributed_switch": len(site.dvswitches),
    }
    assert collector.covered() == COVERED


def test_machines_are_what_the_site_says_they_are(collected, small_practice_site):
    vms = collected[0]["vm"]

    for vm in small_practice_site.vms:
        seen = vms[vm.instance_uuid]
        assert (seen.name, seen.moid, seen.host) == (vm.name, vm.moid, vm.host)
        assert (seen.cpu_count, seen.memory_mib) == (vm.cpu_count, vm.memory_mib)
        assert [disk.capacity_mib for disk in seen.disks] == [
            disk.capacity_bytes >> 20 for disk in vm.disks
        ]
        assert [(nic.mac, nic.network) for nic in seen.nics] == [
            (nic.mac, nic.network) for nic in vm.nics
        ]
        assert seen.template is vm.template
        assert seen.resource_pool == vm.pool


def test_snapshots_of_snapshots_are_read_with_their_parents(collected, small_practice_site):
    vms = collected[0]["vm"]
    nested = [vm for vm in small_practice_site.vms if any(one.children for one in vm.snapshots)]
    assert nested

    for vm in nested:
        seen = vms[vm.instance_uuid]
        parents = {one.parent for one in seen.snapshots}
        assert seen.snapshot_count > len(vm.snapshots)
        assert parents - {None} <= {one.key for one in seen.snapshots}


def test_references_lead_to_records_of_the_same_collection(collected):
    records, _ = collected

    for name, found in records.items():
        for field in KINDS[name].references:
            known = records[field.fact.reference.kind]
            for record in found.values():
                value = getattr(record, field.name)
                keys = value if isinstance(value, tuple) else (value,) if value else ()
                assert [key for key in keys if key not in known] == [], (name, field.name)


def test_every_record_can_be_stored(collected):
    for found in collected[0].values():
        for record in found.values():
            observation = observe("vc1", record)
            assert observation.key == record.key
            assert b"\\u0000" not in observation.attributes


def test_addresses_are_addresses(collected):
    found = [ip for vm in collected[0]["vm"].values() for ip in vm.ip_addresses]

    assert len(found) > 30
    assert all(ipaddress.ip_address(address) for address in found)


def test_port_groups_have_their_vlans_whoever_knows_them(collected, small_practice_site):
    networks = collected[0]["network"]

    for network in small_practice_site.networks:
        seen = networks[network.moid]
        if network.uplink:
            assert seen.vlan == "0-4094"
        else:
            assert seen.vlan == str(network.vlan_id)
        expected = NetworkType.DISTRIBUTED if network.dvs else NetworkType.STANDARD
        assert (seen.type, seen.switch) == (expected, network.dvs)


def test_alarms_are_named_and_stand_on_their_own_entity(collected, small_practice_site):
    records, _ = collected
    names = {alarm.moid: alarm.name for alarm in small_practice_site.alarms}
    planted = {(one.entity, names[one.alarm]) for one in small_practice_site.triggered}

    by_moid = {vm.moid: vm for vm in records["vm"].values()}
    for kind in ("host", "cluster", "datastore"):
        by_moid |= records[kind]
    seen = {(moid, one.name) for moid, each in by_moid.items() for one in each.triggered_alarms}

    assert planted
    assert seen == {pair for pair in planted if pair[0] in by_moid}


def test_a_host_that_does_not_answer_is_reported_without_its_configuration(
    collect, practice_vcenter, collector_of
):
    host = next(iter(practice_vcenter.control.names("HostSystem")))
    practice_vcenter.control.change(host, connection="notResponding")

    seen = collect(collector_of(practice_vcenter))[0]["host"][host]

    assert seen.connection_state.value == "not_responding"
    assert seen.cpu_cores
    assert (seen.ntp_servers, seen.physical_nics, seen.storage_paths) == (None, None, None)


def test_power_off_times_come_from_events(collect, practice_vcenter, collector_of):
    moid = next(
        moid
        for moid in practice_vcenter.control.names()
        if practice_vcenter.control.record(moid).power == "poweredOn"
    )
    practice_vcenter.control.set_power(moid, "poweredOff")

    vms = collect(collector_of(practice_vcenter))[0]["vm"].values()

    vm = next(vm for vm in vms if vm.moid == moid)
    assert vm.power_state is PowerState.OFF
    assert datetime.now(UTC) - vm.powered_off_at < timedelta(minutes=10)


def test_the_certificate_of_the_tls_port_is_the_vcenters(quiet, collected):
    (vcenter,) = collected[0]["vcenter"].values()

    assert vcenter.certificate_not_after.tzinfo is UTC
    assert len(vcenter.certificate_sha256) == 64
    assert vcenter.name == "vc1"


def test_licences_are_a_gap_until_the_account_may_see_them(collect, practice_vcenter, collector_of):
    records, gaps = collect(collector_of(practice_vcenter))
    (before,) = records["vcenter"].values()
    practice_vcenter.control.allow("LicenseManager.licenses")
    (after,) = collect(collector_of(practice_vcenter))[0]["vcenter"].values()

    lacking = Gap(
        kind="vcenter", field="licences", reason="not permitted", privilege="Global.Licenses"
    )
    assert before.licences is None
    assert lacking in gaps
    assert after.licences
    assert all("*****" in licence.masked_key for licence in after.licences)


def test_no_planted_secret_leaves_the_collector(collected):
    text = repr(collected)

    assert CANARY_SECRETS
    assert [secret for secret in CANARY_SECRETS if secret in text] == []


def test_a_second_collection_gives_equal_records(collect, quiet, collector_of, collected):
    again, gaps = collect(collector_of(quiet))

    for name, found in again.items():
        for key, record in found.items():
            before = observe("vc1", collected[0][name][key])
            assert observe("vc1", record).attributes == before.attributes
    assert gaps == collected[1]


@pytest.mark.parametrize("page_size", [7, 25, 500])
def test_calls_a_type_are_bounded_by_four_and_the_pages(collect, quiet, collector_of, page_size):
    collector = collector_of(quiet, page_size=page_size)
    collected_at_once, _ = collect(collector_of(quiet))

    records, _ = collect(collector)

    types = len(COVERED)
    pages = sum(-(-len(found) // page_size) for found in records.values())
    assert {kind: set(found) for kind, found in records.items()} == {
        kind: set(found) for kind, found in collected_at_once.items()
    }
    assert sum(collector.calls.values()) <= 4 * types + pages
    vm_pages = -(-len(records["vm"]) // page_size)
    assert collector.calls.get("ContinueRetrievePropertiesEx", 0) <= pages
    assert collector.calls.get("ContinueRetrievePropertiesEx", 0) >= vm_pages - 1


def test_a_server_with_smaller_pages_than_asked_for_is_read_to_the_end(
    collect, practice_vcenter, collector_of
):
    practice_vcenter.control.limit(page_size=11)

    assert len(collect(collector_of(practice_vcenter))[0]["vm"]) == 60


def test_nothing_is_changed_and_nothing_is_left_behind(collect, practice_vcenter, collector_of):
    collect(collector_of(practice_vcenter))

    counters = practice_vcenter.control.counters()
    assert counters["mutating"] == 0
    left = {name: counters[name] for name in ("sessions", "open_pages", "owned_objects")}
    assert left == {"sessions": 0, "open_pages": 0, "owned_objects": 0}


def test_a_named_datacenter_narrows_the_collection(
    collect, quiet, collector_of, small_practice_site
):
    chosen = small_practice_site.datacenters[0]

    collector = collector_of(quiet, datacenters=[chosen.name])
    records, _ = collect(collector)

    assert "datacenter" not in collector.covered()
    assert set(records["datacenter"]) == {chosen.moid}
    hosts = {host.moid for host in small_practice_site.hosts if host.datacenter == chosen.name}
    assert set(records["host"]) == hosts
    assert {vm.host for vm in records["vm"].values()} <= hosts


def test_a_datacenter_that_is_not_there_is_named_with_those_that_are(collect, quiet, collector_of):
    with pytest.raises(ConfigurationError, match=r"no datacenter 'nowhere'; there are ber1"):
        collect(collector_of(quiet, datacenters=["nowhere"]))


def test_four_times_the_machines_cost_no_call_more_within_a_page(
    collect, quiet, collector_of, practice_site
):
    small = collector_of(quiet)
    collect(small)
    with PracticeVCenter(practice_site) as vcenter:
        large = collector_of(vcenter)
        records, _ = collect(large)

    assert len(records["vm"]) == 240
    assert large.calls == small.calls
    assert small.calls == {
        "RetrieveServiceContent": 1,
        "Login": 1,
        "CreateContainerView": 9,
        "RetrievePropertiesEx": 12,
        "GetAlarm": 1,
        "QueryEvents": 1,
        "DestroyView": 9,
        "Logout": 1,
    }
