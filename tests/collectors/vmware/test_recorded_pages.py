"""A recorded two-page answer, played back: paging is tried without any simulator.

Recorded from the practice vCenter by `record.py` beside this file.
"""

import gzip
import re
import socket
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from collectors.vmware import reading
from collectors.vmware.options import read_options
from collectors.vmware.parse_vm import parse_vm
from collectors.vmware.properties import Gaps, Reader
from collectors.vmware.session import connect
from collectors.vmware.surroundings import Surroundings
from models.errors import Unavailable, UnexpectedReply

FOLDER = Path(__file__).parent.parent / "recordings" / "vmware_two_pages"
REPLIES = {path.stem.partition("-")[2]: path.read_bytes() for path in sorted(FOLDER.glob("*.xml"))}


class Player(ThreadingHTTPServer):
    """Answers each method with its recording; `requests` holds what it was asked, in order."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), PlayerHandler)
        self.requests = []
        self.replies = dict(REPLIES)
        self.promised = {}
        self.encoding = None
        self.dribble_seconds = 0.0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/sdk"


class PlayerHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        request = self.rfile.read(int(self.headers["Content-Length"]))
        method = re.search(rb"Body><(\w+)", request)[1].decode()
        self.server.requests.append((method, request))
        body = self.server.replies[method]
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Set-Cookie", 'vmware_soap_session="recorded"; Path=/')
        if self.server.encoding:
            self.send_header("Content-Encoding", self.server.encoding)
            body = gzip.compress(body)
        length = self.server.promised.get(method, len(body))
        if length is None:
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        self._send(body)
        self.close_connection = length != len(body)

    def _send(self, body):
        if not self.server.dribble_seconds:
            self.wfile.write(body)
            return
        with suppress(OSError):  # the reader will not wait for the end
            for byte in body:
                self.wfile.write(bytes([byte]))
                time.sleep(self.server.dribble_seconds)

    def log_message(self, format, *args):  # noqa: A002
        """Stay silent."""


@pytest.fixture
def player():
    with Player() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def read_machines(player, vmware_source):
    """Read the recorded machines in pages of two."""

    def read(**options):
        with connect(read_options(vmware_source(player.url, **options))) as session:
            reader = Reader(session, page_size=2, gaps=Gaps())
            return [list(page) for page in reader.pages(reading._VMS)]

    return read


def test_both_pages_are_read(read_machines, player):
    first, second = read_machines()

    assert [one.moid for one in first] == ["vm-1080", "vm-1131"]
    assert [one.moid for one in second] == ["vm-1079"]
    assert [method for method, _ in player.requests] == list(REPLIES)


def test_the_second_page_is_asked_for_with_the_token_of_the_first(read_machines, player):
    token = re.search(rb"<token>([^<]+)", REPLIES["RetrievePropertiesEx"])[1]

    read_machines()

    asked = dict(player.requests)["ContinueRetrievePropertiesEx"]
    assert b">" + token + b"</token>" in asked
    assert b">2</maxObjects>" in dict(player.requests)["RetrievePropertiesEx"]


def test_the_recorded_machines_become_records(read_machines):
    pages = read_machines()

    vms = [
        parse_vm(one.moid, one.properties, Surroundings(), key=one.moid)
        for page in pages
        for one in page
    ]

    assert all(vm.disks and vm.nics and vm.memory_mib and vm.created_at for vm in vms)
    nested = next(vm for vm in vms if vm.snapshot_count)
    assert {one.parent for one in nested.snapshots} > {None}
    assert nested.snapshot_size_mib > 0


def test_compressed_replies_are_read_alike(read_machines, player):
    plain = read_machines()
    player.encoding = "gzip"

    assert read_machines() == plain


def test_a_second_page_that_is_shorter_than_promised_was_cut_off(read_machines, player):
    whole = REPLIES["ContinueRetrievePropertiesEx"]
    player.replies["ContinueRetrievePropertiesEx"] = whole[: len(whole) // 2]
    player.promised["ContinueRetrievePropertiesEx"] = len(whole)

    with pytest.raises(Unavailable, match="connection broke"):
        read_machines()


def test_a_second_page_of_no_promised_length_that_ends_early_was_cut_off(read_machines, player):
    whole = REPLIES["ContinueRetrievePropertiesEx"]
    player.replies["ContinueRetrievePropertiesEx"] = whole[: len(whole) // 2]
    player.promised["ContinueRetrievePropertiesEx"] = None

    with pytest.raises(Unavailable, match="ends in the middle"):
        read_machines()


def test_half_a_page_that_claims_to_be_whole_is_malformed(read_machines, player):
    whole = REPLIES["ContinueRetrievePropertiesEx"]
    player.replies["ContinueRetrievePropertiesEx"] = whole[: len(whole) // 2]

    with pytest.raises(UnexpectedReply, match="ends in the middle"):
        read_machines()


@pytest.mark.parametrize("body", [b"", b"<html>It works!</html>", b'{"value": []}', b"\x00\xff"])
@pytest.mark.parametrize("method", ["RetrieveServiceContent", "Login", "RetrievePropertiesEx"])
def test_what_is_no_vcenter_is_told_so(read_machines, player, method, body):
    player.replies[method] = body

    with pytest.raises(UnexpectedReply):
        read_machines()


def test_every_session_is_logged_out(read_machines, player):
    player.replies["RetrievePropertiesEx"] = b"<html/>"

    with pytest.raises(UnexpectedReply):
        read_machines()

    assert player.requests[-1][0] == "Logout"


def test_a_reply_that_comes_byte_by_byte_ends_at_the_deadline(read_machines, player):
    player.dribble_seconds = 0.02

    with pytest.raises(Unavailable, match=r"took longer than 0.3 s"):
        read_machines(timeout_seconds=0.3)


def test_a_port_that_accepts_and_says_nothing_ends_at_the_deadline(vmware_source):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/sdk"
        options = read_options(vmware_source(url, timeout_seconds=0.3))

        with pytest.raises(Unavailable, match=r"longer than 0.3 s"), connect(options):
            pass
