"""A request to one cluster's API, read from method, path and query; and the reply to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from deployments.practice.kubernetes.resources import Resource
from deployments.practice.kubernetes.status import bad_request, no_such_path
from deployments.practice.kubernetes.world import KubeWorld

VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of a resource; no name is all of them, no namespace every one."""

    verb: str
    resource: Resource
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def label(self) -> str:
        """Return the resource, with the subresource if there is one."""
        plural = self.resource.label
        return f"{plural}/{self.subresource}" if self.subresource else plural

    @property
    def names(self) -> set[str]:
        """Return by which names a control may mean this; usage goes by its whole name only."""
        resource = self.resource
        named = {resource.label, self.label}
        if resource.group == "metrics.k8s.io":
            return named
        return named | {resource.plural, f"{resource.plural}/{self.subresource}"}

    @property
    def dry_run(self) -> bool:
        """Return whether nothing is to be changed."""
        if self.query.get("dryRun") == "All":
            return True
        options = self.value() if self.verb == "delete" or self.subresource == "eviction" else {}
        if self.subresource == "eviction" and isinstance(options, dict):
            options = options.get("deleteOptions")
        return isinstance(options, dict) and options.get("dryRun") == ["All"]

    def value(self) -> Any:
        """Return the body.

        Raises:
            Refused: 400, it is not JSON.
        """
        try:
            return orjson.loads(self.body) if self.body else {}
        except ValueError as error:
            raise bad_request(f"the body is not JSON: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer: a body, or the lines of a watch."""

    status: int = 200
    body: bytes = b""
    lines: Callable[[], Iterator[bytes]] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def read_request(
    world: KubeWorld,
    method: str,
    parts: list[str],
    query: Mapping[str, str],
    headers: Mapping[str, str],
    body: bytes,
) -> Request:
    """Return what a path below /api or /apis asks for.

    Raises:
        Refused: 404, the cluster does not serve such a path.
    """
    group, version, rest = _place(parts)
    namespace = ""
    if len(rest) > 2 and rest[0] == "namespaces" and rest[2] not in {"status", "finalize"}:  # noqa: PLR2004
        namespace, rest = rest[1], rest[2:]
    resource = world.resources.get((group, version, rest[0])) if rest else None
    if resource is None or len(rest) > 3 or (namespace and not resource.namespaced):  # noqa: PLR2004
        raise no_such_path()
    name, subresource = (*rest[1:], "", "")[:2]
    if subresource and subresource not in resource.subresources:
        raise no_such_path()
    return Request(
        verb=_verb(method, name, query),
        resource=resource,
        namespace=namespace,
        name=name,
        subresource=subresource,
        query=query,
        headers=headers,
        body=body,
    )


def _place(parts: list[str]) -> tuple[str, str, list[str]]:
    match parts:
        case ["api", version, *rest]:
            return "", version, rest
        case ["apis", group, version, *rest]:
            return group, version, rest
    raise no_such_path()


def _verb(method: str, name: str, query: Mapping[str, str]) -> str:
    if method == "GET":
        if query.get("watch") in {"1", "true", "True"}:
            return "watch"
        return "get" if name else "list"
    verb = VERBS.get(method, method.lower())
    return "deletecollection" if verb == "delete" and not name else verb
