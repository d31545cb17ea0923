"""Clusters, pools, datastores, networks, switches and licences. All properties are made by hand."""

from datetime import UTC, datetime

import pytest

from collectors.vmware.parse_cluster import parse_cluster, parse_pool
from collectors.vmware.parse_datastore import parse_datastore
from collectors.vmware.parse_network import parse_network, parse_switch
from collectors.vmware.parse_vcenter import parse_licences
from collectors.vmware.surroundings import Place, PortGroupPolicy, Surroundings
from models.kinds.cluster import Cluster
from models.kinds.datastore import Datastore
from models.kinds.distributed_switch import DistributedSwitch
from models.kinds.network import Network, NetworkType
from models.kinds.resource_pool import ResourcePool
from models.kinds.vcenter import Licence

AROUND = Surroundings(
    places={
        "datacenter-1": Place(type="Datacenter", name="ber1", parent="group-d1"),
        "group-n1": Place(type="Folder", name="network", parent="datacenter-1"),
        "domain-c1": Place(type="ClusterComputeResource", name="c1", parent="group-h1"),
    },
    standard={("datacenter-1", "VM Network"): PortGroupPolicy(vlan="12", promiscuous=False)},
)


def test_a_cluster_without_its_configuration_has_what_is_known():
    assert parse_cluster("domain-c1", {"name": "c1"}, AROUND) == Cluster(key="domain-c1", name="c1")


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (
            {"xsi:type": "ClusterFailoverLevelAdmissionControlPolicy", "failoverLevel": "1"},
            "host failures tolerated: 1",
        ),
        (
            {
                "xsi:type": "ClusterFailoverResourcesAdmissionControlPolicy",
                "cpuFailoverResourcesPercent": "25",
                "memoryFailoverResourcesPercent": "30",
            },
            "reserved: CPU 25 %, memory 30 %",
        ),
        (
            {
                "xsi:type": "ClusterFailoverHostAdmissionControlPolicy",
                "failoverHosts": ["host-1", "host-2"],
            },
            "failover hosts: 2",
        ),
        ({"xsi:type": "ClusterNewAdmissionControlPolicy"}, "ClusterNewAdmissionControlPolicy"),
        ({}, None),
    ],
)
def test_an_admission_policy_is_put_into_words(policy, words):
    found = {
        "configurationEx": {"dasConfig": {"enabled": "true", "admissionControlPolicy": policy}}
    }

    cluster = parse_cluster("domain-c1", found, AROUND)

    assert (cluster.ha_enabled, cluster.admission_policy) == (True, words)


def test_a_root_pool_has_no_parent_pool_and_no_limit_is_none():
    found = {
        "name": "Resources",
        "parent": "domain-c1",
        "owner": "domain-c1",
        "config.cpuAllocation": {
            "reservation": "100",
            "limit": "-1",
            "shares": {"level": "custom", "shares": "777"},
        },
    }

    assert parse_pool("resgroup-1", found, AROUND) == ResourcePool(
        key="resgroup-1",
        name="Resources",
        cluster="domain-c1",
        cpu_reservation_mhz=100,
        cpu_shares="custom (777)",
    )
    assert parse_pool("resgroup-2", {"parent": "resgroup-1"}, AROUND).parent == "resgroup-1"


def test_the_free_space_of_a_datastore_that_no_host_reaches_is_not_known():
    found = {"name": "gone", "summary.accessible": "false", "summary.freeSpace": "0"}

    store = parse_datastore("datastore-1", found, AROUND)

    assert store == Datastore(key="datastore-1", name="gone", accessible=False)


def test_a_datastore_names_its_logical_units_or_its_remote_path():
    vmfs = {"vmfs": {"version": "6.82", "ssd": "true", "extent": [{"diskName": "naa.1"}]}}
    nas = {"nas": {"remoteHost": "nfs1", "remotePath": "/export"}}

    local = parse_datastore("datastore-1", {"info": vmfs}, AROUND)
    remote = parse_datastore("datastore-2", {"info": nas}, AROUND)

    assert (local.filesystem_version, local.luns, local.ssd) == ("6.82", ("naa.1",), True)
    assert (remote.remote_path, remote.luns) == ("nfs1:/export", ())


