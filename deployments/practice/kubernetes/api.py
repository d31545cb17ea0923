"""One cluster's API: who asks, what for, and the answer."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from deployments.practice.kubernetes import lists, metrics, present
from deployments.practice.kubernetes.access import User
from deployments.practice.kubernetes.counting import Counters
from deployments.practice.kubernetes.discovery import discover
from deployments.practice.kubernetes.request import Reply, Request, read_request
from deployments.practice.kubernetes.selecting import Test, selector
from deployments.practice.kubernetes.status import (
    Refused,
    bad_request,
    forbidden,
    not_found,
    unauthorized,
)
from deployments.practice.kubernetes.watching import Watch
from deployments.practice.kubernetes.world import KubeWorld
from deployments.practice.kubernetes.writes import current, scale_of, write

HEALTH = ("healthz", "livez", "readyz")
MUTATING = frozenset({"create", "update", "patch", "delete", "deletecollection"})


class Api:
    """Answers the requests to one cluster."""

    def __init__(self, world: KubeWorld, users: dict[str, User], counters: Counters) -> None:
        self.world, self._users, self._counters = world, users, counters

    def user(self, headers: Mapping[str, str], parts: list[str]) -> User | None:
        """Return who asks; nobody in particular may see version and health.

        Raises:
            Refused: 401, a wrong token, or none where one is needed.
        """
        sent = headers.get("Authorization", "")
        user = self._users.get(sent.removeprefix("Bearer "))
        if user is None and (sent or (parts and parts[0] not in {"version", *HEALTH})):
            self._counters.unauthorized += 1
            raise unauthorized()
        return user

    def about(self, parts: list[str]) -> bytes | None:
        """Return a discovery document or the state of health, none at any other path."""
        if parts and parts[0] in HEALTH:
            return b"ok"
        found = discover(self.world, parts)
        return None if found is None else orjson.dumps(found)

    def read(
        self,
        method: str,
        parts: list[str],
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes,
    ) -> Request:
        """Return what is asked for.

        Raises:
            Refused: 404, the cluster serves no such path.
        """
        return read_request(self.world, method, parts, query, headers, body)

    def answer(self, request: Request, user: User) -> Reply:
        """Answer a request.

        Raises:
            Refused: 403 and all the others.
        """
        resource = request.resource
        if request.verb in MUTATING:  # refused ones count too: a reader must not even try
            self._counters.mutation(request.verb, request.label, dry_run=request.dry_run)
        if not user.may(request.verb, resource, _scope(request)):
            raise forbidden(user.name, request.verb, resource, request.namespace, request.name)
        if request.verb not in resource.verbs and not request.subresource:
            raise Refused(405, f"the server does not allow {request.verb} on {request.label}")
        if request.verb in MUTATING:
            return write(self.world, request)
        return self._look(request)

    def _look(self, request: Request) -> Reply:
        test = _test(request)
        if request.verb == "watch":
            return Reply(lines=Watch(self.world, request, test).lines)
        form = present.form(
            request.headers.get("Accept", ""), request.query.get("includeObject", "")
        )
        if request.verb == "list":
            return Reply(body=present.many(request.resource, self._page(request, test), form))
        if request.resource.group == "metrics.k8s.io":
            page = self._page(request, None)
            found = next((s for s in page.items if s.key[1] == request.name), None)
            if found is None:
                raise not_found(request.resource, request.name)
            return Reply(body=present.one(request.resource, found, form))
        stored = current(self.world, request)
        if request.subresource == "scale":
            return Reply(body=orjson.dumps(scale_of(stored)))
        return Reply(body=present.one(request.resource, stored, form))

    def _page(self, request: Request, test: Test | None) -> lists.Page:
        if request.resource.group == "metrics.k8s.io":
            found = metrics.usage(self.world, request.resource)
            kept = [s for s in found if request.namespace in {"", s.key[0]}]
            kept = [s for s in kept if test is None or test(s.value)]
            return lists.Page(items=kept, version=self.world.store.version)
        limit = request.query.get("limit", "") or "0"
        if not limit.isdigit():
            raise bad_request(f"limit is not a number: {limit!r}")
        wanted = lists.Wanted(
            resource=request.resource,
            namespace=request.namespace,
            limit=int(limit),
            token=request.query.get("continue", ""),
            version=request.query.get("resourceVersion", ""),
            test=test,
        )
        return lists.page(self.world.store, wanted)


def _scope(request: Request) -> str:
    """Return the namespace that a permission is needed in; empty is every one."""
    if request.resource.kind == "Namespace":
        return request.name
    return request.namespace


def _test(request: Request) -> Test | None:
    return selector(
        request.resource,
        request.query.get("labelSelector", ""),
        request.query.get("fieldSelector", ""),
    )
