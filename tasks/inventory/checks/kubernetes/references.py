"""Health checks of what pod templates name: config maps, secrets, accounts, claims and GPUs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from models.kinds.kubernetes.node import Node
from models.records.asset import Asset
from models.records.check import Severity
from tasks.inventory.checks.declaration import Context, Verdict, check, crit, ok, unknown, warn
from tasks.inventory.checks.kubernetes.objects import listed, named, of_cluster, realm
from tasks.inventory.checks.kubernetes.templates import LONG_RUNNING, TEMPLATES, declares

WARN, CRIT = Severity.WARN, Severity.CRIT


def _judge(asset: Asset, context: Context, kind: str, what: str, names: Iterable[str]) -> Verdict:
    wanted = sorted(set(names))
    missing = [name for name in wanted if named(context, asset, kind, name) is None]
    if missing:
        return warn(f"{what} missing: {listed(missing)}", missing_names=missing)
    return ok(f"every {what} is there", names=wanted)


@check(
    "K8-10",
    "Config map missing",
    kinds=TEMPLATES,
    levels=(WARN,),
    when=lambda record: declares(record) and bool(record.config_map_names),
    beside=("config_map",),
    privilege="list configmaps",
    remedy="Create the config map, or take it out of the template: no new pod starts without it.",
)
def config_maps(asset: Asset, context: Context) -> Verdict:
    """Config maps that its volumes and environment variables name."""
    return _judge(asset, context, "config_map", "config map", asset.record.config_map_names)


def _secrets(record: Any) -> tuple[str, ...]:
    return (*record.secret_names, *getattr(record, "pull_secret_names", ()))


@check(
    "K8-11",
    "Secret missing",
    kinds=TEMPLATES,
    levels=(WARN,),
    when=lambda record: declares(record) and bool(_secrets(record)),
    beside=("secret",),
    privilege="list secrets (metadata)",
    remedy="Create the secret, or take it out of the template: no new pod starts without it.",
)
def secrets(asset: Asset, context: Context) -> Verdict:
    """Secrets that volumes, environment variables and image pulls name."""
    return _judge(asset, context, "secret", "secret", _secrets(asset.record))


@check(
    "K8-12",
    "Service account missing",
    kinds=TEMPLATES,
    levels=(WARN,),
    when=declares,
    reads=("service_account",),
    beside=("service_account",),
    privilege="list serviceaccounts",
    remedy="Create the service account, or name another in serviceAccountName.",
)
def service_account(asset: Asset, context: Context) -> Verdict:
    """The API refuses every new pod of an account that is not there."""
    name = asset.record.service_account or "default"
    return _judge(asset, context, "service_account", "service account", [name])


@check(
    "K8-13",
    "Claim missing",
    kinds=LONG_RUNNING,
    levels=(WARN,),
    when=lambda record: declares(record) and bool(record.claim_names),
    beside=("pvc",),
    privilege="list persistentvolumeclaims",
    remedy="Create the claim, or take its volume out of the template.",
)
def claims(asset: Asset, context: Context) -> Verdict:
    """A pod waits unscheduled until the claim is there."""
    return _judge(asset, context, "pvc", "claim", asset.record.claim_names)


def _asks_for_gpu(record: Any) -> bool:
    return declares(record) and any(one.gpu_limit for one in record.containers if not one.init)


@check(
    "K8-14",
    "GPU asked for that no node has",
    kinds=TEMPLATES,
    levels=(CRIT,),
    when=_asks_for_gpu,
    beside=("node",),
    privilege="list nodes",
    remedy="Install the device plugin on a node with GPUs, or take the GPU out of the limits.",
)
def gpus(asset: Asset, context: Context) -> Verdict:
    """Its GPUs against those that the largest node offers to pods."""
    wanted = sum(one.gpu_limit or 0 for one in asset.record.containers if not one.init)
    nodes = context.site.once(of_cluster, "node").get(realm(asset), [])
    offered = [_offered(node.record) for node in nodes]
    most = max((count for count in offered if count is not None), default=0)
    evidence = {"gpus": wanted, "most_on_a_node": most}
    if most >= wanted:
        return ok("a node has as many GPUs", **evidence)
    if not offered or None in offered:
        return unknown("what some nodes offer to pods is not known", gpus=wanted)
    return crit(f"it asks for {wanted}, and no node offers more than {most}", **evidence)


def _offered(node: Node) -> int | None:
    """A node without GPUs does not list them among what it offers, but it lists its CPU."""
    if node.gpu_allocatable is None and node.cpu_allocatable_millicores is not None:
        return 0
    return node.gpu_allocatable
