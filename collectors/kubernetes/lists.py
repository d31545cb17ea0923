"""Lists of objects, page by page, of a cluster or of some of its namespaces.

Source: Kubernetes documentation, API concepts: "Retrieving large results sets in chunks".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from collectors.kubernetes.errors import SYSTEM, Expired, Forbidden, NotOffered, NotThere
from collectors.kubernetes.gaps import Gaps
from collectors.kubernetes.options import Options
from collectors.kubernetes.resources import OtherForm, Page, Resource, root
from collectors.kubernetes.shapes_cluster import Served, Version
from collectors.kubernetes.transport import Transport
from models.errors import ExternalError, Unavailable, UnexpectedReply

# A list that takes longer than the server keeps its past (5 minutes, by default) expires again
# and again; then it is continued as it is by then.
_RESTARTS = 2
# A server that lets every token expire, and hands out another each time.
_MOST_RESTARTS = 10
# A list of so many pages does not end: a server that hands out the same token for ever.
_MOST_PAGES = 100_000
_NUL = b"\\u0000"
# What one resource may do without the cluster being gone.
_PASSING = (Unavailable, UnexpectedReply)


class Missing(Exception):
    """The list could not be read; `why` and `privilege` are for the gap.

    `passing` is one that may be read another time, though nobody changes a thing; `count` are the
    objects that could not be read, where the others were.
    """

    def __init__(
        self, why: str, privilege: str | None = None, *, passing: bool = False, count: int = 1
    ) -> None:
        super().__init__(why)
        self.why, self.privilege, self.passing, self.count = why, privilege, passing, count


@dataclass(slots=True)
class _Course:
    """What one list has brought so far: the uids, and why single objects could not be read."""

    seen: set[str] = field(default_factory=set)
    unread: list[str] = field(default_factory=list)


class Lists:
    """Reads the lists of one cluster."""

    def __init__(self, transport: Transport, options: Options, gaps: Gaps) -> None:
        self._transport = transport
        self._options = options
        self._gaps = gaps

    def kind(self, kind: str, resource: Resource) -> Iterator[Sequence[Any]]:
        """Yield the pages of a resource whose objects are assets; what cannot be read is a gap.

        Raises:
            Unavailable: The cluster does not answer any more.
            AccessDenied: The credentials were refused.
            UnexpectedReply: What answers is no API server any more.
        """
        course = _Course()
        try:
            yield from self._everywhere(resource, kind, course)
        except Missing as missing:
            self._gaps.refuse(kind, missing.why, missing.privilege)
        except _PASSING as error:
            self.bear(error)
            self._gaps.refuse(kind, error.reason)
        for why in course.unread:
            self._gaps.refuse(kind, f"one cannot be read: {why}")

    def feed(self, resource: Resource, most: int | None = None) -> Iterator[Sequence[Any]]:
        """Yield the pages of a resource that only fills fields, none where there is no such API.

        Args:
            resource: What to list.
            most: After so many objects no further page is asked for.

        Raises:
            Missing: It may not be read, what serves it does not answer, or some of its objects
                cannot be read; the others were yielded.
            Unavailable: The cluster does not answer any more.
            AccessDenied: The credentials were refused.
            UnexpectedReply: What answers is no API server any more.
        """
        course, count = _Course(), 0
        try:
            for page in self._everywhere(resource, None, course):
                yield page
                count += len(page)
                if most is not None and count >= most:
                    raise Missing(f"only the first {most} of the {resource.plural} were read")
        except _PASSING as error:
            self.bear(error)
            of = f"{resource.versions[0]} does not answer: " if resource.aggregated else ""
            raise Missing(f"{of}{error.reason}", passing=True) from error
        if course.unread:
            why = f"one of the {resource.plural} cannot be read: {course.unread[0]}"
            raise Missing(why, passing=True, count=len(course.unread))

    def bear(self, error: ExternalError) -> None:
        """Return if the API server itself still answers; what failed is then a gap.

        Raises:
            Unavailable: It does not.
            AccessDenied: The credentials were refused.
            UnexpectedReply: What answers is no API server any more.
        """
        if isinstance(error, NotThere):
            raise error  # an API server without its core
        try:
            decode(self._transport.get("/version"), Version, self._transport.address)
        except Forbidden:
            return
        except _PASSING:
            raise error from None

    def _everywhere(
        self, resource: Resource, kind: str | None, course: _Course
    ) -> Iterator[Sequence[Any]]:
        namespaces = self._options.namespaces if resource.namespaced else None
        for namespace in namespaces or (None,):
            try:
                yield from self._versions(resource, namespace, course)
            except Forbidden as error:
                why = f"not permitted in {namespace}" if namespace else "not permitted"
                if kind is None or namespace is None:
                    raise Missing(why, resource.privilege) from error
                # The other namespaces may be open.
                self._gaps.refuse(kind, why, resource.privilege)
            except NotOffered as error:
                why = "the server does not send its metadata alone"
                raise Missing(why) from error
            except _PASSING as error:
                if kind is None or namespace is None:
                    raise
                self.bear(error)
                self._gaps.refuse(kind, error.reason)

    def _versions(
        self, resource: Resource, namespace: str | None, course: _Course
    ) -> Iterator[Sequence[Any]]:
        for version in resource.versions:
            try:
                yield from self._forms(resource, _path(resource, version, namespace), course)
            except NotThere:
                self._check_absent(resource, version)
            else:
                return

    def _check_absent(self, resource: Resource, version: str) -> None:
        # A 404 may also be a proxy's. Only where the server's own list of what it serves lacks the
        # resource is there nothing of it; else everything that we know of would be taken for gone.
        try:
            body = self._transport.get(root(version))
        except NotThere:
            if version != "v1":
                return
            raise
        except Forbidden as error:
            why = f"whether the server offers {resource.plural} of {version} cannot be read"
            raise Missing(why, f"get {root(version)}") from error
        served = decode(body, Served, self._transport.address).resources or ()
        if any(one.name == resource.plural for one in served):
            raise Missing(f"the server offers {resource.plural} of {version}, and has none")

    def _forms(self, resource: Resource, path: str, course: _Course) -> Iterator[Sequence[Any]]:
        for form in resource.forms:
            try:
                parse = form.parse
                yield from self._pages(resource, path, form.accept, parse, course)
            except (NotOffered, OtherForm):
                continue
            else:
                return
        raise NotOffered(SYSTEM, self._transport.address, f"{path}: no form of it is offered")

    def _pages(
        self, resource: Resource, path: str, accept: str, parse: Any, course: _Course
    ) -> Iterator[Sequence[Any]]:
        token, restarts, fresh = "", 0, True
        for _ in range(_MOST_PAGES):
            try:
                body = self._transport.get(path, self._query(resource, token), accept)
            except Expired as error:
                restarts += 1
                if restarts > (_MOST_RESTARTS if error.token else _RESTARTS):
                    raise
                token, fresh = error.token if restarts > _RESTARTS else "", False
                continue
            page = self._parsed(parse, body, path)
            course.unread += page.unread
            yield page.items if fresh else _unseen(page.items, course.seen)
            token = page.token
            if not token:
                return
            course.seen.update(_keys(page.items))
        raise UnexpectedReply(SYSTEM, self._transport.address, f"the list of {path} has no end")

    def _query(self, resource: Resource, token: str) -> dict[str, str]:
        query = {**resource.query, "limit": str(self._options.page_size)}
        if token:
            return {**query, "continue": token}
        return {**query, "resourceVersion": "0"} if self._options.watch_cache else query

    def _parsed(self, parse: Any, body: bytes, path: str) -> Page:
        if _NUL in body:
            # Postgres holds no such character, and no one may stop a collection by writing one.
            body = body.replace(_NUL, b"\\ufffd")
        try:
            page: Page = parse(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise UnexpectedReply(SYSTEM, self._transport.address, f"{path}: {error}") from error
        return page


def decode(body: bytes, wanted: Any, address: str) -> Any:
    """Return a small reply as its type.

    Raises:
        UnexpectedReply: It has another shape.
    """
    try:
        return msgspec.json.decode(body, type=wanted)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        words = f"{error}; is it an API server of Kubernetes?"
        raise UnexpectedReply(SYSTEM, address, words) from error


def _path(resource: Resource, version: str, namespace: str | None) -> str:
    scope = f"/namespaces/{namespace}" if namespace else ""
    return f"{root(version)}{scope}/{resource.plural}"


def _keys(items: Sequence[Any]) -> Iterator[str]:
    for item in items:
        uid = getattr(getattr(item, "metadata", None), "uid", None)
        if uid is not None:
            yield uid


def _unseen(items: Sequence[Any], seen: set[str]) -> Sequence[Any]:
    return [item for item in items if getattr(item.metadata, "uid", None) not in seen]
