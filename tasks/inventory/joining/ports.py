"""Finding the port that a name or a MAC address means."""

from __future__ import annotations

from collections.abc import Iterable

from tasks.inventory.joining.records import Interface
from tasks.inventory.joining.spelling import grouped, mac_of, port_number


class Ports:
    """The interfaces of all devices, by device, by name and by MAC."""

    def __init__(self, interfaces: Iterable[Interface]) -> None:
        known = [port for port in interfaces if port.device]
        self._by_name = grouped(known, lambda port: [_key(port, port.name.strip().lower())])
        self._by_number = grouped(known, lambda port: [_key(port, port_number(port.name)[1])])
        self._by_mac = grouped(known, lambda port: [_key(port, mac_of(port.mac) or "")])

    def named(self, device: str, text: str | None) -> Interface | None:
        """Return the device's port of that name, long or short; None unless there is just one."""
        name = (text or "").strip().lower()
        if not name:
            return None
        exact = self._by_name.get(f"{device} {name}", [])
        if exact or not (found := self._abbreviated(device, name)):
            # Junos tells neighbours of its logical units, of which every port has a unit 0.
            unit = name.removesuffix(".0")
            return _only(exact) if exact or unit == name else self.named(device, unit)
        return _only(found)

    def told(self, device: str, *texts: str | None) -> Interface | None:
        """Return the port that a neighbour told of, by its name or else its MAC."""
        for text in texts:
            found = self.named(device, text)
            if found is None and (mac := mac_of(text)):
                found = _only(self._by_mac.get(f"{device} {mac}", []))
            if found is not None:
                return found
        return None

    def bundle(self, port: Interface) -> Interface | None:
        """Return the port channel that a port is a member of."""
        return self.named(port.device or "", port.port_channel)

    def _abbreviated(self, device: str, name: str) -> list[Interface]:
        # Et, Eth and Ethernet; Gi and GigabitEthernet; Po and Port-channel: all shorten at the end.
        prefix, number = port_number(name)
        if not prefix or not number:
            return []
        return [
            port
            for port in self._by_number.get(f"{device} {number}", [])
            if _abbreviates(prefix, port_number(port.name)[0])
        ]


def _abbreviates(one: str, other: str) -> bool:
    return bool(other) and (one.startswith(other) or other.startswith(one))


def _key(port: Interface, text: str) -> str | None:
    return f"{port.device} {text}" if text else None


def _only(found: list[Interface]) -> Interface | None:
    return found[0] if len(found) == 1 else None
