"""Collectors read the outside world into facts; each is found by its entry point.

A collector connects, yields batches of kind records and disconnects. It calls nothing that
changes the system it reads, and it imports neither the store nor Prefect.
"""

from __future__ import annotations

from collections.abc import Generator
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Protocol, Self, cast

from models.errors import ConfigurationError

if TYPE_CHECKING:  # whoever reads alerts only need not load every kind of asset
    from models.records.asset import Batch
    from models.sources import Source

GROUP = "nightshift.collectors"


class Collector(Protocol):
    """Reads one source."""

    @classmethod
    def for_source(cls, source: Source) -> Self:
        """Check the source's options and return a collector; nothing is connected yet.

        Raises:
            ConfigurationError: An option is missing, unknown or of the wrong type.
        """
        ...

    def batches(self) -> Generator[Batch, None, None]:
        """Connect, yield what there is page by page, and disconnect, also when closed early.

        Raises:
            Unavailable: The source did not answer in time, or broke off; a retry may help.
            AccessDenied: The credentials were refused.
            UnexpectedReply: It answered in a shape that we do not know.
        """
        ...

    def covered(self) -> frozenset[str]:
        """Return the kinds that were read completely; valid once `batches` is exhausted.

        What was not seen of any other kind may not be taken for gone.
        """
        ...


def find(name: str) -> type[Collector]:
    """Return the collector of that name.

    Raises:
        ConfigurationError: None is registered under it; the message lists those that are.
    """
    known: dict[str, EntryPoint] = {entry.name: entry for entry in entry_points(group=GROUP)}
    if name not in known:
        raise ConfigurationError(
            f"no collector is called {name!r}; there are {', '.join(sorted(known)) or 'none'}"
        )
    return cast("type[Collector]", known[name].load())
