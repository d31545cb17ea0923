"""Which pods services, network policies and disruption budgets select.

Source: the Kubernetes API, "Labels and Selectors": all requirements must hold; `NotIn` and
`DoesNotExist` hold, too, where the label is missing. A service without a selector selects nothing;
a policy or budget with an empty one selects every pod of its namespace.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from models.kinds.kubernetes.common import Requirement, Selector
from models.records.graph import Join
from tasks.inventory.joining.records import Inputs, Pod, Policy, Service

SAME_LABELS = 1.0  # it is how the cluster itself selects
_Place: TypeAlias = tuple[str, str, str]


@dataclass(slots=True)
class _Pods:
    """The pods of one namespace: all, by label, and by the label's key."""

    all: set[str] = field(default_factory=set)
    pairs: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    keys: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def join_selectors(inputs: Inputs) -> list[Join]:
    """Join everything that selects pods by their labels to the pods that it selects."""
    namespaces: dict[_Place, _Pods] = defaultdict(_Pods)
    for pod in inputs.pod:
        _add(namespaces[_place(pod)], pod)
    found: list[Join] = []
    for owner, selector in _selecting(inputs):
        if (pods := namespaces.get(_place(owner))) is not None:
            reason = _reason(owner, selector)
            found += [
                Join(
                    from_id=owner.id,
                    type="selects",
                    to_id=pod_id,
                    confidence=SAME_LABELS,
                    reason=reason,
                )
                for pod_id in _selected(pods, selector)
            ]
    return found


def _selecting(inputs: Inputs) -> Iterator[tuple[Service | Policy, Selector]]:
    for service in inputs.service:
        if service.selector:
            yield service, Selector(labels=service.selector)
    for policy in (*inputs.network_policy, *inputs.pod_disruption_budget):
        if policy.selector is not None:
            yield policy, policy.selector


def _place(owner: Pod | Service | Policy) -> _Place:
    # Names of clusters are the sources' own: two may call different clusters the same.
    return owner.source, owner.cluster, owner.namespace


def _add(pods: _Pods, pod: Pod) -> None:
    pods.all.add(pod.id)
    for key, value in pod.labels:
        pods.pairs[key, value].add(pod.id)
        pods.keys[key].add(pod.id)


def _selected(pods: _Pods, selector: Selector) -> set[str]:
    named = [pods.pairs.get(pair, set()) for pair in selector.labels]
    named += [_meeting(pods, wanted) for wanted in selector.expressions if _names(wanted)]
    # The smallest first: the others are asked about its pods alone.
    named.sort(key=len)
    found = set.intersection(*named) if named else pods.all
    for unwanted in selector.expressions:
        if not _names(unwanted):
            found = found - _excluded(pods, unwanted)
    return found


def _names(wanted: Requirement) -> bool:
    return wanted.operator in {"In", "Exists"}


def _meeting(pods: _Pods, wanted: Requirement) -> set[str]:
    if wanted.operator == "Exists":
        return pods.keys.get(wanted.key, set())
    return _with_any(pods, wanted.key, wanted.values)


def _excluded(pods: _Pods, unwanted: Requirement) -> set[str]:
    if unwanted.operator == "NotIn":
        return _with_any(pods, unwanted.key, unwanted.values)
    if unwanted.operator == "DoesNotExist":
        return pods.keys.get(unwanted.key, set())
    return pods.all  # an operator that we do not know: what it selects is not known either


def _with_any(pods: _Pods, key: str, values: Iterable[str]) -> set[str]:
    return set().union(*(pods.pairs.get((key, value), set()) for value in values))


def _reason(owner: Service | Policy, selector: Selector) -> str:
    words = [f"{key}={value}" for key, value in selector.labels]
    words += [_requirement(wanted) for wanted in selector.expressions]
    what = ", ".join(words) if words else "every pod of its namespace"
    return f"The selector of {owner.name} in namespace {owner.namespace} is {what}."


def _requirement(wanted: Requirement) -> str:
    values = f" ({', '.join(wanted.values)})" if wanted.values else ""
    return f"{wanted.key} {wanted.operator}{values}"
