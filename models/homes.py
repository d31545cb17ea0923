"""Whether this process may make a new home, or only reads in one that is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

ONLY_EXISTING = ContextVar("only_existing", default=False)


@contextmanager
def only_existing() -> Iterator[None]:
    """Make no new database within the block: who reads in a wrong folder is told so instead."""
    token = ONLY_EXISTING.set(True)
    try:
        yield
    finally:
        ONLY_EXISTING.reset(token)
