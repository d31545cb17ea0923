"""Single answers into records: saved configurations, routes, peers, and texts that are none."""

import json

import pytest

from models.errors import UnexpectedReply
from models.kinds.device import ArpEntry
from tests.collectors.network.assembling import FRR, IOS, read


@pytest.mark.parametrize(
    ("platform", "running", "other", "saved"),
    [
        ("cisco_ios", "hostname a\nend\n", "Using 9 out of 99 bytes\nhostname a\nend\n", True),
        ("cisco_ios", "hostname a\nend\n", "hostname b\nend\n", False),
        ("cisco_ios", "username a password 7 0201\n", "username a password 7 1302\n", True),
        ("cisco_ios", "hostname a\n", "startup-config is not present\n", False),
        (
            "cisco_ios",
            "Current configuration : 9 bytes\n! Last configuration change at 10:00\nhostname a\n"
            "crypto pki certificate chain TP-1\n certificate self-signed 01\n"
            "  30820330 30820218 A0030201 02020101 300D0609 2A864886 F70D0101 05050030\n"
            "  31312F30 2D060355\n  \tquit\nntp clock-period 17179860\nend\n",
            "Using 9 out of 99 bytes, uncompressed size = 200 bytes\nhostname a \n"
            "crypto pki certificate chain TP-1\n"
            " certificate self-signed 01 nvram:IOS-Self-Sig#1.cer\n"
            "ntp clock-period 17179999\nend\n",
            True,
        ),
        (
            "cisco_ios",
            "crypto pki certificate chain TP-1\n certificate ca 01\n  3082\n  \tquit\nhostname a\n",
            "crypto pki certificate chain TP-1\n certificate ca 01 nvram:a.cer\nhostname b\n",
            False,
        ),
        ("cisco_nxos", "hostname a\n", "", True),
        ("cisco_nxos", "hostname a\n", "!Command: show running-config diff\n!Time: Mon\n", True),
        (
            "cisco_nxos",
            "hostname a\n",
            "*** Startup-config\n--- Running-config\n! hostname b\n",
            False,
        ),
        ("arista_eos", "hostname a\n", "", True),
        (
            "arista_eos",
            "hostname a\n",
            "--- flash:/startup-config\n+++ system:/running-config\n@@ -1 +1 @@\n-hostname b\n+hostname a\n",
            False,
        ),
    ],
)
def test_whether_a_configuration_is_saved(platform, running, other, saved):
    command = {
        "cisco_ios": "show startup-config",
        "cisco_nxos": "show running-config diff",
        "arista_eos": "show running-config diffs",
    }[platform]

    outputs = {"show vlan": "", "show running-config": running, command: other}
    device = read(platform, outputs).device

    assert device.config_saved is saved


@pytest.mark.parametrize(
    ("changed", "stored", "saved"),
    [
        ("10:00:00 UTC Mon Mar 2 2026", "10:00:05 UTC Mon Mar 2 2026", True),
        ("10:00:00 UTC Mon Mar 2 2026", "23:00:00 UTC Sun Mar 1 2026", False),
        ("10:00:00 UTC Mon Mar 2 2026", "10:00:00 CET Mon Mar 2 2026", None),
    ],
)
def test_where_the_startup_configuration_may_not_be_shown_two_times_tell(changed, stored, saved):
    head = (
        f"! Last configuration change at {changed} by admin\n"
        f"! NVRAM config last updated at {stored} by admin\nhostname a\n"
    )
    denied = "% Authorization failed.\n"

    reading = read(
        "cisco_ios",
        {"show vlan": "", "show running-config": head, "show startup-config": denied},
    )

    assert reading.device.config_saved is saved


def test_of_many_routes_the_device_s_own_are_all_kept_and_others_as_they_fit():
    own = "".join(
        f"10.{n // 250}.{n % 250}.0/24 *[Direct/0] 1d\n                > via irb.10\n"
        for n in range(400)
    )
    others = "".join(
        f"172.16.{n % 250}.{n // 250}/32 *[BGP/170] 1d\n                > to 10.0.0.1 via irb.10\n"
        for n in range(600)
    )
    text = "inet.0: 1000 destinations, 1000 routes\n\n" + own + others

    device = read("juniper_junos", {"show route": text}).device

    assert device.route_count == 1000
    assert len(device.routes) == 500
    assert sum(route.protocol == "connected" for route in device.routes) == 400


