"""The site's Kubernetes clusters: on its VMs, datastores and share, and apart from all else."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from deployments.practice.site import KUBERNETES_CANARIES, build_site
from deployments.practice.site.kubernetes_nodes import NO_UUID, swapped

ANCHOR = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def site():
    return build_site(seed=7, vm_count=240, anchor=ANCHOR)


@pytest.fixture(scope="module")
def production(site):
    return site.kubernetes[0]


def test_the_clusters_change_nothing_else_of_a_site(site):
    more = build_site(seed=7, vm_count=240, anchor=ANCHOR, pod_count=900)
    assert more.kubernetes != site.kubernetes
    assert replace(more, kubernetes=site.kubernetes, planted=site.planted) == site


def test_every_node_is_a_vm_of_its_own_that_is_on(site):
    vms = {vm.moid: vm for vm in site.vms}
    nodes = [node for cluster in site.kubernetes for node in cluster.nodes]
    assert len({node.vm for node in nodes}) == len({node.name for node in nodes}) == len(nodes)
    for node in nodes:
        assert vms[node.vm].power == "poweredOn"
        assert node.address in vms[node.vm].nics[0].addresses
        assert node.provider_id in {None, f"vsphere://{vms[node.vm].instance_uuid}"}


def test_nodes_are_told_by_uuid_but_for_one_swapped_and_one_by_its_address(site, production):
    vms = {vm.moid: vm for vm in site.vms}
    named = {node.name: node for node in production.nodes}
    odd = {
        fault: named[site.planted[fault][0].rsplit("/", 1)[1]]
        for fault in ("k8s_node_uuid_swapped", "k8s_node_by_address_only")
    }
    turned, hidden = odd.values()
    assert turned.system_uuid == swapped(vms[turned.vm].bios_uuid)
    assert UUID(bytes_le=UUID(turned.system_uuid).bytes) == UUID(vms[turned.vm].bios_uuid)
    assert (hidden.system_uuid, hidden.provider_id) == (NO_UUID, None)
    others = [node for node in production.nodes if node not in odd.values()]
    assert all(node.system_uuid == vms[node.vm].bios_uuid for node in others)


def test_volumes_stand_on_the_sites_own_storage(site, production):
    names = {store.name for store in site.datastores}
    urls = {f"ds:///vmfs/volumes/{store.uuid}/" for store in site.datastores}
    remotes = {store.remote for store in site.datastores}
    found = {volume.backend for volume in production.volumes}
    assert found == {"csi", "vsphere", "nfs"}
    for volume in production.volumes:
        if volume.backend == "vsphere":
            assert volume.path.split("]")[0].removeprefix("[") in names
        if volume.backend == "nfs":
            assert f"{volume.server}:{volume.path}" in remotes
    parameters = [dict(one.parameters) for one in production.classes]
    assert {one["datastoreurl"] for one in parameters if "datastoreurl" in one} <= urls


def test_claims_and_volumes_name_each_other(site):
    for cluster in site.kubernetes:
        volumes = {volume.name: volume for volume in cluster.volumes}
        for claim in cluster.claims:
            if claim.volume:
                assert volumes[claim.volume].claim == f"{claim.namespace}/{claim.name}"


def test_as_many_pods_as_were_asked_for_have_enough_nodes():
    large = build_site(vm_count=2400, anchor=ANCHOR, pod_count=3000)
    nodes = sum(len(cluster.nodes) for cluster in large.kubernetes)
    wanted = sum(
        workload.replicas
        for cluster in large.kubernetes
        for workload in cluster.workloads
        if workload.kind in {"Deployment", "StatefulSet"}
    )
    assert 2700 < wanted < 3000  # daemon sets' and jobs' pods come on top
    assert wanted / nodes < 110


@pytest.mark.parametrize("vm_count", [0, 1, 7, 60])
def test_a_small_site_has_fewer_nodes_or_no_cluster(vm_count):
    small = build_site(vm_count=vm_count, anchor=ANCHOR)
    assert len(small.kubernetes) in {0, 2}
    assert all(cluster.nodes for cluster in small.kubernetes)


def test_every_kubernetes_canary_is_planted_once(site):
    text = repr(site)
    counts = {where: text.count(secret) for where, secret in KUBERNETES_CANARIES.items()}
    assert counts == dict.fromkeys(KUBERNETES_CANARIES, 1)
