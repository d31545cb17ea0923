"""Who is let in: keys of hosts that are trusted, and the rights that a session asks for."""

import paramiko
import pytest

from models.errors import Unavailable
from tests.collectors.network.test_failures import GOOD, _lost, _names


def test_a_host_key_that_is_not_known_is_refused_before_the_password_is_sent(
    collect, scripted, network_collector, tmp_path
):
    device = scripted(GOOD)
    known = tmp_path / "known_hosts"
    known.write_text("")

    with pytest.raises(Unavailable, match="no key is known for sw1; check") as caught:
        collect(network_collector(device.row(), verify_host_key=True, known_hosts=str(known)))

    assert f"ssh-keyscan -p {device.port} 127.0.0.1 >> {known}" in str(caught.value)
    assert device.received == []


def test_a_host_key_that_changed_is_not_told_as_one_that_is_unknown(
    collect, scripted, network_collector, tmp_path
):
    device = scripted(GOOD)
    other = paramiko.RSAKey.generate(2048)
    known = tmp_path / "known_hosts"
    known.write_text(f"[127.0.0.1]:{device.port} {other.get_name()} {other.get_base64()}\n")

    with pytest.raises(Unavailable, match="its host key CHANGED"):
        collect(network_collector(device.row(), verify_host_key=True, known_hosts=str(known)))

    assert device.received == []


def test_a_host_key_that_is_known_lets_the_device_be_read(
    collect, scripted, network_collector, tmp_path, request
):
    device = scripted(GOOD)
    key = request.getfixturevalue("host_key")
    known = tmp_path / "known_hosts"
    known.write_text(f"[127.0.0.1]:{device.port} {key.get_name()} {key.get_base64()}\n")

    records, _ = collect(
        network_collector(device.row(), verify_host_key=True, known_hosts=str(known))
    )

    assert _names(records) == ["sw1"]


def test_enable_leads_to_privileged_mode_and_a_wrong_one_is_no_login(
    collect, scripted, network_collector, monkeypatch
):
    monkeypatch.setenv("ENABLE", "open-sesame")
    good = scripted(GOOD, prompt="sw1{mode}", enable="open-sesame")
    bad = scripted(GOOD, prompt="sw2{mode}", enable="another")

    rows = [good.row("sw1"), bad.row("sw2")]
    records, gaps = collect(network_collector(*rows, enable_password_env="ENABLE"))

    assert _names(records) == ["sw1"]
    assert [gap.reason for gap in _lost(gaps)] == ["sw2: the enable password was refused"]
    assert "open-sesame" not in repr((records, gaps))


@pytest.mark.parametrize("enable", ["none", "open-sesame"])
def test_eos_is_asked_for_privilege_without_a_password_and_read_either_way(
    collect, scripted, network_collector, enable
):
    vlans = "VLAN  Name                             Status    Ports\n----- -------------------------------- --------- -----\n10    users                            active    Et1\n"
    device = scripted({"show vlan": vlans}, prompt="sw1{mode}", enable=enable)

    records, gaps = collect(network_collector(device.row(platform="arista_eos")))

    assert _names(records) == ["sw1"]
    assert not _lost(gaps)
    assert [vlan.name for vlan in records["vlan"].values()] == ["users"]
    assert "enable" in device.received


def test_ios_is_not_asked_for_privilege_where_no_password_is_given(
    collect, scripted, network_collector
):
    device = scripted(GOOD, prompt="sw1{mode}", enable="open-sesame")

    records, _ = collect(network_collector(device.row()))

    assert _names(records) == ["sw1"]
    assert "enable" not in device.received
