"""A language model that is down, hangs or talks nonsense: triage goes on without it, in time."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest

from deployments.gateway.app import create_app
from models.settings import settings
from tasks.alerts.enrichment.enriching import DEADLINE_SECONDS
from tasks.alerts.triage import afterwards, resident
from tasks.alerts.triage.draining import drain
from tasks.alerts.triage.resident import Resident
from tests import inbox
from tests.deployments.gateway.conftest import SECRET, a_body, serving
from tests.fix_llm import Fault, LlmServer
from tests.inbox import prometheus, receive, rows, storm

pytestmark = pytest.mark.usefixtures("database")
TIMEOUT_SECONDS = 0.4
RULE_SECONDS = 2.0  # in which an alert has to stand in an incident, whatever the model does
# What the client asks for once more; of all other faults there is nothing to be repaired.
REPAIRED = {
    Fault.EMPTY,
    Fault.PROSE,
    Fault.WRONG_SCHEMA,
    Fault.CONTROL,
    Fault.NAN,
    Fault.INVENTED,
}
LEARNED = {Fault.REFUSES_JSON_SCHEMA, Fault.REFUSES_MAX_TOKENS, Fault.REFUSES_STREAM_OPTIONS}
FAULTS = [fault for fault in Fault if fault not in LEARNED]


def use(server: str, monkeypatch) -> None:
    monkeypatch.setenv("NIGHTSHIFT_LLM_URL", server)
    monkeypatch.setenv("NIGHTSHIFT_LLM_MODEL", "test-model")
    monkeypatch.setenv("NIGHTSHIFT_LLM_TIMEOUT_SECONDS", str(TIMEOUT_SECONDS))
    settings.cache_clear()


def assert_triaged_without_a_model(hosts: int = 1) -> None:
    """Every alert stands in its incident with what rules say, and nothing is left over."""
    assert inbox.incidents() == [("open", 3, 3)] * hosts
    assert rows("SELECT state, outcome, count(*) FROM deliveries GROUP BY 1, 2") == [
        ("done", "accepted", 3 * hosts)
    ]
    assert rows("SELECT count(*) FROM alerts WHERE incident_id IS NULL OR severity IS NULL") == [
        (0,)
    ]
    found = rows("SELECT summary, summary_source, enrich_after, probable_cause FROM incidents")
    assert all(summary and probable for summary, _, _, probable in found)
    assert {(source, due) for _, source, due, _ in found} == {("rule", None)}


def enrich_all() -> tuple[int, float]:
    """Enrich what was opened; returns how many incidents and the seconds it took."""
    began = time.monotonic()
    return afterwards.enrich_due(afterwards._LEASE), time.monotonic() - began


def failures() -> list[str]:
    """Return why parts of summaries could not be made."""
    lines = rows("SELECT data->'failures' FROM incident_actions WHERE kind = 'summary' ORDER BY id")
    return [reason for (reasons,) in lines for reason in reasons]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_whatever_the_model_does_an_alert_becomes_an_incident_with_the_rules_values_in_time(
    fault, llm_server, monkeypatch
):
    use(llm_server.url, monkeypatch)
    llm_server.always, llm_server.slow_seconds = fault, 3 * TIMEOUT_SECONDS
    llm_server.retry_after = "3600"
    receive(*storm(1))

    began = time.monotonic()
    drain()
    assert time.monotonic() - began < RULE_SECONDS
    assert inbox.incidents() == [("open", 3, 3)]
    assert llm_server.requests == [], "alerts are triaged before any model is asked"

    enriched, seconds = enrich_all()

    assert enriched == 1
    assert seconds < 2 * TIMEOUT_SECONDS + RULE_SECONDS < DEADLINE_SECONDS
    assert len(llm_server.requests) == (2 if fault in REPAIRED else 1)
    assert [reason.partition(":")[0] for reason in failures()] == ["language model"]
    assert_triaged_without_a_model()


def test_a_model_that_nobody_serves_delays_no_incident(monkeypatch):
    use("http://127.0.0.1:9/v1", monkeypatch)
    receive(*storm(1))

    drain()

    assert enrich_all()[0] == 1
    assert [reason.partition(":")[0] for reason in failures()] == ["language model"]
    assert_triaged_without_a_model()


def test_after_five_failures_the_model_is_left_alone_and_incidents_go_on(llm_server, monkeypatch):
    use(llm_server.url, monkeypatch)
    llm_server.always = Fault.CRASHED
    receive(*storm(7))
    drain()

    enriched, _ = enrich_all()

    assert enriched == 7
    assert len(llm_server.requests) == 5
    assert len(failures()) == 7
    assert_triaged_without_a_model(7)


@pytest.fixture
def triaging(monkeypatch):
    """A resident triage in a thread, which asks for a summary at once."""
    monkeypatch.setattr(resident, "_LATE", timedelta(seconds=90))
    monkeypatch.setattr(resident, "_PAUSE_SECONDS", 0.05)
    one = Resident()
    thread = threading.Thread(target=one.run)

    def start():
        thread.start()

    yield start
    one.end()
    thread.join(30)


def until(condition, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_while_a_model_hangs_the_next_alerts_become_incidents(triaging, monkeypatch):
    with LlmServer(slow_seconds=20) as server:
        use(server.url, monkeypatch)
        monkeypatch.setenv("NIGHTSHIFT_LLM_TIMEOUT_SECONDS", "4")
        settings.cache_clear()
        server.always = Fault.SLOW
        receive(prometheus("NodeDown", "first"))
        triaging()
        until(lambda: server.requests, 30)

        receive(prometheus("NodeDown", "second"))

        until(lambda: len(inbox.incidents()) == 2, RULE_SECONDS)
        assert len(server.requests) == 1, "the model still hangs"


def test_while_a_model_hangs_the_door_answers_at_once_and_asks_it_nothing(monkeypatch):
    with LlmServer(slow_seconds=20) as server:
        monkeypatch.setenv("NIGHTSHIFT_WEBHOOK_ALERTMANAGER_SECRET", SECRET)
        use(server.url, monkeypatch)
        server.always = Fault.SLOW
        with serving(create_app()) as gateway:
            began = time.monotonic()
            answers = [gateway.post(a_body(groupKey=str(number))) for number in range(20)]

            assert time.monotonic() - began < RULE_SECONDS
        assert {answer.status_code for answer in answers} == {202}
        assert server.requests == []
