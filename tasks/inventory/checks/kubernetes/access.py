"""Health checks of roles and of whom they are bound to."""

from __future__ import annotations

from models.kinds.kubernetes.identity import Role, RoleBinding, Rule, Subject
from models.records.asset import Asset
from models.records.check import Severity
from tasks.inventory.checks.declaration import Context, Verdict, check, crit, info, ok, warn
from tasks.inventory.checks.kubernetes.objects import listed, named

INFO, WARN, CRIT = Severity.INFO, Severity.WARN, Severity.CRIT
_ROLES = "list roles, clusterroles, rolebindings, clusterrolebindings (rbac.authorization.k8s.io)"
EVERYBODY = frozenset(
    {
        *("system:authenticated", "system:unauthenticated", "system:anonymous"),
        "system:serviceaccounts",
    }
)
ALL = "*"


@check(
    "K8-95",
    "Service account bound to cluster-admin",
    kinds=("role_binding",),
    levels=(WARN, CRIT),
    needs=("role_name",),
    reads=("subjects",),
    privilege=_ROLES,
    remedy="Bind a role with the few verbs and resources that the account needs.",
)
def cluster_admin(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """Whoever gets hold of such a token owns the cluster; everybody has it where a group has it."""
    binding: RoleBinding = asset.record
    if binding.role_kind == "Role" or binding.role_name != "cluster-admin":
        return ok("it does not bind cluster-admin", role=binding.role_name)
    open_to = [one.name for one in binding.subjects if one.name in EVERYBODY]
    accounts = [_account(one) for one in binding.subjects if one.kind == "ServiceAccount"]
    scope = f"in {binding.namespace}" if binding.namespace else "over the whole cluster"
    evidence = {"role": binding.role_name, "subjects": sorted([*open_to, *accounts])}
    if open_to:
        return crit(f"everybody is cluster-admin {scope}: {listed(open_to)}", **evidence)
    if accounts:
        return warn(f"{listed(accounts)} is cluster-admin {scope}", **evidence)
    return ok("no service account is bound", **evidence)


def _account(subject: Subject) -> str:
    return f"{subject.namespace}/{subject.name}" if subject.namespace else subject.name


def _own(role: Role) -> bool:
    """Leave out what the API server makes itself, and makes again."""
    if role.namespace is None and role.name == "cluster-admin":
        return False
    return ("kubernetes.io/bootstrapping", "rbac-defaults") not in role.labels


@check(
    "K8-96",
    "Role with wildcards",
    kinds=("role",),
    levels=(INFO, WARN, CRIT),
    when=_own,
    reads=("rules",),
    privilege=_ROLES,
    remedy="Name the verbs and resources that are needed in place of *.",
)
def wildcards(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """All verbs on all resources, of all groups or one; or all verbs on some resources."""
    role: Role = asset.record
    open_verbs = [rule for rule in role.rules if ALL in rule.verbs and not rule.resource_names]
    if any(_everything(rule) for rule in open_verbs):
        verdict = warn if role.namespace else crit
        return verdict("it allows everything on everything", everything=True)
    if groups := [group for rule in open_verbs if ALL in rule.resources for group in _groups(rule)]:
        text = listed(groups)
        return warn(f"it allows everything on all of {text}", api_groups=sorted(set(groups)))
    if some := [name for rule in open_verbs for name in (*rule.resources, *rule.urls)]:
        return info(f"it allows every verb on {listed(some)}", resources=sorted(set(some)))
    return ok("it names what it allows")


def _everything(rule: Rule) -> bool:
    return ALL in rule.resources and ALL in rule.api_groups


def _groups(rule: Rule) -> list[str]:
    return [group or "the core group" for group in rule.api_groups]


@check(
    "K8-97",
    "Binding names a missing role",
    kinds=("role_binding",),
    levels=(WARN,),
    needs=("role_name",),
    beside=("role",),
    privilege=_ROLES,
    remedy="Create the role, or remove the binding: whoever makes such a role grants it at once.",
)
def role_missing(asset: Asset, context: Context) -> Verdict:
    """A binding may name a role that is not there; it holds as soon as one of that name is."""
    binding: RoleBinding = asset.record
    namespace = binding.namespace or "" if binding.role_kind == "Role" else ""
    if named(context, asset, "role", binding.role_name or "", namespace=namespace):
        return ok("its role is there", role=binding.role_name)
    return warn(f"role {binding.role_name} is missing", role=binding.role_name)
