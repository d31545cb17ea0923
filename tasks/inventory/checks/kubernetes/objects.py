"""Finding objects beside the one that is checked: by place, by name and by labels.

Names are unique in a namespace of one cluster of one source, so all three are part of every key.
Each index is made once for a site (`Site.once`), when the first check asks for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from models.kinds.kubernetes.common import Pairs, Requirement, Selector
from models.records.asset import Asset
from tasks.inventory.checks.declaration import Context
from tasks.inventory.checks.site import Site

SYSTEM_NAMESPACES = frozenset({"kube-system", "kube-public", "kube-node-lease"})

Realm = tuple[str, str]  # source, cluster
Place = tuple[str, str, str]  # source, cluster, namespace; "" for objects of the whole cluster
Labels = dict[str, str]


def realm(asset: Asset) -> Realm:
    """Return the source and the cluster that an object, or the cluster itself, is of."""
    if asset.kind == "kubernetes_cluster":
        return asset.source, asset.name
    return asset.source, asset.record.cluster


def place(asset: Asset) -> Place:
    """Return where an object's name is unique."""
    return asset.source, asset.record.cluster, getattr(asset.record, "namespace", None) or ""


def of_people(record: Any) -> bool:
    """Tell whether an object is not of the cluster's own machinery."""
    return record.namespace not in SYSTEM_NAMESPACES


def full_name(asset: Asset) -> str:
    """Return `namespace/name`, or the name of what has no namespace."""
    namespace = getattr(asset.record, "namespace", None)
    return f"{namespace}/{asset.name}" if namespace else asset.name


def listed(names: Iterable[str], limit: int = 5) -> str:
    """Name the first few in their order; a fault of a template may have hundreds."""
    found = sorted(set(names))
    more = f" and {len(found) - limit} more" if len(found) > limit else ""
    return ", ".join(found[:limit]) + more


def of_cluster(site: Site, kind: str) -> dict[Realm, list[Asset]]:
    """Return the assets of a kind by cluster."""
    found: dict[Realm, list[Asset]] = defaultdict(list)
    for asset in site.by_kind.get(kind, ()):
        found[realm(asset)].append(asset)
    return found


def of_namespace(site: Site, kind: str) -> dict[Place, list[Asset]]:
    """Return the assets of a kind by namespace."""
    found: dict[Place, list[Asset]] = defaultdict(list)
    for asset in site.by_kind.get(kind, ()):
        found[place(asset)].append(asset)
    return found


def _named(site: Site, kind: str) -> dict[tuple[Place, str], Asset]:
    return {(place(asset), asset.name): asset for asset in site.by_kind.get(kind, ())}


def named(
    context: Context, asset: Asset, kind: str, name: str, *, namespace: str | None = None
) -> Asset | None:
    """Return the asset of that kind and name in the asset's namespace, or in the one given."""
    source, cluster, own = place(asset)
    where = (source, cluster, own if namespace is None else namespace)
    return context.site.once(_named, kind).get((where, name))


def cluster_of(context: Context, asset: Asset) -> Asset | None:
    """Return the cluster that an asset is of, where its source tells of it."""
    found = context.site.once(of_cluster, "kubernetes_cluster").get(realm(asset))
    return found[0] if found else None


def _labelled(site: Site) -> dict[Place, dict[tuple[str, str] | None, list[Labels]]]:
    """Return the different sets of labels of pods that run or wait, by namespace and label.

    Under None are all of a namespace: replicas of one workload mostly carry the same labels, so
    there are far fewer sets than pods.
    """
    distinct: dict[Place, set[Pairs]] = defaultdict(set)
    for pod in site.by_kind.get("pod", ()):
        if pod.record.phase not in {"Succeeded", "Failed"}:
            distinct[place(pod)].add(pod.record.labels)
    found: dict[Place, dict[tuple[str, str] | None, list[Labels]]] = {}
    for where, sets in distinct.items():
        index = found[where] = defaultdict(list)
        for pairs in sets:
            labels = dict(pairs)
            index[None].append(labels)
            for pair in pairs:
                index[pair].append(labels)
    return found


def selects_a_pod(context: Context, asset: Asset, selector: Selector) -> bool:
    """Tell whether any pod of the asset's namespace matches, of those that run or wait."""
    index = context.site.once(_labelled).get(place(asset), {})
    wanted = [index.get(pair, []) for pair in selector.labels]
    candidates = min(wanted, key=len) if wanted else index.get(None, [])
    return any(selects(selector, labels) for labels in candidates)


def selects(selector: Selector, labels: Mapping[str, str]) -> bool:
    """Tell whether labels match; the empty selector matches all."""
    return all(labels.get(key) == value for key, value in selector.labels) and all(
        _meets(one, labels) for one in selector.expressions
    )


def _meets(one: Requirement, labels: Mapping[str, str]) -> bool:
    """LabelSelectorRequirement: NotIn and DoesNotExist hold where the label is missing."""
    match one.operator:
        case "In":
            return labels.get(one.key) in one.values
        case "NotIn":
            return labels.get(one.key) not in one.values
        case "Exists":
            return one.key in labels
        case "DoesNotExist":
            return one.key not in labels
    return False


def budgets_over(context: Context, workload: Asset) -> list[Asset]:
    """Return the disruption budgets that select a workload's pods."""
    budgets = context.site.once(of_namespace, "pod_disruption_budget").get(place(workload), [])
    labels = dict(workload.record.template_labels)
    return [
        budget
        for budget in budgets
        if budget.record.selector is not None and selects(budget.record.selector, labels)
    ]
