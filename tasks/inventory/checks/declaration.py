"""How a health check is declared: once, with all that is said about it anywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from models.records.asset import Asset, Gap
from models.records.check import Severity
from tasks.inventory.checks.coverage import Gaps
from tasks.inventory.checks.domains import Domain, domain_of, right_to_see
from tasks.inventory.checks.policy import Policy
from tasks.inventory.checks.site import Site


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check says of one asset, and the few values that decided.

    `cure` is only for unknown: what brings the fact, where a privilege does not.
    """

    result: Severity
    message: str
    evidence: dict[str, Any] = field(default_factory=dict)
    cure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a check may look at beside the asset itself; `gaps` are those of each source."""

    site: Site
    policy: Policy
    now: datetime
    gaps: Gaps = field(default_factory=dict)

    def days_since(self, moment: datetime) -> float:
        """Return the days that have passed since then; negative for a time to come."""
        return (self.now - moment) / timedelta(days=1)

    def unlisted(self, asset: Asset, kinds: Sequence[str]) -> Gap | None:
        """Return the gap over the first of these kinds that could not be listed around an asset."""
        blind = self.site.blind.get(asset.source)
        return blind.unlisted(asset, kinds) if blind else None


Rule = Callable[[Asset, Context], Verdict]
Condition = Callable[[Any], bool]
Concern = Callable[[Asset, Context], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A health check.

    `kinds` selects the assets; of these, `when` those that it concerns (all without one), and
    `concerns` those that it concerns in this site, such as ports with a link. `needs` are the
    fields without which it is unknown; `reads` are others whose absence may mean something, so that
    only a gap of the collection makes them unknown. `asks` are fields that the rule itself looks
    at: like those of `needs`, where the platform of a device never tells one (`silences`), the
    check does not concern what is of that device. `beside` are the other kinds that it looks for:
    where one of them could not be listed, nothing can be said. `levels` are the results, beside ok
    and unknown, that it can have. `thresholds` are the values of the policy that decide, such as
    `snapshots.warn_days`. `id` is as in the list that vSphere admins know.
    """

    id: str
    title: str
    kinds: tuple[str, ...]
    levels: tuple[Severity, ...]
    remedy: str
    rule: Rule
    privilege: str
    domain: Domain
    needs: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    thresholds: tuple[str, ...] = ()
    when: Condition | None = None
    concerns: Concern | None = None


def check(  # noqa: PLR0913  a declaration reads best when nothing of it stands elsewhere
    id: str,  # noqa: A002
    title: str,
    *,
    kinds: tuple[str, ...],
    levels: tuple[Severity, ...],
    remedy: str,
    needs: tuple[str, ...] = (),
    reads: tuple[str, ...] = (),
    asks: tuple[str, ...] = (),
    beside: tuple[str, ...] = (),
    thresholds: tuple[str, ...] = (),
    when: Condition | None = None,
    concerns: Concern | None = None,
    privilege: str = "",
    domain: Domain | None = None,
) -> Callable[[Rule], Check]:
    """Declare the decorated rule as a check.

    Without a privilege it is the one that shows its kinds; its domain is that of its first kind.
    """

    def declare(rule: Rule) -> Check:
        return Check(
            id=id,
            title=title,
            kinds=kinds,
            levels=levels,
            remedy=remedy,
            rule=rule,
            privilege=privilege or right_to_see(kinds),
            domain=domain or domain_of(kinds[0]),
            needs=needs,
            reads=reads,
            asks=asks,
            beside=beside,
            thresholds=thresholds,
            when=when,
            concerns=concerns,
        )

    return declare


def ok(message: str, **evidence: Any) -> Verdict:
    """Return the verdict that all is well."""
    return Verdict(Severity.OK, message, evidence)


def info(message: str, **evidence: Any) -> Verdict:
    """Return a verdict worth knowing, which asks for nothing."""
    return Verdict(Severity.INFO, message, evidence)


def warn(message: str, **evidence: Any) -> Verdict:
    """Return a verdict that asks for somebody's attention."""
    return Verdict(Severity.WARN, message, evidence)


def crit(message: str, **evidence: Any) -> Verdict:
    """Return a verdict that cannot wait."""
    return Verdict(Severity.CRIT, message, evidence)


def unknown(message: str, *, cure: str = "", **evidence: Any) -> Verdict:
    """Return the verdict that the facts were not there to decide.

    Args:
        message: What is not known.
        cure: What brings the fact, where no privilege of the account does.
        evidence: The values that were there.
    """
    return Verdict(Severity.UNKNOWN, message, evidence, cure)


def plural(count: int, noun: str) -> str:
    """Return a count with its noun: `1 path`, `2 paths`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
