"""What a platform never tells, whatever the account may do: no check judges a device by it.

Nobody can cure such an unknown, and it must never look like ok, so that the check does not concern
the asset. What such a platform tells all the same is judged. Source: what the commands that the
collector may send print on each platform.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.records.asset import Asset
from tasks.inventory.checks.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Fields of a kind of which the devices of a platform tell nothing, and why."""

    platform: str
    kind: str
    fields: tuple[str, ...]
    reason: str


SILENCES = (
    Silence(
        platform="frr",
        kind="interface",
        fields=("duplex", "input_errors", "input_rate_bps", "output_rate_bps"),
        reason="the kernel below it counts and negotiates",
    ),
    Silence(
        platform="frr",
        kind="interface",
        fields=("mode", "port_channel"),
        reason="the kernel below it switches and bundles",
    ),
    Silence(
        platform="frr",
        kind="device",
        fields=("neighbours", "arp"),
        reason="the kernel and other programs beside it hear the neighbours",
    ),
    Silence(
        platform="frr",
        kind="device",
        fields=("telnet_enabled", "default_community", "ntp_servers", "syslog_servers"),
        reason="its configuration is about routing; the system below it has the rest",
    ),
    Silence(
        platform="frr",
        kind="device",
        fields=("config_saved",),
        reason="it does not compare what runs with what is saved",
    ),
    Silence(
        platform="juniper_junos",
        kind="interface",
        fields=("input_errors",),
        reason="`show interfaces` counts none; its longer form, which does, is not asked for",
    ),
)
# What collectors read out of the running configuration is not known where that could not be read.
_CONFIGURED = frozenset(
    {"telnet_enabled", "default_community", "ntp_servers", "syslog_servers", "config_saved"}
)
_SILENT = {(one.platform, one.kind, name) for one in SILENCES for name in one.fields}
_FIELDS = {(one.kind, name) for one in SILENCES for name in one.fields}


def is_silent(asset: Asset, field: str, site: Site) -> bool:
    """Tell whether a fact is not there because its device's platform never tells it."""
    if getattr(asset.record, field) is not None:
        return False
    device = asset if asset.kind == "device" else site.assets.get(asset.record.device or "")
    return device is not None and (device.record.platform, asset.kind, field) in _SILENT


def telling(assets: Iterable[Asset], field: str, site: Site) -> tuple[Asset, ...]:
    """Return the assets of which a fact can be known."""
    return tuple(asset for asset in assets if not is_silent(asset, field, site))


def untold(kind: str, fields: Iterable[str]) -> tuple[str, ...]:
    """Return those of the fields of a kind that some platform never tells."""
    return tuple(name for name in fields if (kind, name) in _FIELDS)


def taken_from(kind: str, field: str) -> str | None:
    """Return the field of the same record that a field is taken from, if it is from one."""
    return "running_config" if kind == "device" and field in _CONFIGURED else None
