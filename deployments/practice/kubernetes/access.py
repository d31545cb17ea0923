"""Who may do what: four users with bearer tokens, and what a control takes away from them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from deployments.practice.kubernetes.resources import READ, Resource

USERS = ("reader", "writer", "nosecrets", "limited")


@dataclass(slots=True, kw_only=True)
class User:
    """An account of every cluster; `namespaces` None is all of them and what is cluster-wide.

    `denied` are labels of resources, such as secrets or deployments.apps, that it may not see.
    """

    name: str
    token: str
    may_write: bool = False
    namespaces: frozenset[str] | None = None
    denied: set[str] = field(default_factory=set)

    def may(self, verb: str, resource: Resource, namespace: str) -> bool:
        """Return whether the user may do this; no namespace is every one, or cluster-wide."""
        if verb not in READ and not self.may_write:
            return False
        plural = set() if resource.group == "metrics.k8s.io" else {resource.plural}
        if {resource.label, *plural} & self.denied:
            return False
        return self.namespaces is None or namespace in self.namespaces


def users(tokens: dict[str, str] | None = None) -> dict[str, User]:
    """Return the users by their tokens; tokens that are not given are drawn."""
    given = tokens or {}
    token = {name: given.get(name) or secrets.token_urlsafe(24) for name in USERS}
    found = (
        User(name="reader", token=token["reader"]),
        User(name="writer", token=token["writer"], may_write=True),
        User(name="nosecrets", token=token["nosecrets"], denied={"secrets"}),
        User(name="limited", token=token["limited"], namespaces=frozenset({"shop"})),
    )
    return {user.token: user for user in found}
