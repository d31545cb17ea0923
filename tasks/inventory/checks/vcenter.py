"""Health checks of the vCenter itself."""

from __future__ import annotations

from collections.abc import Sequence

from models.kinds.vcenter import Licence
from models.records.asset import Asset
from models.records.check import Severity
from tasks.inventory.checks.declaration import (
    Context,
    Verdict,
    check,
    crit,
    ok,
    plural,
    unknown,
    warn,
)
from tasks.inventory.checks.expiry import judge_expiry

WARN, CRIT = Severity.WARN, Severity.CRIT


@check(
    "VC-02",
    "Licence expired, exhausted or for evaluation",
    kinds=("vcenter",),
    levels=(WARN, CRIT),
    needs=("licences",),
    privilege="Global.Licenses",
    thresholds=("licences.warn_days", "licences.crit_days"),
    remedy="Assign a licence that is valid and large enough.",
)
def licences(asset: Asset, context: Context) -> Verdict:
    """A host whose licence ends is disconnected, and its machines cannot be started again."""
    found: Sequence[Licence] = asset.record.licences
    ended = [item for item in found if item.expires_at and item.expires_at <= context.now]
    if ended:
        return crit(f"expired: {_named(ended)}", expired=_keys(ended))
    limits = context.policy.licences
    near = [item for item in found if _days_left(item, context) < limits.warn_days]
    if near:
        urgent = any(_days_left(item, context) < limits.crit_days for item in near)
        return (crit if urgent else warn)(f"ends soon: {_named(near)}", ending=_keys(near))
    if evaluation := [item for item in found if item.evaluation]:
        return warn(f"for evaluation: {_named(evaluation)}", evaluation=_keys(evaluation))
    if exceeded := [item for item in found if item.total and (item.used or 0) > item.total]:
        return warn(f"exceeded: {_named(exceeded)}", exceeded=_keys(exceeded))
    if not found:
        return unknown("vCenter lists no licences", licences=0)
    return ok(plural(len(found), "valid licence"), licences=len(found))


def _days_left(licence: Licence, context: Context) -> float:
    return -context.days_since(licence.expires_at) if licence.expires_at else float("inf")


def _named(found: list[Licence]) -> str:
    return ", ".join(sorted({item.name for item in found}))


def _keys(found: list[Licence]) -> list[str]:
    return sorted(item.masked_key for item in found)


@check(
    "VC-06",
    "vCenter certificate near its end",
    kinds=("vcenter",),
    levels=(WARN, CRIT),
    needs=("certificate_not_after",),
    thresholds=("certificates.warn_days", "certificates.crit_days"),
    remedy="Renew the machine certificate of vCenter; clients stop trusting an expired one.",
)
def vcenter_certificate(asset: Asset, context: Context) -> Verdict:
    """The certificate that vCenter's TLS port presents."""
    return judge_expiry(
        "the certificate",
        "certificate_not_after",
        asset.record.certificate_not_after,
        context,
        context.policy.certificates,
    )
