"""SIGKILL, restarts and hangs under load: what was acknowledged is stored, and stored once."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from models.settings import settings
from models.store import deliveries, embedded, transaction
from tests.crashes.sender import SECRET, Sender, a_body, signed
from tests.crashes.test_disk_full import fill, small_disk
from tests.inbox import rows

__all__ = ["small_disk"]  # a fixture


class Process:
    """A gateway of its own process that can be killed and started again on the same port."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, point: str = "none") -> None:
        command = [sys.executable, "-m", "tests.crashes.gateway_run", str(self.port), point]
        environment = {**os.environ, "NIGHTSHIFT_WEBHOOK_ALERTMANAGER_SECRET": SECRET}
        self.process = subprocess.Popen(command, env=environment)
        deadline = time.monotonic() + 150
        while self._health() != "connected":
            assert self.process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def end(self, number: int) -> float:
        """Send a signal and return how many seconds it took to end."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(30)
        return time.monotonic() - began

    def post(self, body: bytes) -> httpx.Response:
        url = f"http://127.0.0.1:{self.port}/webhook/alertmanager"
        return httpx.post(url, content=body, headers=signed(body), trust_env=False, timeout=30)

    def _health(self) -> str:
        try:
            url = f"http://127.0.0.1:{self.port}/health"
            return httpx.get(url, trust_env=False, timeout=15).json().get("writer", "")
        except httpx.TransportError:
            return ""


@pytest.fixture
def gateway():
    process = Process()
    yield process
    if process.process is not None and process.process.poll() is None:
        process.end(signal.SIGKILL)


@pytest.fixture
def journal(tmp_path):
    return tmp_path / "journal"


@pytest.fixture(scope="module")
def own_home():
    """A database that may be broken: no other test uses it."""
    folder = Path(tempfile.mkdtemp(prefix="ns-"))
    folder.chmod(0o755)
    yield folder
    embedded.stop(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def own_database(own_home, monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_HOME", str(own_home))
    settings.cache_clear()
    with transaction() as conn:
        tables = "deliveries, delivery_counts, alerts, alert_events, incidents"
        conn.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    return own_home


def stored() -> list[int]:
    with transaction() as conn:
        found = conn.execute("SELECT body FROM deliveries").fetchall()
    return [json.loads(body)["number"] for (body,) in found]


def assert_nothing_lost(sender: Sender) -> None:
    numbers = stored()
    assert len(numbers) == len(set(numbers))
    assert sender.acked - set(numbers) == set()
    with transaction() as conn:
        counts = deliveries.counts(conn)
    assert counts["accepted"] == len(numbers)


def postgres() -> list[int]:
    """Return the processes of the server, the postmaster first."""
    pid_file = embedded.Place(settings().home).data / "postmaster.pid"
    master = int(pid_file.read_text(encoding="utf-8").split()[0])
    children = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            if path.read_text().rpartition(")")[2].split()[1] == str(master):
                children.append(int(path.parent.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return [master, *children]


@contextmanager
def frozen(pids: list[int]):
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            try:
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                continue


def rss_mib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@pytest.fixture
def outside_database(own_database, monkeypatch):
    """The same database by its URL: whoever finds it away waits, and starts none."""
    monkeypatch.setenv("NIGHTSHIFT_DATABASE_URL", embedded.ensure_running(own_database))
    settings.cache_clear()
    return own_database


@pytest.fixture
def triage(outside_database, monkeypatch):
    """A resident triage of its own process, without Prefect."""
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    command = [sys.executable, "-m", "deployments.services.triage_worker"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    yield process
    process.kill()
    process.wait(10)


def await_triaged(seconds: float = 60) -> None:
    """Wait until no delivery waits."""
    deadline = time.monotonic() + seconds
    while rows("SELECT count(*) FROM deliveries WHERE state <> 'done'") != [(0,)]:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_killed_between_commit_and_answer_the_alert_is_there_once(database, gateway):
    gateway.start("after commit")
    with pytest.raises(httpx.TransportError):
        gateway.post(a_body(1))
    assert gateway.process.wait(10) == -signal.SIGKILL

    gateway.start()
    again = gateway.post(a_body(1)).json()

    assert again == {"delivery_id": "1", "status": "duplicate"}
    assert stored() == [1]


def test_killed_before_the_commit_nothing_is_acknowledged_and_nothing_half_written(
    database, gateway
):
    gateway.start("before commit")
    with pytest.raises(httpx.TransportError):
        gateway.post(a_body(1))
    assert gateway.process.wait(10) == -signal.SIGKILL
    assert stored() == []

    gateway.start()

    assert gateway.post(a_body(1)).json()["status"] == "accepted"


@pytest.mark.parametrize("kills", [2, pytest.param(50, marks=pytest.mark.slow)])
@pytest.mark.timeout(1200)
def test_killed_at_any_time_under_load_nothing_acknowledged_is_lost(
    database, gateway, journal, kills
):
    moments = random.Random(kills)
    gateway.start()
    with Sender(gateway.port, journal) as sender:
        for _ in range(kills):
            sender.await_acks(20)
            time.sleep(moments.uniform(0, 0.3))
            gateway.end(signal.SIGKILL)
            gateway.start()
        sender.await_acks(20)

    assert_nothing_lost(sender)


@pytest.mark.parametrize("restarts", [1, pytest.param(5, marks=pytest.mark.slow)])
def test_postgres_restarted_at_once_under_load_loses_nothing(
    own_database, gateway, journal, restarts
):
    gateway.start()
    with Sender(gateway.port, journal) as sender:
        for _ in range(restarts):
            sender.await_acks(50)
            os.kill(postgres()[0], signal.SIGQUIT)  # an immediate shutdown
            sender.await_acks(50)

    assert gateway.process.poll() is None
    assert set(sender.statuses) <= {202, 503}
    assert_nothing_lost(sender)


@pytest.mark.parametrize("seconds", [6, pytest.param(30, marks=pytest.mark.slow)])
def test_a_postgres_that_hangs_is_503_within_seconds_and_memory_stays(
    own_database, gateway, journal, seconds
):
    gateway.start()
    gateway.post(a_body(0))
    with Sender(gateway.port, journal) as sender:
        sender.await_acks(50)
        before = rss_mib(gateway.process.pid)
        with frozen(postgres()):
            time.sleep(seconds)
            refused = sender.statuses[503]
        grown = rss_mib(gateway.process.pid) - before
        sender.await_acks(50)

    assert refused > 0
    assert grown < 50
    assert set(sender.statuses) <= {202, 503}
    assert_nothing_lost(sender)


@pytest.mark.parametrize("seconds", [6, pytest.param(60, marks=pytest.mark.slow)])
def test_while_postgres_is_away_nothing_ends_and_what_was_acknowledged_is_triaged_once_it_is_back(
    outside_database, gateway, triage, journal, seconds
):
    gateway.start()
    with Sender(gateway.port, journal, per_second=40, threads=4) as sender:
        sender.await_acks(40)
        await_triaged()
        embedded.stop(outside_database)
        before = sender.statuses.copy()
        time.sleep(seconds)
        meanwhile = sender.statuses - before
        embedded.ensure_running(outside_database)
        sender.await_acks(1, 5)
        sender.await_acks(40)
    await_triaged()

    assert gateway.process.poll() is None
    assert triage.poll() is None
    assert meanwhile.keys() == {503}
    assert set(sender.statuses) <= {202, 503}
    assert_nothing_lost(sender)
    (events,) = rows("SELECT count(*), count(DISTINCT delivery_id) FROM alert_events")
    assert events == (len(stored()), len(stored()))
    (alerts,) = rows("SELECT count(*), count(incident_id), sum(occurrences) FROM alerts")
    assert alerts == (50, 50, len(stored()))


def test_a_full_disk_is_never_acknowledged_and_passes_without_a_restart(
    small_disk, gateway, journal
):
    gateway.start()
    assert gateway.post(a_body(0)).status_code == 202
    ballast = fill(small_disk)
    with Sender(gateway.port, journal) as sender:
        deadline = time.monotonic() + 30
        while not sender.statuses[503] and time.monotonic() < deadline:
            time.sleep(0.05)
        assert sender.statuses[503]
        ballast.unlink()
        sender.await_acks(50)

    assert gateway.process.poll() is None
    assert set(sender.statuses) <= {202, 503}
    assert_nothing_lost(sender)


def test_told_to_end_under_load_it_answers_what_it_began_within_ten_seconds(
    database, gateway, journal
):
    gateway.start()
    with Sender(gateway.port, journal) as sender:
        sender.await_acks(100)
        seconds = gateway.end(signal.SIGTERM)

    assert seconds < 10
    numbers = stored()
    # What is stored beyond what was acknowledged would have been an answer that was not given.
    assert set(numbers) == sender.acked
