"""Against the practice network: five platforms over SSH, read whole, twice, and disturbed."""

import pytest

from collectors.network import NetworkDevices
from deployments.practice.devices import DEVICE_CANARIES
from models.kinds.interface import InterfaceState
from models.records.asset import observe
from models.sources import Source

PLATFORMS = {"cisco_ios", "cisco_nxos", "arista_eos", "juniper_junos", "frr"}


@pytest.fixture
def collector_for(monkeypatch):
    """Make a collector of the practice network's devices."""

    def make(practice, **options):
        monkeypatch.setenv("PRACTICE_PASSWORD", practice.password)
        rows = [
            {
                "name": each.name,
                "address": each.address,
                "port": each.port,
                "platform": each.platform,
                "site": each.site,
                "rack": each.rack,
                "role": each.role,
            }
            for each in practice.devices
        ]
        usual = {
            "username": practice.username,
            "password_env": "PRACTICE_PASSWORD",
            "devices": rows,
            "verify_host_key": False,
            "timeout_seconds": 30,
        }
        options = {**usual, **options}
        return NetworkDevices.for_source(
            Source(name="network", collector="network", options=options)
        )

    return make


@pytest.fixture(scope="module")
def whole(read_devices):
    """Everything of the default site, read once, with its gaps."""
    rows = [
        {
            "name": d.name,
            "address": d.address,
            "port": d.port,
            "platform": d.platform,
            "site": d.site,
        }
        for d in read_devices.devices
    ]
    options = {
        "username": read_devices.username,
        "password_env": "PRACTICE_PASSWORD",
        "devices": rows,
        "verify_host_key": False,
    }
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PRACTICE_PASSWORD", read_devices.password)
        source = Source(name="network", collector="network", options=options)
        collector = NetworkDevices.for_source(source)
    batches = list(collector.batches())
    records = [record for batch in batches for record in batch.records]
    return collector, records, [gap for batch in batches for gap in batch.gaps]


def _devices(records):
    return {one.name: one for one in records if type(one).__name__ == "Device"}


def _interfaces(records, device):
    return {
        one.name: one
        for one in records
        if type(one).__name__ == "Interface" and one.device == device
    }


def _hashes(records):
    return {
        observe("network", one).asset_id: observe("network", one).content_hash for one in records
    }


def test_every_device_of_all_five_platforms_is_read_without_a_gap(whole, read_devices):
    collector, records, gaps = whole

    assert set(_devices(records)) == {each.name for each in read_devices.devices}
    assert {each.platform for each in _devices(records).values()} == PLATFORMS
    assert gaps == []
    assert collector.covered() == {"device", "interface", "vlan"}


def test_each_platform_says_what_it_can(whole, read_devices):
    _, records, _ = whole
    without_ntp = read_devices.control.planted()["ntp_missing"]

    for device in _devices(records).values():
        assert device.os_version
        assert device.model
        assert device.running_config
        assert device.routes
        assert device.routing_peers is not None
        assert device.raw_outputs == ()
        if device.platform != "frr":
            assert device.serial_number
            assert device.modules
            assert device.neighbours
            assert device.arp
            assert device.mac_count
            assert device.booted_at
            assert bool(device.ntp_servers) is (device.name not in without_ntp)
            assert device.config_saved is not None


def test_the_site_s_ports_are_found_with_their_long_names(whole, practice_site, read_devices):
    _, records, _ = whole
    planted = {place for places in read_devices.control.planted().values() for place in places}

    for switch in practice_site.switches:
        found = _interfaces(records, switch.name)
        assert {port.name for port in switch.ports} <= set(found)
        for port in switch.ports:
            if f"{switch.name}/{port.name}" in planted:
                continue
            assert found[port.name].admin_up is port.enabled
            if port.mode == "trunk":
                assert found[port.name].mode == "trunk"


def test_a_cable_is_heard_at_both_of_its_ends(whole):
    _, records, _ = whole
    devices = _devices(records)
    heard = {
        (one.name, neighbour.interface, neighbour.system_name)
        for one in devices.values()
        for neighbour in one.neighbours or ()
        if neighbour.protocol == "lldp" and neighbour.system_name in devices
    }

    speaking = {name for name, one in devices.items() if one.neighbours}
    for name, _, other in heard:
        if other in speaking:
            assert any((a, c) == (other, name) for a, _, c in heard)


def test_hypervisors_on_a_port_leave_it_an_edge_and_links_between_devices_do_not(whole):
    _, records, _ = whole

    for device in _devices(records).values():
        if not device.mac_table:
            continue
        between = {n.interface for n in device.neighbours if n.system_name in _devices(records)}
        assert not between & {entry.interface for entry in device.mac_table}
        assert device.mac_count > len(device.mac_table)


def test_vlans_of_a_site_are_one_each_with_their_devices_and_gateways(whole, practice_site):
    _, records, _ = whole
    vlans = {one.key: one for one in records if type(one).__name__ == "Vlan"}

    for vlan in practice_site.vlans:
        found = vlans[f"{vlan.datacenter}/{vlan.id}"]
        assert found.name == vlan.name
        assert len(found.devices) > 1
    assert any(vlan.gateways for vlan in vlans.values())
    assert {one.vlan for one in records if getattr(one, "vlan", None)} <= set(vlans)


def test_no_canary_is_in_any_record(whole):
    _, records, gaps = whole
    text = repr((records, gaps))

    assert [canary for canary in DEVICE_CANARIES if canary in text] == []


