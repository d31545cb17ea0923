"""Whatever is typed, a device answers: no line is an exception, and none unsaid is harmless."""

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployments.practice.devices import PracticeDevices
from deployments.practice.devices.accounts import Account
from deployments.practice.devices.dialect import Session
from deployments.practice.devices.platforms import DIALECTS
from deployments.practice.site import build_site

WORDS = [
    *("interface", "vlan", "Ethernet1", "Ethernet1/1", "GigabitEthernet1/0/1", "irb", "unit", "10"),
    *(
        "no",
        "shutdown",
        "description",
        "switchport",
        "trunk",
        "allowed",
        "native",
        "access",
        "mode",
    ),
    *("add", "remove", "mtu", "duplex", "ip", "address", "10.0.0.1/24", "255.255.0.0", "name"),
    *("ntp", "server", "do", "end", "exit", "set", "delete", "interfaces", "xe-0/0/42", "disable"),
    *("commit", "check", "and-quit", "rollback", "show", "|", "compare", "configure", "terminal"),
    *("write", "memory", "enable", "clear", "reload", "cli", "width", "0", "half", "1-9,x", "copy"),
    *("running-config", "startup-config", "top", "up", "edit", "family", "inet"),
]
LINES = st.lists(st.sampled_from(WORDS) | st.text('ab1-/. "|', max_size=4), min_size=1, max_size=6)
WRITER = Account(username="writer", password="secret", may_write=True)
READER = replace(WRITER, may_write=False)


@cache
def devices():
    return PracticeDevices(build_site(vm_count=1))._lab.network.devices


def first(platform):
    return next(one for one in devices().values() if one.platform == platform).copy()


@pytest.mark.parametrize("platform", list(DIALECTS))
@settings(max_examples=150, deadline=None)
@given(lines=st.lists(LINES, min_size=1, max_size=5))
def test_a_writer_may_type_anything(platform, lines):
    dialect, device = DIALECTS[platform], first(platform)
    session = Session(device=device, account=WRITER, privileged=True)
    dialect.act(session, ["configure", "terminal"], "configure terminal")
    for line in lines:
        words = " ".join(line).split()
        if words and not session.over:
            assert isinstance(dialect.act(session, words, " ".join(words)), str)
            assert dialect.prompt(session)
    assert dialect.body(device)


@pytest.mark.parametrize("platform", list(DIALECTS))
@settings(max_examples=150, deadline=None)
@given(words=LINES)
def test_a_reader_changes_nothing_whatever_is_typed(platform, words):
    dialect, device = DIALECTS[platform], first(platform)
    before = dialect.body(device), device.saved
    words = " ".join(words).split()
    session = Session(device=device, account=READER, privileged=True)
    if words:
        dialect.act(session, words, " ".join(words))
    assert session.contexts == []
    assert (dialect.body(device), device.saved) == before


@pytest.mark.parametrize("platform", list(DIALECTS))
@pytest.mark.parametrize("line", ["reload", "copy a b", "clear arp", "delete x", "set system", "w"])
def test_what_is_not_known_to_be_harmless_counts_as_a_change(platform, line):
    assert not DIALECTS[platform].harmless(line.split())
