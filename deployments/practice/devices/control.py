"""The script's side of the practice devices: change what is there, disturb, count.

Every method takes and returns what JSON can carry. A device is named as in the site, a port in full
or shortened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from deployments.practice.devices import configure
from deployments.practice.devices.accounts import WHERE_HANGS
from deployments.practice.devices.lab import Lab
from deployments.practice.devices.model import SVI, Device, Port
from deployments.practice.devices.plant import unsave
from models.errors import WrongUse


class Control:
    """Direct, unauthenticated control of the devices."""

    def __init__(self, lab: Lab, planted: Mapping[str, tuple[str, ...]]) -> None:
        self._lab, self._network = lab, lab.network
        self._planted = planted

    # Looking

    def planted(self) -> dict[str, list[str]]:
        """Return the faults that the devices came with, and the devices or ports they sit on."""
        return {name: list(places) for name, places in self._planted.items()}

    def names(self, platform: str | None = None) -> list[str]:
        """Return the names of the devices, perhaps those of one platform."""
        devices = self._network.devices.values()
        return [one.name for one in devices if platform in {None, one.platform}]

    def port(self, device: str, port: str) -> dict[str, Any]:
        """Return a port as it is now."""
        with self._network.lock:
            return asdict(self._port(self._device(device), port))

    def counters(self) -> dict[str, Any]:
        """Return logins, commands by device, and those that could have changed something."""
        ledger = self._lab.ledger
        return {
            "logins": sum(ledger.logins.values()),
            "refused_logins": ledger.refused_logins,
            "commands": {name: dict(counts) for name, counts in ledger.commands.items()},
            "mutating": sum(ledger.mutating.values()),
            "mutating_by_device": dict(ledger.mutating),
        }

    def reset_counters(self) -> None:
        """Start counting from zero."""
        self._lab.ledger.reset()

    # Changing

    def shut_port(self, device: str, port: str) -> None:
        """Shut a port, as `shutdown` does."""
        with self._changing(device) as found:
            shut = self._port(found, port)
            shut.enabled = False
            shut.flapped()

    def open_port(self, device: str, port: str) -> None:
        """Open a port, and clear what the device itself disabled it for."""
        with self._changing(device) as found:
            opened = self._port(found, port)
            opened.enabled, opened.err_disabled = True, None
            opened.flapped()

    def cut_cable(self, device: str, port: str) -> None:
        """Take the light off a port: nothing is shut, and both ends are down."""
        with self._seen(device) as found:
            self._port(found, port).carrier = False

    def mend_cable(self, device: str, port: str) -> None:
        """Give a port its light back."""
        with self._seen(device) as found:
            self._port(found, port).carrier = True

    def err_disable(self, device: str, port: str, reason: str = "link-flap") -> None:
        """Let the device shut a port by itself."""
        with self._seen(device) as found:
            disabled = self._port(found, port)
            disabled.err_disabled = reason
            disabled.flapped()

    def remove_vlan(self, device: str, vlan: int, port: str | None = None) -> None:
        """Take a VLAN off a trunk, or off the whole device."""
        with self._changing(device) as found:
            if port is None:
                found.vlans.pop(vlan, None)
                return
            trunk = self._port(found, port)
            for one in [trunk, *found.members(trunk.name)]:
                one.vlans = tuple(number for number in one.vlans if number != vlan)

    def set_mtu(self, device: str, port: str, mtu: int) -> None:
        """Set a port's MTU, in bytes."""
        with self._changing(device) as found:
            self._port(found, port).mtu = mtu

    def set_duplex(self, device: str, port: str, duplex: str) -> None:
        """Set a port to full or half duplex."""
        with self._changing(device) as found:
            self._port(found, port).duplex = duplex

    def change_description(self, device: str, port: str, text: str) -> None:
        """Describe a port anew."""
        with self._changing(device) as found:
            self._port(found, port).description = text

    def unsave_config(self, device: str) -> None:
        """Change something small and do not save it."""
        with self._seen(device) as found:
            unsave(found)

    def save_config(self, device: str) -> None:
        """Save the running configuration."""
        with self._seen(device) as found:
            found.saved = self._lab.dialects[found.platform].body(found)

    def duplicate_ip(self, address: str | None = None) -> str:
        """Let two gateways resolve one address to different MACs; return the address."""
        with self._network.lock:
            core = next(one for one in self._network.devices.values() if one.role == "core")
            gateways = {port.name for port in core.of_kind(SVI)}
            resolved = self._network.resolved(core)
            known = [one.address for one in resolved if one.port in gateways]
            chosen = address or known[-1]
            if chosen not in known:
                raise WrongUse(f"{core.name} does not resolve {chosen!r}")
            self._network.stolen[chosen] = (core.name, "00:0c:29:de:ad:01")
        return chosen

    def bgp_down(self, device: str, peer: str, state: str = "Active") -> None:
        """Let a BGP session, named by the peer's address or name, be stuck in a state."""
        with self._seen(device) as found:
            self._peer(found, peer).broken = state

    def bgp_up(self, device: str, peer: str) -> None:
        """Let a BGP session come up again."""
        with self._seen(device) as found:
            self._peer(found, peer).broken = None

    def touch(self) -> None:
        """Let time pass in every counter, and nothing else change."""
        with self._network.lock:
            self._network.readings += 100_000

    # Disturbing

    def hang(self, device: str, where: str = "command") -> None:
        """Let a device fall silent: when connected to, after the login, or at the next show.

        Raises:
            WrongUse: no such device, or no such moment.
        """
        if where not in WHERE_HANGS:
            raise WrongUse(f"a device hangs at one of {WHERE_HANGS}, not {where!r}")
        self._lab.troubles.hanging[self._device(device).name] = where

    def refuse(self, device: str, what: str = "connection") -> None:
        """Let a device refuse the `connection`, or the `password`."""
        name = self._device(device).name
        if what == "password":
            self._lab.troubles.wrong_password.add(name)
        elif what == "connection":
            self._lab.servers[name].refuse()
        else:
            raise WrongUse(f"a device refuses the connection or the password, not {what!r}")

    def garble(self, device: str) -> None:
        """Let a device answer every command with noise."""
        self._lab.troubles.garbled.add(self._device(device).name)

    def delay(self, seconds: float) -> None:
        """Delay the answer to every command of every device."""
        self._lab.troubles.delay_seconds = seconds

    def demote(self, device: str) -> None:
        """Let logins to a device begin without privilege; `enable` gives it."""
        self._lab.troubles.unprivileged.add(self._device(device).name)

    def calm(self) -> None:
        """End all that disturbs, and let hanging sessions go."""
        self._lab.troubles.calm()
        for server in self._lab.servers.values():
            server.listen()

    # Finding

    def _device(self, name: str) -> Device:
        found = self._network.devices.get(name)
        if found is None:
            raise WrongUse(f"no device is named {name!r}; there are {self.names()}")
        return found

    def _port(self, device: Device, name: str) -> Port:
        full = name if name in device.ports else configure.port_named(device, name)
        if full is None:
            raise WrongUse(f"{device.name} has no port {name!r}")
        return device.ports[full]

    def _peer(self, device: Device, name: str) -> Any:
        for peer in device.peers:
            if name in {peer.address, peer.description}:
                return peer
        raise WrongUse(f"{device.name} has no BGP peer {name!r}")

    @contextmanager
    def _seen(self, name: str) -> Iterator[Device]:
        with self._network.lock:
            yield self._device(name)

    @contextmanager
    def _changing(self, name: str) -> Iterator[Device]:
        """Change a device's configuration and save it, as a careful engineer would."""
        with self._network.lock:
            device, dialect = self._device(name), self._lab.dialects[self._device(name).platform]
            was_saved = device.saved == dialect.body(device)
            yield device
            device.touched()
            if was_saved:
                device.saved = dialect.body(device)
