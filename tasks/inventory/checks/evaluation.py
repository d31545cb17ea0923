"""Every check on every asset that it concerns; pure, so tests and replays call the same.

Unknown is never ok: where a field that a check needs is not there, or the collection could not
see it, the result is `unknown` and names the privilege that would show it.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from models.kinds import KINDS
from models.records.asset import Asset, Gap
from models.records.check import SEVERITIES, CheckResult, Severity, Suppression
from models.records.graph import Join
from tasks.inventory.checks.coverage import MISSED, WHOLE_KIND, Blindness, Gaps
from tasks.inventory.checks.declaration import Check, Context, Verdict
from tasks.inventory.checks.domains import DOMAINS
from tasks.inventory.checks.naming import label_of, plural_of
from tasks.inventory.checks.policy import Policy
from tasks.inventory.checks.silences import taken_from, telling, untold
from tasks.inventory.checks.site import Site, survey

LOOK_AGAIN = "See whether it is still there; what collections miss again is taken for gone."
_BY_NAME = attrgetter("asset_name", "asset_id")
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
    taken_at: Mapping[str, datetime] | None = None,
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
        taken_at: By source, when its last collection began: what it saw of a kind that it could
            not see whole is known. Without it all of such a kind may be old.
    """
    site = survey(assets, joins, gaps=gaps, taken_at=taken_at)
    context = Context(site=site, policy=policy, now=now, gaps=gaps)
    wanted = [check for check in checks if check.id not in policy.disabled]
    groups = _by_kind(site)
    silences = _active(suppressions, now)
    piles: list[list[CheckResult]] = [[] for _ in SEVERITIES]
    for check in sorted(wanted, key=attrgetter("id")):
        found = _results(check, groups, context)
        for result in _silence(found, silences.get(check.id), site):
            piles[_ORDER[result.result]].append(result)
    return [result for pile in piles for result in pile]


def _results(
    check: Check, groups: dict[tuple[str, str], list[Asset]], context: Context
) -> list[CheckResult]:
    """Return what one check says, by name and id; those of one group are in that order already."""
    unseen = _unseen(check, context.site, context.gaps)
    found: list[CheckResult] = []
    merged = 0
    for (source, kind), members in groups.items():
        if kind in check.kinds:
            _run(_job(check, source, kind, context), members, context, unseen, found)
            merged += 1
    found += unseen.values()
    return sorted(found, key=_BY_NAME) if merged > 1 or unseen else found


def _by_kind(site: Site) -> dict[tuple[str, str], list[Asset]]:
    groups: dict[tuple[str, str], list[Asset]] = defaultdict(list)
    for asset in sorted(site.assets.values(), key=lambda one: (site.full_name(one), one.id)):
        groups[asset.source, asset.kind].append(asset)
    return groups


@dataclass(frozen=True, slots=True)
class _Job:
    """A check on the assets of one kind of one source, with what could not be seen there.

    `required` must not be None; `gapped` are fields with a gap, and what they hold when nothing
    was seen. An optional one may be None and still be known: no limit, no alarm.
    """

    check: Check
    site: Site
    blind: Blindness | None
    required: tuple[str, ...]
    gapped: tuple[tuple[str, Any], ...]


def _job(check: Check, source: str, kind: str, context: Context) -> _Job:
    blind = context.site.blind.get(source)
    fields = blind.gaps.get(kind, {}) if blind else {}
    defaults = {item.name: item.default for item in dataclasses.fields(KINDS[kind].type)}
    missing = dataclasses.MISSING
    gapped = tuple(
        (name, None if defaults[name] is missing else defaults[name])
        for name in (*check.needs, *check.reads)
        if name in fields
    )
    return _Job(check, context.site, blind, check.needs, gapped)


def _run(
    job: _Job,
    assets: list[Asset],
    context: Context,
    unseen: dict[str, CheckResult],
    found: list[CheckResult],
) -> None:
    """Add what the check says of each asset; what it says of one outdoes `unseen`, save for ok."""
    for asset in _concerned(job.check, assets, context):
        result = _unread(job, asset) or _judged(job, asset, context)
        if unseen and asset.id in unseen:
            if result.result is Severity.OK:
                continue
            del unseen[asset.id]
        found.append(result)


def _concerned(check: Check, assets: list[Asset], context: Context) -> Iterable[Asset]:
    """Return the assets that the check concerns: a pass for each condition, not a test for each."""
    found: Iterable[Asset] = assets
    if (when := check.when) is not None:
        found = [asset for asset in found if when(asset.record)]
    if (concerns := check.concerns) is not None:
        found = [asset for asset in found if concerns(asset, context)]
    for name in untold(assets[0].kind, (*check.needs, *check.asks)):
        found = telling(found, name, context.site)
    return found


def _judged(job: _Job, asset: Asset, context: Context) -> CheckResult:
    verdict = job.check.rule(asset, context)
    if verdict.result is Severity.UNKNOWN:
        return _explained(job, asset, verdict)
    if verdict.result is Severity.OK and asset.id in context.site.old:
        return _aged(job, asset, verdict, context.site.old[asset.id])
    return _result(job.check, job.site, asset, verdict)


