"""Devices that fail: each is one gap, in time, and nothing of it changes anything for the others."""

import socket
import threading
import time

import pytest

from models.errors import AccessDenied, ConfigurationError, Unavailable
from models.records.asset import Gap

VERSION = """Cisco IOS Software, C3750E Software (C3750E-UNIVERSALK9-M), Version 15.2(4)E8, RELEASE SOFTWARE (fc3)
sw1 uptime is 1 week, 2 days, 3 hours, 4 minutes
System image file is "flash:/c3750e-universalk9-mz.152-4.E8.bin"
cisco WS-C3750X-24 (PowerPC405) processor (revision W0) with 262144K bytes of memory.
Processor board ID FDO1616V1HN
"""


BRIEF = """Interface              IP-Address      OK? Method Status                Protocol
Vlan1                  10.0.0.1        YES NVRAM  up                    up
GigabitEthernet1/0/1   unassigned      YES unset  up                    up
GigabitEthernet1/0/2   unassigned      YES unset  administratively down down
"""


VLANS = """
VLAN Name                             Status    Ports
---- -------------------------------- --------- -------------------------------
1    default                          active    Gi1/0/1
10   users                            active    Gi1/0/2
"""


GOOD = {"show version": VERSION, "show ip interface brief": BRIEF, "show vlan": VLANS}


def _names(records):
    return sorted(records["device"])


def _lost(gaps):
    return [gap for gap in gaps if (gap.kind, gap.field) == ("device", "*")]


def _row(name, port, platform="cisco_ios"):
    return {"name": name, "address": "127.0.0.1", "port": port, "platform": platform}


def test_a_device_that_hangs_changes_nothing_for_the_others(
    collect, scripted, mute, network_collector
):
    released = threading.Event()
    hanging = scripted({**GOOD, "show vlan": lambda channel: released.wait(20)})
    rows = [_row("silent", mute()), hanging.row("hanging")]
    rows += [scripted(GOOD).row(f"sw{n}") for n in range(3)]
    collector = network_collector(*rows, timeout_seconds=2)

    records, gaps = collect(collector)
    released.set()

    assert _names(records) == ["sw0", "sw1", "sw2"]
    assert sorted(gap.reason for gap in _lost(gaps)) == [
        "hanging: it was not read within 2 s",
        "silent: it was not read within 2 s",
    ]
    assert not {key for key in records["interface"] if key.startswith(("hanging", "silent"))}
    assert collector.covered() == frozenset()


def test_devices_that_hang_do_not_use_up_the_places_of_the_others(
    collect, scripted, mute, network_collector
):
    rows = [_row(f"silent{n}", mute()) for n in range(4)]
    rows += [scripted(GOOD).row(f"sw{n}") for n in range(4)]

    records, gaps = collect(network_collector(*rows, at_once=2, timeout_seconds=1))

    assert _names(records) == ["sw0", "sw1", "sw2", "sw3"]
    assert len(_lost(gaps)) == 4


def test_a_device_that_refuses_the_connection_is_one_gap(collect, scripted, network_collector):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    records, gaps = collect(network_collector(_row("gone", port), scripted(GOOD).row("sw1")))

    assert _names(records) == ["sw1"]
    assert _lost(gaps) == [Gap(kind="device", field="*", reason="gone: the connection was refused")]


def test_a_device_with_another_password_is_one_gap_that_names_the_right(
    collect, scripted, network_collector, monkeypatch
):
    monkeypatch.setenv("OTHER_PASSWORD", "wrong-password")
    strange = scripted(GOOD).row("strange", password_env="OTHER_PASSWORD")

    records, gaps = collect(network_collector(strange, scripted(GOOD).row("sw1")))

    assert _names(records) == ["sw1"]
    (gap,) = _lost(gaps)
    assert gap.reason == "strange: the user name, the password or the key is wrong"
    assert gap.privilege == "a login to the device"
    assert "wrong-password" not in repr(gaps)


def test_what_does_not_speak_ssh_is_one_gap(collect, scripted, network_collector):
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def talk():
            sock, _ = listener.accept()
            sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 200)
            sock.close()

        threading.Thread(target=talk, daemon=True).start()
        port = listener.getsockname()[1]
        records, gaps = collect(network_collector(_row("web", port), scripted(GOOD).row("sw1")))

    assert _names(records) == ["sw1"]
    assert len(_lost(gaps)) == 1
    assert _lost(gaps)[0].reason.startswith("web: ")


