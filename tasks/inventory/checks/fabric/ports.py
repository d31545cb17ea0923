"""Health checks of single ports: disabled, idle, faulty or too busy."""

from __future__ import annotations

from typing import Any

from models.kinds.interface import Interface, InterfaceState
from models.records.asset import Asset
from models.records.check import Severity
from tasks.inventory.checks.declaration import (
    Context,
    Verdict,
    check,
    crit,
    info,
    ok,
    unknown,
    warn,
)
from tasks.inventory.checks.fabric.links import fabric_of
from tasks.inventory.checks.fabric.names import is_socket, is_up, place

INFO, WARN, CRIT = Severity.INFO, Severity.WARN, Severity.CRIT
BITS_PER_MEGABIT = 1_000_000


@check(
    "NE-13",
    "Port disabled by the device",
    kinds=("interface",),
    levels=(CRIT,),
    when=is_socket,
    needs=("state",),
    remedy="Mend what the reason names, then shut the port and bring it up again.",
)
def err_disabled(asset: Asset, context: Context) -> Verdict:
    """The device itself shut the port: BPDU guard, port security, a flapping link."""
    port: Interface = asset.record
    if port.state is InterfaceState.UNKNOWN:
        return unknown(f"the state of {place(asset, context.site)} is not known", missing="state")
    if port.state is not InterfaceState.ERR_DISABLED:
        return ok("not disabled by the device", state=port.state.value)
    reason = f" because of {port.err_disabled_reason}" if port.err_disabled_reason else ""
    return crit(
        f"{place(asset, context.site)} was disabled by the device{reason}",
        state=port.state.value,
        reason=port.err_disabled_reason,
    )


def _leads_to_device(asset: Asset, context: Context) -> bool:
    return is_socket(asset.record) and asset.id in fabric_of(context.site).links


@check(
    "NE-14",
    "Uplink without description",
    kinds=("interface",),
    levels=(INFO,),
    concerns=_leads_to_device,
    reads=("description",),
    remedy="Describe the port with the device and port at the far end.",
)
def described(asset: Asset, context: Context) -> Verdict:
    """A port that leads to another device; that of its bundle does not say which cable it is."""
    site, text = context.site, asset.record.description
    ends = [place(far, site) for far in fabric_of(site).links[asset.id]]
    if text.strip():
        return ok("described", description=text)
    message = f"{place(asset, site)} leads to {', '.join(ends)} and has no description"
    return info(message, description="", far=ends)


def _carries_somebody(asset: Asset, context: Context) -> bool:
    port: Interface = asset.record
    switched = is_socket(port) and is_up(port) and port.mode in {"access", "trunk"}
    return switched and asset.id not in fabric_of(context.site).bundles


@check(
    "NE-15",
    "Port up with nothing behind it",
    kinds=("interface",),
    levels=(INFO,),
    concerns=_carries_somebody,
    privilege="permission to read the MAC table",
    remedy="Find out what is plugged in; shut the port if nothing needs it.",
)
def idle_port(asset: Asset, context: Context) -> Verdict:
    """No neighbour, no MAC address, no joined asset and nothing received."""
    site, port, here = context.site, asset.record, place(asset, context.site)
    fabric = fabric_of(site)
    evidence: dict[str, Any] = {"input_rate_bps": port.input_rate_bps, "mode": port.mode}
    seen = asset.id in fabric.links or asset.id in fabric.heard or asset.id in fabric.learned
    if seen or port.input_rate_bps or asset.id in site.joins_to or asset.id in site.joins_from:
        return ok(f"something was seen behind {here}", **evidence)
    device = site.assets.get(port.device or "")
    if device is None or device.record.mac_table is None:
        return unknown(f"what is behind {here} is not known: the MAC table is missing", **evidence)
    return info(f"{here} is up, but nothing was seen behind it", **evidence)


@check(
    "NE-16",
    "Errors on a port",
    kinds=("interface",),
    levels=(INFO, WARN),
    when=is_socket,
    asks=("input_errors",),
    thresholds=("interface_errors.info_count", "interface_errors.warn_count"),
    remedy="Check cable, transceiver and duplex, clear the counters and see if they rise again.",
)
def errors(asset: Asset, context: Context) -> Verdict:
    """The highest of input, output and CRC errors: totals since the counters were cleared last.

    The text says how many digits they have, so that it does not change with every packet.
    """
    port, limits = asset.record, context.policy.interface_errors
    counters = {
        "input errors": port.input_errors,
        "output errors": port.output_errors,
        "CRC errors": port.crc_errors,
    }
    counted = {name: count for name, count in counters.items() if count}
    most = max(counted.values(), default=0)
    here = place(asset, context.site)
    if most < limits.info_count and port.input_errors is None:
        return unknown(f"input errors of {here} are not known", missing="input_errors")
    if most < limits.info_count:
        return ok("few errors, or none")
    least = {name: 10 ** (len(str(count)) - 1) for name, count in counted.items()}
    texts = [f"{count} or more {name}" for name, count in least.items()]
    text = f"{here} counts {', '.join(texts)} since its counters were last cleared"
    return (warn if most >= limits.warn_count else info)(text, at_least=least)


def _busy_link(asset: Asset, context: Context) -> bool:
    return is_up(asset.record) and _leads_to_device(asset, context)


@check(
    "NE-17",
    "Link between devices near its capacity",
    kinds=("interface",),
    levels=(WARN, CRIT),
    concerns=_busy_link,
    needs=("speed_mbps", "input_rate_bps", "output_rate_bps"),
    thresholds=("uplink_use.warn_percent", "uplink_use.crit_percent"),
    remedy="Find what sends so much; add a link or a faster one where this is everyday load.",
)
def link_use(asset: Asset, context: Context) -> Verdict:
    """The busier direction against the speed, as the device averaged it (often over 5 minutes)."""
    port, limits = asset.record, context.policy.uplink_use
    here = place(asset, context.site)
    rate = max(port.input_rate_bps, port.output_rate_bps)
    evidence: dict[str, Any] = {"speed_mbps": port.speed_mbps}
    if not port.speed_mbps:
        return unknown(f"the speed of {here} is not known", missing="speed_mbps", **evidence)
    used = 100 * rate / (port.speed_mbps * BITS_PER_MEGABIT)
    if used <= limits.warn_percent:
        return ok(f"{here} has room", **evidence)
    full = used > limits.crit_percent
    passed = limits.crit_percent if full else limits.warn_percent
    text = f"{here} is used to more than {passed:g} % of {port.speed_mbps} Mbit/s"
    return (crit if full else warn)(text, percent=passed, **evidence)
