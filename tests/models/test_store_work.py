"""Work runs once at a time, and the death of its holder frees it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from models.errors import Busy, Unavailable
from models.store import work

HOLDER = "from models.store import work\nimport time\nwith work.claim('collection', 'vc1', 'run-1'):\n    print('held', flush=True); time.sleep(60)\n"


@pytest.fixture
def holder(database):
    """Another process that holds the collection of vc1."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_holder_is_turned_away_while_the_first_lives(holder):
    with (
        pytest.raises(Busy, match="another process holds collection vc1"),
        work.claim("collection", "vc1"),
    ):
        pass
    assert work.abandoned() == []


def test_the_death_of_a_holder_shows_and_frees_the_work_at_once(holder):
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()

    (left,) = work.abandoned()
    assert (left.kind, left.key, left.flow_run_id, left.attempts) == (
        "collection",
        "vc1",
        "run-1",
        1,
    )
    with work.claim("collection", "vc1", "run-2") as held:
        assert held.attempts == 2


def test_work_that_ended_well_counts_its_attempts_anew(database):
    with work.claim("collection", "vc1"):
        pass

    with work.claim("collection", "vc1") as held:
        assert held.attempts == 1
    assert work.find("collection", "vc1").state == "done"


def test_a_failure_is_kept_with_its_reason(database):
    with pytest.raises(Unavailable), work.claim("collection", "vc1"):
        raise Unavailable("vmware", "vc1", "refused")

    assert work.find("collection", "vc1").error == "vmware at vc1: refused"
    assert work.abandoned() == []


def test_other_work_is_not_in_the_way(holder):
    with work.claim("collection", "vc2") as held:
        assert held.key == "vc2"


def test_a_holder_that_is_told_to_end_leaves_its_work_to_be_found(database):
    with pytest.raises(SystemExit), work.claim("collection", "vc1"):
        raise SystemExit

    assert [left.key for left in work.abandoned()] == ["vc1"]


def test_only_the_holder_ends_the_work(database):
    with work.claim("collection", "vc1", "run-1"):
        work.finish("collection", "vc1", holder="somebody who lost it")

        assert work.find("collection", "vc1").state == "running"
