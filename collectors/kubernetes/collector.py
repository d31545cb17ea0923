"""Reads Kubernetes clusters into facts: chunked lists, parsed straight from their bytes.

Source: Kubernetes API reference and API concepts. Everything is read; nothing but GET is sent.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Self

from collectors.kubernetes.access import Access, Target, read_access
from collectors.kubernetes.gaps import Gaps
from collectors.kubernetes.options import read_options
from collectors.kubernetes.reading import COVERED, Reading
from collectors.kubernetes.transport import Transport
from models.errors import ConfigurationError, ExternalError, NightshiftError
from models.records.asset import Batch, Gap
from models.sources import Source


class Kubernetes:
    """The collector of one or several clusters; `requests` counts what the last run sent.

    Of several clusters one that cannot be read is a gap for every kind, so that nothing of this
    source is taken for gone, and the others are read all the same.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self._covered: frozenset[str] = frozenset()
        self.requests = 0

    @classmethod
    def for_source(cls, source: Source) -> Self:
        """Return the collector of a source; its kubeconfig is read, nothing is connected.

        Raises:
            ConfigurationError: An option, the kubeconfig or one of its contexts cannot be used.
        """
        return cls(read_access(read_options(source)))

    def batches(self) -> Generator[Batch, None, None]:
        """Yield everything of each cluster page by page, and disconnect; also when closed early.

        Raises:
            Unavailable: No cluster answered in time; of several, the first one's error.
            AccessDenied: The credentials were refused.
            UnexpectedReply: What answers is no API server, or its certificate is not trusted.
            ConfigurationError: The credentials that a kubeconfig names cannot be loaded.
        """
        self._covered, self.requests = frozenset(), 0
        targets = self._access.targets
        uncovered: set[str] = set()
        failed: list[NightshiftError] = []
        clusters: dict[str, str] = {}
        for target in targets:
            gaps = Gaps(prefix=f"{target.name}: " if len(targets) > 1 else "")
            try:
                yield from self._read(target, gaps, clusters)
            except (ExternalError, ConfigurationError) as error:
                failed.append(error)
                if len(failed) == len(targets):
                    raise failed[0] from error
                uncovered |= COVERED
                yield Batch(gaps=_unread(target, error))
            uncovered |= gaps.uncovered
        self._covered = COVERED - uncovered

    def covered(self) -> frozenset[str]:
        """Return the kinds that were read completely; none before `batches` is exhausted."""
        return self._covered

    def _read(self, target: Target, gaps: Gaps, clusters: dict[str, str]) -> Iterator[Batch]:
        options = self._access.options
        configuration = self._access.configuration(target)
        with Transport(configuration, timeout_seconds=options.timeout_seconds) as transport:
            try:
                reading = Reading(target.name, transport, options, gaps, clusters)
                yield from reading.batches()
            finally:
                self.requests += transport.requests


def _unread(target: Target, error: NightshiftError) -> tuple[Gap, ...]:
    why = error.reason if isinstance(error, ExternalError) else str(error)
    reason = f"{target.name}: {why}"
    return tuple(Gap(kind=kind, field="*", reason=reason) for kind in sorted(COVERED))