def test_a_garbled_stream_is_a_device_that_failed_whole(collect, scripted, network_collector):
    noise = bytes(range(256)) * 20
    garbled = scripted({**GOOD, "show vlan": lambda channel: channel.sendall(noise)})

    records, gaps = collect(network_collector(garbled.row("noisy"), scripted(GOOD).row("sw1")))

    assert _names(records) == ["sw1"]
    assert [gap.reason for gap in _lost(gaps)] == ["noisy: what it sends is no text"]


def test_a_device_of_whose_answers_nothing_is_understood_failed_whole(
    collect, scripted, network_collector
):
    strange = scripted(dict.fromkeys(GOOD, "lorem ipsum 4711 dolor sit amet 0815\n"))

    records, gaps = collect(network_collector(strange.row("odd"), scripted(GOOD).row("sw1")))

    assert _names(records) == ["sw1"]
    assert [gap.reason for gap in _lost(gaps)] == ["odd: none of its answers could be understood"]


def test_a_device_that_breaks_off_in_the_middle_failed_whole(collect, scripted, network_collector):
    def cut(channel):
        channel.sendall("VLAN Name   Status\r\n1  def")
        channel.close()

    cutting = scripted({**GOOD, "show vlan": cut})

    records, gaps = collect(network_collector(cutting.row("cut"), scripted(GOOD).row("sw1")))

    assert _names(records) == ["sw1"]
    assert [gap.reason for gap in _lost(gaps)] == ["cut: the device closed the connection"]


def test_a_command_that_does_not_end_in_its_time_fails_the_device(
    collect, scripted, network_collector
):
    released = threading.Event()
    slow = scripted({**GOOD, "show vlan": lambda channel: released.wait(20)})
    rows = [slow.row("slow"), scripted(GOOD).row("sw1")]

    _, gaps = collect(network_collector(*rows, command_timeout_seconds=1, timeout_seconds=20))
    released.set()

    assert [gap.reason for gap in _lost(gaps)] == ["slow: 'show vlan' did not end within 1 s"]


def test_a_device_that_pages_in_spite_of_all_fails_at_once(collect, scripted, network_collector):
    released = threading.Event()

    def page(channel):
        channel.sendall("VLAN Name\r\n1 default\r\n --More-- ")
        released.wait(20)

    rows = [scripted({**GOOD, "show vlan": page}).row("pager"), scripted(GOOD).row("sw1")]

    _, gaps = collect(network_collector(*rows))
    released.set()

    assert [gap.reason for gap in _lost(gaps)] == [
        "pager: it shows page by page, and does not stop to"
    ]


def test_a_slow_prompt_behind_a_banner_that_looks_like_one_is_found(
    collect, scripted, network_collector
):
    banner = "\n##########\nLobby switch #\nAsk at desk 4>"
    device = scripted(GOOD, greeting=banner, prompt_delay=0.4, prompt="sw-1.lobby#")

    records, gaps = collect(network_collector(device.row()))

    assert _names(records) == ["sw1"]
    assert not _lost(gaps)
    assert records["device"]["sw1"].os_version == "15.2(4)E8"


def test_an_answer_in_small_pieces_with_the_prompt_inside_is_read_whole(
    collect, scripted, network_collector
):
    def drip(channel):
        text = VLANS.replace("users", "sw1#users").replace("\n", "\r\n")
        for start in range(0, len(text), 7):
            channel.sendall(text[start : start + 7])
            time.sleep(0.001)

    device = scripted({**GOOD, "show vlan": drip})

    records, _ = collect(network_collector(device.row()))

    assert sorted(vlan.name for vlan in records["vlan"].values()) == ["default", "sw1#users"]


def test_a_command_that_is_not_authorised_is_a_field_that_is_not_known(
    collect, scripted, network_collector
):
    denied = "% Authorization failed.\n"
    device = scripted(
        {**GOOD, "show running-config": denied, "show ip arp": denied, "show arp": denied}
    )
    collector = network_collector(device.row())

    records, gaps = collect(collector)

    found = records["device"]["sw1"]
    assert found.running_config is None
    assert found.arp is None
    assert found.ntp_servers is None
    assert found.default_community is None
    named = {gap.field: gap for gap in gaps}
    assert named["running_config"].privilege == "permission to run show running-config"
    assert named["running_config"].reason == (
        "show running-config: the device does not permit the command (sw1)"
    )
    assert named["arp"].privilege == "permission to run show ip arp"
    assert collector.covered() == {"device", "interface", "vlan"}


