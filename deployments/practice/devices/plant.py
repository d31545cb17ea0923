"""The faults that the practice network comes with, by name; each sits on a device or a port."""

from __future__ import annotations

from deployments.practice.devices.model import Device

Devices = dict[str, Device]


def plant_faults(devices: Devices) -> dict[str, tuple[str, ...]]:
    """Change a few devices for the worse, and return what was done where."""
    return {}
