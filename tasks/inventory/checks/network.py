"""Health checks of networks."""

from __future__ import annotations

from typing import Any

from models.kinds.network import Network
from models.records.asset import Asset
from models.records.check import Severity
from tasks.inventory.checks.declaration import Context, Verdict, check, info, ok, unknown, warn

INFO, WARN = Severity.INFO, Severity.WARN


def _has_policy(network: Network) -> bool:
    return not network.uplink and network.type != "opaque"


@check(
    "NW-02",
    "Promiscuous mode or forged addresses accepted",
    kinds=("network",),
    levels=(INFO, WARN),
    when=_has_policy,
    needs=("promiscuous",),
    remedy="Set the port group's security policy to reject, save for groups that need it.",
)
def security_policy(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """Promiscuous mode lets a machine read others' traffic; the other two let it pose as them."""
    network: Network = asset.record
    evidence: dict[str, Any] = {
        "promiscuous": network.promiscuous,
        "forged_transmits": network.forged_transmits,
        "mac_changes": network.mac_changes,
    }
    if network.promiscuous:
        return warn("promiscuous mode is accepted", **evidence)
    if network.forged_transmits or network.mac_changes:
        return info("forged transmits or MAC changes are accepted", **evidence)
    if network.forged_transmits is None or network.mac_changes is None:
        return unknown("part of the security policy is not known", **evidence)
    return ok("the security policy rejects", **evidence)
