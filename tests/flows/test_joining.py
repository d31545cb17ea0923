"""What flows do where joining fails: the collection stands, and the run tells of it."""

import asyncio

from flows import artifacts, collecting
from models.errors import StoreUnavailable
from models.records.graph import JoinReport
from models.records.snapshot import SourceReport

GOOD = SourceReport(source="vc1", collector="vmware", status="complete")
DONE = JoinReport(edges=3, opened=1, closed=0)
LOST = JoinReport(edges=0, opened=0, closed=0, error="Postgres does not answer")


def joined(monkeypatch, outcome):
    """Join where the step comes to an outcome; returns the report and what was published."""
    published = []

    async def step():
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def publish(report):
        published.append(report)

    monkeypatch.setattr(collecting.inventory, "join", step)
    monkeypatch.setattr(artifacts, "publish_joins", publish)
    report = asyncio.run(collecting.join())
    assert published == [report]
    return report


def test_joining_that_fails_is_a_report(monkeypatch):
    assert joined(monkeypatch, DONE) == DONE
    assert joined(monkeypatch, StoreUnavailable("Postgres does not answer")) == LOST
    assert joined(monkeypatch, KeyError("x")).error == "KeyError: 'x'"


def test_a_run_whose_joining_failed_is_completed_and_says_so():
    ended = collecting.verdict_on([GOOD], LOST)

    assert ended.is_completed()
    assert ended.message == "not joined anew: Postgres does not answer"
    assert ended.data["joins"]["error"] == "Postgres does not answer"


def test_a_run_that_joined_has_what_came_of_it_and_nothing_to_say():
    ended = collecting.verdict_on([GOOD], DONE)

    assert (ended.is_completed(), ended.message) == (True, None)
    assert ended.data["joins"]["edges"] == 3
