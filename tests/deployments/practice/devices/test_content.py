"""What the devices show follows from the site: cables, VM NICs, addresses, and the planted faults."""

import json
from dataclasses import replace

from deployments.practice.devices.model import BUNDLE
from deployments.practice.devices.plant import FAULTS
from deployments.practice.site.vendors import MAKES

CORES = ("sw-fra1-core-a", "sw-fra1-core-b")


def heard(network, name):
    return network.lab.network.heard(network.device(name))


def learned(network, name):
    return {one.mac: one for one in network.lab.network.learned(network.device(name))}


def test_ports_are_named_as_their_makers_do(network):
    for platform, port in {
        "arista_eos": "Ethernet1",
        "cisco_nxos": "Ethernet1/1",
        "cisco_ios": "GigabitEthernet1/0/1",
        "juniper_junos": "xe-0/0/42",
        "frr": "eth1",
    }.items():
        for name in network.names(platform):
            assert port in network.device(name).ports
            if platform != "cisco_ios":  # the management switch itself
                assert MAKES[platform].management in network.device(name).ports


def test_two_devices_that_are_cabled_hear_each_other(network):
    for device in network.lab.network.devices.values():
        for one in network.lab.network.heard(device):
            if not one.is_host:
                back = {(h.system_name, h.port_id) for h in heard(network, one.system_name)}
                assert (device.name, one.port) in back


def test_a_host_is_heard_on_every_port_that_its_nics_are_cabled_to(network, practice_site):
    for host in practice_site.hosts:
        for pnic in host.pnics:
            at = {one.port: one for one in heard(network, pnic.switch)}
            if pnic.up:
                seen = at[pnic.port]
                assert (seen.system_name, seen.port_description) == (host.name, pnic.name)
                assert seen.port_id == seen.chassis_id == pnic.mac
            else:
                assert pnic.port not in at


def test_a_running_vm_is_learned_behind_its_host_and_behind_an_uplink_elsewhere(
    network, practice_site
):
    hosts = {host.moid: host for host in practice_site.hosts if host.datacenter == "fra1"}
    behind = 0
    tables = {n: learned(network, n) for n in ("sw-fra1-r01-a", "sw-fra1-r01-b")}
    for vm in practice_site.vms:
        if vm.host not in hosts or vm.power != "poweredOn":
            continue
        for nic in vm.nics:
            if not nic.connected:
                continue
            places = [table[nic.mac].port for table in tables.values() if nic.mac in table]
            ports = {p.port for p in hosts[vm.host].pnics if p.name in hosts[vm.host].dvs_uplinks}
            assert sum(place in ports for place in places) == 1
            assert all(place in ports or place == "Port-Channel1" for place in places)
            behind += 1
    assert behind > 150


def test_teaming_spreads_the_vms_over_both_uplinks(network):
    ports = [one.port for one in learned(network, "sw-fra1-r01-a").values()]
    other = [one.port for one in learned(network, "sw-fra1-r01-b").values()]
    assert min(len([p for p in one if p.startswith("Ethernet")]) for one in (ports, other)) > 50


def test_a_vlan_missing_from_a_trunk_hides_its_macs_behind_it(network):
    (place, *_) = network.planted["vlan_missing"]
    name, port = place.split("/", 1)
    through = [one.vlan for one in learned(network, name).values() if one.port == port]
    assert 110 in through
    assert 210 not in through


def test_the_cores_resolve_every_vm_and_host_of_their_site(network, practice_site):
    hosts = {host.moid for host in practice_site.hosts if host.datacenter == "fra1"}
    for name in CORES:
        table = {one.address: one.mac for one in network.lab.network.resolved(network.device(name))}
        for vm in practice_site.vms:
            if vm.host in hosts and vm.power == "poweredOn":
                for nic in vm.nics:
                    if nic.connected and nic.addresses:
                        assert table[nic.addresses[0]] == nic.mac
        here = [host for host in practice_site.hosts if host.datacenter == "fra1"]
        assert all(table[host.address] == host.pnics[0].mac for host in here)


