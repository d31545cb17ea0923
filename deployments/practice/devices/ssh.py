"""The SSH servers: one port a device, one thread that waits at all of them, one a connection.

FakeNOS starts and stops them. Its own server has a listening thread a device, takes up to a second
for each to stop, and knows one account.
"""

from __future__ import annotations

import contextlib
import logging
import selectors
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import paramiko
from fakenos.core.nos import Nos
from fakenos.core.servers import TCPServerBase

from deployments.practice.devices.accounts import Account
from deployments.practice.devices.dialect import Session
from deployments.practice.devices.shell import HANG_SECONDS, PracticeShell

if TYPE_CHECKING:
    from deployments.practice.devices.lab import Lab

LOG_NAME = "deployments.practice.devices.ssh"
LOGIN_SECONDS = 30
BACKLOG = 128
PARTING_SECONDS = 1.0


def quiet() -> None:
    """Keep paramiko from writing a traceback for every client that goes away."""
    logging.getLogger(LOG_NAME).setLevel(logging.CRITICAL + 1)


class Doorman:
    """Waits at all listening sockets in one thread."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._closing = False

    def open(self) -> None:
        """Begin to wait."""
        self._selector = selectors.DefaultSelector()
        self._wake, self._woken = socket.socketpair()
        self._selector.register(self._woken, selectors.EVENT_READ, None)
        self._thread = threading.Thread(target=self._wait, daemon=True, name="devices")
        self._thread.start()

    def close(self) -> None:
        """Stop waiting."""
        self._closing = True
        self._wake.send(b"x")
        self._thread.join(10)
        self._selector.close()
        self._wake.close()
        self._woken.close()

    def add(self, listener: socket.socket, accept: Callable[[socket.socket], None]) -> None:
        """Hand each connection at a socket to a function, which must not block."""
        with self._guard:
            self._selector.register(listener, selectors.EVENT_READ, accept)
        self._wake.send(b"x")

    def remove(self, listener: socket.socket) -> None:
        """No longer wait at a socket."""
        with self._guard:
            self._selector.unregister(listener)

    def _wait(self) -> None:
        while not self._closing:
            for key, _ in self._selector.select():
                if key.data is None:
                    self._woken.recv(BACKLOG)
                else:
                    self._accept(key.fileobj, key.data)

    def _accept(self, listener: Any, accept: Callable[[socket.socket], None]) -> None:
        try:
            client, _ = listener.accept()
        except OSError:  # it was closed, or the client left again
            return
        accept(client)


class Door(paramiko.ServerInterface):  # type: ignore[misc]  # paramiko has no types
    """Lets the two accounts in, to a shell."""

    def __init__(self, lab: Lab, device: str) -> None:
        self._lab, self._device = lab, device
        self.account: Account | None = None
        self.shell = threading.Event()

    def check_auth_password(self, username: str, password: str) -> int:
        """Accept an account's own password, unless the device is told to refuse it."""
        account = self._lab.accounts.get(username)
        accepted = account is not None and account.password == password
        if not accepted or self._device in self._lab.troubles.wrong_password:
            self._lab.ledger.note_login(self._device, accepted=False)
            return int(paramiko.AUTH_FAILED)
        self.account = account
        self._lab.ledger.note_login(self._device, accepted=True)
        return int(paramiko.AUTH_SUCCESSFUL)

    def get_allowed_auths(self, _username: str) -> str:
        """Return the one way in."""
        return "password"

    def check_channel_request(self, kind: str, _number: int) -> int:
        """Open sessions only."""
        if kind == "session":
            return int(paramiko.OPEN_SUCCEEDED)
        return int(paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED)

    def check_channel_pty_request(self, *_: Any) -> bool:
        """Take any terminal."""
        return True

    def check_channel_shell_request(self, _channel: Any) -> bool:
        """Give a shell."""
        self.shell.set()
        return True


