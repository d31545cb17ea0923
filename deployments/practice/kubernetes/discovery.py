"""What a cluster says about itself: its version, its API groups and their resources."""

from __future__ import annotations

from collections import defaultdict

from deployments.practice.kubernetes.resources import Resource
from deployments.practice.kubernetes.show_common import Value
from deployments.practice.kubernetes.status import no_such_path
from deployments.practice.kubernetes.world import KubeWorld


def discover(world: KubeWorld, parts: list[str]) -> Value | None:
    """Return the document at a path of /version, /api or /apis, none where it is not one.

    Raises:
        Refused: 404, the cluster does not serve that group or version.
    """
    found: Value | None = None
    match parts:
        case ["version"]:
            found = _version(world)
        case ["api"]:
            found = {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}
        case ["apis"]:
            groups = [_group(name, versions) for name, versions in _groups(world).items()]
            found = {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}
        case ["api", "v1"]:
            found = _resources(world, "", "v1")
        case ["apis", group] if group in _groups(world):
            group_versions = _group(group, _groups(world)[group])
            found = {**group_versions, "kind": "APIGroup", "apiVersion": "v1"}
        case ["apis", group, version]:
            found = _resources(world, group, version)
    return found


def _version(world: KubeWorld) -> Value:
    version = world.cluster.version
    major, minor, _ = version.removeprefix("v").split(".")
    return {
        "major": major,
        "minor": minor,
        "gitVersion": version,
        "gitCommit": "0" * 40,
        "gitTreeState": "clean",
        "buildDate": "2026-08-12T10:00:00Z",
        "goVersion": "go1.25.1",
        "compiler": "gc",
        "platform": "linux/amd64",
    }


def _groups(world: KubeWorld) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for group, version, _ in world.resources:
        if group and version not in found[group]:
            found[group].append(version)
    return found


def _group(name: str, versions: list[str]) -> Value:
    named = [{"groupVersion": f"{name}/{version}", "version": version} for version in versions]
    return {"name": name, "versions": named, "preferredVersion": named[0]}


def _resources(world: KubeWorld, group: str, version: str) -> Value:
    found = [r for r in world.resources.values() if (r.group, r.version) == (group, version)]
    if not found:
        raise no_such_path()
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": f"{group}/{version}" if group else version,
        "resources": [line for resource in found for line in _lines(resource)],
    }


def _lines(resource: Resource) -> list[Value]:
    line: Value = {
        "name": resource.plural,
        "singularName": resource.kind.lower(),
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": list(resource.verbs),
    }
    if resource.short:
        line["shortNames"] = list(resource.short)
    below = [
        {
            "name": f"{resource.plural}/{name}",
            "singularName": "",
            "namespaced": resource.namespaced,
            "kind": {"scale": "Scale", "eviction": "Eviction"}.get(name, resource.kind),
            "verbs": ["create"] if name == "eviction" else ["get", "patch", "update"],
        }
        for name in resource.subresources
    ]
    return [line, *below]
