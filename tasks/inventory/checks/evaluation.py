"""Every check on every asset that it concerns; pure, so tests and replays call the same.

Unknown is never ok: where a field that a check needs is not there, or the collection could not
see it, the result is `unknown` and names the privilege that would show it.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.kinds import KINDS
from models.records.asset import Asset, Gap
from models.records.check import SEVERITIES, CheckResult, Severity, Suppression
from models.records.graph import Join
from tasks.inventory.checks.declaration import Check, Context, Verdict
from tasks.inventory.checks.policy import Policy
from tasks.inventory.checks.site import Site, survey

WHOLE_KIND = "*"
Gaps = Mapping[str, Sequence[Gap]]
_ORDER = {severity: rank for rank, severity in enumerate(SEVERITIES)}


def evaluate(  # noqa: PLR0913  what is judged, by what, and what has been silenced
    checks: Sequence[Check],
    assets: Iterable[Asset],
    gaps: Gaps,
    policy: Policy,
    suppressions: Sequence[Suppression],
    now: datetime,
    *,
    joins: Iterable[Join] = (),
) -> list[CheckResult]:
    """Return what each check finds on each asset, the worst first, then by check and name.

    Args:
        checks: The checks to run; those that the policy disables are left out.
        assets: As stored, references as asset ids; those that are gone are left out.
        gaps: By source, what its last collection could not see.
        policy: The thresholds.
        suppressions: Findings that an active one covers become `suppressed`; ok stays ok.
        now: The time that ages and expiries are measured from.
        joins: The edges that were joined across sources.
    """
    site = survey(assets, joins)
    context = Context(site=site, policy=policy, now=now)
    wanted = [check for check in checks if check.id not in policy.disabled]
    results = [
        result
        for (source, kind), members in _by_kind(site).items()
        for check in wanted
        if kind in check.kinds
        for result in _run(check, members, _blind(check, kind, gaps.get(source, ())), context)
    ]
    results += _unseen(wanted, site, gaps)
    silenced = _silence(results, suppressions, now)
    return sorted(silenced, key=_rank)


def _rank(result: CheckResult) -> tuple[int, str, str, str]:
    return _ORDER[result.result], result.check, result.asset_name, result.asset_id


def _by_kind(site: Site) -> dict[tuple[str, str], list[Asset]]:
    groups: dict[tuple[str, str], list[Asset]] = defaultdict(list)
    for asset in site.assets.values():
        groups[asset.source, asset.kind].append(asset)
    return groups


@dataclass(frozen=True, slots=True)
class _Need:
    """A field that a check reads, what it holds when nothing was seen, and the gap if any.

    An optional one may be None and still be known: no limit, no alarm.
    """

    name: str
    empty: Any
    gap: Gap | None
    optional: bool


@dataclass(frozen=True, slots=True)
class _Blind:
    """What a check needs of a kind, and all that the collection could not see of it."""

    needs: tuple[_Need, ...]
    gaps: dict[str, Gap]


def _blind(check: Check, kind: str, gaps: Sequence[Gap]) -> _Blind:
    here = {gap.field: gap for gap in gaps if gap.kind == kind}
    defaults = {
        item.name: item.default
        for item in dataclasses.fields(KINDS[kind].type)
        if item.default is not dataclasses.MISSING
    }
    fields = [(name, False) for name in check.needs] + [(name, True) for name in check.reads]
    needs = tuple(
        _Need(name, defaults.get(name), here.get(name), optional) for name, optional in fields
    )
    return _Blind(needs, here)


def _run(
    check: Check, assets: list[Asset], blind: _Blind, context: Context
) -> Iterator[CheckResult]:
    whole = blind.gaps.get(WHOLE_KIND)
    for asset in assets:
        if check.when is not None and not check.when(asset.record):
            continue
        need = _missing(asset.record, blind.needs)
        if need is not None:
            yield _result(check, asset, _not_seen(need), need.gap)
            continue
        verdict = check.rule(asset, context)
        if verdict.result is Severity.UNKNOWN:
            yield _explained(check, asset, verdict, blind)
        elif whole is not None and verdict.result is Severity.OK:
            text = f"its facts may be old: {whole.reason}"
            yield _result(check, asset, Verdict(Severity.UNKNOWN, text, verdict.evidence), whole)
        else:
            yield _result(check, asset, verdict)


def _explained(check: Check, asset: Asset, verdict: Verdict, blind: _Blind) -> CheckResult:
    """Add why the field was not seen that the verdict says is missing."""
    gap = blind.gaps.get(verdict.evidence.get("missing", ""))
    if gap is None:
        return _result(check, asset, verdict)
    told = Verdict(verdict.result, f"{verdict.message}: {gap.reason}", verdict.evidence)
    return _result(check, asset, told, gap)


def _missing(record: Any, needs: tuple[_Need, ...]) -> _Need | None:
    """A field that was asked for in vain shows nothing but its default."""
    for need in needs:
        value = getattr(record, need.name)
        if value is None and not need.optional:
            return need
        if need.gap is not None and value == need.empty:
            return need
    return None


def _not_seen(need: _Need) -> Verdict:
    reason = f": {need.gap.reason}" if need.gap else ""
    return Verdict(
        Severity.UNKNOWN, f"{need.name} could not be seen{reason}", {"missing": need.name}
    )


def _result(check: Check, asset: Asset, verdict: Verdict, gap: Gap | None = None) -> CheckResult:
    remedy, privilege = _advice(check, verdict, gap)
    return CheckResult(
        check=check.id,
        title=check.title,
        asset_id=asset.id,
        asset_name=asset.name,
        kind=asset.kind,
        result=verdict.result,
        message=verdict.message,
        evidence=verdict.evidence,
        remedy=remedy,
        privilege=privilege,
    )


def _advice(check: Check, verdict: Verdict, gap: Gap | None) -> tuple[str, str | None]:
    """Return what to do, and the privilege; of what is unknown nobody can say more than to see it.

    A gap without a privilege is one that no privilege would close, such as a timeout.
    """
    if verdict.result is Severity.OK:
        return "", check.privilege
    if verdict.result is not Severity.UNKNOWN:
        return check.remedy, check.privilege
    if gap is not None and gap.privilege:
        return f"Grant {gap.privilege} to the account that collects.", gap.privilege
    if verdict.cure:
        return verdict.cure, None
    if gap is not None:
        return "Mend what kept the collection from reading it, and collect again.", None
    return f"See that the account that collects has {check.privilege} there.", check.privilege


def _unseen(checks: Sequence[Check], site: Site, gaps: Gaps) -> list[CheckResult]:
    """Kinds of which nothing at all could be seen: the vCenter speaks for them."""
    present = {(asset.source, asset.kind) for asset in site.assets.values()}
    speakers = {asset.source: asset for asset in site.assets.values() if asset.kind == "vcenter"}
    found: dict[tuple[str, str], CheckResult] = {}
    for source, speaker in speakers.items():
        for gap in gaps.get(source, ()):
            if gap.field != WHOLE_KIND or (source, gap.kind) in present:
                continue
            text = f"no {gap.kind} could be seen: {gap.reason}"
            verdict = Verdict(Severity.UNKNOWN, text, {"kind": gap.kind})
            for check in checks:
                if gap.kind in check.kinds:
                    found.setdefault((source, check.id), _result(check, speaker, verdict, gap))
    return list(found.values())


def _silence(
    results: Iterable[CheckResult], suppressions: Sequence[Suppression], now: datetime
) -> Iterator[CheckResult]:
    active: dict[str, list[Suppression]] = defaultdict(list)
    for suppression in suppressions:
        if suppression.active(now):
            active[suppression.check].append(suppression)
    for result in results:
        found = _covering(result, active.get(result.check, []))
        yield _suppressed(result, found) if found else result


def _covering(result: CheckResult, suppressions: list[Suppression]) -> Suppression | None:
    if result.result is Severity.OK:
        return None
    return next(
        (item for item in suppressions if item.covers(result.asset_id, result.asset_name)), None
    )


def _suppressed(result: CheckResult, suppression: Suppression) -> CheckResult:
    message = f"{result.message} (until {suppression.until:%Y-%m-%d}: {suppression.reason})"
    evidence = {
        **result.evidence,
        "suppressed": result.result.value,
        "reason": suppression.reason,
        "until": suppression.until.isoformat(),
        "owner": suppression.owner,
    }
    return dataclasses.replace(
        result, result=Severity.SUPPRESSED, message=message, evidence=evidence
    )
