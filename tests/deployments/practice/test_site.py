"""The site: the same for a seed, whole in itself, and with every fault that it promises."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from deployments.practice.site import CANARY_SECRETS, build_site
from deployments.practice.site.stores import vm_bytes

ANCHOR = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def site():
    return build_site(seed=7, vm_count=240, anchor=ANCHOR)


def test_a_seed_gives_the_same_site_each_time(site):
    assert build_site(seed=7, vm_count=240, anchor=ANCHOR) == site


def test_another_seed_gives_another_site(site):
    assert build_site(seed=8, vm_count=240, anchor=ANCHOR) != site


@pytest.mark.parametrize("vm_count", [0, 1, 7, 60, 240, 1000])
def test_a_site_has_as_many_vms_as_were_asked_for(vm_count):
    built = build_site(vm_count=vm_count, anchor=ANCHOR)
    assert len(built.vms) == vm_count


def test_hosts_grow_with_the_vms():
    built = build_site(vm_count=3000, anchor=ANCHOR)
    assert 25 <= len(built.vms) / len(built.hosts) <= 30


def test_every_id_address_and_uuid_is_there_once(site):
    records = [
        *site.folders,
        *site.datacenters,
        *site.clusters,
        *site.hosts,
        *site.pools,
        *site.datastores,
        *site.dvswitches,
        *site.networks,
        *site.vms,
    ]
    for values in (
        [record.moid for record in records],
        [vm.instance_uuid for vm in site.vms],
        [nic.mac for vm in site.vms for nic in vm.nics],
        [address for vm in site.vms for nic in vm.nics for address in nic.addresses],
        [host.serial for host in site.hosts],
    ):
        assert len(values) == len(set(values))


def test_every_reference_leads_to_something(site):
    hosts = {host.moid for host in site.hosts}
    stores = {store.moid: store for store in site.datastores}
    networks = {network.moid for network in site.networks}
    pools = {pool.moid for pool in site.pools}
    folders = {folder.moid for folder in site.folders}
    for vm in site.vms:
        assert vm.host in hosts
        assert vm.host in stores[vm.datastore].hosts
        assert vm.folder in folders
        assert vm.template is (vm.pool is None)
        assert vm.pool is None or vm.pool in pools
        assert {nic.network for nic in vm.nics} <= networks


def test_every_cable_ends_in_the_switch_port_that_names_it(site):
    ports = {(s.name, p.name): p for s in site.switches for p in s.ports}
    for host in site.hosts:
        for pnic in host.pnics:
            port = ports[pnic.switch, pnic.port]
            assert (port.neighbour, port.neighbour_port) == (host.name, pnic.name)
            assert port.up is pnic.up


def test_the_planted_datastores_are_as_full_as_promised(site):
    def used(moid):
        store = next(s for s in site.datastores if s.moid == moid)
        vms = sum(vm_bytes(vm) for vm in site.vms if vm.datastore == moid)
        return (vms + store.other_bytes) / store.capacity_bytes

    assert used(site.planted["datastore_full"][0]) > 0.90
    assert 0.75 < used(site.planted["datastore_filling"][0]) < 0.90
    others = {store.moid for store in site.datastores}
    others -= {*site.planted["datastore_full"], *site.planted["datastore_filling"]}
    assert all(used(moid) < 0.75 for moid in others)


def test_only_the_planted_cluster_cannot_lose_a_host(site):
    for cluster in site.clusters:
        hosts = [host for host in site.hosts if host.cluster == cluster.moid]
        moids = {host.moid for host in hosts}
        needed = sum(
            vm.memory_mib << 20 for vm in site.vms if vm.host in moids and vm.power == "poweredOn"
        )
        left = sum(host.memory_bytes for host in hosts[1:])
        assert (needed > left) is (cluster.moid in site.planted["n_plus_1"])
        assert needed < sum(host.memory_bytes for host in hosts)


def test_the_old_snapshots_are_old_and_one_has_children(site):
    vms = {vm.moid: vm for vm in site.vms}
    old = [vms[moid] for moid in (*site.planted["snapshot_old"], *site.planted["snapshot_nested"])]
    assert all(vm.snapshots[0].created_at < ANCHOR - timedelta(days=14) for vm in old)
    nested = vms[site.planted["snapshot_nested"][0]]
    assert nested.snapshots[0].children[0].children[0].id == nested.current_snapshot
    others = [vm for vm in site.vms if vm not in old]
    limit = ANCHOR - timedelta(days=7)
    assert all(one.created_at > limit for vm in others for one in vm.snapshots)


def test_sixty_vms_are_enough_for_every_fault(site):
    small = build_site(vm_count=60, anchor=ANCHOR)
    assert set(small.planted) == set(site.planted)
    assert all(small.planted.values())


def test_every_canary_secret_is_planted_once(site):
    text = repr(site)
    assert [text.count(secret) for secret in CANARY_SECRETS] == [1] * len(CANARY_SECRETS)


def test_one_name_is_there_twice_and_no_other(site):
    first, second = site.planted["same_name"]
    vms = {vm.moid: vm for vm in site.vms}
    assert vms[first].name == vms[second].name
    names = [vm.name for vm in site.vms]
    assert len(names) == len(set(names)) + 1


def test_ages_count_back_from_the_anchor(site):
    later = build_site(seed=7, vm_count=240, anchor=ANCHOR + timedelta(days=1))
    shifted = [replace(vm, created_at=vm.created_at + timedelta(days=1)) for vm in site.vms]
    assert [vm.created_at for vm in later.vms] == [vm.created_at for vm in shifted]