def test_the_same_lack_of_many_devices_is_one_gap_that_counts_them(
    collect, scripted, network_collector
):
    rows = [scripted(GOOD).row(f"sw{n}") for n in range(5)]

    _, gaps = collect(network_collector(*rows))

    config = next(gap for gap in gaps if gap.field == "running_config")
    assert config.count == 5
    assert config.reason.endswith("(sw0, sw1, sw2 and 2 more)")


def test_where_interfaces_of_one_device_cannot_be_read_they_are_not_covered(
    collect, scripted, network_collector
):
    without = {key: value for key, value in GOOD.items() if key != "show ip interface brief"}
    collector = network_collector(scripted(GOOD).row("sw1"), scripted(without).row("sw2"))

    records, _ = collect(collector)

    assert _names(records) == ["sw1", "sw2"]
    assert collector.covered() == {"device", "vlan"}


def test_where_vlans_of_one_device_cannot_be_read_they_are_not_covered(
    collect, scripted, network_collector
):
    without = {key: value for key, value in GOOD.items() if key != "show vlan"}
    collector = network_collector(scripted(GOOD).row("sw1"), scripted(without).row("sw2"))

    collect(collector)

    assert collector.covered() == {"device", "interface"}


def test_a_router_without_vlans_leaves_them_covered(collect, scripted, network_collector):
    config = "hostname rt1\ninterface GigabitEthernet0/0\n ip address 10.0.0.1 255.255.255.0\nend\n"
    router = {key: value for key, value in GOOD.items() if key != "show vlan"}
    router["show running-config"] = config
    collector = network_collector(scripted(GOOD).row("sw1"), scripted(router).row("rt1"))

    records, gaps = collect(collector)

    assert collector.covered() == {"device", "interface", "vlan"}
    assert records["device"]["rt1"].mac_table == ()
    assert not [gap for gap in gaps if gap.kind == "vlan"]


def test_an_output_that_fits_no_template_is_kept_as_text_without_its_secrets(
    collect, scripted, network_collector
):
    odd = "Protokoll Adresse 10.0.0.1 username bob password 7 02050D480809\n"
    device = scripted({**GOOD, "show ip ospf neighbor": odd, "show interfaces status": odd})

    records, gaps = collect(network_collector(device.row()))

    found = records["device"]["sw1"]
    assert {raw.command for raw in found.raw_outputs} >= {"show ip ospf neighbor"}
    assert "02050D480809" not in repr(records)
    assert "routing_peers" in {gap.field for gap in gaps}


def test_when_every_device_refuses_the_login_the_error_is_final(
    collect, scripted, network_collector
):
    rows = [scripted(GOOD).row(f"sw{n}") for n in range(3)]
    collector = network_collector(*rows, password="wrong-password")

    with pytest.raises(AccessDenied, match="none of 3 devices could be read") as caught:
        collect(collector)

    assert "is wrong (3: sw0, sw1, sw2)" in str(caught.value)
    assert "wrong-password" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert collector.covered() == frozenset()


def test_when_every_device_fails_a_retry_may_help(collect, scripted, mute, network_collector):
    rows = [_row("silent", mute()), scripted(GOOD).row("sw1", password_env="NOBODYS")]

    with pytest.raises(ConfigurationError, match="NOBODYS"):
        network_collector(*rows)
    with pytest.raises(Unavailable, match="not read within 1 s"):
        collect(network_collector(rows[0], timeout_seconds=1))


def test_when_no_device_could_be_read_every_reason_is_told(
    collect, scripted, mute, network_collector
):
    rows = [_row("silent", mute()), scripted(GOOD).row("sw1")]

    with pytest.raises(Unavailable, match="none of 2 devices could be read") as caught:
        collect(network_collector(*rows, password="wrong", timeout_seconds=5))

    assert "is wrong (1: sw1)" in str(caught.value)
    assert "(1: silent)" in str(caught.value)


def test_closing_early_ends_the_sessions(scripted, network_collector):
    rows = [scripted(GOOD).row(f"sw{n}") for n in range(4)]
    batches = network_collector(*rows, at_once=1).batches()

    next(batches)
    batches.close()

    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and _threads():
        time.sleep(0.02)
    assert not _threads()


def _threads():
    return [one for one in threading.enumerate() if one.name.startswith("network-")]


def test_a_run_that_is_narrowed_covers_nothing(collect, scripted, network_collector):
    rows = [scripted(GOOD).row("sw1"), scripted(GOOD).row("sw2")]
    collector = network_collector(*rows, only=["sw2"])

    records, _ = collect(collector)

    assert _names(records) == ["sw2"]
    assert collector.covered() == frozenset()
