"""Log files of the services: readable by their owner alone, and never larger than they may be."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import BinaryIO

MOST_BYTES = 10 * 2**20


def open_log(path: Path) -> BinaryIO:
    """Open a log to append to it; what lies there already is made private and short."""
    shorten(path)
    return _open(path, os.O_APPEND)


def shorten(path: Path) -> None:
    """Move a log that grew too large to `NAME.log.1`, in place of the one before it.

    It is copied and emptied rather than renamed: whoever writes it has it open, and appends.
    """
    if not path.exists() or path.stat().st_size <= MOST_BYTES:
        return
    # A full disk is no reason to go on filling it.
    with contextlib.suppress(OSError), path.open("rb") as full, _open(earlier(path)) as kept:
        shutil.copyfileobj(full, kept)
    os.truncate(path, 0)


def earlier(path: Path) -> Path:
    """Return where the part of a log lies that was moved away last."""
    return path.with_name(f"{path.name}.1")


def _open(path: Path, how: int = os.O_TRUNC) -> BinaryIO:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600)
    os.fchmod(descriptor, 0o600)  # of one that was there before
    return os.fdopen(descriptor, "wb")
