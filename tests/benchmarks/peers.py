"""The gateway beside Alerta, and Alertmanager where there is one, under one load in one run.

usage: python -m tests.benchmarks.peers [SECONDS [ROUNDS]]

All stand on loopback; wrk posts 2,000 distinct alerts over 32 connections to each in its own API's
form, and the order changes with every round. Alerta comes from its package into an environment of
its own, as its documentation serves it: gunicorn, one worker with four threads, Postgres, without
authentication and plugins. Its Postgres is a second embedded server with the same options, so that
each system's CPU is told apart. Alerta connects anew for every request, and what that costs
Postgres is counted, in processes that have ended too; the ratio without Postgres is told as well.
Nightshift is told twice: with the pool that all get, in which each body comes again, and with
bodies that all differ, each of which becomes a row.

What the figures are not: Alerta deduplicates, keeps history and tells severity trends before it
answers; Nightshift stores the delivery before it answers and does the rest in triage, which
`tests.benchmarks.triage` measures. Alertmanager answers from memory: it is told, not compared.
Compare the ratios, which are of one run; rates are those of the machine and what else it does.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import httpx
import psycopg

from models.store import embedded
from tests.benchmarks.gateway import CONNECTIONS, DISTINCT, counted, gateway, home, postgres, say
from tests.benchmarks.gateway_load import PATH, Load, bodies, write_pool, wrk
from tests.benchmarks.processes import cpu_of, family
from tests.fix_receivers import free_port

# Tried together on Python 3.11 (of Alerta 9.0.4 the package lacks StrEnum). Alerta names no upper bounds, and its `postgres` extra asks for
# psycopg2, which has to be compiled; the wheel is the same driver.
ALERTA = ("alerta-server==9.1.0", "gunicorn==27.0.1", "psycopg2-binary==2.9.13")
ALERTMANAGER = "prometheus-alertmanager"
NEW_PER_SECOND = 20_000  # more bodies than the gateway takes, so that none comes twice
START_SECONDS = 60.0
_WARM_SECONDS = 1
_ALERTMANAGER = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"
# An empty PLUGINS in the environment would name one plugin, "".
_ALERTA = "DATABASE_URL = {url!r}\nAUTH_REQUIRED = False\nPLUGINS = []\n"


class MissingError(Exception):
    """Something that the comparison needs is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One system that runs; `refill`, if any, makes the bodies of a round."""

    name: str
    url: str
    path: str
    pool: Path
    warm: Path
    pid: int
    database: Path | None = None
    stored: Callable[[], int] | None = None
    refill: Callable[[int], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one system did in one round; CPU in microseconds an alert."""

    load: Load
    own: float
    postgres: float
    stored: int | None

    @property
    def acknowledged(self) -> int:
        """How many alerts it said it has."""
        return self.load.requests - self.load.refused

    @property
    def cpu(self) -> float:
        """Of the system and its Postgres."""
        return self.own + self.postgres


def main(seconds: int = 6, rounds: int = 3) -> int:
    """Measure, print, and return 0 if every system that says it stores stored all; 3 if not run."""
    if shutil.which("wrk") is None:
        say("wrk is not installed (Debian: apt-get install wrk)")
        return 3
    try:
        with ExitStack() as stack:
            systems = _start(stack, seconds)
            turns: dict[str, list[Turn]] = {system.name: [] for system in systems}
            for number in range(rounds):
                for system in _rotated(systems, number):
                    turns[system.name].append(measure(system, number, seconds))
                    _tell_turn(number, system, turns[system.name][-1])
    except MissingError as missing:
        say(str(missing))
        return 3
    _tell(turns)
    return 1 if any(_lost(turn) for told in turns.values() for turn in told) else 0


def measure(system: System, number: int, seconds: int) -> Turn:
    """Load a system once; CPU is of its processes and of its Postgres, not of the load."""
    if system.refill is not None:
        system.refill(number)
    wrk(system.url, system.warm, CONNECTIONS, _WARM_SECONDS, system.path)
    _settle(system)
    before, stored = _cpu(system), system.stored() if system.stored else 0
    load = wrk(system.url, system.pool, CONNECTIONS, seconds, system.path)
    _settle(system)
    after = _cpu(system)
    found = system.stored() - stored if system.stored else None
    # Those on their way when wrk ended are stored and have cost, though nobody heard the answer.
    done = max(found if found is not None else load.requests - load.refused, 1)
    own, database = (1e6 * (b - a) / done for a, b in zip(before, after, strict=True))
    return Turn(load=load, own=own, postgres=database, stored=found)


