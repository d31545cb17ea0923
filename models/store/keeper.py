"""The keeper: the one process that owns an embedded Postgres, from initdb to its stop.

Run as `python -m models.store.keeper HOME`. It ends, and the server with it, on SIGTERM or so many
idle seconds after the last client. Clients are counted by the server (`pg_stat_activity`, and
`pg_stat_database.sessions` for those that came and went between two looks).
"""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

import psycopg

from models.processes import start_time
from models.settings import settings
from models.store.embedded import DATABASE, START_SECONDS, USER, Place, answers, programs

LOOK_SECONDS = 1.0
AGAIN_LOOK_SECONDS = 0.2
AGAIN_SECONDS = 15.0
# Small machines run it beside everything else; durability is never traded for speed.
OPTIONS = {
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "max_connections": "100",
    "max_wal_size": "2GB",
    "jit": "off",
    "log_min_messages": "warning",
    "timezone": "UTC",
}


def main(home: Path) -> int:
    """Keep the database of one home until it is idle or told to stop; returns the exit status."""
    place = Place(home)
    with place.lock.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0  # another keeper was faster
        lock.truncate(0)
        lock.write(json.dumps({"pid": os.getpid()}))
        lock.flush()
        return Keeper(place).run()


class Keeper:
    """Starts the server, watches its clients, stops it."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.programs = programs()
        self.server: subprocess.Popen[bytes] | None = None
        self.stopping = False

    def run(self) -> int:
        """Return 0 after an orderly stop, 1 when the server could not be started or died."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C at a client's terminal is not ours
        account = _account(self.place)
        self._prepare(account)
        if not answers(self.place):  # else a server outlived a keeper that was killed
            self._start(account)
        if not self._wait_until_ready(account):
            return 1
        self._watch()
        return self._shut_down()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _prepare(self, account: pwd.struct_passwd | None) -> None:
        place = self.place
        for folder in (place.root, place.sockets):
            folder.mkdir(parents=True, exist_ok=True)
        place.sockets.chmod(0o700)
        if not place.password.exists():
            _write_private(place.password, secrets.token_urlsafe(32))
        if account is not None:
            _let_in(account, place.data.parent, self.programs)
            os.chown(place.sockets, account.pw_uid, account.pw_gid)
        if not (place.data / "PG_VERSION").exists():
            self._initialise(account)

    def _initialise(self, account: pwd.struct_passwd | None) -> None:
        # Into a folder beside, then renamed: a keeper killed in the middle leaves nothing half.
        fresh = self.place.root / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        secret = self.place.sockets / "password"
        _write_private(secret, self.place.password.read_text(encoding="utf-8"))
        if account is not None:
            os.chown(fresh, account.pw_uid, account.pw_gid)
            os.chown(secret, account.pw_uid, account.pw_gid)
        command = [str(self.programs / "initdb"), "-D", str(fresh), "-U", USER, "-E", "UTF8"]
        command += ["--locale=C.UTF-8", "-A", "scram-sha-256", f"--pwfile={secret}"]
        # The password is 256 random bits: more rounds would only slow every connection.
        command += ["-c", "scram_iterations=64"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **_identity(account))  # type: ignore[call-overload]
        secret.unlink()
        fresh.rename(self.place.data)

    def _start(self, account: pwd.struct_passwd | None) -> None:
        if _server_pid(self.place) is None:  # left by one that was killed; Postgres trusts the file
            (self.place.data / "postmaster.pid").unlink(missing_ok=True)
        command = [str(self.programs / "postgres"), "-D", str(self.place.data)]
        command += ["-k", str(self.place.sockets)]
        for name, value in OPTIONS.items():
            command += ["-c", f"{name}={value}"]
        self.server = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, start_new_session=True, **_identity(account)
        )  # type: ignore[call-overload]

    def _wait_until_ready(self, account: pwd.struct_passwd | None) -> bool:
        deadline = time.monotonic() + START_SECONDS
        again_until = time.monotonic() + AGAIN_SECONDS
        while time.monotonic() < deadline:
            with suppress(psycopg.OperationalError):
                self._create_database()
                return True
            if self._dead():
                if time.monotonic() > again_until:
                    return False
                # The processes of a server that was killed hold its memory for a moment.
                time.sleep(0.3)
                self._start(account)
            time.sleep(0.03)
        return False

    def _create_database(self) -> None:
        with psycopg.connect(self._admin, autocommit=True) as conn:
            found = conn.execute("SELECT FROM pg_database WHERE datname = %s", (DATABASE,))
            if found.fetchone() is None:
                conn.execute(f'CREATE DATABASE "{DATABASE}"')

    @property
    def _admin(self) -> str:
        return self.place.conninfo.replace(f"/{DATABASE}?", "/postgres?")

    def _dead(self) -> bool:
        return self.server is not None and self.server.poll() is not None

    def _watch(self) -> None:
        idle = Idle(limit_seconds=settings().database_idle_seconds)
        while not self.stopping and not self._dead():
            # A crash of one backend cuts every connection, ours too, while the server recovers.
            with (
                suppress(psycopg.OperationalError),
                psycopg.connect(self._admin, autocommit=True) as conn,
            ):
                while not self.stopping:
                    if idle.reached(*_clients(conn)):
                        return
                    time.sleep(LOOK_SECONDS)
            time.sleep(AGAIN_LOOK_SECONDS)

    def _shut_down(self) -> int:
        if self._dead():
            return 1
        pid = self.server.pid if self.server else _server_pid(self.place)
        for number, seconds in ((signal.SIGINT, 20.0), (signal.SIGQUIT, 10.0)):
            with suppress(ProcessLookupError):
                if pid is not None:
                    os.kill(pid, number)  # SIGINT: fast shutdown; SIGQUIT: immediate
            if self._gone_within(seconds):
                return 0
        return 1

    def _gone_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._dead() or (self.server is None and _server_pid(self.place) is None):
                return True
            time.sleep(0.05)
        return False


