"""Runs that see less than there is: of a site, of a device, of its routes."""

from collectors.network import session
from models.records.asset import Gap
from tests.collectors.network.test_failures import GOOD, VLANS, _lost, _names, _row


def test_while_a_device_of_a_site_is_lost_its_vlans_stay_as_they_were(
    collect, scripted, mute, network_collector
):
    other = {**GOOD, "show vlan": VLANS.replace("users", "staff")}
    rows = [{**_row("silent", mute()), "site": "fra1"}]
    rows += [scripted(GOOD).row("sw1", site="fra1"), scripted(other).row("sw2", site="ams1")]
    collector = network_collector(*rows, timeout_seconds=2)

    records, gaps = collect(collector)

    assert _names(records) == ["sw1", "sw2"]
    assert sorted(records["vlan"]) == ["ams1/1", "ams1/10"]
    assert [gap for gap in gaps if gap.kind == "vlan"] == [
        Gap(kind="vlan", field="*", reason="VLANs of fra1: silent could not be read")
    ]
    assert "vlan" not in collector.covered()


def test_a_narrowed_run_tells_the_vlans_of_whole_sites_alone(collect, scripted, network_collector):
    rows = [scripted(GOOD).row(f"sw{n}", site="fra1" if n < 3 else "ams1") for n in range(1, 4)]

    records, gaps = collect(network_collector(*rows, only=["sw1", "sw3"]))

    assert sorted(records["vlan"]) == ["ams1/1", "ams1/10"]
    assert [gap.reason for gap in gaps if gap.kind == "vlan"] == [
        "VLANs of fra1: the run is narrowed with only"
    ]


LONG = "C        10.0.10.0/24 is directly connected, Vlan10\n" * 100


def test_what_was_read_before_an_answer_without_end_is_kept(
    collect, scripted, network_collector, monkeypatch
):
    monkeypatch.setattr(session, "_LARGEST_ANSWER", 4000)
    endless = scripted({**GOOD, "show running-config": "hostname x\n", "show ip arp": LONG})
    collector = network_collector(endless.row("full"), scripted(GOOD).row("sw2"))

    records, gaps = collect(collector)

    found = records["device"]["full"]
    assert (found.os_version, found.running_config) == ("15.2(4)E8", "hostname x")
    assert (found.arp, found.mac_table, found.routes) == (None, None, None)
    assert not _lost(gaps)
    reasons = {gap.field: gap.reason for gap in gaps if "(full)" in gap.reason}
    assert reasons["arp"] == "show ip arp: what the device prints is too long to be read (full)"
    assert reasons["routes"] == (
        "show ip route vrf *: it was not asked, since the output of a command before it is too long"
        " to be read (full)"
    )
    assert "show ip route" not in endless.received
    assert [gap.privilege for gap in gaps if "(full)" in gap.reason] == [None] * len(reasons)
    assert collector.covered() == {"device", "interface", "vlan"}


def test_vlans_behind_an_answer_without_end_are_not_covered(
    collect, scripted, network_collector, monkeypatch
):
    monkeypatch.setattr(session, "_LARGEST_ANSWER", 4000)
    endless = scripted({**GOOD, "show inventory": LONG})
    collector = network_collector(endless.row("full"), scripted(GOOD).row("sw2"))

    collect(collector)

    assert collector.covered() == {"device", "interface"}


def test_a_device_whose_interfaces_are_without_end_failed_whole(
    collect, scripted, network_collector, monkeypatch
):
    monkeypatch.setattr(session, "_LARGEST_ANSWER", 4000)
    endless = scripted({**GOOD, "show interfaces": LONG})

    records, gaps = collect(network_collector(endless.row("full"), scripted(GOOD).row("sw2")))

    assert _names(records) == ["sw2"]
    assert [gap.reason for gap in _lost(gaps)] == ["full: an answer does not end"]


def test_a_source_may_leave_routes_out(collect, scripted, network_collector):
    device = scripted({**GOOD, "show ip route": LONG})

    records, gaps = collect(network_collector(device.row(), routes=False))

    assert records["device"]["sw1"].routes is None
    assert not [line for line in device.received if line.startswith("show ip route")]
    assert "routes" not in {gap.field for gap in gaps}


def test_routes_are_asked_for_last(collect, scripted, network_collector):
    device = scripted(GOOD)

    collect(network_collector(device.row()))

    asked = [line for line in device.received if line.startswith("show")]
    assert asked[:2] == ["show version", "show interfaces"]
    assert asked[-1] == "show ip route"