def _unread(job: _Job, asset: Asset) -> CheckResult | None:
    """Return that a fact was not read, or None; one asked for in vain holds only its default."""
    if job.check.beside and job.blind is not None:
        unlisted = job.blind.unlisted(asset, job.check.beside)
        if unlisted is not None:
            text = f"{plural_of(unlisted.kind)} could not be seen: {unlisted.reason}"
            verdict = Verdict(Severity.UNKNOWN, text, {"kind": unlisted.kind})
            return _result(job.check, job.site, asset, verdict, unlisted)
    record = asset.record
    for name in job.required:
        if getattr(record, name) is None:
            return _not_seen(job, asset, name, _gap_of(job, asset, name))
    for name, empty in job.gapped:
        if getattr(record, name) == empty and job.blind is not None:
            gap = job.blind.gap(asset, name)
            if gap is not None:
                return _not_seen(job, asset, name, gap)
    return None


def _gap_of(job: _Job, asset: Asset, name: str) -> Gap | None:
    """Return why a field was not seen, or the text that it is taken from."""
    if job.blind is None:
        return None
    source = taken_from(asset.kind, name)
    gap = job.blind.gap(asset, name)
    return gap or (job.blind.gap(asset, source) if source else None)


def _not_seen(job: _Job, asset: Asset, name: str, gap: Gap | None) -> CheckResult:
    text = f"{label_of(asset.kind, name)} could not be seen{f': {gap.reason}' if gap else ''}"
    return _result(
        job.check, job.site, asset, Verdict(Severity.UNKNOWN, text, {"missing": name}), gap
    )


def _aged(job: _Job, asset: Asset, verdict: Verdict, gap: Gap) -> CheckResult:
    text = f"its facts may be old: {gap.reason}"
    cure = LOOK_AGAIN if gap is MISSED else ""
    told = Verdict(Severity.UNKNOWN, text, verdict.evidence, cure)
    return _result(job.check, job.site, asset, told, gap)


def _explained(job: _Job, asset: Asset, verdict: Verdict) -> CheckResult:
    """Add why the field was not seen that the verdict says is missing."""
    missing = verdict.evidence.get("missing", "")
    gap = _gap_of(job, asset, missing)
    if gap is None:
        return _result(job.check, job.site, asset, verdict)
    told = Verdict(verdict.result, f"{verdict.message}: {gap.reason}", verdict.evidence)
    return _result(job.check, job.site, asset, told, gap)


def _result(
    check: Check, site: Site, asset: Asset, verdict: Verdict, gap: Gap | None = None
) -> CheckResult:
    well = verdict.result is Severity.OK
    remedy, privilege = ("", check.privilege) if well else _advice(check, verdict, gap)
    return CheckResult(
        check=check.id,
        title=check.title,
        asset_id=asset.id,
        asset_name=site.full_name(asset),
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
    if verdict.result is not Severity.UNKNOWN:
        return check.remedy, check.privilege
    if gap is not None and gap.privilege:
        return check.domain.grant.format(privilege=gap.privilege), gap.privilege
    if verdict.cure:
        return verdict.cure, None
    if gap is not None:
        return "Mend what kept the collection from reading it, and collect again.", None
    return check.domain.see.format(privilege=check.privilege), check.privilege


def _unseen(check: Check, site: Site, gaps: Gaps) -> dict[str, CheckResult]:
    """Return, by speaker, the check's kinds of which nothing at all could be seen."""
    found: dict[str, CheckResult] = {}
    for source, these in gaps.items():
        for gap in these:
            if gap.field != WHOLE_KIND or gap.kind not in check.kinds:
                continue
            speaker = site.once(_speaker, source, gap)
            if speaker is None:
                continue
            text = f"no {plural_of(gap.kind)} could be seen: {gap.reason}"
            verdict = Verdict(Severity.UNKNOWN, text, {"kind": gap.kind})
            found.setdefault(speaker.id, _result(check, site, speaker, verdict, gap))
    return found


def _speaker(site: Site, source: str, gap: Gap) -> Asset | None:
    """Return who must speak of a gap: whom it names, or its source; None where its kind can."""
    blind = site.blind[source]
    for asset in site.by_kind.get(gap.kind, ()):
        if asset.source == source and blind.speaks(gap, asset):
            return None
    named = blind.named(gap)
    return site.assets[min(named)] if named else site.once(_speakers).get(source)


def _speakers(site: Site) -> dict[str, Asset]:
    """Return who speaks for each source with gaps: its anchor, else the first of its assets."""
    found: dict[str, Asset] = {}
    ranks = {domain.anchor: rank for rank, domain in enumerate(DOMAINS)}
    for asset in sorted(
        (asset for asset in site.assets.values() if asset.source in site.blind),
        key=lambda asset: (ranks.get(asset.kind, len(ranks)), asset.name, asset.id),
    ):
        found.setdefault(asset.source, asset)
    return found


def _active(suppressions: Sequence[Suppression], now: datetime) -> dict[str, list[Suppression]]:
    """Return by check those that still hold."""
    active: dict[str, list[Suppression]] = defaultdict(list)
    for suppression in suppressions:
        if suppression.active(now):
            active[suppression.check].append(suppression)
    return active


def _silence(
    results: list[CheckResult], silences: list[Suppression] | None, site: Site
) -> Iterable[CheckResult]:
    if not silences:
        return results
    return [
        _suppressed(result, found) if (found := _covering(result, silences, site)) else result
        for result in results
    ]


def _covering(
    result: CheckResult, suppressions: list[Suppression], site: Site
) -> Suppression | None:
    if result.result is Severity.OK:
        return None
    names = site.spelled[result.asset_id]
    return next((item for item in suppressions if item.covers(result.asset_id, *names)), None)


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
