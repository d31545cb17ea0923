"""Configurations: secrets in every sort of place, strings that never repeat, changes that count."""

import re

import pytest

from deployments.practice.devices import DEVICE_CANARIES
from deployments.practice.devices.secrets import _KEY, type7

SHOWN = {
    "cisco_ios": "show running-config",
    "cisco_nxos": "show running-config",
    "arista_eos": "show running-config",
    "juniper_junos": "show configuration",
    "frr": "show running-config",
}
EOS, NXOS, IOS, JUNOS = "sw-fra1-r01-a", "sw-ber1-r01-b", "sw-ber1-mgmt", "sw-fra1-core-a"


def decoded(text, salt_length=2):
    """Undo type 7, as anyone can."""
    start, data = int(text[:salt_length]), bytes.fromhex(text[salt_length:])
    return bytes(b ^ _KEY[(start + n) % len(_KEY)] for n, b in enumerate(data)).decode()


def test_every_canary_stands_somewhere_in_the_clear_or_can_be_decoded(network):
    found = set()
    for device in network.lab.network.devices.values():
        text = network.text(device.name, SHOWN[device.platform])
        hidden = re.findall(r"\b7 \"?([01]\d[0-9A-F]{8,})", text)
        plain = text + " ".join(decoded(one) for one in hidden)
        found |= {secret for secret in DEVICE_CANARIES if secret in plain}
    assert found == set(DEVICE_CANARIES)


def test_type_7_is_what_cisco_writes():
    assert type7("cisco", 2) == "02050D480809"
    assert decoded(type7("c4nary", 11)) == "c4nary"


@pytest.mark.parametrize("platform", list(SHOWN))
def test_a_second_reading_differs_but_only_where_nothing_was_configured(network, platform):
    name = network.names(platform)[0]
    first = network.text(name, SHOWN[platform]).splitlines()
    second = network.text(name, SHOWN[platform]).splitlines()
    changed = [one for one, other in zip(first, second, strict=True) if one != other]
    assert all(
        re.search(r"\$9\$|7 \"?[01]\d[0-9A-F]+|md5 [01]\d|clock-period|!Time", one)
        for one in changed
    )
    assert changed or platform == "frr"


@pytest.mark.parametrize("name", [NXOS, EOS])
def test_a_saved_configuration_differs_in_nothing(network, name):
    command = "show running-config diff" + ("s" if name == EOS else "")
    assert network.text(name, command) == ""


def test_an_unsaved_configuration_shows_its_difference(network):
    for name in network.planted["config_not_saved"]:
        running = network.text(name, "show running-config")
        assert "192.0.2.114" in running
        assert "192.0.2.114" not in network.text(name, "show startup-config")
    assert "+logging server 192.0.2.114" in network.text(
        "sw-ber1-r01-a", "show running-config diff"
    )


def test_junos_shows_its_configuration_as_blocks_and_as_set_lines(network):
    blocks = network.text(JUNOS, "show configuration")
    assert "    host-name sw-fra1-core-a;" in blocks
    assert blocks.count("{") == blocks.count("}")
    lines = network.text(JUNOS, "show configuration | display set").splitlines()
    assert all(line.startswith("set ") for line in lines)


@pytest.mark.parametrize(
    ("name", "port"),
    [(EOS, "Ethernet10"), (NXOS, "Ethernet1/10"), (IOS, "GigabitEthernet1/0/30")],
)
def test_a_writer_describes_a_port_and_the_next_show_has_it(connect, practice_devices, name, port):
    session = connect(name, write=True)
    session.send_config_set([f"interface {port}", "description set by the test", "shutdown"])
    shown = session.send_command("show running-config")
    assert f"interface {port}" in shown
    assert "description set by the test" in shown
    assert practice_devices.control.port(name, port)["enabled"] is False
    session.save_config()
    assert "description set by the test" in session.send_command("show startup-config")
    session.send_config_set([f"interface {port}", "no shutdown", "no description"])
    assert "set by the test" not in session.send_command("show running-config")
    assert "set by the test" in session.send_command("show startup-config")
    assert practice_devices.control.counters()["mutating_by_device"][name] >= 7


def test_junos_changes_nothing_before_the_commit(connect, practice_devices):
    session = connect(JUNOS, write=True)
    session.config_mode()
    session.send_config_set(
        [
            'set interfaces xe-0/0/42 description "to the border"',
            "set interfaces xe-0/0/42 disable",
        ],
        exit_config_mode=False,
    )
    assert "to the border" not in practice_devices.control.port(JUNOS, "xe-0/0/42")["description"]
    compared = session.send_command("show | compare", expect_string=r"#")
    assert 'description "to the border"' in compared
    session.commit()
    session.exit_config_mode()
    port = practice_devices.control.port(JUNOS, "xe-0/0/42")
    assert (port["description"], port["enabled"]) == ("to the border", False)
    assert "Administratively down" in session.send_command("show interfaces")


def test_a_vlan_can_be_made_named_and_allowed_on_a_trunk(connect, practice_devices):
    session = connect(EOS, write=True)
    session.send_config_set(
        ["vlan 400", "name lab", "interface Port-Channel1", "switchport trunk allowed vlan add 400"]
    )
    assert "400" in session.send_command("show vlan")
    assert 400 in practice_devices.control.port(EOS, "Ethernet51/1")["vlans"]


@pytest.mark.parametrize(
    ("name", "command"),
    [
        (EOS, "configure terminal"),
        (NXOS, "configure terminal"),
        (IOS, "write memory"),
        (JUNOS, "configure"),
        (EOS, "show version | redirect flash:stolen"),
        (IOS, "clear counters"),
        (IOS, "reload"),
    ],
)
def test_a_reader_is_refused_whatever_could_change_something_and_is_counted(
    connect, practice_devices, name, command
):
    session = connect(name)
    said = session.send_command(command)
    assert re.search("denied|authoriz|not allowed|Invalid|invalid|failed", said, re.IGNORECASE)
    assert practice_devices.control.counters()["mutating"] == 1


def test_reading_everything_mutates_nothing(connect, practice_devices):
    for name in (EOS, NXOS, IOS, JUNOS, "rt-fra1-border"):
        session = connect(name)
        for command in ("show version", "show running-config", "show clock"):
            session.send_command(command)
    assert practice_devices.control.counters()["mutating"] == 0
    assert practice_devices.control.counters()["commands"][EOS]["show version"] == 1


def test_without_privilege_the_configuration_wants_enable(connect, practice_devices):
    practice_devices.control.demote(IOS)
    session = connect(IOS, secret=practice_devices.enable_password)
    assert session.find_prompt().endswith(">")
    assert "Invalid input" in session.send_command("show running-config")
    session.enable()
    assert "hostname" in session.send_command("show running-config")


def test_commands_may_be_shortened_as_people_type_them(connect):
    session = connect(IOS)
    assert "uptime" in session.send_command("sh ver")
    assert "VLAN Name" in session.send_command("sh vlan br")
    assert "Invalid" in session.send_command("sh ip")
    assert "Hardware Addr" in session.send_command("sh ip a")
    assert session.send_command("show version | include uptime").count("uptime") == 1