def _settle(system: System) -> None:
    """Wait until the requests that wrk left behind have ended."""
    last = -1
    while True:
        time.sleep(1)
        now = system.stored() if system.stored else last
        if now == last:
            return
        last = now


def _cpu(system: System) -> tuple[float, float]:
    database = cpu_of(postgres(system.database)) if system.database else 0.0
    return cpu_of(family(system.pid)), database


def _lost(turn: Turn) -> int:
    return 0 if turn.stored is None else max(turn.acknowledged - turn.stored, 0)


def _rotated(systems: list[System], number: int) -> list[System]:
    cut = number % len(systems)
    return systems[cut:] + systems[:cut]


def _start(stack: ExitStack, seconds: int) -> list[System]:
    """Start all of them; the stack stops them."""
    folder = stack.enter_context(home())
    texts = bodies(DISTINCT, DISTINCT)
    alerta = stack.enter_context(_alerta(folder, texts))
    others = [alerta]
    if shutil.which(ALERTMANAGER) is None:
        say(f"{ALERTMANAGER} is not installed, so it is left out")
    else:
        others.append(stack.enter_context(_alertmanager(folder, texts)))
    return [*stack.enter_context(_ours(folder, texts, seconds)), *others]


@contextmanager
def _ours(folder: Path, texts: list[bytes], seconds: int) -> Iterator[list[System]]:
    """The gateway, once for each of the two pools."""
    same, new = folder / "same", folder / "new"
    write_pool(same, texts)

    def refill(number: int) -> None:
        write_pool(new, bodies(NEW_PER_SECOND * seconds, DISTINCT, seed=number + 2))

    with gateway() as (url, pid):
        common = System(
            name="Nightshift", url=url, path=PATH, pool=same, warm=same, pid=pid, database=folder
        )
        yield [
            replace(common, stored=counted),
            replace(common, name="Nightshift, all new", pool=new, stored=counted, refill=refill),
        ]


@contextmanager
def _alerta(folder: Path, texts: list[bytes]) -> Iterator[System]:
    """Alerta over an embedded Postgres of its own."""
    place = folder / "alerta"
    programs = _install(place)
    url = embedded.ensure_running(place)
    configuration, pool, port = place / "alertad.conf", place / "pool", free_port()
    configuration.write_text(_ALERTA.format(url=url), encoding="utf-8")
    write_pool(pool, [_for_alerta(text) for text in texts], signed=False)
    command = [str(programs / "gunicorn"), "--workers", "1", "--threads", "4", "--bind"]
    command += [f"127.0.0.1:{port}", "alerta.app:create_app()"]
    # Only this: it reads many names from the environment, DATABASE_URL among them.
    environment = {"PATH": os.environ["PATH"], "ALERTA_SVR_CONF_FILE": str(configuration)}
    try:
        # This connection keeps the server up while nothing else is connected.
        with (
            psycopg.connect(url, autocommit=True) as conn,
            _serving(command, port, "/management/gtg", place / "log", environment) as pid,
        ):
            yield System(
                name="Alerta",
                url=f"http://127.0.0.1:{port}",
                path="/alert",
                pool=pool,
                warm=pool,
                pid=pid,
                database=place,
                stored=lambda: _rows_of_alerta(conn),
            )
    finally:
        embedded.stop(place)


def _install(place: Path) -> Path:
    """Install Alerta into an environment of its own; returns the folder of its programs."""
    folder = place / "environment"
    say(f"installing {', '.join(ALERTA)}")
    commands = [
        [sys.executable, "-m", "venv", str(folder)],
        [str(folder / "bin/python"), "-m", "pip", "install", "--quiet", *ALERTA],
    ]
    for command in commands:
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
            reason = next((line for line in said if line.startswith("ERROR")), said[-1])
            raise MissingError(f"Alerta cannot be had from the package index: {reason}")
    return folder / "bin"


def _rows_of_alerta(conn: psycopg.Connection) -> int:
    row = conn.execute("SELECT count(*) + coalesce(sum(duplicate_count), 0) FROM alerts").fetchone()
    return int(row[0]) if row else 0


