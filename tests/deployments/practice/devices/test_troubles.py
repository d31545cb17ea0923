"""What a script can do to the devices: they hang, refuse, talk nonsense, and come back."""

import socket

import pytest
from netmiko.exceptions import (
    NetmikoAuthenticationException,
    NetmikoTimeoutException,
    ReadTimeout,
)

from deployments.practice.devices import PracticeDevices
from models.errors import WrongUse

NAME = "sw-fra1-r01-a"


def test_a_device_that_hangs_is_silent_until_all_is_calm(connect, practice_devices):
    session = connect(NAME)
    practice_devices.control.hang(NAME)
    with pytest.raises(ReadTimeout):
        session.send_command("show version", read_timeout=0.5)
    practice_devices.control.calm()
    assert "Arista" in connect(NAME).send_command("show version")


def test_a_device_can_hang_before_it_says_a_word(connect, practice_devices):
    practice_devices.control.hang(NAME, "connect")
    with pytest.raises(NetmikoTimeoutException):
        connect(NAME, banner_timeout=0.5, conn_timeout=1)


def test_a_device_can_fall_silent_after_the_login(connect, practice_devices):
    practice_devices.control.hang(NAME, "login")
    with pytest.raises(ReadTimeout):
        connect(NAME, read_timeout_override=0.5)
    assert practice_devices.control.counters()["logins"] == 1


def test_a_device_can_refuse_the_connection_and_open_again_at_the_same_port(
    connect, practice_devices
):
    practice_devices.control.refuse(NAME)
    port = practice_devices.ports[NAME]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 1)
    practice_devices.control.calm()
    assert connect(NAME).send_command("show version")


def test_a_device_can_refuse_the_right_password(connect, practice_devices):
    practice_devices.control.refuse(NAME, "password")
    with pytest.raises(NetmikoAuthenticationException):
        connect(NAME)
    assert practice_devices.control.counters()["refused_logins"] >= 1


def test_a_garbled_device_answers_with_noise_and_keeps_its_prompt(connect, practice_devices):
    session = connect(NAME)
    practice_devices.control.garble(NAME)
    assert "Arista" not in session.send_command("show version")
    assert NAME in session.find_prompt()


def test_one_device_in_trouble_changes_nothing_for_another(connect, practice_devices):
    practice_devices.control.hang(NAME, "connect")
    practice_devices.control.refuse("sw-fra1-r01-b")
    assert "Junos" in connect("sw-fra1-core-a").send_command("show version")


def test_a_port_that_is_shut_is_felt_at_the_other_end(connect, practice_devices):
    session = connect("sw-fra1-core-a")
    assert "et-0/0/0 " in session.send_command("show lldp neighbors")
    practice_devices.control.shut_port(NAME, "Et51/1")
    assert "et-0/0/0 " not in session.send_command("show lldp neighbors")
    practice_devices.control.open_port(NAME, "Et51/1")
    assert "et-0/0/0 " in session.send_command("show lldp neighbors")


def test_the_controls_of_a_port_are_seen_in_the_next_show(practice_devices, connect):
    control = practice_devices.control
    control.err_disable(NAME, "Ethernet3")
    control.set_mtu(NAME, "Ethernet5", 1500)
    control.set_duplex(NAME, "Ethernet5", "half")
    control.change_description(NAME, "Ethernet5", "moved")
    control.remove_vlan(NAME, 110, "Port-Channel1")
    session = connect(NAME)
    status = session.send_command("show interfaces status")
    assert "errdisabled" in status
    interfaces = session.send_command("show interfaces")
    assert "Description: moved" in interfaces
    assert "Half-duplex" in interfaces
    assert "Ethernet MTU 1500 bytes" in interfaces
    assert 110 not in control.port(NAME, "Ethernet51/1")["vlans"]


def test_a_bgp_session_goes_down_at_both_ends_and_comes_up_again(connect, practice_devices):
    practice_devices.control.bgp_down("rt-fra1-border", "sw-fra1-core-a")
    border = connect("rt-fra1-border")
    assert '"state": "Active"' in border.send_command("show bgp summary json")
    core = connect("sw-fra1-core-a").send_command("show bgp summary")
    assert "Down peers: 1" in core
    practice_devices.control.bgp_up("rt-fra1-border", "sw-fra1-core-a")
    assert "Down peers: 0" in connect("sw-fra1-core-a").send_command("show bgp summary")


def test_a_duplicate_address_is_resolved_differently_by_the_two_cores(practice_devices, connect):
    address = practice_devices.control.duplicate_ip()
    macs = [
        next(
            line.split()[0]
            for line in connect(name).send_command("show arp no-resolve").splitlines()
            if address in line.split()
        )
        for name in ("sw-fra1-core-a", "sw-fra1-core-b")
    ]
    assert macs[0] != macs[1]


def test_an_unsaved_configuration_can_be_saved(connect, practice_devices):
    session = connect(NAME)
    practice_devices.control.unsave_config(NAME)
    assert "192.0.2.114" in session.send_command("show running-config diffs")
    practice_devices.control.save_config(NAME)
    assert "192.0.2.114" not in session.send_command("show running-config diffs")


def test_touching_moves_the_counters_and_nothing_else(connect, practice_devices):
    session = connect(NAME)
    before = session.send_command("show interfaces").splitlines()
    practice_devices.control.touch()
    after = session.send_command("show interfaces").splitlines()
    changed = [a for a, b in zip(before, after, strict=True) if a != b]
    assert changed
    assert all(
        "rate" in one or "packets" in one or "broadcasts" in one or "Up" in one for one in changed
    )


def test_a_delay_is_waited_for_by_every_device(connect, practice_devices):
    session = connect(NAME)
    practice_devices.control.delay(600)
    with pytest.raises(ReadTimeout):
        session.send_command("show clock", read_timeout=0.3)
    practice_devices.control.calm()


def test_a_later_start_takes_the_ports_of_the_earlier_one(small_practice_site):
    with PracticeDevices(small_practice_site) as first:
        ports = first.ports
    with PracticeDevices(small_practice_site, ports) as second:
        assert second.ports == ports


def test_what_does_not_exist_is_named(practice_devices):
    control = practice_devices.control
    for wrong in (
        lambda: control.shut_port("sw-nowhere", "Ethernet1"),
        lambda: control.shut_port(NAME, "Ethernet99"),
        lambda: control.bgp_down(NAME, "nobody"),
        lambda: control.hang(NAME, "never"),
    ):
        with pytest.raises(WrongUse):
            wrong()


def test_two_hundred_devices_are_ready(small_practice_site):
    with PracticeDevices(small_practice_site, at_least=200) as devices:
        assert len(devices.devices) == 200
        assert len(set(devices.ports.values())) == 200