class PracticeSshServer(TCPServerBase):  # type: ignore[misc]  # FakeNOS has no types
    """A device's server, with threads only for those who are there.

    It is no child of FakeNOS' own SSH server, which reads the same RSA key anew for every device.
    """

    def __init__(
        self,
        *,
        lab: Lab,
        nos: Nos,
        shell_configuration: dict[str, Any],
        port: int,
        address: str,
        **_: Any,
    ) -> None:
        super().__init__(address=address, port=port)
        self._lab, self._nos = lab, nos
        self._name: str = shell_configuration["base_prompt"]
        self._listener: socket.socket | None = None
        self._clients: set[socket.socket] = set()
        self._connection_threads: list[threading.Thread] = []
        self._guard = threading.Lock()

    def start(self) -> None:
        """Listen at the device's port."""
        self._is_running.set()
        self.listen()

    def listen(self) -> None:
        """Open the port, if it is not open."""
        if self._listener is None:
            self._listener = self._lab.take_listener(self._name)
            self._listener.listen(BACKLOG)
            self._listener.settimeout(0)  # a client may leave before it is accepted
            self._lab.doorman.add(self._listener, self._admit)

    def refuse(self) -> None:
        """Close the port: whoever connects is refused."""
        if self._listener is not None:
            self._lab.doorman.remove(self._listener)
            self._listener.close()
            self._listener = None

    def stop(self) -> None:
        """Close the port and end every session."""
        self._is_running.clear()
        self.refuse()
        with self._guard:
            clients = list(self._clients)
        for client in clients:
            _hang_up(client)
        for thread in self._connection_threads:
            thread.join(10)

    def _admit(self, client: socket.socket) -> None:
        thread = threading.Thread(target=self._serve, args=(client,), daemon=True)
        self._connection_threads = [one for one in self._connection_threads if one.is_alive()]
        self._connection_threads.append(thread)
        with self._guard:
            self._clients.add(client)
        thread.start()

    def _serve(self, client: socket.socket) -> None:
        try:
            if self._lab.troubles.hanging.get(self._name) == "connect":
                self._lab.troubles.pause(HANG_SECONDS)
            else:
                self.connection_function(client, self._is_running)
        except (OSError, EOFError, paramiko.SSHException):
            pass  # the client went away, or spoke no SSH
        except Exception as error:  # noqa: BLE001 - a bug of ours must be seen by the tests
            self._lab.bugs.append(error)
        finally:
            with self._guard:
                self._clients.discard(client)
            client.close()

    def connection_function(self, client: socket.socket, is_running: threading.Event) -> None:
        """Serve one connection until it is over."""
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport = paramiko.Transport(client)
        transport.set_log_channel(LOG_NAME)
        try:
            transport.add_server_key(self._lab.host_key)
            door = Door(self._lab, self._name)
            transport.start_server(server=door)
            channel = transport.accept(LOGIN_SECONDS)
            if channel is None or not door.shell.wait(LOGIN_SECONDS) or door.account is None:
                return
            if self._lab.troubles.hanging.get(self._name) == "login":
                self._lab.troubles.pause(HANG_SECONDS)
            self._shell(channel, door.account, is_running)
            channel.close()
            transport.join(PARTING_SECONDS)  # the client hangs up first, or it sees a reset
        finally:
            transport.close()

    def _shell(self, channel: Any, account: Account, is_running: threading.Event) -> None:
        device = self._lab.network.devices[self._name]
        privileged = self._name not in self._lab.troubles.unprivileged
        PracticeShell(
            channel=channel,
            nos=self._nos,
            dialect=self._lab.dialects[device.platform],
            network=self._lab.network,
            session=Session(device=device, account=account, privileged=privileged),
            ledger=self._lab.ledger,
            troubles=self._lab.troubles,
            is_running=is_running,
        ).start()


def _hang_up(client: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it may have hung up itself
        client.shutdown(socket.SHUT_RDWR)
