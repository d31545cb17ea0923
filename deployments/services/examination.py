"""What `nightshift doctor` looks at: one function a subject, each with findings and their cure."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from deployments.services import state
from deployments.services.api import PrefectApi
from deployments.services.home import log_path, prepare_home
from deployments.services.ports import is_listening
from deployments.services.state import Installation, Mode, ServiceState
from models.errors import NightshiftError, StoreAbsent
from models.records.asset import Gap
from models.records.snapshot import Completeness, SnapshotState
from models.settings import settings, webhook_secret_names
from models.sources import Source, load_sources

_OLDEST_PYTHON = (3, 11)
_BEGIN = "nightshift demo, up or collect begins one"
_LEAST_FREE_BYTES = 2 * 2**30
_LOCK_SHOWN = 12


class Verdict(StrEnum):
    """Whether a finding needs a person."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `doctor`."""

    subject: str
    verdict: Verdict
    message: str
    cure: str | None = None


def examine() -> list[Finding]:
    """Look at everything; a subject that cannot be looked at is a finding too."""
    return [finding for subject, look in _SUBJECTS.items() for finding in _guarded(subject, look)]


def _guarded(subject: str, look: Callable[[], Iterator[Finding]]) -> list[Finding]:
    found: list[Finding] = []
    try:
        found.extend(look())
    except NightshiftError as error:
        found.append(_wrong(subject, str(error), "see the message"))
    return found


def _versions() -> Iterator[Finding]:
    python = platform.python_version()
    if sys.version_info < _OLDEST_PYTHON:
        yield _wrong("python", f"{python} is too old", "use Python 3.11 or newer")
    names = ("nightshift", "prefect", "fastapi", "sqlalchemy", "psycopg")
    found = ", ".join(f"{name} {version(name)}" for name in names)
    yield _ok("versions", f"Python {python}, {found}")
    lock = Path(__file__).parents[2] / "requirements.lock"
    if lock.exists():
        digest = sha256(lock.read_bytes()).hexdigest()[:_LOCK_SHOWN]
        yield _ok("lock", f"requirements.lock {digest}")
    # With SQLAlchemy 2.1 the scheduler of Prefect 3.8.8 fails on every round.
    if version("sqlalchemy").startswith("2.1"):
        yield _wrong(
            "schedules",
            f"Prefect's scheduler does not run on SQLAlchemy {version('sqlalchemy')}",
            "pip install 'sqlalchemy<2.1'",
        )


def _disk() -> Iterator[Finding]:
    if not settings().home.exists():
        yield _note("disk", f"there is no {settings().home} yet", _BEGIN)
        return
    home = prepare_home()
    free = shutil.disk_usage(home).free
    message = f"{free / 2**30:.1f} GiB free at {home}"
    if free < _LEAST_FREE_BYTES:
        yield _wrong("disk", message, "free some, or set NIGHTSHIFT_HOME to another disk")
    else:
        yield _ok("disk", message)


def _database() -> Iterator[Finding]:
    from models.store import maintenance, schema, transaction

    try:
        with transaction() as conn:
            number = schema.version(conn)
            size = maintenance.database_bytes(conn)
            growth = maintenance.growth_bytes_per_day(conn)
    except StoreAbsent:
        yield _note("database", f"none in {settings().home} yet", _BEGIN)
        return
    kind = "external" if settings().database_url else "embedded"
    speed = "growth not known yet" if growth is None else f"{growth / 2**20:+.1f} MiB a day"
    yield _ok("database", f"{kind}, schema {number}, {size / 2**20:.0f} MiB, {speed}")


def _services() -> Iterator[Finding]:
    found = state.running_installation()
    if found is None:
        if settings().prefect_api_url is None:
            yield _note("services", "nothing is supervised here", "nightshift up")
        return
    for line in found.services:
        if line.state in {ServiceState.FAILED, ServiceState.RESTARTING}:
            yield _wrong(line.name, line.message or line.state, f"read {log_path(line.name)}")
        elif line.port and not is_listening(line.port):
            yield _wrong(line.name, f"port {line.port} does not answer", "nightshift down, then up")
    running = [line.name for line in found.services if line.state is ServiceState.RUNNING]
    yield _ok("services", ", ".join(running) + " run")


def _prefect() -> Iterator[Finding]:
    found = state.running_installation()
    url = settings().prefect_api_url or (found.api_url if found else None)
    if url is None:
        return
    api = PrefectApi(url)
    if not api.is_ready():
        yield _wrong("prefect", f"{url} does not answer", f"read {log_path('prefect-server')}")
        return
    yield from _orchestration(api, found)


def _orchestration(api: PrefectApi, found: Installation | None) -> Iterator[Finding]:
    count = api.deployment_count()
    if count == 0:
        cure = "python -m deployments.services.register" if found is None else "nightshift up"
        yield _wrong("prefect", "no deployment is registered", cure)
    else:
        yield _ok("prefect", f"{api.ui_url}, {count} deployments")
    if workers := api.online_workers("default"):
        yield _ok("workers", ", ".join(workers))
    else:
        yield _wrong("workers", "none polls the pool default", "nightshift up")
    if not api.online_workers("gpu"):
        yield _note("workers", "none polls the pool gpu; its work runs on default", None)
    if last := unmended(api.flow_runs("FAILED", "CRASHED", "COMPLETED")):
        message = (last.get("state") or {}).get("message") or "without a message"
        where = f"{api.ui_url}/runs/flow-run/{last['id']}"
        yield _note("last error", f"{last['name']} {last['state_name']}: {message}", where)