def test_a_standard_port_group_has_the_vlan_that_the_hosts_say():
    found = {"name": "VM Network", "parent": "group-n1", "summary": {"accessible": "true"}}

    assert parse_network("Network", "network-1", found, {}, AROUND) == Network(
        key="network-1",
        name="VM Network",
        type=NetworkType.STANDARD,
        vlan="12",
        promiscuous=False,
        accessible=True,
        datacenter="datacenter-1",
    )


@pytest.mark.parametrize(
    ("spec", "vlan"),
    [
        ({"xsi:type": "VmwareDistributedVirtualSwitchVlanIdSpec", "vlanId": "30"}, "30"),
        (
            {
                "xsi:type": "VmwareDistributedVirtualSwitchTrunkVlanSpec",
                "vlanId": [{"start": "10", "end": "20"}, {"start": "30", "end": "30"}],
            },
            "10-20,30",
        ),
        ({"xsi:type": "VmwareDistributedVirtualSwitchTrunkVlanSpec"}, None),
        ({"xsi:type": "VmwareDistributedVirtualSwitchPvlanSpec", "pvlanId": "5"}, "private 5"),
        ({}, None),
    ],
)
def test_the_vlan_of_a_distributed_port_group_is_its_own(spec, vlan):
    config = {"distributedVirtualSwitch": "dvs-1", "defaultPortConfig": {"vlan": spec}}

    network = parse_network("DistributedVirtualPortgroup", "dvportgroup-1", {}, config, AROUND)

    assert (network.type, network.vlan, network.switch) == (NetworkType.DISTRIBUTED, vlan, "dvs-1")


def test_the_rules_for_macs_stand_in_the_old_or_the_new_place():
    old = {"securityPolicy": {"macChanges": {"value": "true"}}}
    new = {"macManagementPolicy": {"macChanges": "false", "forgedTransmits": "true"}}
    config = {"defaultPortConfig": {**old, **new}}

    network = parse_network("DistributedVirtualPortgroup", "dvportgroup-1", {}, config, AROUND)

    assert (network.mac_changes, network.forged_transmits, network.promiscuous) == (
        True,
        True,
        None,
    )


def test_a_distributed_switch_is_read_from_its_configuration():
    found = {
        "name": "dvs1",
        "uuid": "50 1a",
        "summary.hostMember": ["host-2", "host-1"],
        "config": {
            "productInfo": {"version": "8.0.0"},
            "maxMtu": "9000",
            "numPorts": "512",
            "uplinkPortPolicy": {"uplinkPortName": ["Uplink 1", "Uplink 2"]},
            "linkDiscoveryProtocolConfig": {"protocol": "lldp"},
        },
    }

    assert parse_switch("dvs-1", found, AROUND) == DistributedSwitch(
        key="dvs-1",
        name="dvs1",
        uuid="50 1a",
        version="8.0.0",
        mtu=9000,
        port_count=512,
        uplink_names=("Uplink 1", "Uplink 2"),
        discovery_protocol="lldp",
        hosts=("host-1", "host-2"),
    )


def test_licence_keys_are_masked_but_for_their_last_group():
    licences = parse_licences(
        [
            {
                "licenseKey": "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE",
                "name": "vSphere 8",
                "editionKey": "esx.enterprisePlus",
                "total": "32",
                "used": "20",
                "properties": [{"key": "expirationDate", "value": "2027-01-01T00:00:00Z"}],
            },
            {"licenseKey": "12345", "name": "Evaluation", "editionKey": "eval"},
        ]
    )

    assert licences == (
        Licence(name="Evaluation", masked_key="*****", edition="eval", evaluation=True),
        Licence(
            name="vSphere 8",
            masked_key="*****-*****-*****-*****-EEEEE",
            edition="esx.enterprisePlus",
            total=32,
            used=20,
            expires_at=datetime(2027, 1, 1, tzinfo=UTC),
        ),
    )
