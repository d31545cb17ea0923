"""Health checks of namespaces: their end, and what holds in them."""

from __future__ import annotations

from models.kinds.kubernetes.namespace import Namespace
from models.records.asset import Asset
from models.records.check import Severity
from tasks.inventory.checks.declaration import Context, Verdict, check, info, ok, warn
from tasks.inventory.checks.kubernetes.objects import SYSTEM_NAMESPACES, of_namespace, realm

INFO, WARN = Severity.INFO, Severity.WARN


def _of_people(namespace: Namespace) -> bool:
    return namespace.name not in SYSTEM_NAMESPACES


@check(
    "K8-92",
    "Namespace terminating",
    kinds=("namespace",),
    levels=(WARN,),
    needs=("phase",),
    remedy="See what is left of it (kubectl get all -n NAME) and which finalizer holds that.",
)
def terminating(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """It goes when all that is in it has gone; an API that does not answer keeps it for ever."""
    if asset.record.phase == "Terminating":
        return warn("it is being deleted and not yet gone", phase=asset.record.phase)
    return ok("it is active", phase=asset.record.phase)


@check(
    "K8-93",
    "Namespace without any network policy",
    kinds=("namespace",),
    levels=(WARN,),
    when=_of_people,
    beside=("network_policy", "pod"),
    privilege="list networkpolicies (networking.k8s.io)",
    remedy="Add a NetworkPolicy that denies what nobody needs, then policies for what is needed.",
)
def network_policy(asset: Asset, context: Context) -> Verdict:
    """Without one every pod of the cluster reaches every pod of it; an empty one has nothing."""
    where = (*realm(asset), asset.name)
    policies = context.site.once(of_namespace, "network_policy").get(where, [])
    if policies:
        return ok("it has network policies", policies=sorted(one.name for one in policies))
    if where not in context.site.once(of_namespace, "pod"):
        return ok("no pod is in it")
    return warn("no network policy holds in it")


@check(
    "K8-94",
    "Namespace without quota or limit range",
    kinds=("namespace",),
    levels=(INFO,),
    when=_of_people,
    needs=("quotas", "limit_ranges"),
    privilege="list resourcequotas, limitranges",
    remedy="Add a ResourceQuota, so that one namespace cannot take all of the cluster.",
)
def quota(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """A quota bounds the namespace as a whole, a limit range each of its containers."""
    namespace: Namespace = asset.record
    lacking = [
        name
        for name, there in (("quota", namespace.quotas), ("limit range", namespace.limit_ranges))
        if not there
    ]
    if lacking:
        return info(f"it has no {' and no '.join(lacking)}", lacking=lacking)
    return ok("it has a quota and a limit range")
