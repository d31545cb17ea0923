"""Properties of a HostSystem become a `Host`. All properties here are made by hand."""

import base64
from datetime import UTC, datetime

from collectors.vmware.parse_certificate import expiry
from collectors.vmware.parse_host import parse_host
from collectors.vmware.parse_host_network import parse_port_groups
from collectors.vmware.surroundings import Place, PortGroupPolicy, Surroundings
from deployments.practice.vcenter.certificate import server_certificate
from models.kinds.host import (
    ConnectionState,
    Host,
    KernelAdapter,
    PhysicalNic,
    StoragePaths,
    VirtualSwitch,
)

AROUND = Surroundings(
    places={
        "datacenter-1": Place(type="Datacenter", name="ber1", parent="group-d1"),
        "group-h1": Place(type="Folder", name="host", parent="datacenter-1"),
        "domain-c1": Place(type="ClusterComputeResource", name="c1", parent="group-h1"),
        "domain-s1": Place(type="ComputeResource", name="alone", parent="group-h1"),
    },
    port_groups={"dvpg-key": "dvportgroup-12"},
)


def parse(found):
    return parse_host("host-1", found, AROUND)


def test_a_host_that_does_not_answer_is_known_by_name_alone():
    found = {
        "name": "esx01",
        "parent": "domain-c1",
        "runtime.connectionState": "notResponding",
    }

    assert parse(found) == Host(
        key="host-1",
        name="esx01",
        connection_state=ConnectionState.NOT_RESPONDING,
        cluster="domain-c1",
        datacenter="datacenter-1",
    )


def test_a_host_that_stands_alone_has_no_cluster():
    host = parse({"name": "esx02", "parent": "domain-s1"})

    assert (host.cluster, host.datacenter) == (None, "datacenter-1")
    assert host.connection_state is ConnectionState.UNKNOWN


def test_no_time_server_is_told_apart_from_not_known():
    assert parse({}).ntp_servers is None
    assert parse({"config.dateTimeInfo": {"timeZone": {}}}).ntp_servers == ()
    found = {"config.dateTimeInfo": {"ntpConfig": {"server": "ntp1"}}}
    assert parse(found).ntp_servers == ("ntp1",)


def test_no_syslog_target_is_told_apart_from_not_known_and_bears_no_password():
    option = {"key": "Syslog.global.logHost", "value": "tcp://user:hunter2@logs:1514"}

    assert parse({}).syslog_target is None
    assert parse({"config.option": [{"key": "Other", "value": "1"}]}).syslog_target is None
    assert parse({"config.option": [{**option, "value": ""}]}).syslog_target == ""
    assert parse({"config.option": [option]}).syslog_target == "tcp://[redacted]@logs:1514"


def test_services_say_whether_they_run_and_how_they_start():
    services = [
        {"key": "ntpd", "running": "true", "policy": "on"},
        {"key": "TSM-SSH", "running": "false", "policy": "off"},
    ]

    host = parse({"config.service.service": services})

    assert (host.ntp_running, host.ntp_policy, host.ssh_running) == (True, "on", False)


def test_a_link_that_is_down_has_no_speed():
    nics = [
        {"device": "vmnic1", "mac": "00:01", "driver": "ntg3"},
        {"device": "vmnic0", "mac": "00:00", "linkSpeed": {"speedMb": "10000"}},
    ]

    assert parse({"config.network.pnic": nics}).physical_nics == (
        PhysicalNic(name="vmnic0", mac="00:00", speed_mbps=10000),
        PhysicalNic(name="vmnic1", mac="00:01", driver="ntg3"),
    )


def test_both_sorts_of_switch_name_their_uplinks():
    key = "key-vim.host.PhysicalNic-vmnic{}"

    host = parse(
        {
            "config.network.vswitch": [
                {"name": "vSwitch0", "pnic": [key.format(1), key.format(0)], "mtu": "1500"}
            ],
            "config.network.proxySwitch": [{"dvsName": "dvs1", "pnic": key.format(2)}],
            "config.network.vnic": [
                {
                    "device": "vmk1",
                    "portgroup": "",
                    "spec": {
                        "ip": {"ipAddress": "10.0.0.1"},
                        "mac": "00:02",
                        "mtu": "9000",
                        "distributedVirtualPort": {"portgroupKey": "dvpg-key"},
                    },
                }
            ],
        }
    )

    assert host.virtual_switches == (
        VirtualSwitch(name="dvs1", type="distributed", uplinks=("vmnic2",)),
        VirtualSwitch(name="vSwitch0", type="standard", uplinks=("vmnic0", "vmnic1"), mtu=1500),
    )
    assert host.kernel_adapters == (
        KernelAdapter(
            name="vmk1", port_group="dvportgroup-12", ip_address="10.0.0.1", mac="00:02", mtu=9000
        ),
    )


def test_paths_to_a_logical_unit_are_counted_by_state():
    unit = {
        "lun": "key-1",
        "policy": {"policy": "VMW_PSP_RR"},
        "path": [{"state": "active"}, {"pathState": "active"}, {"state": "dead"}, {"state": "off"}],
    }
    luns = [{"key": "key-1", "canonicalName": "naa.1", "localDisk": "false"}]

    host = parse(
        {
            "config.storageDevice.multipathInfo": {"lun": unit},
            "config.storageDevice.scsiLun": luns,
        }
    )

    assert host.storage_paths == (
        StoragePaths(lun="naa.1", policy="VMW_PSP_RR", active=2, standby=0, dead=1),
    )


def test_the_serial_number_of_an_older_host_is_among_its_identifiers():
    other = [
        {"identifierType": {"key": "AssetTag"}, "identifierValue": "unknown"},
        {"identifierType": {"key": "ServiceTag"}, "identifierValue": "ABC1234"},
    ]

    assert parse({"summary.hardware": {"otherIdentifyingInfo": other}}).serial_number == "ABC1234"


def test_a_certificate_comes_as_signed_bytes_or_as_base64():
    ends_at = datetime(2027, 1, 2, tzinfo=UTC)
    pem = server_certificate("esx01", 1, ends_at).partition(b"-----BEGIN PRIVATE")[0]

    signed = [str(byte - 256 if byte > 127 else byte) for byte in pem]

    assert expiry(signed) == ends_at
    assert expiry(base64.b64encode(pem).decode()) == ends_at
    assert expiry("no certificate") is None
    assert expiry(["1", "2", "3"]) is None
    assert expiry(None) is None


def test_a_standard_port_group_takes_its_rules_from_the_hosts_computed_policy():
    group = {
        "spec": {"name": "VM Network", "vlanId": "12"},
        "computedPolicy": {
            "security": {"allowPromiscuous": "true", "forgedTransmits": "false"},
            "nicTeaming": {"nicOrder": {"activeNic": ["vmnic0"], "standbyNic": "vmnic1"}},
        },
    }
    trunk = {"spec": {"name": "Trunk", "vlanId": "4095"}}

    assert parse_port_groups([group, trunk, {"spec": {}}]) == {
        "VM Network": PortGroupPolicy(
            vlan="12",
            active_uplinks=("vmnic0",),
            standby_uplinks=("vmnic1",),
            promiscuous=True,
            forged_transmits=False,
        ),
        "Trunk": PortGroupPolicy(vlan="0-4094"),
    }