@contextmanager
def _alertmanager(folder: Path, texts: list[bytes]) -> Iterator[System]:
    """Alertmanager alone, which tells nobody of its alerts."""
    place, port = folder / "alertmanager", free_port()
    place.mkdir()
    (place / "alertmanager.yml").write_text(_ALERTMANAGER, encoding="utf-8")
    pool = place / "pool"
    write_pool(pool, [_for_alertmanager(text) for text in texts], signed=False)
    command = [
        ALERTMANAGER,
        f"--config.file={place / 'alertmanager.yml'}",
        f"--storage.path={place / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]
    with _serving(command, port, "/-/ready", place / "log", dict(os.environ)) as pid:
        yield System(
            name="Alertmanager",
            url=f"http://127.0.0.1:{port}",
            path="/api/v2/alerts",
            pool=pool,
            warm=pool,
            pid=pid,
        )


@contextmanager
def _serving(
    command: list[str], port: int, ready: str, log: Path, environment: dict[str, str]
) -> Iterator[int]:
    """A server that answers; yields its process id."""
    with log.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, env=environment)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(f"http://127.0.0.1:{port}{ready}"):
            if process.poll() is not None or time.monotonic() > deadline:
                said = log.read_text(encoding="utf-8", errors="replace")[-2000:]
                raise RuntimeError(f"{command[0]} did not start: {said}")
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).is_success
    except httpx.TransportError:
        return False


def _for_alerta(text: bytes) -> bytes:
    """Return the alert of a body of ours as Alerta's API takes it."""
    alert = json.loads(text)["alerts"][0]
    labels, annotations = alert["labels"], alert["annotations"]
    told = {
        "resource": labels["instance"],
        "event": labels["alertname"],
        "environment": "Production",
        "severity": labels["severity"],
        "service": [labels["job"]],
        "group": "Latency",
        "value": annotations["summary"],
        "text": annotations["description"],
        "tags": [f"{name}={value}" for name, value in labels.items()],
        "attributes": {name: alert[name] for name in ("startsAt", "fingerprint")},
        "origin": "benchmark",
        "type": "prometheusAlert",
    }
    return json.dumps(told, separators=(",", ":")).encode()


def _for_alertmanager(text: bytes) -> bytes:
    """Return the alert of a body of ours as Prometheus would post it, firing from now on."""
    alert = json.loads(text)["alerts"][0]
    told = [{"labels": alert["labels"], "annotations": alert["annotations"]}]
    return json.dumps(told, separators=(",", ":")).encode()


def _tell_turn(number: int, system: System, turn: Turn) -> None:
    say(
        f"round {number + 1}, {system.name}: {turn.load.per_second:,.0f} alerts/s,"
        f" p99 {turn.load.p99:.0f} ms, {turn.cpu:,.0f} us CPU an alert (own {turn.own:,.0f},"
        f" Postgres {turn.postgres:,.0f}), {turn.load.refused} refused"
    )


def _tell(turns: dict[str, list[Turn]]) -> None:
    """Print the table and the ratios."""
    say(f"\n{'':20}{'alerts/s':>17}{'CPU us/alert':>17}{'p99 ms':>9}{'acknow-':>11}")
    say(
        f"{'':20}{'best':>8}{'median':>9}{'best':>8}{'median':>9}{'worst':>9}{'ledged':>11}  stored"
    )
    for name, told in turns.items():
        rates = _rates(told)
        costs = [turn.cpu for turn in told]
        say(
            f"{name:20}{max(rates):8,.0f}{median(rates):9,.0f}{min(costs):8,.0f}"
            f"{median(costs):9,.0f}{max(turn.load.p99 for turn in told):9,.0f}"
            f"{sum(turn.acknowledged for turn in told):11,}  {_stored(told)}"
        )
    say("")
    for name in ("Nightshift", "Nightshift, all new"):
        _tell_ratio(name, turns[name], turns["Alerta"])


def _stored(told: list[Turn]) -> str:
    counts = [turn.stored for turn in told if turn.stored is not None]
    if not counts:
        return "acknowledges from memory, not durable"
    lost = sum(_lost(turn) for turn in told)
    return f"{sum(counts):,}" + (f", {lost:,} LOST" if lost else "")


def _tell_ratio(name: str, ours: list[Turn], theirs: list[Turn]) -> None:
    faster = median(_rates(ours)) / median(_rates(theirs))
    cheaper = median(turn.cpu for turn in theirs) / median(turn.cpu for turn in ours)
    alone = median(turn.own for turn in theirs) / median(turn.own for turn in ours)
    say(
        f"{name} / Alerta, medians of one run: {faster:,.1f} x the alerts a second,"
        f" 1/{cheaper:,.1f} of the CPU an alert (1/{alone:,.1f} without Postgres)"
    )


def _rates(told: list[Turn]) -> list[float]:
    return [turn.load.per_second for turn in told]


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
