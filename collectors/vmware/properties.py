"""Reads all objects of a type: one view, one property-collector query, page by page.

Nothing here touches an attribute of a managed object; each would be a round trip of its own.
Source: vSphere Web Services API, `PropertyCollector.RetrievePropertiesEx` and `ContainerView`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from pyVmomi import vim, vmodl

from collectors.vmware.reply import Missing, Page, Seen
from collectors.vmware.session import PASSING, Session, privilege, reason
from models.records.asset import Gap

_Collector = vmodl.query.PropertyCollector


@dataclass(slots=True)
class Gaps:
    """Counts what could not be seen, and which kinds are therefore not covered."""

    uncovered: set[str] = field(default_factory=set)
    _counts: Counter[tuple[str, str, str, str | None]] = field(default_factory=Counter)

    def add(self, kind: str, fields: str, why: str, lacking: str | None = None) -> None:
        """Count one gap for each of the fields, which are separated by spaces.

        A field of another kind is written `network.vlan`.
        """
        for field_name in fields.split():
            owner, _, name = field_name.rpartition(".")
            self._counts[owner or kind, name, why, lacking] += 1

    def lack(self, kind: str, fields: str, fault: Exception) -> None:
        """Count fields that the API refused to show of any object."""
        self.add(kind, fields, reason(fault), privilege(fault))

    def refuse(self, kind: str, fault: Exception) -> None:
        """Count a whole kind that the API refused to show."""
        self.uncovered.add(kind)
        self.lack(kind, "*", fault)

    def withhold(self, kind: str, fields: str, missing: Missing) -> None:
        """Count a property that was withheld from one object."""
        self.add(kind, fields, missing.reason, missing.privilege)

    def drain(self) -> tuple[Gap, ...]:
        """Return the gaps since the last call, in a stable order."""
        found = tuple(
            Gap(kind=kind, field=name, reason=why, privilege=lacking, count=count)
            for (kind, name, why, lacking), count in sorted(self._counts.items(), key=repr)
        )
        self._counts.clear()
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to read of a type: each path with the fields of the kind that it fills.

    `largest_page` keeps a page of heavy objects small, whatever the source says.
    """

    kind: str
    types: tuple[Any, ...]
    paths: Mapping[str, str]
    largest_page: int | None = None


class Reader:
    """Reads whole types through one session; `roots` are the containers to look below."""

    def __init__(self, session: Session, *, page_size: int, gaps: Gaps) -> None:
        self.session = session
        self.gaps = gaps
        self.roots: tuple[Any, ...] = (session.content.rootFolder,)
        self._page_size = page_size

    def pages(self, query: Query) -> Iterator[list[Seen]]:
        """Yield the objects page by page; a refusal becomes a gap and ends it.

        The next page is on its way while the caller works on this one.

        Raises:
            Unavailable, UnexpectedReply: As every call.
            vmodl.MethodFault: The session ended, or an object vanished meanwhile.
        """
        views: list[Any] = []
        try:
            views += (self._view(root, query.types) for root in self.roots)
            yield from self._read(query, [_through(view) for view in views])
        except vmodl.MethodFault as fault:
            if isinstance(fault, PASSING):
                raise
            self.gaps.refuse(query.kind, fault)
        for view in views:
            with suppress(vmodl.MethodFault):
                view.DestroyView()

    def objects(self, query: Query, of: Sequence[Any]) -> list[Seen]:
        """Return the named objects themselves.

        Raises:
            vmodl.MethodFault: They cannot be read.
        """
        specs = [_Collector.ObjectSpec(obj=one) for one in of]
        return [seen for page in self._read(query, specs) for seen in page] if specs else []

    def _view(self, root: Any, types: tuple[Any, ...]) -> Any:
        manager = self.session.content.viewManager
        return manager.CreateContainerView(container=root, type=list(types), recursive=True)

    def _read(self, query: Query, specs: list[Any]) -> Iterator[list[Seen]]:
        collector = self.session.content.propertyCollector
        with ThreadPoolExecutor(1, thread_name_prefix="vcenter-page") as ahead:
            page = self._first(query, specs)
            try:
                while page.token:
                    coming = ahead.submit(collector.ContinueRetrievePropertiesEx, page.token)
                    yield self._noted(query, page)
                    page = coming.result()
                yield self._noted(query, page)
            except BaseException:
                # Closed early: the executor would wait for a page that nobody wants.
                self.session.transport.abandon()
                raise

    def _first(self, query: Query, specs: list[Any]) -> Page:
        paths = dict(query.paths)
        while True:
            try:
                return self._retrieve(query, specs, list(paths))
            except vmodl.query.InvalidProperty as fault:
                unknown = [path for path in paths if _names(fault.name or "", path)]
                if not unknown:
                    raise
                for path in unknown:
                    fields = paths.pop(path)
                    self.gaps.add(query.kind, fields, "this server does not know the property")

    def _retrieve(self, query: Query, specs: list[Any], paths: list[str]) -> Page:
        wanted = [_Collector.PropertySpec(type=one, pathSet=paths) for one in query.types]
        size = min(self._page_size, query.largest_page or self._page_size)
        found: Page = self.session.content.propertyCollector.RetrievePropertiesEx(
            specSet=[_Collector.FilterSpec(objectSet=specs, propSet=wanted)],
            options=_Collector.RetrieveOptions(maxObjects=size),
        )
        return found

    def _noted(self, query: Query, page: Page) -> list[Seen]:
        for seen in page.objects:
            for missing in seen.missing:
                self.gaps.withhold(query.kind, query.paths.get(missing.path, "*"), missing)
        return page.objects


def _through(view: Any) -> Any:
    step = _Collector.TraversalSpec(type=vim.view.ContainerView, path="view", skip=False)
    return _Collector.ObjectSpec(obj=view, skip=True, selectSet=[step])


def _names(fault: str, path: str) -> bool:
    # The fault names the path, or only the part of it that the server did not know.
    return bool(fault) and (
        path == fault or path.startswith(f"{fault}.") or path.endswith(f".{fault}")
    )
