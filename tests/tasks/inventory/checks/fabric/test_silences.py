"""What a platform never tells: no check judges by it, and what it tells all the same is judged."""

from __future__ import annotations

import re

import pytest

from models.kinds import KINDS
from models.records.asset import Gap
from models.records.check import Severity
from tasks.inventory.checks import CHECKS
from tasks.inventory.checks.silences import SILENCES
from tests.tasks.inventory.checks.fabric.cases import CASES
from tests.tasks.inventory.checks.fabric.racks import DOWN, judge, verdict

UPLINK, SPINE, LEAF = "leaf-01/Ethernet1/49", "spine-01/Ethernet1/1", "leaf-01"
FRR = {"leaf-01": {"platform": "frr"}}
RAW_NAME = re.compile(r"\b[a-z]+_[a-z_]+\b")


def on_frr(key, **changes):
    return {**FRR, key: {**FRR.get(key, {}), **changes}}


def test_every_silence_is_of_fields_that_there_are_and_gives_its_reason():
    for one in SILENCES:
        assert set(one.fields) <= {field.name for field in KINDS[one.kind].fields}
        assert one.reason


@pytest.mark.parametrize(
    ("check", "key", "field"),
    [
        ("NE-01", UPLINK, "duplex"),
        ("NE-17", UPLINK, "input_rate_bps"),
        ("NE-16", UPLINK, "input_errors"),
        ("NE-19", LEAF, "arp"),
        ("NE-20", LEAF, "config_saved"),
        ("NE-21", LEAF, "telnet_enabled"),
        ("NE-22", LEAF, "default_community"),
        ("NE-23", LEAF, "ntp_servers"),
        ("NE-24", LEAF, "syslog_servers"),
    ],
)
def test_a_check_does_not_concern_what_a_platform_never_tells(check, key, field):
    silent, other = judge(on_frr(key, **{field: None})), judge({key: {field: None}})

    assert verdict(silent, check, key) is None
    assert verdict(other, check, key).result is Severity.UNKNOWN
    assert verdict(judge(FRR), check, key).result is Severity.OK


def test_what_a_silent_platform_tells_all_the_same_keeps_its_findings():
    assert verdict(judge(on_frr(UPLINK, duplex="half")), "NE-01", UPLINK).result is Severity.WARN
    assert verdict(judge(on_frr(LEAF, ntp_servers=())), "NE-23", LEAF).result is Severity.WARN


def test_a_link_to_a_silent_platform_is_not_compared_by_what_that_never_tells():
    far_silent = on_frr(UPLINK, duplex=None, mode=None, trunk_vlans=None)

    found = judge(far_silent)

    assert [verdict(found, check, SPINE) for check in ("NE-01", "NE-08", "NE-09")] == [None] * 3
    assert verdict(found, "NE-02", SPINE).result is Severity.OK


def test_a_device_that_never_tells_neighbours_is_judged_by_what_others_hear():
    deaf = on_frr(LEAF, neighbours=None)
    down = {f"leaf-01/Ethernet1/{n}": {"state": DOWN} for n in (47, 48, 50)}

    assert verdict(judge(deaf), "NE-05", LEAF).result is Severity.OK
    assert verdict(judge(deaf, joins=()), "NE-05", LEAF) is None
    alone = verdict(judge({**deaf, **down}), "NE-05", LEAF)
    assert alone.result is Severity.UNKNOWN
    assert "hear it by LLDP" in alone.remedy


def test_a_configuration_that_does_not_speak_of_telnet_is_unknown_with_its_own_cure():
    silent = verdict(judge({LEAF: {"telnet_enabled": None}}), "NE-21", LEAF)
    unread = verdict(judge({LEAF: {"telnet_enabled": None, "running_config": None}}), "NE-21", LEAF)

    assert (silent.result, unread.result) == (Severity.UNKNOWN, Severity.UNKNOWN)
    assert "transport input ssh" in silent.remedy
    assert "permission to read the running configuration" in unread.remedy


def test_what_is_taken_from_a_configuration_that_was_not_read_says_why():
    gap = Gap(kind="device", field="running_config", reason="leaf-01: timed out")
    unread = {LEAF: {"ntp_servers": None, "running_config": None}}

    found = verdict(judge(unread, gaps=(gap,)), "NE-23", LEAF)

    assert found.message == "NTP servers could not be seen: leaf-01: timed out"
    assert found.remedy == "Mend what kept the collection from reading it, and collect again."


@pytest.mark.parametrize("check", CASES)
def test_no_message_or_advice_names_a_field_as_the_program_does(check):
    for _, key, changes, expected, given in CASES[check]:
        found = verdict(judge(changes, **given), check, key)
        if expected is not None:
            assert RAW_NAME.findall(f"{found.message} {found.remedy}") == []


def test_a_field_is_called_by_its_label_with_its_unit():
    rate = verdict(judge({UPLINK: {"input_rate_bps": None}}), "NE-17", UPLINK)
    slow = verdict(judge({SPINE: {"speed_mbps": 10_000}}), "NE-02", UPLINK)

    assert rate.message == "received in bit/s could not be seen"
    assert slow.message == (
        "speed is 25000 Mbit/s on leaf-01 Ethernet1/49, but 10000 Mbit/s on spine-01 Ethernet1/1"
    )


def test_every_field_that_a_check_asks_for_is_one_of_its_kind():
    for check in CHECKS.values():
        for kind in check.kinds:
            known = {field.name for field in KINDS[kind].fields}
            assert set(check.asks) <= known
