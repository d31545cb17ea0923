"""Watches: what is there first where that is wanted, then every change until the time is over."""

from __future__ import annotations

import time
from collections.abc import Iterator

import orjson

from deployments.practice.kubernetes import present
from deployments.practice.kubernetes.request import Request
from deployments.practice.kubernetes.resources import Resource
from deployments.practice.kubernetes.selecting import Test
from deployments.practice.kubernetes.status import bad_request, expired
from deployments.practice.kubernetes.store import Key, Stored
from deployments.practice.kubernetes.world import KubeWorld

LONGEST_SECONDS = 1800.0
BOOKMARK_SECONDS = 1.0
INITIAL_END = "k8s.io/initial-events-end"


class Watch:
    """One watch; `lines` yields its events, each a line of JSON."""

    def __init__(self, world: KubeWorld, request: Request, test: Test | None) -> None:
        self._world, self._request, self._test = world, request, test
        self._resource: Resource = request.resource
        self._form = present.form(request.headers.get("Accept", ""))
        seconds = request.query.get("timeoutSeconds", "")
        self._seconds = float(seconds) if seconds.isdigit() else LONGEST_SECONDS
        self._bookmarks = request.query.get("allowWatchBookmarks") in {"1", "true", "True"}
        self._seen: set[Key] = set()
        version = request.query.get("resourceVersion", "")
        if version and not version.isdigit():
            raise bad_request(f"invalid resource version: {version!r}")
        self._version = int(version or 0)

    def lines(self) -> Iterator[bytes]:
        """Yield events until the time is over or what was asked for is too old."""
        deadline = time.monotonic() + self._seconds
        if not self._version:
            yield from self._initial()
        bookmark_at = time.monotonic() + BOOKMARK_SECONDS
        while time.monotonic() < deadline and not self._world.closed:
            found = self._wait(min(deadline, bookmark_at))
            if found is None:
                text = f"too old resource version: {self._version}"
                yield orjson.dumps({"type": "ERROR", "object": expired(text).body})
                return
            yield from found
            if self._bookmarks and time.monotonic() >= bookmark_at:
                yield self._bookmark()
                bookmark_at = time.monotonic() + BOOKMARK_SECONDS
            elif time.monotonic() >= bookmark_at:
                bookmark_at = deadline
        if self._bookmarks:
            yield self._bookmark()

    def _initial(self) -> Iterator[bytes]:
        store = self._world.store
        with store.lock:
            self._version, found = store.version, store.all(self._resource)
        for stored in found:
            if self._wants(stored):
                self._seen.add(stored.key)
                yield self._event("ADDED", stored)
        if self._request.query.get("sendInitialEvents") in {"1", "true", "True"}:
            yield self._bookmark({INITIAL_END: "true"})

    def _wait(self, until: float) -> list[bytes] | None:
        """Return the events since last time, waiting for some; none where they are not kept."""
        store = self._world.store
        with store.changed:
            while True:
                changes = store.since(self._resource, self._version)
                if changes is None:
                    return None
                left = until - time.monotonic()
                if changes or left <= 0 or self._world.closed:
                    break
                store.changed.wait(left)
            self._version = store.version
        events = (self._told(change.kind, change.stored) for change in changes)
        return [event for event in events if event]

    def _told(self, kind: str, stored: Stored) -> bytes | None:
        """Return the event of a change; what no longer matches the selectors is DELETED."""
        known, wanted = stored.key in self._seen, self._wants(stored)
        if not wanted:
            if not known or self._test is None:
                return None
            kind = "DELETED"
        elif kind == "MODIFIED" and not known and self._test is not None:
            kind = "MODIFIED" if self._request.query.get("resourceVersion") else "ADDED"
        if kind == "DELETED":
            self._seen.discard(stored.key)
        else:
            self._seen.add(stored.key)
        return self._event(kind, stored)

    def _wants(self, stored: Stored) -> bool:
        namespace, name = self._request.namespace, self._request.name
        return (
            (not namespace or stored.key[0] == namespace)
            and (not name or stored.key[1] == name)
            and (self._test is None or self._test(stored.value))
        )

    def _event(self, kind: str, stored: Stored) -> bytes:
        return b'{"type":"%s","object":%s}' % (
            kind.encode(),
            present.one(self._resource, stored, self._form),
        )

    def _bookmark(self, notes: dict[str, str] | None = None) -> bytes:
        resource = self._resource
        meta: dict[str, object] = {"resourceVersion": str(self._version)}
        if notes:
            meta["annotations"] = notes
        value = {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": meta}
        return orjson.dumps({"type": "BOOKMARK", "object": value})
