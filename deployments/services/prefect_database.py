"""A Prefect database without runs, made once for all data folders of this Python environment.

Prefect makes its tables by a hundred migrations, which take SQLite 10 s of CPU, three fifths of
the server's start. A new data folder begins with a copy instead; the server looks at it as at any
other database, and migrates what a later release of Prefect adds.

`python -m deployments.services.prefect_database` makes it, which installing does.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing, suppress
from importlib.metadata import version
from pathlib import Path

_NAME = "prefect.db"
_MIGRATE = (
    "import asyncio; from prefect.server.database import provide_database_interface;"
    "asyncio.run(provide_database_interface().create_db())"
)


def empty_database() -> Path:
    """Return where the database without runs is, or would be, for the installed Prefect."""
    return Path(sys.prefix) / f"prefect-{version('prefect')}.db"


def begin(folder: Path) -> None:
    """Give a Prefect home that has no database yet a copy of the empty one, where there is one."""
    source, target = empty_database(), folder / _NAME
    if target.exists() or not source.exists():
        return
    draft = target.with_name(f"{_NAME}.{os.getpid()}")
    with suppress(OSError):  # the server makes its own then
        shutil.copyfile(source, draft)
        draft.replace(target)
    draft.unlink(missing_ok=True)


def main() -> None:
    """Make the database without runs, if it is not there."""
    target = empty_database()
    if target.exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        own = {name: text for name, text in os.environ.items() if not name.startswith("PREFECT_")}
        command = [sys.executable, "-c", _MIGRATE]
        subprocess.run(command, env={**own, "PREFECT_HOME": folder}, check=True)
        draft = target.with_name(f"{target.name}.{os.getpid()}")
        with (
            closing(sqlite3.connect(Path(folder) / _NAME)) as made,
            closing(sqlite3.connect(draft)) as copy,
        ):
            made.backup(copy)  # its log of changes included
    draft.replace(target)


if __name__ == "__main__":
    main()
