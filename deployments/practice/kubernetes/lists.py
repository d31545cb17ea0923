"""Lists in pages: the continue token holds the version that all pages show, and where to go on.

Source: the Kubernetes API concepts, retrieving large results sets in chunks and resource versions.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

import orjson

from deployments.practice.kubernetes.resources import Resource
from deployments.practice.kubernetes.selecting import Test
from deployments.practice.kubernetes.status import Refused, bad_request, expired
from deployments.practice.kubernetes.store import Key, Store, Stored

INCONSISTENT = -1  # a token of this version goes on with what is there then
EXPIRED = (
    "The provided continue parameter is too old to display a consistent list result. You can "
    "start a new list without the continue parameter, or use the continue token in this response "
    "to retrieve the remainder of the results."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list asks for; no `namespace` is all of them."""

    resource: Resource
    namespace: str = ""
    limit: int = 0
    token: str = ""
    version: str = ""
    test: Test | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of a list, with the token for the next one."""

    items: list[Stored]
    version: int
    token: str = ""
    remaining: int | None = None


def page(store: Store, wanted: Wanted) -> Page:
    """Return a page.

    Raises:
        Refused: 400 for a token that is none of ours, 410 for one that has expired, 504 for a
            version that is not there yet.
    """
    if wanted.token:
        version, after = _read(wanted.token)
        if version == INCONSISTENT:
            version = store.snapshot(wanted.resource)
    else:
        _check_version(store, wanted.version)
        version, after = store.snapshot(wanted.resource), None
    found = store.page(wanted.resource, version, after)
    if found is None and after is not None:
        raise expired(EXPIRED, token(INCONSISTENT, after))
    return _cut(wanted, found or [], version)


def _cut(wanted: Wanted, found: list[Stored], version: int) -> Page:
    # From the watch cache the limit means nothing: that is what resourceVersion=0 asks for.
    limit = 0 if wanted.version == "0" and not wanted.token else wanted.limit
    if wanted.namespace:
        found = [stored for stored in found if stored.key[0] == wanted.namespace]
    if wanted.test is not None:
        found = [stored for stored in found if wanted.test(stored.value)]
    if not limit or len(found) <= limit:
        return Page(items=found, version=version)
    items = found[:limit]
    return Page(
        items=items,
        version=version,
        token=token(version, items[-1].key),
        remaining=None if wanted.test is not None else len(found) - limit,
    )


def _check_version(store: Store, version: str) -> None:
    if not version or version == "0":
        return
    if not version.isdigit():
        raise bad_request(f"invalid resource version: {version!r}")
    if int(version) > store.version:
        raise Refused(
            504, f"Too large resource version: {version}, current: {store.version}", retry_after=1
        )


def token(version: int, after: Key) -> str:
    """Return a continue token."""
    text = orjson.dumps({"v": "meta.k8s.io/v1", "rv": version, "start": "/".join(after)})
    return urlsafe_b64encode(text).decode().rstrip("=")


def _read(text: str) -> tuple[int, Key]:
    try:
        read = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        namespace, name = read["start"].split("/")
        return int(read["rv"]), (namespace, name)
    except (ValueError, KeyError, TypeError) as error:
        raise bad_request(f"continue key is not valid: {error}") from error