def test_two_runs_are_equal_though_counters_uptimes_and_encryption_changed(
    practice_devices, collector_for, collect
):
    first = _flat(collect(collector_for(practice_devices)))
    practice_devices.control.touch()
    second = _flat(collect(collector_for(practice_devices)))

    assert _hashes(first) == _hashes(second)
    changed = [one for one, two in zip(first, second, strict=True) if one != two]
    assert changed  # counters did move


def _flat(found):
    records, _ = found
    return [record for kind in records.values() for _, record in sorted(kind.items())]


def test_collecting_changes_nothing_on_any_device(practice_devices, collector_for, collect):
    collect(collector_for(practice_devices))

    assert practice_devices.control.counters()["mutating"] == 0


def test_an_account_without_privilege_reads_after_enable(
    practice_devices, collector_for, collect, monkeypatch
):
    names = practice_devices.control.names("cisco_ios")
    monkeypatch.setenv("PRACTICE_ENABLE", practice_devices.enable_password)
    for name in names:
        practice_devices.control.demote(name)

    bare, _ = collect(collector_for(practice_devices, only=names))
    enabled, gaps = collect(
        collector_for(practice_devices, only=names, enable_password_env="PRACTICE_ENABLE")
    )

    assert all(device.running_config is None for device in bare["device"].values())
    assert all(device.running_config for device in enabled["device"].values())
    assert not [gap for gap in gaps if gap.kind != "vlan"]


@pytest.mark.parametrize(
    "disturb",
    [
        lambda control, name: control.hang(name, "command"),
        lambda control, name: control.hang(name, "login"),
        lambda control, name: control.hang(name, "connect"),
        lambda control, name: control.refuse(name),
        lambda control, name: control.refuse(name, "password"),
        lambda control, name: control.garble(name),
    ],
    ids=["hangs", "hangs-at-login", "hangs-at-connect", "refuses", "password", "garbled"],
)
def test_a_disturbed_device_changes_nothing_of_the_others(
    practice_devices, collector_for, collect, disturb
):
    before, _ = collect(collector_for(practice_devices))
    name = sorted(before["device"])[0]
    disturb(practice_devices.control, name)

    collector = collector_for(practice_devices, timeout_seconds=4)
    after, gaps = collect(collector)
    practice_devices.control.calm()

    site = before["device"][name].site
    assert sorted((gap.kind, gap.reason.split(":")[0]) for gap in gaps if gap.field == "*") == [
        ("device", name),
        ("vlan", f"VLANs of {site}"),
    ]
    assert not [vlan for vlan in after["vlan"].values() if vlan.site == site]
    assert name not in after["device"]
    assert not [key for key in after["interface"] if key.startswith(f"{name}/")]
    rest = [one for one in _flat((before, ())) if name not in one.key and one.key.count("/") < 2]
    kept = {observe("network", one).asset_id for one in rest if type(one).__name__ != "Vlan"}
    assert kept <= set(_hashes(_flat((after, ()))))
    assert collector.covered() == frozenset()


@pytest.mark.parametrize(
    ("platform", "prefix"),
    [("cisco_ios", "GigabitEthernet"), ("cisco_nxos", "Ethernet"), ("arista_eos", "Ethernet")],
)
def test_a_port_that_the_device_shut_is_err_disabled(
    practice_devices, collector_for, collect, platform, prefix
):
    name = practice_devices.control.names(platform)[0]
    records, _ = collect(collector_for(practice_devices, only=[name]))
    port = next(
        one.name
        for one in records["interface"].values()
        if one.name.startswith(prefix) and one.state is InterfaceState.UP
    )
    practice_devices.control.err_disable(name, port)

    records, _ = collect(collector_for(practice_devices, only=[name]))

    assert records["interface"][f"{name}/{port}"].state is InterfaceState.ERR_DISABLED


def test_the_planted_faults_can_be_seen_in_the_records(whole, read_devices):
    _, records, _ = whole
    planted = read_devices.control.planted()
    interfaces = {one.key: one for one in records if type(one).__name__ == "Interface"}
    devices = _devices(records)

    for place in planted["err_disabled"]:
        assert interfaces[place].state is InterfaceState.ERR_DISABLED
    assert {d.name for d in devices.values() if d.telnet_enabled} == set(planted["telnet"])
    communities = {d.name for d in devices.values() if d.default_community}
    assert communities == set(planted["well_known_community"])
    unsaved = {d.name for d in devices.values() if d.config_saved is False}
    assert unsaved == set(planted["config_not_saved"])
    for place in planted["bgp_down"]:
        name, _, address = place.partition("/")
        (peer,) = [p for p in devices[name].routing_peers if p.address == address]
        assert peer.state != "established"
    for place in planted["input_errors"]:
        assert interfaces[place].input_errors > 0


def test_a_configuration_that_was_not_saved_is_seen(practice_devices, collector_for, collect):
    control = practice_devices.control
    for platform in ("cisco_ios", "cisco_nxos", "arista_eos"):
        name = control.names(platform)[0]
        control.save_config(name)
        saved, _ = collect(collector_for(practice_devices, only=[name]))
        control.unsave_config(name)
        unsaved, _ = collect(collector_for(practice_devices, only=[name]))

        assert saved["device"][name].config_saved is True
        assert unsaved["device"][name].config_saved is False


def test_neither_canary_nor_password_is_in_the_log_at_its_most_talkative(
    practice_devices, collector_for, collect, caplog
):
    caplog.set_level("DEBUG")

    collect(collector_for(practice_devices))

    secrets = (*DEVICE_CANARIES, practice_devices.password)
    assert [secret for secret in secrets if secret in caplog.text] == []