def unmended(ended: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the newest failed run whose flow has not succeeded since; `ended` is newest first."""
    mended = set()
    for run in ended:
        if run["state_type"] == "COMPLETED":
            mended.add(run["flow_id"])
        elif run["flow_id"] not in mended:
            return run
    return None


def empty_variables(source: Source) -> list[str]:
    """Return the environment variables that a source takes a secret from and that are not set."""
    named = [str(value) for option, value in source.options.items() if option.endswith("_env")]
    return [name for name in named if not os.environ.get(name)]


def _sources() -> Iterator[Finding]:
    import collectors
    from deployments.services.demo import PASSWORD_VARIABLES, sources_path

    found = state.running_installation()
    in_demo = found is not None and found.mode is Mode.DEMO
    for source in load_sources(sources_path() if in_demo else None):
        collectors.find(source.collector)
        # The demo's services have their passwords; this process does not.
        empty = [name for name in empty_variables(source) if name not in PASSWORD_VARIABLES]
        for name in empty:
            yield _wrong("sources", f"{source.name}: {name} is empty", f"export {name}=...")
        if not empty:
            where = source.options.get("url", source.collector)
            yield _ok("sources", f"{source.name}: {where}")


def _coverage() -> Iterator[Finding]:
    from models.store import inventory, transaction

    with transaction() as conn:
        snapshots = inventory.latest_snapshots(conn)
    for taken in snapshots:
        if taken.state is SnapshotState.HELD:
            cure = f"nightshift collect {taken.source} --accept-held, if it is right"
            yield _wrong("coverage", f"{taken.source} is held: {taken.error}", cure)
        elif taken.state is SnapshotState.FAILED:
            yield _wrong("coverage", f"{taken.source}: {taken.error}", "nightshift collect")
        elif taken.completeness is Completeness.PARTIAL or taken.gaps:
            number = len(taken.gaps)
            things = "1 thing" if number == 1 else f"{number} things"
            message = f"{taken.source}: {things} could not be seen{_why(taken.gaps)}"
            yield _note("coverage", message, _cure(taken.gaps))


def _notices() -> Iterator[Finding]:
    from models.store import notices, transaction
    from tasks.alerts.notices.channels import configured, half_configured

    for channel, lacking in half_configured().items():
        yield _wrong("notices", f"{channel} is half configured", f"set {', '.join(lacking)}")
    with transaction() as conn:
        health = notices.health(conn)
    for found in health:
        if found.failed:
            message = f"{found.channel}: {found.failed} could not be told: {found.error}"
            cure = f"put it right, then nightshift notices retry --channel {found.channel}"
            yield _wrong("notices", message, cure)
        elif found.failures:
            message = f"{found.channel}: {found.waiting} wait after {found.failures} failures"
            yield _wrong("notices", f"{message}: {found.error}", "they are sent once it answers")
    if channels := configured():
        yield _ok("notices", "to " + ", ".join(channels))


def _webhooks() -> Iterator[Finding]:
    for vendor in settings().webhook_unsigned:
        name = vendor.upper().replace("-", "_")
        message = f"{vendor} may post unsigned: whoever reaches the gateway can send its alerts"
        yield _note("webhooks", message, f"set NIGHTSHIFT_WEBHOOK_{name}_SECRET in production")
    if names := webhook_secret_names():
        yield _ok("webhooks", "signed by " + ", ".join(one.lower() for one in names))


def _why(gaps: Iterable[Gap]) -> str:
    """Return the reasons of what no grant would show, in brackets."""
    reasons = sorted({gap.reason for gap in gaps if not gap.privilege})
    return f" ({'; '.join(reasons)})" if reasons else ""


def _cure(gaps: Iterable[Gap]) -> str | None:
    """Return what to grant, and what else would show the rest."""
    missing = sorted({gap.privilege for gap in gaps if gap.privilege})
    told = ["grant " + ", ".join(missing)] if missing else []
    return "; ".join(told + sorted({gap.cure for gap in gaps if gap.cure})) or None


_SUBJECTS: dict[str, Callable[[], Iterator[Finding]]] = {
    "versions": _versions,
    "disk": _disk,
    "database": _database,
    "services": _services,
    "prefect": _prefect,
    "sources": _sources,
    "coverage": _coverage,
    "notices": _notices,
    "webhooks": _webhooks,
}


def _ok(subject: str, message: str) -> Finding:
    return Finding(subject=subject, verdict=Verdict.OK, message=message)


def _note(subject: str, message: str, cure: str | None) -> Finding:
    return Finding(subject=subject, verdict=Verdict.NOTE, message=message, cure=cure)


def _wrong(subject: str, message: str, cure: str) -> Finding:
    return Finding(subject=subject, verdict=Verdict.WRONG, message=message, cure=cure)
