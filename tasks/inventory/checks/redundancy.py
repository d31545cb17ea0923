"""Health checks of what a host has only one of: paths, uplinks, name and time servers."""

from __future__ import annotations

from models.kinds.host import Host, StoragePaths, VirtualSwitch
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
    warn,
)

INFO, WARN, CRIT = Severity.INFO, Severity.WARN, Severity.CRIT


@check(
    "HO-11",
    "Single or lost uplink",
    kinds=("host",),
    levels=(WARN, CRIT),
    needs=("virtual_switches", "physical_nics"),
    thresholds=("redundancy.uplinks",),
    remedy="Give every switch two uplinks on different adapters, and mend the links that are down.",
)
def uplinks(asset: Asset, context: Context) -> Verdict:
    """Live uplinks of each switch; one without any uplink is internal on purpose."""
    host: Host = asset.record
    live = {nic.name for nic in host.physical_nics or () if nic.speed_mbps}
    wanted = context.policy.redundancy.uplinks
    switches = [switch for switch in host.virtual_switches or () if switch.uplinks]
    down = {item.name: sorted(set(item.uplinks) - live) for item in switches}
    broken = {name: links for name, links in down.items() if links}
    if broken:
        texts = [f"{name}: {', '.join(links)}" for name, links in sorted(broken.items())]
        return crit(f"uplinks are down ({'; '.join(texts)})", down=broken)
    single = [switch.name for switch in switches if _links(switch) < wanted]
    if single:
        return warn(f"fewer than {plural(wanted, 'uplink')}: {', '.join(single)}", switches=single)
    return ok("every switch has its uplinks", switches=[item.name for item in switches])


def _links(switch: VirtualSwitch) -> int:
    return len(set(switch.uplinks))


@check(
    "HO-17",
    "Storage path single, dead or lost",
    kinds=("host",),
    levels=(WARN, CRIT),
    needs=("storage_paths",),
    thresholds=("redundancy.storage_paths",),
    remedy="Restore the dead paths; give each logical unit paths over two adapters and switches.",
)
def storage_paths(asset: Asset, context: Context) -> Verdict:
    """Usable paths to each logical unit that is not local."""
    wanted = context.policy.redundancy.storage_paths
    remote = [paths for paths in asset.record.storage_paths if not paths.local]
    if lost := [paths.lun for paths in remote if not _usable(paths)]:
        return crit(f"no path left to {_named(lost)}", lost=lost)
    if dead := [paths.lun for paths in remote if paths.dead]:
        return warn(f"dead paths to {_named(dead)}", dead=dead)
    if single := [paths.lun for paths in remote if _usable(paths) < wanted]:
        return warn(f"fewer than {plural(wanted, 'path')} to {_named(single)}", single=single)
    return ok("every logical unit has its paths", luns=len(remote))


def _usable(paths: StoragePaths) -> int:
    return paths.active + paths.standby


def _named(luns: list[str], limit: int = 3) -> str:
    """Name the first few; a host with a dead adapter has hundreds."""
    more = f" and {len(luns) - limit} more" if len(luns) > limit else ""
    return ", ".join(luns[:limit]) + more


@check(
    "XX-02",
    "Single name or time server",
    kinds=("host",),
    levels=(INFO,),
    needs=("dns_servers", "ntp_servers"),
    thresholds=("redundancy.dns_servers", "redundancy.ntp_servers"),
    remedy="Name a second DNS and NTP server, so that one may fail.",
)
def single_servers(asset: Asset, context: Context) -> Verdict:
    """Fewer than the policy asks for; no NTP server at all is HO-09."""
    host: Host = asset.record
    dns, ntp = list(host.dns_servers or ()), list(host.ntp_servers or ())
    wanted = context.policy.redundancy
    short = [plural(len(dns), "DNS server")] if len(dns) < wanted.dns_servers else []
    if 0 < len(ntp) < wanted.ntp_servers:
        short.append(plural(len(ntp), "NTP server"))
    evidence = {"dns_servers": dns, "ntp_servers": ntp}
    if short:
        return info(f"only {' and '.join(short)}", **evidence)
    return ok("name and time servers are redundant", **evidence)
