"""What a device sends before it can be read: pages, other alphabets, an SSH that is too old."""

import socket
import threading
import time

import paramiko
import pytest

from tests.collectors.network.test_failures import GOOD, VLANS, _lost, _names, _row


@pytest.mark.parametrize(
    "pieces", [["---(more)---"], ["---(more 50%)---"], ["---(mo", "re 7%)---"]]
)
def test_a_pager_of_junos_is_known_whole_and_in_pieces(
    collect, scripted, network_collector, pieces
):
    released = threading.Event()

    def page(channel):
        channel.sendall("VLAN Name\r\n1 default\r\n")
        for piece in pieces:
            time.sleep(0.1)
            channel.sendall(piece)
        released.wait(20)

    rows = [scripted({**GOOD, "show vlan": page}).row("pager"), scripted(GOOD).row("sw1")]

    _, gaps = collect(network_collector(*rows))
    released.set()

    assert [gap.reason for gap in _lost(gaps)] == [
        "pager: it shows page by page, and does not stop to"
    ]


def test_a_text_that_speaks_of_more_is_no_pager(collect, scripted, network_collector):
    def drip(channel):
        channel.sendall(VLANS.replace("users", "a --more--").replace("\n", "\r\n")[:-30])
        time.sleep(0.1)
        channel.sendall("\r\n20   -- more --")
        time.sleep(0.1)
        channel.sendall("                       active\r\n")

    device = scripted({**GOOD, "show vlan": drip})

    records, gaps = collect(network_collector(device.row()))

    assert not _lost(gaps)
    assert _names(records) == ["sw1"]


def test_a_text_that_is_not_utf_8_is_a_text(collect, scripted, network_collector):
    config = "hostname sw1\n" + "interface Vlan1\n description Büro für Käse, Röße\n" * 40
    device = scripted(
        {
            **GOOD,
            "show running-config": lambda channel: channel.sendall(
                config.replace("\n", "\r\n").encode("latin-1")
            ),
        }
    )

    records, gaps = collect(network_collector(device.row()))

    assert not _lost(gaps)
    assert "B\ufffdro" in records["device"]["sw1"].running_config


def _key_exchange(*, old):
    """Return what a server offers, as the packet of RFC 4253, section 7.1; `old` is one of it."""
    offers = {
        "kex": "ecdh-sha2-nistp256,diffie-hellman-group14-sha256",
        "host key": "ssh-ed25519,rsa-sha2-256",
        "ciphers": "aes128-ctr",
        "macs": "hmac-sha2-256",
    } | {old: "made-in-1995"}
    message = paramiko.Message()
    message.add_byte(b"\x14")
    message.add_bytes(bytes(16))
    for name in ("kex", "host key", "ciphers", "ciphers", "macs", "macs"):
        message.add_string(offers[name])
    for name in ("none", "none", "", ""):
        message.add_string(name)
    message.add_boolean(False)
    message.add_int(0)
    payload = message.asbytes()
    padding = 8 - (5 + len(payload)) % 8 + 8
    head = (1 + len(payload) + padding).to_bytes(4) + bytes([padding])
    return b"SSH-2.0-Old\r\n" + head + payload + bytes(padding)


@pytest.mark.parametrize(
    ("old", "said"),
    [
        ("kex", "key exchange that is no longer accepted: update it, or let it offer ecdh-"),
        ("host key", "host keys that are no longer accepted"),
        ("ciphers", "ciphers that are no longer accepted"),
        ("macs", "message authentication that is no longer accepted"),
    ],
)
def test_an_ssh_server_that_is_too_old_is_told_from_what_is_none(
    collect, scripted, network_collector, old, said
):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = threading.Event()

        def talk():
            sock, _ = listener.accept()
            with sock:
                sock.sendall(_key_exchange(old=old))
                done.wait(10)

        threading.Thread(target=talk, daemon=True).start()
        port = listener.getsockname()[1]
        _, gaps = collect(network_collector(_row("old", port), scripted(GOOD).row("sw1")))
        done.set()

    (gap,) = _lost(gaps)
    assert gap.reason.startswith(f"old: it offers only {said}")


def test_control_characters_reach_no_record(collect, scripted, network_collector):
    device = scripted({**GOOD, "show vlan": VLANS.replace("users", "us\x00e\x07rs")})

    records, _ = collect(network_collector(device.row()))

    assert sorted(vlan.name for vlan in records["vlan"].values()) == ["default", "users"]
