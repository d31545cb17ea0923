"""What all devices of a lab share: the network, the accounts, the troubles and the listeners."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deployments.practice.devices.accounts import Account, Ledger, Troubles
from deployments.practice.devices.dialect import Dialect
from deployments.practice.devices.network import Network
from deployments.practice.devices.ssh import Doorman, PracticeSshServer


@dataclass(slots=True, kw_only=True)
class Lab:
    """The devices behind their SSH ports; `bugs` are exceptions of ours that a test should see."""

    network: Network
    accounts: Mapping[str, Account]
    dialects: Mapping[str, Dialect]
    host_key: Any
    host: str
    ledger: Ledger = field(default_factory=Ledger)
    troubles: Troubles = field(default_factory=Troubles)
    doorman: Doorman = field(default_factory=Doorman)
    ports: dict[str, int] = field(default_factory=dict)
    listeners: dict[str, socket.socket] = field(default_factory=dict)
    servers: dict[str, PracticeSshServer] = field(default_factory=dict)
    bugs: list[Exception] = field(default_factory=list)

    def bind(self, wanted: Mapping[str, int]) -> None:
        """Take a port for every device: the wanted one, or any that is free."""
        try:
            for name in self.network.devices:
                self.listeners[name] = self._bound(wanted.get(name, 0))
                self.ports[name] = self.listeners[name].getsockname()[1]
        except OSError:
            self.release()
            raise

    def release(self) -> None:
        """Let go of ports at which no server listens."""
        for listener in self.listeners.values():
            listener.close()
        self.listeners.clear()

    def take_listener(self, name: str) -> socket.socket:
        """Return the bound socket of a device, a new one if the first was closed."""
        return self.listeners.pop(name, None) or self._bound(self.ports[name])

    def _bound(self, port: int) -> socket.socket:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self.host, port))
        except OSError:
            listener.close()
            raise
        return listener
