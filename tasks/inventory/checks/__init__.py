"""Health checks: declared once each, pure functions over records.

Source of the list and of its ids: AsBuiltReport health checks, RVTools vHealth, vCheck.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from models.errors import ConfigurationError, WrongUse
from models.records.asset import Asset
from models.records.check import CheckResult, Suppression
from models.records.graph import Join
from tasks.inventory.checks import (
    alarms,
    cluster,
    datastore,
    host,
    kubernetes,
    network,
    redundancy,
    vcenter,
    vm,
)
from tasks.inventory.checks.coverage import Gaps
from tasks.inventory.checks.declaration import Check
from tasks.inventory.checks.evaluation import evaluate
from tasks.inventory.checks.fabric import addresses, cabling, management, ports, vlans
from tasks.inventory.checks.fabric import redundancy as links
from tasks.inventory.checks.policy import Policy, load_policy

__all__ = ["CHECKS", "Check", "Policy", "check_named", "evaluate_checks", "load_policy"]

_MODULES = (
    *(vcenter, cluster, host, redundancy, datastore, network, vm, alarms),
    *(cabling, links, vlans, ports, addresses, management),
    *kubernetes.MODULES,
)
CHECKS: dict[str, Check] = {
    found.id: found
    for module in _MODULES
    for found in vars(module).values()
    if isinstance(found, Check)
}


def check_named(name: str) -> Check:
    """Return the check of that id, however it is capitalised.

    Raises:
        WrongUse: There is none; the message lists them.
    """
    try:
        return CHECKS[name.upper()]
    except KeyError:
        raise WrongUse(f"no check is called {name!r}; there are {', '.join(CHECKS)}") from None


def evaluate_checks(  # noqa: PLR0913  as `evaluation.evaluate`, save for the checks
    assets: Iterable[Asset],
    gaps: Gaps,
    policy: Policy,
    suppressions: Sequence[Suppression],
    now: datetime,
    *,
    joins: Iterable[Join] = (),
    taken_at: Mapping[str, datetime] | None = None,
) -> list[CheckResult]:
    """Run every check that the policy leaves on; see `evaluation.evaluate`.

    Raises:
        ConfigurationError: The policy disables a check that there is not.
    """
    if strange := [name for name in policy.disabled if name not in CHECKS]:
        raise ConfigurationError(
            f"the check policy disables {strange[0]!r}; there are {', '.join(CHECKS)}"
        )
    return evaluate(
        list(CHECKS.values()),
        assets,
        gaps,
        policy,
        suppressions,
        now,
        joins=joins,
        taken_at=taken_at,
    )
