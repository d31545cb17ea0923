"""What is said of a source whose collection another run was to bring to its end."""

import asyncio

import pytest

from flows import spreading
from models.errors import NightshiftError


def said_of(monkeypatch, before, reason, after):
    """Return the report where the newest collection was `before`, and is `after` the run."""
    newest = iter((before, after))

    async def newest_collection(_source):
        return next(newest)

    async def report_on(_source, snapshot_id):
        return snapshot_id

    async def run_elsewhere(*_):
        return reason

    def failure(_source, error: NightshiftError, _seconds):
        return str(error)

    for name, stand_in in (
        ("newest_collection", newest_collection),
        ("report_on", report_on),
        ("failure", failure),
    ):
        monkeypatch.setattr(spreading.inventory, name, stand_in)
    monkeypatch.setattr(spreading, "run_elsewhere", run_elsewhere)
    return asyncio.run(spreading._elsewhere("vc1"))


@pytest.mark.parametrize(
    ("before", "reason", "after"),
    [
        pytest.param(4, None, 5, id="a new collection"),
        pytest.param(5, None, 5, id="one that another run had left half-way"),
        pytest.param(4, "ended Failed", 5, id="one that failed or is held says so itself"),
    ],
)
def test_what_came_of_a_collection_is_read_from_the_store(monkeypatch, before, reason, after):
    assert said_of(monkeypatch, before, reason, after) == after


@pytest.mark.parametrize(
    ("before", "reason", "words"),
    [
        pytest.param(5, "was not taken up within 9 s", "its run was not taken up", id="no worker"),
        pytest.param(None, None, "its run left no collection", id="nothing"),
    ],
)
def test_a_run_that_collected_nothing_is_a_failure_with_its_reason(
    monkeypatch, before, reason, words
):
    assert words in said_of(monkeypatch, before, reason, before)
