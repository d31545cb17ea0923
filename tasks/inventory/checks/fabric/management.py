"""Health checks of devices: how they are managed, what they run and whom they speak to."""

from __future__ import annotations

from collections import Counter, defaultdict

from models.kinds.device import Device, RoutingPeer
from models.records.asset import Asset
from models.records.check import Severity
from tasks.inventory.checks.declaration import (
    Context,
    Verdict,
    check,
    crit,
    info,
    ok,
    plural,
    unknown,
    warn,
)
from tasks.inventory.checks.site import Site

INFO, WARN, CRIT = Severity.INFO, Severity.WARN, Severity.CRIT
CONFIG = "permission to read the running configuration"
# OSPF stays at 2-way between routers of which neither is designated (RFC 2328, 10.3).
SETTLED = frozenset({"established", "full", "2way", "2-way", "twoway"})


@check(
    "NE-20",
    "Configuration not saved",
    kinds=("device",),
    levels=(WARN,),
    needs=("config_saved",),
    privilege=CONFIG,
    remedy="Save the running configuration, or undo what was changed: a restart loses it.",
)
def unsaved(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """The running configuration against the one that the device starts with."""
    if asset.record.config_saved:
        return ok("the configuration is saved", config_saved=True)
    return warn("the running configuration is not saved", config_saved=False)


@check(
    "NE-21",
    "Telnet on",
    kinds=("device",),
    levels=(WARN,),
    reads=("telnet_enabled",),
    asks=("telnet_enabled",),
    privilege=CONFIG,
    remedy="Allow SSH alone; telnet sends passwords in clear text.",
)
def telnet(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """What the configuration lets in; without a word of it the version of the software decides."""
    if asset.record.telnet_enabled is None:
        text = "whether telnet is allowed is not known"
        if asset.record.running_config:
            return unknown(f"{text}: the configuration does not say", cure=_SAY_SSH)
        return unknown(text, missing="telnet_enabled")
    if asset.record.telnet_enabled:
        return warn("telnet is allowed", telnet_enabled=True)
    return ok("telnet is not allowed", telnet_enabled=False)


@check(
    "NE-22",
    "Well-known SNMP community",
    kinds=("device",),
    levels=(WARN,),
    needs=("default_community",),
    privilege=CONFIG,
    remedy="Replace the community, or use SNMP version 3: everybody tries public and private.",
)
def community(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """Only whether it is one of the well-known ones is collected, never the community."""
    if asset.record.default_community:
        return warn("a well-known SNMP community is set", default_community=True)
    return ok("no well-known SNMP community is set", default_community=False)


@check(
    "NE-23",
    "NTP missing or single",
    kinds=("device",),
    levels=(INFO, WARN),
    needs=("ntp_servers",),
    privilege=CONFIG,
    thresholds=("redundancy.ntp_servers",),
    remedy="Name at least two NTP servers; without time no log of the device can be trusted.",
)
def ntp(asset: Asset, context: Context) -> Verdict:
    """None is a warning, fewer than the policy asks for is for information."""
    servers = list(asset.record.ntp_servers)
    if not servers:
        return warn("no NTP server is set", ntp_servers=servers)
    if len(servers) < context.policy.redundancy.ntp_servers:
        return info(f"only {plural(len(servers), 'NTP server')}", ntp_servers=servers)
    return ok("NTP servers are set", ntp_servers=servers)


@check(
    "NE-24",
    "No syslog target",
    kinds=("device",),
    levels=(WARN,),
    needs=("syslog_servers",),
    privilege=CONFIG,
    remedy="Send the logs to a syslog server; the device's own buffer is small and is lost.",
)
def syslog(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """Where the logs are sent."""
    servers = list(asset.record.syslog_servers)
    if servers:
        return ok("logs are sent to a syslog server", syslog_servers=servers)
    return warn("no syslog server is set", syslog_servers=servers)


@check(
    "NE-25",
    "Software differs within a model",
    kinds=("device",),
    levels=(INFO, WARN),
    needs=("model", "os_version"),
    privilege="permission to run show version",
    remedy="Bring the devices of a model to one version, or suppress this while they are upgraded.",
)
def software(asset: Asset, context: Context) -> Verdict:
    """A device that runs another version than most of its model; where none leads, all are told."""
    device: Device = asset.record
    versions = context.site.once(_versions)[device.platform, device.model]
    own, most = versions[str(device.os_version)], max(versions.values())
    evidence = {"model": device.model, "versions": dict(sorted(versions.items()))}
    leaders = sorted(version for version, count in versions.items() if count == most)
    if own < most:
        text = f"runs {device.os_version}, most {device.model} run {leaders[0]}"
        return warn(text, **evidence)
    if len(leaders) > 1:
        text = f"as many {device.model} run {' as '.join(leaders)}"
        return info(text, **evidence)
    return ok(f"runs {device.os_version} as most {device.model}", **evidence)


def _versions(site: Site) -> dict[tuple[str, str | None], Counter[str]]:
    found: dict[tuple[str, str | None], Counter[str]] = defaultdict(Counter)
    for asset in site.by_kind.get("device", ()):
        device: Device = asset.record
        if device.model and device.os_version:
            found[device.platform, device.model][device.os_version] += 1
    return found


_SAY_SSH = "Write into the configuration what the vty lines let in: transport input ssh."


def _is_settled(peer: RoutingPeer) -> bool:
    return peer.state.strip().lower() in SETTLED


def _is_shut(peer: RoutingPeer) -> bool:
    return "admin" in peer.state.lower() or "shut" in peer.state.lower()


@check(
    "NE-26",
    "Routing peer not established",
    kinds=("device",),
    levels=(INFO, WARN, CRIT),
    needs=("routing_peers",),
    privilege="permission to read the routing peers",
    remedy="Check that the peer answers, then its autonomous system, password and filters.",
)
def routing_peers(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """One of several is a warning, all of a protocol critical; one shut on purpose is told."""
    device: Device = asset.record
    peers = device.routing_peers or ()
    wanted = [peer for peer in peers if not _is_shut(peer)]
    lost = [peer for peer in wanted if not _is_settled(peer)]
    evidence = {"lost": [_named(peer) for peer in lost], "peers": len(peers)}
    if lost:
        alive = {peer.protocol for peer in wanted if _is_settled(peer)}
        text = f"not established: {', '.join(_named(peer) for peer in lost)}"
        all_lost = not {peer.protocol for peer in lost} <= alive
        return (crit if all_lost else warn)(text, **evidence)
    if shut := [_named(peer) for peer in peers if _is_shut(peer)]:
        return info(f"shut on purpose: {', '.join(shut)}", shut=shut, peers=len(peers))
    return ok(f"{plural(len(peers), 'peer')}, all established", **evidence)


def _named(peer: RoutingPeer) -> str:
    # Without its state: a peer that does not answer is active, idle or connecting by turns.
    vrf = f" in VRF {peer.vrf}" if peer.vrf not in {None, "default"} else ""
    return f"{peer.protocol.upper()} {peer.address}{vrf}"


@check(
    "NE-27",
    "Device not read in the last collection",
    kinds=("device",),
    levels=(WARN,),
    remedy="See that the device answers on its management address and lets the account in.",
)
def not_read(asset: Asset, context: Context) -> Verdict:
    """What is known of it is as old as its last reading."""
    newest, gap = context.site.taken_at.get(asset.source), context.site.old.get(asset.id)
    seen = {"last_seen": asset.last_seen.isoformat()}
    if newest is None:
        return unknown("when the source was last collected is not known", cure=_COLLECT, **seen)
    if asset.last_seen >= newest:
        return ok("read in the last collection")
    why = f": {gap.reason}" if gap else ""
    return warn(f"last read on {asset.last_seen:%Y-%m-%d %H:%M} UTC{why}", **seen)


_COLLECT = "Collect the source again."
