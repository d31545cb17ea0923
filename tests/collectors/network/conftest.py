"""A device of a few lines: an SSH server that prints what a test gives it, and notes what it gets."""

import contextlib
import socket
import threading
import time

import paramiko
import pytest

from collectors.network import NetworkDevices
from models.sources import Source

PASSWORD = "right-password"
HOST_KEY = paramiko.ECDSAKey.generate()
INVALID = "                ^\n% Invalid input detected at '^' marker.\n"


class _Login(paramiko.ServerInterface):
    def __init__(self):
        self.shell = threading.Event()

    def check_auth_password(self, username, password):
        good = (username, password) == ("reader", PASSWORD)
        return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED

    def get_allowed_auths(self, username):
        return "password"

    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED

    def check_channel_pty_request(self, channel, *_):
        return True

    def check_channel_shell_request(self, channel):
        self.shell.set()
        return True


class ScriptedDevice:
    """`answers` are texts by command, or functions that get the channel and do as they like.

    `prompt` may hold `{mode}`, which becomes `>` until `enable` was let through; `received` holds
    every line that came.
    """

    def __init__(self, answers=None, *, prompt="sw1#", greeting="", prompt_delay=0.0, enable=None):
        self.answers = answers or {}
        self.prompt, self.greeting = prompt, greeting
        self.prompt_delay, self.enable = prompt_delay, enable
        self.received = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._closing = threading.Event()
        self._transports = []
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self):
        self._closing.set()
        # Closing alone would leave a thread in accept, at a number that the next socket gets.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._listener.close()
        for transport in self._transports:
            transport.close()

    def row(self, name="sw1", platform="cisco_ios", **more):
        return {
            "name": name,
            "address": "127.0.0.1",
            "port": self.port,
            "platform": platform,
            **more,
        }

    def _accept(self):
        while not self._closing.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport = paramiko.Transport(sock)
        self._transports.append(transport)
        transport.add_server_key(HOST_KEY)
        login = _Login()
        with contextlib.suppress(paramiko.SSHException, EOFError, OSError):
            transport.start_server(server=login)
            channel = transport.accept(10)
            if channel and login.shell.wait(10):
                self._talk(channel)

    def _talk(self, channel):
        channel.send(self.greeting.replace("\n", "\r\n"))
        time.sleep(self.prompt_delay)
        mode = ">" if self.enable else "#"
        file = channel.makefile("r")
        channel.send(self.prompt.format(mode=mode))
        for line in file:
            command = line.strip("\r\n")
            self.received.append(command)
            if self.enable and command == "enable" and mode == ">":
                channel.send("enable\r\n")
                mode = "#" if self.enable == "none" or self._asks(channel, file) else ">"
            else:
                self._answer(channel, command)
            if channel.closed or self._closing.is_set():
                return
            channel.send(self.prompt.format(mode=mode))

    def _asks(self, channel, file):
        for _ in range(3):
            channel.send("Password: ")
            line = file.readline().strip("\r\n")
            channel.send("\r\n")
            if line == self.enable:
                return True
        channel.send("% Bad secrets\r\n")
        return False

    def _answer(self, channel, command):
        answer = self.answers.get(command, INVALID if command.startswith("show") else "")
        channel.send(command + "\r\n")
        if callable(answer):
            answer(channel)
        else:
            text = answer.replace("\n", "\r\n")
            channel.sendall(text if not text or text.endswith("\n") else text + "\r\n")


@pytest.fixture
def scripted():
    """Start scripted devices; they are closed at the end."""
    devices = []

    def start(*args, **options):
        devices.append(ScriptedDevice(*args, **options))
        return devices[-1]

    yield start
    for device in devices:
        device.close()


@pytest.fixture
def network_source(monkeypatch):
    """Make a source of the collector `network`; options that are given replace the usual ones."""

    def make(*rows, password=PASSWORD, **options):
        monkeypatch.setenv("TEST_NETWORK_PASSWORD", password)
        usual = {
            "username": "reader",
            "password_env": "TEST_NETWORK_PASSWORD",
            "verify_host_key": False,
            "timeout_seconds": 20,
            "devices": list(rows),
        }
        merged = {**usual, **options}
        return Source(
            name="net1",
            collector="network",
            options={key: value for key, value in merged.items() if value is not None},
        )

    return make


@pytest.fixture
def network_collector(network_source):
    """Make a collector of some rows of a list of devices."""

    def make(*rows, **options):
        return NetworkDevices.for_source(network_source(*rows, **options))

    return make


@pytest.fixture
def host_key():
    """The host key of every scripted device."""
    return HOST_KEY


@pytest.fixture
def mute():
    """Sockets that accept and never say a word."""
    sockets = []

    def start():
        sockets.append(socket.create_server(("127.0.0.1", 0)))
        return sockets[-1].getsockname()[1]

    yield start
    for one in sockets:
        one.close()
