"""The many spellings of devices, and the one that we write."""

from datetime import timedelta

import pytest

from collectors.network import normalise
from models.kinds.interface import InterfaceState


@pytest.mark.parametrize(
    ("platform", "short", "long"),
    [
        ("cisco_ios", "Gi1/0/1", "GigabitEthernet1/0/1"),
        ("cisco_ios", "Gig 1/0/1", "GigabitEthernet1/0/1"),
        ("cisco_ios", "Te1/1/1", "TenGigabitEthernet1/1/1"),
        ("cisco_ios", "Twe1/0/1", "TwentyFiveGigE1/0/1"),
        ("cisco_ios", "Fa0/1.50", "FastEthernet0/1.50"),
        ("cisco_ios", "Po1", "Port-channel1"),
        ("cisco_ios", "GigabitEthernet1/0/1", "GigabitEthernet1/0/1"),
        ("cisco_ios", "Vl10", "Vlan10"),
        ("cisco_ios", "Null0", "Null0"),
        ("cisco_nxos", "Eth1/1", "Ethernet1/1"),
        ("cisco_nxos", "Eth101/1/1", "Ethernet101/1/1"),
        ("cisco_nxos", "Po10", "port-channel10"),
        ("cisco_nxos", "Lo0", "loopback0"),
        ("cisco_nxos", "mgmt0", "mgmt0"),
        ("arista_eos", "Et1", "Ethernet1"),
        ("arista_eos", "Et49/1", "Ethernet49/1"),
        ("arista_eos", "Po1000", "Port-Channel1000"),
        ("arista_eos", "Ma1", "Management1"),
        ("juniper_junos", "xe-0/0/0.0", "xe-0/0/0"),
        ("juniper_junos", "ge-0/0/1.100", "ge-0/0/1.100"),
        ("juniper_junos", "irb.10", "irb.10"),
        ("juniper_junos", "irb.0", "irb"),
        ("frr", "eth0", "eth0"),
    ],
)
def test_an_interface_has_one_long_name(platform, short, long):
    assert normalise.interface_name(short, platform) == long


@pytest.mark.parametrize(
    "text", ["0050.569A.0001", "00:50:56:9a:00:01", "00-50-56-9A-00-01", "0050569a0001"]
)
def test_a_mac_is_written_in_one_way(text):
    assert normalise.mac(text) == "00:50:56:9a:00:01"


@pytest.mark.parametrize("text", ["", None, "Incomplete", "0050.569a", "0050.569g.0001"])
def test_what_is_no_mac_is_none(text):
    assert normalise.mac(text) is None


@pytest.mark.parametrize(
    ("text", "mbps"),
    [
        ("10G", 10_000),
        ("a-1000", 1000),
        ("1000Mb/s", 1000),
        ("10Gbps", 10_000),
        ("10 Gb/s", 10_000),
        ("2.5G", 2500),
        ("100", 100),
        ("10G(D)", 10_000),
        ("400Gb/s", 400_000),
        ("auto", None),
        ("a-auto", None),
        ("auto(D)", None),
        ("Unlimited", None),
        (None, None),
    ],
)
def test_a_speed_is_in_mbit(text, mbps):
    assert normalise.speed_mbps(text) == mbps


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ("1,2,3,10-12,20", "1-3,10-12,20"),
        (["10-20", "30"], "10-20,30"),
        (["30", "11", "10", "10"], "10-11,30"),
        ("ALL", "all"),
        (["ALL"], "all"),
        ("1-4094", "all"),
        ("none", "none"),
        ("", None),
        ("garbage", None),
        ("5000", None),
    ],
)
def test_a_list_of_vlans_is_written_as_ranges(values, text):
    assert normalise.vlan_ranges(values) == text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1 year, 2 weeks, 3 days, 4 hours, 5 minutes", 33_019_500),
        ("12 day(s), 3 hour(s), 22 minute(s), 5 second(s)", 1_048_925),
        ("3d04h", 273_600),
        ("1week(s) 2day(s)", 777_600),
        ("00:01:02", 62),
        ("1d 00:00:05", 86_405),
    ],
)
def test_a_span_of_time_is_understood(text, seconds):
    assert normalise.elapsed(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["never", "", None])
def test_a_time_that_never_was_is_none(text):
    assert normalise.elapsed(text) is None


@pytest.mark.parametrize(
    ("words", "state"),
    [
        (("up", "up (connected)"), InterfaceState.UP),
        (("up", "down (notconnect)"), InterfaceState.DOWN),
        (("administratively down", "down (disabled)"), InterfaceState.DOWN),
        (("down", "down (err-disabled)"), InterfaceState.ERR_DISABLED),
        (("down", "down (errdisabled)"), InterfaceState.ERR_DISABLED),
        (("down (bpduguardErrDisabled)", None), InterfaceState.ERR_DISABLED),
        (("down (SFP not inserted)", None), InterfaceState.NOT_PRESENT),
        (("xcvrAbsen", None), InterfaceState.NOT_PRESENT),
        (("down", "notpresent (notconnect)"), InterfaceState.NOT_PRESENT),
        (("connected", None), InterfaceState.UP),
        (("notconnect", None), InterfaceState.DOWN),
        (("", None), InterfaceState.UNKNOWN),
        (("purple", None), InterfaceState.UNKNOWN),
    ],
)
def test_the_words_of_a_device_come_to_a_state(words, state):
    assert normalise.state(*words) is state


@pytest.mark.parametrize(
    ("word", "protocol"),
    [
        ("C", "connected"),
        ("direct", "connected"),
        ("O", "ospf"),
        ("O IA", "ospf"),
        ("bgp-65001", "bgp"),
        ("B E", "bgp"),
        ("IS-IS", "isis"),
        ("hsrp", "other"),
        ("kernel", "other"),
        ("", "other"),
    ],
)
def test_a_route_has_one_of_our_protocols(word, protocol):
    assert normalise.protocol(word) == protocol


@pytest.mark.parametrize(
    ("args", "text"),
    [
        (("10.0.0.1", "24"), "10.0.0.1/24"),
        (("10.0.0.1", "255.255.255.0"), "10.0.0.1/24"),
        (("10.0.0.1/31",), "10.0.0.1/31"),
        (("2001:db8::1/64",), "2001:db8::1/64"),
        (("unassigned",), None),
        ((None,), None),
    ],
)
def test_an_address_carries_its_prefix(args, text):
    assert normalise.address(*args) == text
