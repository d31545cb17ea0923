"""What grouping reads beside the events: rules, topology, planned windows, what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from models.records.asset import AssetChange
from models.records.grouping import Signal, Window
from tasks.alerts.grouping.entities import Facts
from tasks.alerts.grouping.policy import Policy, load_policy
from tasks.alerts.grouping.topology import Topology


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything a decision may depend on beside the memory; it is not changed by grouping.

    `hand_back_opens` says whether what a window gives back at its end opens an incident.
    """

    policy: Policy = field(default_factory=load_policy)
    topology: Topology = field(default_factory=Topology)
    windows: Sequence[Window] = ()
    changes: Sequence[AssetChange] = ()
    hand_back_opens: bool = True


def changes_before(signal: Signal, facts: Facts, context: Context) -> list[AssetChange]:
    """Return what changed on the things that an alert names, shortly before it, newest first.

    What changed to a value goes before what is only not seen any more.

    A collection sees a change some time after it happened, so that what the first one after the
    alert saw counts too: it may have been before, and is told as what may have been.
    """
    if not context.changes:
        return []
    span = timedelta(minutes=context.policy.windows.changes_minutes)
    keys = {thing.key for thing in facts.named} | {signal.asset_id}
    names = {thing.name for thing in facts.named}
    found = [
        change
        for change in context.changes
        if signal.occurred_at - span <= change.at
        and change.may_precede(signal.occurred_at)
        and (change.asset_id in keys or change.name.lower() in names)
    ]
    return sorted(found, key=lambda change: (change.lost, -change.at.timestamp()))
