"""What requests cost: the tokens of a day are not exceeded, and what failed is counted too."""

from __future__ import annotations

import threading

import pytest

from models.errors import (
    NightshiftError,
    Refused,
    Unavailable,
    UnexpectedReply,
)
from models.records.completion import Outcome
from tests.fix_llm import Fault
from tests.generators.inference.conftest import Rows


def test_a_long_prompt_is_not_sent(llm_server, model):
    with pytest.raises(Refused, match="NIGHTSHIFT_LLM_PROMPT_TOKENS"):
        model().write("word " * 5000, purpose="test")
    assert llm_server.requests == []


def test_a_spent_day_is_not_exceeded(llm_server, model):
    with pytest.raises(Refused, match="tokens of today are spent"):
        model(Rows(used=999_900), llm_daily_tokens=1_000_000).write("Hello", purpose="test")
    assert llm_server.requests == []


@pytest.mark.parametrize(
    "fault", [Fault.SLOW, Fault.DRIP, Fault.CUT, Fault.NOT_JSON, Fault.NO_CHOICES, Fault.HUGE]
)
def test_a_request_that_failed_after_it_was_sent_counts_with_its_estimate(fault, llm_server, model):
    llm_server.slow_seconds, llm_server.always = 0.6, fault
    ledger = Rows()
    client = model(ledger, llm_timeout_seconds=0.3, llm_retries=0)

    with pytest.raises((Unavailable, UnexpectedReply)):
        client.write("Hello", purpose="test", max_tokens=100)

    (row,) = ledger.rows
    assert (row.outcome, row.completion_tokens) == (Outcome.FAILED, 100)
    assert row.prompt_tokens > 0


@pytest.mark.parametrize(
    "fault", [Fault.BUSY, Fault.FORBIDDEN, Fault.NO_MODEL, Fault.LONG_CONTEXT, Fault.REDIRECT]
)
def test_a_request_that_the_server_turned_away_costs_nothing(fault, llm_server, model):
    llm_server.always = fault
    ledger = Rows()
    client = model(ledger)

    with pytest.raises(NightshiftError):
        client.write("Hello", purpose="test")
    with pytest.raises(NightshiftError):
        list(client.stream("Hello", purpose="test"))

    assert ledger.rows == []


def test_a_request_that_nobody_received_costs_nothing(model):
    ledger = Rows()
    client = model(ledger, llm_url="http://127.0.0.1:9/v1", llm_model="m", llm_retries=0)

    with pytest.raises(Unavailable):
        client.write("Hello", purpose="test")

    assert ledger.rows == []


def test_a_stream_that_fails_before_its_first_piece_counts_with_its_estimate(llm_server, model):
    llm_server.slow_seconds, llm_server.always = 0.6, Fault.SLOW
    ledger = Rows()

    with pytest.raises(Unavailable, match="timed out"):
        list(
            model(ledger, llm_timeout_seconds=0.2, llm_retries=0).stream(
                "Tell", purpose="test", max_tokens=50
            )
        )

    assert [(row.outcome, row.completion_tokens) for row in ledger.rows] == [(Outcome.FAILED, 50)]


def test_tries_that_fail_end_when_the_day_is_spent(llm_server, model):
    llm_server.always = Fault.CUT
    ledger = Rows()

    with pytest.raises(Refused, match="tokens of today are spent"):
        model(ledger, llm_daily_tokens=250).write("Hello", purpose="test", max_tokens=100)

    assert len(llm_server.requests) == 2
    assert ledger.used <= 250


def test_requests_at_once_do_not_exceed_the_day_together(llm_server, model):
    llm_server.slow_seconds, llm_server.always = 0.2, Fault.SLOW
    ledger = Rows()
    client = model(ledger, llm_daily_tokens=400, llm_concurrency=6)
    client.name()
    refused: list[Refused] = []

    def ask() -> None:
        try:
            client.write("Hello", purpose="test", max_tokens=150)
        except Refused as error:
            refused.append(error)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) >= 4
    assert 1 <= len(llm_server.requests) <= 2
    assert ledger.used <= 400


def test_no_more_requests_at_once_than_allowed(llm_server, model):
    llm_server.slow_seconds, llm_server.always = 0.05, Fault.SLOW
    client = model(llm_concurrency=2)
    client.name()

    threads = [
        threading.Thread(target=client.write, args=("Hello",), kwargs={"purpose": "test"})
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert llm_server.most_at_once == 2
