"""Health checks of whole clusters: their API, their nodes together, their storage class."""

from __future__ import annotations

from collections import defaultdict

from models.kinds import KINDS
from models.records.asset import Asset, Gap
from models.records.check import Severity
from tasks.inventory.checks.declaration import (
    Context,
    Verdict,
    check,
    info,
    ok,
    unknown,
    warn,
)
from tasks.inventory.checks.kubernetes.objects import Realm, full_name, listed, of_cluster, realm
from tasks.inventory.checks.kubernetes.versions import (
    BY_KIND_AND_VERSION,
    DEPRECATED_KINDS,
    KNOWN_TO_MINOR,
    Deprecation,
    minor_of,
)
from tasks.inventory.checks.site import Site

INFO, WARN, CRIT = Severity.INFO, Severity.WARN, Severity.CRIT
CLUSTER = ("kubernetes_cluster",)
CONTROL_PLANE = frozenset({"control-plane", "master"})
Uses = dict[tuple[str, str], list[str]]  # by kind and version of the API: who was written by it


@check(
    "K8-80",
    "Deprecated or removed API version in use",
    kinds=CLUSTER,
    levels=(WARN, CRIT),
    needs=("version",),
    privilege="get /version",
    remedy="Write the manifests with the replacement that is named, and apply them again.",
)
def api_versions(asset: Asset, context: Context) -> Verdict:
    """Versions by which somebody wrote objects that are there, against the next minor version.

    What is served and gone by then is critical: the upgrade breaks whoever still writes by it.
    What is gone already stands in the record of an old write only.
    """
    minor = minor_of(asset.record.version)
    if minor is None:
        return unknown("the cluster's version cannot be read as one", missing="version")
    uses = context.site.once(_uses).get(realm(asset), {})
    due = {use: who for use, who in uses.items() if BY_KIND_AND_VERSION[use].deprecated <= minor}
    going = {use: who for use, who in due.items() if BY_KIND_AND_VERSION[use].removed == minor + 1}
    if due:
        return _in_use(going or due, minor, CRIT if going else WARN)
    gap = context.unlisted(asset, DEPRECATED_KINDS)
    if gap is not None:
        return _not_listed(gap)
    if minor > KNOWN_TO_MINOR:
        return unknown(
            f"what 1.{minor} has deprecated is not known here",
            cure=f"Update Nightshift: its table of API versions ends with 1.{KNOWN_TO_MINOR}.",
            version=asset.record.version,
        )
    return ok("no deprecated API version is in use", version=asset.record.version)


def _in_use(uses: Uses, minor: int, level: Severity) -> Verdict:
    texts: dict[str, list[str]] = {"in use: ": [], "still written by a manifest or client as ": []}
    served, old = texts.values()
    for kind, version in uses:
        one = BY_KIND_AND_VERSION[kind, version]
        text = f"{version} of {KINDS[kind].plural.lower()} ({_fate(one)})"
        (served if one.removed > minor else old).append(text)
    told = "; ".join(lead + listed(found) for lead, found in texts.items() if found)
    evidence = {f"{kind} {version}": sorted(who)[:10] for (kind, version), who in uses.items()}
    return Verdict(level, told, {"objects": evidence})


def _fate(one: Deprecation) -> str:
    return f"removed in 1.{one.removed}, use {one.replacement}"


def _not_listed(gap: Gap) -> Verdict:
    plural = KINDS[gap.kind].plural.lower()
    cure = (
        f"Let the account that collects {gap.privilege}."
        if gap.privilege
        else "Mend what kept the collection from reading it, and collect again."
    )
    return unknown(f"{plural} could not be seen: {gap.reason}", cure=cure, kind=gap.kind)


def _uses(site: Site) -> dict[Realm, Uses]:
    found: dict[Realm, Uses] = defaultdict(lambda: defaultdict(list))
    for kind in DEPRECATED_KINDS:
        for asset in site.by_kind.get(kind, ()):
            for version in asset.record.api_versions:
                if (kind, version) in BY_KIND_AND_VERSION:
                    found[realm(asset)][kind, version].append(full_name(asset))
    return found


@check(
    "K8-81",
    "No metrics API",
    kinds=CLUSTER,
    levels=(INFO,),
    needs=("metrics_available",),
    privilege="list nodes.metrics.k8s.io",
    remedy="Install metrics-server: without it neither use nor autoscaling by use is known.",
)
def metrics(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """Whether metrics.k8s.io is served at all; who may read it is another matter."""
    if asset.record.metrics_available:
        return ok("the metrics API is served", metrics_available=True)
    return info("no metrics API is served", metrics_available=False)


@check(
    "K8-82",
    "Single control-plane node",
    kinds=CLUSTER,
    levels=(INFO, WARN),
    beside=("node",),
    privilege="list nodes",
    remedy="Run three control-plane nodes, so that the API outlives one of them.",
)
def control_plane(asset: Asset, context: Context) -> Verdict:
    """Two are no better than one: etcd needs more than half of its members."""
    nodes = context.site.once(of_cluster, "node").get(realm(asset), [])
    names = sorted(node.name for node in nodes if CONTROL_PLANE & set(node.record.roles))
    match len(names):
        case 0:
            return unknown(
                "no node says that it is of the control plane",
                cure="Suppress this where a provider runs the control plane; else label its nodes "
                "node-role.kubernetes.io/control-plane.",
            )
        case 1:
            return warn(f"the control plane is {names[0]} alone", nodes=names)
        case 2:
            return info("the control plane cannot lose either of its two nodes", nodes=names)
    return ok(f"the control plane has {len(names)} nodes", nodes=names)


@check(
    "K8-83",
    "Nodes of different kubelet versions",
    kinds=CLUSTER,
    levels=(INFO, WARN),
    beside=("node",),
    privilege="list nodes",
    remedy="Finish the upgrade: bring every node's kubelet to the same version.",
)
def mixed_kubelets(asset: Asset, context: Context) -> Verdict:
    """A rolling upgrade mixes them for hours, not for weeks."""
    nodes = context.site.once(of_cluster, "node").get(realm(asset), [])
    versions = [node.record.kubelet_version for node in nodes]
    if not versions or None in versions:
        return unknown("the kubelet version of some nodes is not known", missing="node")
    found = sorted(version for version in set(versions) if version)
    if len(found) == 1:
        return ok("every kubelet is of one version", versions=found)
    verdict = warn if len({minor_of(version) for version in found}) > 1 else info
    return verdict(f"kubelets of {len(found)} versions: {listed(found)}", versions=found)


@check(
    "K8-84",
    "Default storage class missing or ambiguous",
    kinds=CLUSTER,
    levels=(INFO, WARN),
    beside=("storage_class",),
    privilege="list storageclasses (storage.k8s.io)",
    remedy="Set storageclass.kubernetes.io/is-default-class to true on one class alone.",
)
def default_class(asset: Asset, context: Context) -> Verdict:
    """A claim that names no class takes the default; of two it takes the newer."""
    classes = context.site.once(of_cluster, "storage_class").get(realm(asset), [])
    names = sorted(one.name for one in classes if one.record.default)
    if len(names) == 1:
        return ok(f"{names[0]} is the default", default=names)
    if names:
        return warn(f"more than one default: {listed(names)}", default=names)
    if classes:
        return warn("no storage class is the default", classes=sorted(one.name for one in classes))
    return info("there is no storage class")