class Idle:
    """Tells when nobody has been connected for long enough."""

    def __init__(self, limit_seconds: float) -> None:
        self._limit_seconds = limit_seconds
        self._since, self._sessions = time.monotonic(), -1

    def reached(self, live: int, sessions: int) -> bool:
        """Take one look: clients connected now, and sessions ever begun."""
        if live or sessions != self._sessions:
            self._since, self._sessions = time.monotonic(), sessions
        return time.monotonic() - self._since >= self._limit_seconds


def _clients(conn: psycopg.Connection) -> tuple[int, int]:
    row = conn.execute(
        "SELECT (SELECT count(*) FROM pg_stat_activity"
        "        WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()),"
        "       (SELECT sum(sessions)::bigint FROM pg_stat_database WHERE datname = %s)",
        (DATABASE,),
    ).fetchone()
    return (int(row[0]), int(row[1] or 0)) if row else (0, 0)


def _account(place: Place) -> pwd.struct_passwd | None:
    # Postgres refuses to run as root; an ordinary user runs it as itself.
    if os.geteuid() != 0:
        return None
    if place.data.exists() and place.data.stat().st_uid != 0:
        return pwd.getpwuid(place.data.stat().st_uid)
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise SystemExit("run as an ordinary user, or add a system user called postgres")


def _identity(account: pwd.struct_passwd | None) -> dict[str, object]:
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": [], "cwd": "/"}


def _let_in(account: pwd.struct_passwd, *folders: Path) -> None:
    # Only the right to pass through, and only where it is missing.
    for folder in folders:
        for part in (folder, *folder.parents):
            mode = part.stat().st_mode
            if part.stat().st_uid != account.pw_uid and not mode & stat.S_IXOTH:
                part.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
                sys.stderr.write(f"keeper: {account.pw_name} may now pass through {part}\n")


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def _server_pid(place: Place) -> int | None:
    try:
        pid = int((place.data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
    except (OSError, ValueError, IndexError):
        return None
    return pid if start_time(pid) is not None else None


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