def test_a_space_that_slipped_before_a_line_does_not_cost_the_table():
    arp = "MAC Address       Address         Interface     Flags\n 00:50:56:9a:00:01 10.0.10.9    irb.10    none\n\n{master:0}\n"

    device = read("juniper_junos", {"show arp no-resolve": arp}).device

    assert device.arp == (
        ArpEntry(ip_address="10.0.10.9", mac="00:50:56:9a:00:01", interface="irb.10"),
    )


def test_a_device_of_which_only_a_text_is_there_for_a_configuration_is_no_device():
    with pytest.raises(UnexpectedReply):
        read("cisco_ios", {"show running-config": "lorem 1", "show startup-config": "lorem 1"})


def test_a_device_that_says_nothing_we_understand_is_no_device():
    with pytest.raises(UnexpectedReply, match="none of its answers"):
        read("cisco_ios", {"show version": "4711 lorem\n", "show vlan": "0815 ipsum\n"})


def test_the_device_does_not_know_a_command_of_a_feature_that_is_off():
    invalid = "                ^\n% Invalid command at '^' marker.\n"
    config = "hostname a\nfeature lldp\n"
    outputs = {
        "show version": "Cisco Nexus\n  NXOS: version 10.2(5)\n  Reason: reload\n",
        "show running-config": config,
        "show ip bgp summary": invalid,
        "show ip ospf neighbor": invalid,
    }

    without = read("cisco_nxos", outputs)
    with_bgp = read("cisco_nxos", {**outputs, "show running-config": config + "feature bgp\n"})

    assert without.device.routing_peers == ()
    assert without.lacks == ()
    assert with_bgp.device.routing_peers == ()


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Idle", "down"),
        ("Active", "down"),
        ("Connect", "down"),
        ("OpenSent", "down"),
        ("OpenConfirm", "down"),
        ("Idle (Admin)", "idle (admin)"),
        ("Established", "established"),
        ("Clean", "clean"),
        (5, "unknown"),
    ],
)
def test_a_bgp_peer_that_tries_again_and_again_is_down_all_the_time(word, state):
    text = json.dumps({"ipv4Unicast": {"peers": {"10.0.0.0": {"remoteAs": 1, "state": word}}}})

    (peer,) = read(
        "frr", {**FRR, "show bgp summary json": text, "show ip ospf neighbor json": "{}"}
    ).device.routing_peers

    assert (peer.protocol, peer.state) == ("bgp", state)


@pytest.mark.parametrize(
    ("word", "state"), [("12", "established"), ("Idle", "down"), ("Idle (Admin)", "idle (admin)")]
)
def test_a_bgp_summary_gives_prefixes_or_a_state(word, state):
    text = f"""BGP router identifier 10.0.0.1, local AS number 65001
Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
10.0.0.2        4        65002     100     100        5    0    0 01:00:00 {word}
"""

    peers = read("cisco_ios", {**IOS, "show ip bgp summary": text}).device.routing_peers

    assert [peer.state for peer in peers if peer.protocol == "bgp"] == [state]


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("FULL/BDR", "established"),
        ("2WAY/DROTHER", "2way"),
        ("INIT/DROTHER", "forming"),
        ("EXSTART/DR", "forming"),
        ("EXCHANGE/  -", "forming"),
        ("LOADING/DR", "forming"),
        ("DOWN/DROTHER", "down"),
    ],
)
def test_an_ospf_neighbour_on_its_way_is_forming(word, state):
    text = IOS["show ip ospf neighbor"].replace("FULL/DR ", word)

    (peer,) = read("cisco_ios", {**IOS, "show ip ospf neighbor": text}).device.routing_peers

    assert (peer.protocol, peer.state) == ("ospf", state)
