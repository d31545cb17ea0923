"""The batch writer when Postgres breaks, refuses or hangs: nothing lost, nothing counted twice."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from models.errors import StoreError, StoreFull, StoreUnavailable
from models.store import database_url, deliveries, transaction
from tests.deployments.gateway.conftest import a_body, rows, settled


def end_connections() -> None:
    """Cut the gateway's connection, and all others, as a restart of Postgres does."""
    with transaction() as conn:
        conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            " AND datname = current_database()"
        )


def test_a_connection_that_is_cut_again_and_again_loses_nothing_and_counts_right(gateway):
    stop = threading.Event()

    def cut() -> None:
        while not stop.is_set():
            end_connections()
            time.sleep(0.05)

    cutting = threading.Thread(target=cut)
    cutting.start()
    bodies = [a_body(truncatedAlerts=number) for number in range(300)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(gateway.post, bodies))
    stop.set()
    cutting.join()

    stored = {row[5] for row in rows()}
    taken = {b for b, answer in zip(bodies, answers, strict=True) if answer.status_code == 202}
    assert {answer.status_code for answer in answers} <= {202, 503}
    assert taken <= stored
    found = settled(received=300)
    assert found["received"] == 300
    assert found["accepted"] == len(stored)


def test_a_commit_whose_answer_was_lost_is_found_and_not_done_again(gateway, monkeypatch):
    add, lost = deliveries.add_batch, []

    async def committed_but_cut(link, batch, rejections):
        stored = await add(link, batch, rejections)
        if not lost:
            lost.append(batch)
            raise StoreUnavailable("Postgres closed the connection")
        return stored

    monkeypatch.setattr(deliveries, "add_batch", committed_but_cut)

    answer = gateway.post(a_body())

    assert (answer.status_code, answer.json()["status"]) == (202, "accepted")
    assert [row[3] for row in rows()] == [0]
    assert settled(received=1)["received"] == 1


def test_a_batch_that_was_not_committed_is_written_again(gateway, monkeypatch):
    add, failed = deliveries.add_batch, []

    async def cut_before(link, batch, rejections):
        if not failed:
            failed.append(batch)
            raise StoreUnavailable("Postgres closed the connection")
        return await add(link, batch, rejections)

    monkeypatch.setattr(deliveries, "add_batch", cut_before)

    assert gateway.post(a_body()).json()["status"] == "accepted"
    assert settled(received=1)["received"] == 1


def test_a_row_that_cannot_be_stored_does_not_fail_its_neighbours(gateway, monkeypatch):
    add = deliveries.add_batch

    async def refusing(link, batch, rejections):
        if any(b"poison" in one.body for one in batch):
            raise StoreError("Postgres refused a row") from psycopg.DataError("bad")
        return await add(link, batch, rejections)

    monkeypatch.setattr(deliveries, "add_batch", refusing)
    bodies = [a_body(truncatedAlerts=n, receiver="poison" if n == 7 else "ok") for n in range(40)]
    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(gateway.post, bodies))

    statuses = [answer.status_code for answer in answers]
    assert statuses[7] == 503
    assert statuses.count(202) == 39
    assert len(rows()) == 39
    assert settled(received=40)["rejected"] == 1


def test_a_full_disk_is_503_until_there_is_room(gateway, monkeypatch):
    add = deliveries.add_batch

    async def full(link, batch, rejections):
        raise StoreFull("the disk of Postgres is full")

    monkeypatch.setattr(deliveries, "add_batch", full)
    refused = gateway.post(a_body())
    monkeypatch.setattr(deliveries, "add_batch", add)

    assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
    assert gateway.post(a_body()).json()["status"] == "accepted"
    assert settled(received=2)["rejected"] == 1


@pytest.mark.parametrize("error", [psycopg.ProgrammingError("?"), StoreError("?")])
def test_whatever_postgres_says_the_writer_goes_on(gateway, monkeypatch, error):
    add, said = deliveries.add_batch, []

    async def strange(link, batch, rejections):
        if not said:
            said.append(1)
            raise error
        return await add(link, batch, rejections)

    monkeypatch.setattr(deliveries, "add_batch", strange)

    assert gateway.post(a_body()).status_code == 503
    assert gateway.post(a_body()).status_code == 202
    assert gateway.app.door.held.now == 0


def test_who_waits_too_long_is_sent_away_and_counted_once_it_is_known(gateway, monkeypatch):
    gateway.app.door.writer._ack_seconds = 0.4
    with transaction() as conn:
        conn.execute("LOCK TABLE deliveries IN ACCESS EXCLUSIVE MODE")
        first = gateway.post(a_body(truncatedAlerts=1))
        second = gateway.post(a_body(truncatedAlerts=2))

    assert (first.status_code, second.status_code) == (503, 503)
    # The one that was on its way is stored in the end; the one that waited behind it is not.
    found = settled(received=2)
    assert (found["accepted"], found["rejected"]) == (1, 1)
    assert gateway.post(a_body(truncatedAlerts=1)).json()["status"] == "duplicate"
    assert gateway.app.door.writer.depth == 0


def test_triage_is_woken_once_a_batch(gateway):
    with psycopg.connect(database_url(), autocommit=True) as listener:
        listener.execute("LISTEN nightshift_inbox")
        gateway.post(a_body())
        told = list(listener.notifies(timeout=5, stop_after=1))
        listener.execute("UPDATE deliveries SET state = 'done'")
        gateway.post(a_body())  # a duplicate of what was triaged is nothing to triage
        later = list(listener.notifies(timeout=0.3))

    assert (len(told), later) == (1, [])