def test_every_vlan_has_a_gateway_on_either_core(network, practice_site):
    for name in CORES:
        device = network.device(name)
        for vlan in practice_site.vlans:
            if vlan.datacenter == "fra1":
                (address,) = device.ports[f"irb.{vlan.id}"].addresses
                assert address.startswith(vlan.cidr.split(".0.0")[0])


def test_a_machine_that_moves_is_learned_elsewhere(network, practice_site):
    hosts = [host for host in practice_site.hosts if host.datacenter == "fra1"]
    vm = next(vm for vm in practice_site.vms if vm.host == hosts[0].moid and vm.nics[0].connected)
    before = learned(network, "sw-fra1-r01-a"), learned(network, "sw-fra1-r01-b")
    moved = [replace(vm, host=hosts[1].moid)]
    network.lab.network._vms = lambda: moved
    after = learned(network, "sw-fra1-r01-a"), learned(network, "sw-fra1-r01-b")
    mac = vm.nics[0].mac
    assert [one[mac].port for one in before] != [one[mac].port for one in after]


def test_a_nic_that_loses_its_link_takes_the_switch_port_down(network, practice_site):
    host = practice_site.hosts[0]
    lost = replace(host.pnics[2], up=False)
    network.lab.network._hosts_now = lambda: [
        replace(host, pnics=(*host.pnics[:2], lost, host.pnics[3])),
        *practice_site.hosts[1:],
    ]
    network.lab.network.readings += 1
    device = network.device(lost.switch)
    assert not network.lab.network.is_up(device, device.ports[lost.port])
    assert lost.port not in {one.port for one in heard(network, lost.switch)}
    assert lost.port not in {one.port for one in learned(network, lost.switch).values()}
    assert "notconnect" in network.text(lost.switch, "show interfaces status")


def test_a_cut_cable_is_down_at_both_ends_and_takes_its_neighbour_along(network):
    core = network.device("sw-fra1-core-a")
    core.ports["xe-0/0/42"].carrier = False
    assert "rt-fra1-border" not in {one.system_name for one in heard(network, "sw-fra1-core-a")}
    interfaces = json.loads(network.text("rt-fra1-border", "show interface json"))
    assert interfaces["eth1"]["operationalStatus"] == "down"
    peers = json.loads(network.text("rt-fra1-border", "show bgp summary json"))["ipv4Unicast"]
    states = {one["desc"]: one["state"] for one in peers["peers"].values()}
    assert states["sw-fra1-core-a"] == "Idle"
    assert states["sw-fra1-core-b"] == "Established"


def test_a_bundle_is_up_while_one_of_its_members_is(network):
    device = network.device("sw-ber1-mgmt")
    bundle = device.of_kind(BUNDLE)[0]
    up = [network.lab.network.is_up(device, port) for port in device.members(bundle.name)]
    assert sorted(up) == [False, True]
    assert network.lab.network.is_up(device, bundle)


def test_every_planted_fault_sits_on_a_device_or_port_that_is_there(network):
    assert set(network.planted) == {*FAULTS, "config_not_saved"}
    for places in network.planted.values():
        assert places
        for place in places:
            name, _, port = place.partition("/")
            device = network.device(name)
            known = {*device.ports, *map(str, device.vlans), *(p.address for p in device.peers)}
            assert port in known or not port


def test_without_the_planted_ones_both_ends_of_every_link_agree(network):
    planted = {place for places in network.planted.values() for place in places}
    for device in network.lab.network.devices.values():
        for port in device.ports.values():
            if port.far and port.far[0] in network.lab.network.devices:
                far = network.device(port.far[0]).ports[port.far[1]]
                ends = {f"{device.name}/{port.name}", f"{port.far[0]}/{port.far[1]}"}
                if not ends & planted:
                    assert (port.mtu, port.duplex, port.native) == (far.mtu, far.duplex, far.native)
                    assert port.vlans == far.vlans or "routed" in {port.mode, far.mode}


def test_the_vcenter_names_the_port_that_the_switch_has(practice_site):
    ports = {(s.name, p.name): p for s in practice_site.switches for p in s.ports}
    for host in practice_site.hosts:
        for pnic in host.pnics:
            assert ports[pnic.switch, pnic.port].neighbour == host.name
