import os
import socket
import subprocess
import sys

from models.records.work import Work
from tasks.maintenance.recovery import MOST_ATTEMPTS, decide, holder, is_dead


def row(payload=None, attempts=1, kind="flow", run="run-1"):
    payload = holder("document-datacenter", {"sources": ["a"]}) if payload is None else payload
    return Work(
        kind=kind, key="k", state="running", attempts=attempts, payload=payload, flow_run_id=run
    )


def test_a_run_whose_lock_was_lost_while_it_lives_is_not_dead():
    assert not is_dead(row())


def test_a_run_whose_process_is_gone_is_dead():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()

    assert is_dead(row(holder("f", {}) | {"pid": process.pid, "started": "1"}))


def test_a_run_whose_process_id_was_given_to_another_program_is_dead():
    assert is_dead(row(holder("f", {}) | {"pid": os.getpid(), "started": "1"}))


def test_a_run_of_another_host_is_dead_when_its_lock_is_free():
    assert socket.gethostname() != "elsewhere"
    assert is_dead(row(holder("f", {}) | {"host": "elsewhere"}))


def test_the_row_of_a_single_collection_is_left_to_the_run_that_it_belongs_to():
    assert not is_dead(row({}, kind="collection"))


def test_a_dead_run_is_started_again_with_its_own_parameters():
    found = decide(row())

    assert found.deployment == "document-datacenter/document-datacenter"
    assert found.parameters == {"sources": ["a"]}
    assert not found.gives_up


def test_the_same_death_gives_the_same_key_and_the_next_one_another():
    assert decide(row()).idempotency_key == decide(row()).idempotency_key
    assert decide(row()).idempotency_key != decide(row(attempts=2)).idempotency_key
    assert decide(row()).idempotency_key != decide(row(run="run-2")).idempotency_key


def test_after_the_last_attempt_it_is_given_up():
    assert not decide(row(attempts=MOST_ATTEMPTS - 1)).gives_up
    assert decide(row(attempts=MOST_ATTEMPTS)).gives_up
