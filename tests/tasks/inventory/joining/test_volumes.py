"""Which datastore a persistent volume is stored on."""

from __future__ import annotations

import pytest

from models.kinds.kubernetes.storage import StorageClass
from tests.builders import a_datastore
from tests.tasks.inventory.joining.given import (
    a_machine,
    a_node,
    a_server,
    a_volume,
    joins,
    sureness,
)

UUID = "4206a0b1-c2d3-e4f5-8899-aabbccddeeff"
JOINED = ("pv-1", "datastore-1")
ON_PATH = a_volume(backend="vsphere", path="[ds-1] kubevols/a.vmdk")
EXPORT = a_volume(backend="nfs", server="NFS1.example", path="/exports/a/")


def stored(volumes, datastores, *, hosts=()):
    node, vm = a_node(system_uuid=UUID), a_machine(bios_uuid=UUID)
    found = sureness(k1=[node, *volumes], vc1=[vm, *datastores, *hosts])
    return {ends: sure for ends, sure in found.items() if ends[0].startswith("pv-")}


def test_a_vsphere_path_names_the_only_datastore_of_that_name():
    found = joins(k1=[ON_PATH], vc1=[a_datastore(1), a_datastore(2)])

    assert found[JOINED].confidence == 0.9
    assert found[JOINED].reason == (
        "Path [ds-1] kubevols/a.vmdk of volume pv-1 names datastore ds-1; no other has that name."
    )


def test_it_is_surer_where_the_hosts_of_the_clusters_nodes_mount_it():
    host = a_server(datastores=("datastore-1",))

    assert stored([ON_PATH], [a_datastore(1)], hosts=[host]) == {JOINED: 0.95}


def test_of_two_datastores_of_one_name_that_which_the_hosts_mount_is_meant():
    twins = [a_datastore(1), a_datastore(2, name="ds-1")]

    assert stored([ON_PATH], twins) == {}
    assert stored([ON_PATH], twins, hosts=[a_server(datastores=("datastore-1",))]) == {JOINED: 0.95}
    both = a_server(datastores=("datastore-1", "datastore-2"))
    assert stored([ON_PATH], twins, hosts=[both]) == {}


def test_the_same_nfs_export_is_the_same_store():
    assert stored([EXPORT], [a_datastore(remote_path="nfs1.example:/exports/a")]) == {JOINED: 0.95}


@pytest.mark.parametrize("remote", ["nfs2.example:/exports/a", "nfs1.example:/exports/b", None])
def test_another_export_is_another_store(remote):
    assert stored([EXPORT], [a_datastore(remote_path=remote)]) == {}


def test_two_datastores_on_one_export_are_no_knowledge():
    stores = [a_datastore(n, remote_path="nfs1.example:/exports/a") for n in (1, 2)]

    assert stored([EXPORT], stores) == {}


def of_class(driver="csi.vsphere.vmware.com", **parameters):
    volume = a_volume(backend="csi", driver=driver, handle="abc", storage_class_id="fast")
    pairs = tuple(parameters.items())
    return [volume, StorageClass(key="fast", name="fast", cluster="prod", parameters=pairs)]


def test_a_class_that_names_a_datastores_url_puts_its_volumes_there():
    url = "ds:///vmfs/volumes/5f-1/"

    found = stored(of_class(DatastoreURL=url), [a_datastore(1, url=url), a_datastore(2)])

    assert found == {JOINED: 0.9}


@pytest.mark.parametrize(
    "records",
    [
        of_class(),
        of_class(datastoreurl="ds:///vmfs/volumes/other/"),
        of_class(driver="ebs.csi.aws.com", datastoreurl="ds:///vmfs/volumes/5f-1/"),
    ],
)
def test_a_class_that_does_not_say_so_joins_nothing(records):
    assert stored(records, [a_datastore(1, url="ds:///vmfs/volumes/5f-1/")]) == {}


def test_a_volume_whose_path_changed_is_on_the_other_store():
    moved = a_volume(backend="vsphere", path="[ds-2] kubevols/a.vmdk")

    assert stored([moved], [a_datastore(1), a_datastore(2)]) == {("pv-1", "datastore-2"): 0.9}


@pytest.mark.parametrize(
    "volume",
    [
        a_volume(),
        a_volume(backend="vsphere"),
        a_volume(backend="vsphere", path="ds-1/a.vmdk"),
        a_volume(backend="vsphere", path="[gone] a.vmdk"),
        a_volume(backend="host_path", path="[ds-1] a.vmdk"),
        a_volume(backend="nfs", server="nfs1.example"),
    ],
)
def test_volumes_that_name_no_known_store_join_nothing(volume):
    assert stored([volume], [a_datastore(1)]) == {}
    assert stored([volume], []) == {}
