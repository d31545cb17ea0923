"""Health checks of hypervisor hosts: their state, their services and what is dated on them."""

from __future__ import annotations

from typing import Any

from models.kinds.host import ConnectionState, Host
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
from tasks.inventory.checks.expiry import judge_expiry

INFO, WARN, CRIT = Severity.INFO, Severity.WARN, Severity.CRIT


def _reachable(host: Host) -> bool:
    return host.connection_state is ConnectionState.CONNECTED


@check(
    "HO-01",
    "Host in maintenance or not reachable",
    kinds=("host",),
    levels=(WARN, CRIT),
    remedy="Bring the host back, or end its maintenance when the work is done.",
)
def host_state(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """What vCenter says of its connection to the host."""
    host: Host = asset.record
    state = host.connection_state.value
    evidence: dict[str, Any] = {"connection_state": state, "in_maintenance": host.in_maintenance}
    if host.connection_state is ConnectionState.UNKNOWN:
        return unknown(
            "the connection state is not known",
            cure="Reconnect the host in vCenter, which then reports its state again.",
            **evidence,
        )
    if host.connection_state is not ConnectionState.CONNECTED:
        return crit(f"the host is {state.replace('_', ' ')}", **evidence)
    if host.in_maintenance is None:
        return unknown("whether it is in maintenance is not known", **evidence)
    if host.in_maintenance:
        return warn("the host is in maintenance mode", **evidence)
    return ok("connected", **evidence)


@check(
    "HO-02",
    "Hyper-threading inactive",
    kinds=("host",),
    levels=(WARN,),
    needs=("hyperthreading",),
    remedy="Switch hyper-threading on in the host's firmware, or suppress this where it is policy.",
)
def hyperthreading(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """Half of the threads that the processor could offer are missing without it."""
    if asset.record.hyperthreading:
        return ok("hyper-threading is active", hyperthreading=True)
    return warn("hyper-threading is not active", hyperthreading=False)


@check(
    "HO-05",
    "Long uptime",
    kinds=("host",),
    levels=(WARN, CRIT),
    when=_reachable,
    needs=("booted_at",),
    thresholds=("uptime.warn_days", "uptime.crit_days"),
    remedy="Plan a window to patch and restart the host.",
)
def uptime(asset: Asset, context: Context) -> Verdict:
    """A host that was not restarted for a year was not patched for a year."""
    booted = asset.record.booted_at
    days, limits = context.days_since(booted), context.policy.uptime
    verdict = crit if days >= limits.crit_days else warn if days >= limits.warn_days else ok
    return verdict(f"running since {booted:%Y-%m-%d}", booted_at=booted.isoformat())


@check(
    "HO-07",
    "SSH running",
    kinds=("host",),
    levels=(WARN,),
    needs=("ssh_running",),
    remedy="Stop the SSH service (TSM-SSH) and set it to start by hand.",
)
def ssh(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """The service is meant for support sessions only."""
    if asset.record.ssh_running:
        return warn("the SSH service is running", ssh_running=True)
    return ok("the SSH service is stopped", ssh_running=False)


@check(
    "HO-09",
    "Time synchronisation",
    kinds=("host",),
    levels=(WARN, CRIT),
    needs=("ntp_servers", "ntp_running", "ntp_policy"),
    remedy="Name at least two NTP servers, start ntpd and let it start with the host.",
)
def time_synchronisation(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """No server, a stopped service, or one that will not start again by itself."""
    host: Host = asset.record
    evidence = {
        "ntp_servers": list(host.ntp_servers or ()),
        "ntp_running": host.ntp_running,
        "ntp_policy": host.ntp_policy,
    }
    if not host.ntp_servers:
        return crit("no NTP server is set", **evidence)
    if not host.ntp_running:
        return crit("the NTP service is stopped", **evidence)
    # HostServicePolicy: "on" starts with the host, "automatic" with its firewall port.
    if host.ntp_policy not in {"on", "automatic"}:
        return warn("the NTP service does not start by itself", **evidence)
    return ok("time is synchronised", **evidence)


@check(
    "HO-12",
    "Lockdown mode off",
    kinds=("host",),
    levels=(INFO,),
    needs=("lockdown_mode",),
    remedy="Switch lockdown mode to normal, so that the host is managed through vCenter alone.",
)
def lockdown(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """HostLockdownMode: lockdownDisabled, lockdownNormal or lockdownStrict."""
    mode = asset.record.lockdown_mode
    if mode.lower().endswith("disabled"):
        return info("lockdown mode is off", lockdown_mode=mode)
    return ok("lockdown mode is on", lockdown_mode=mode)


@check(
    "HO-16",
    "Too many running vCPUs a core",
    kinds=("host",),
    levels=(WARN,),
    when=_reachable,
    needs=("cpu_cores",),
    thresholds=("capacity.vcpus_per_core",),
    remedy="Move machines to other hosts or give oversized ones fewer vCPUs.",
)
def vcpus_per_core(asset: Asset, context: Context) -> Verdict:
    """Virtual processors of powered-on machines over physical cores."""
    cores, vcpus = asset.record.cpu_cores, context.site.running_vcpus.get(asset.id, 0)
    limit = context.policy.capacity.vcpus_per_core
    evidence = {"running_vcpus": vcpus, "cpu_cores": cores}
    message = f"{vcpus} running vCPUs on {cores} cores"
    return (warn if vcpus > limit * cores else ok)(message, **evidence)


@check(
    "HO-18",
    "Host certificate near its end",
    kinds=("host",),
    levels=(WARN, CRIT),
    needs=("certificate_not_after",),
    privilege="Certificate.Manage",
    thresholds=("certificates.warn_days", "certificates.crit_days"),
    remedy="Renew the host's certificate in vCenter.",
)
def host_certificate(asset: Asset, context: Context) -> Verdict:
    """An expired certificate cuts the host off from vCenter."""
    return judge_expiry(
        "the certificate",
        "certificate_not_after",
        asset.record.certificate_not_after,
        context,
        context.policy.certificates,
    )


@check(
    "HO-19",
    "No syslog target",
    kinds=("host",),
    levels=(WARN,),
    needs=("syslog_target",),
    remedy="Set Syslog.global.logHost; without it the logs are lost with the host.",
)
def syslog(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """An empty target means that none is set; None that it could not be read."""
    target = asset.record.syslog_target
    if target:
        return ok("logs are sent to a syslog target", syslog_target=target)
    return warn("no syslog target is set", syslog_target="")


@check(
    "HO-21",
    "Restart required",
    kinds=("host",),
    levels=(WARN,),
    needs=("reboot_required",),
    remedy="Put the host into maintenance and restart it: an update waits for it.",
)
def restart_required(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """What the host itself says."""
    if asset.record.reboot_required:
        return warn("a restart is required", reboot_required=True)
    return ok("no restart is required", reboot_required=False)
