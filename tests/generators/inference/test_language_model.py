"""The client against a real HTTP server, with the faults that real servers were seen to have."""

from __future__ import annotations

import logging
from contextlib import suppress

import pytest

from generators.inference.language_model import build, language_model
from models.errors import (
    AccessDenied,
    ConfigurationError,
    NightshiftError,
    Refused,
    RejectedOutput,
    TruncatedOutput,
    Unavailable,
    UnexpectedReply,
)
from models.records.completion import Outcome
from models.settings import Settings, settings
from tests.fix_llm import Fault, LlmServer
from tests.generators.inference.conftest import Rows

SCHEMA = {
    "type": "object",
    "properties": {
        "summary": {"type": "string", "maxLength": 200},
        "severity": {"type": "string", "enum": ["high", "low"]},
        "facts": {
            "type": "array",
            "items": {"type": "string", "enum": ["fact-1", "fact-2"]},
            "minItems": 1,
            "maxItems": 3,
        },
    },
    "required": ["summary", "severity", "facts"],
}


def test_an_answer_says_what_it_cost(llm_server, model):
    ledger = Rows()

    completion = model(ledger).write("What is wrong?", purpose="test", system="Be brief.")

    assert completion.text
    assert completion.model == "test-model"
    assert completion.finish_reason == "stop"
    assert [row.outcome for row in ledger.rows] == [Outcome.OK]
    assert ledger.rows[0].completion_tokens == completion.completion_tokens > 0


def test_a_stream_arrives_in_pieces_and_is_recorded_once(llm_server, model):
    ledger = Rows()

    pieces = list(model(ledger).stream("Tell", purpose="test"))

    assert len(pieces) == 12
    assert [row.outcome for row in ledger.rows] == [Outcome.OK]


def test_a_json_answer_is_valid_and_lengths_are_sent_as_patterns(llm_server, model):
    answer = model().write_json("Sum up.", SCHEMA, purpose="test")

    assert set(answer.value) == {"summary", "severity", "facts"}
    assert not answer.repaired
    sent = llm_server.requests[0]["response_format"]["json_schema"]["schema"]
    assert "maxLength" not in str(sent)
    assert sent["properties"]["summary"]["pattern"] == r"^[^\u0000-\u001f]{0,200}$"
    assert "guided_json" not in llm_server.requests[0]


@pytest.mark.parametrize(
    "fault",
    [
        Fault.PROSE,
        Fault.EMPTY,
        Fault.WRONG_SCHEMA,
        Fault.CONTROL,
        Fault.NAN,
        Fault.INVENTED,
    ],
)
def test_an_unusable_answer_is_asked_for_once_more(fault, llm_server, model):
    llm_server.faults.append(fault)

    answer = model().write_json("Sum up.", SCHEMA, purpose="test")

    assert answer.repaired
    assert len(llm_server.requests) == 2


@pytest.mark.parametrize(
    "fault", [Fault.PROSE, Fault.EMPTY, Fault.WRONG_SCHEMA, Fault.CONTROL, Fault.INVENTED]
)
def test_a_model_that_never_answers_usably_is_asked_twice_and_rejected(fault, llm_server, model):
    llm_server.always = fault

    with pytest.raises(RejectedOutput):
        model().write_json("Sum up.", SCHEMA, purpose="test")
    assert len(llm_server.requests) == 2


def test_a_truncated_answer_is_an_outcome_of_its_own_and_not_repaired(llm_server, model):
    llm_server.always = Fault.TRUNCATED
    ledger = Rows()

    with pytest.raises(TruncatedOutput):
        model(ledger).write_json("Sum up.", SCHEMA, purpose="test")
    assert len(llm_server.requests) == 1
    assert [row.outcome for row in ledger.rows] == [Outcome.TRUNCATED]


def test_a_value_in_a_fence_behind_thoughts_is_read(llm_server, model):
    llm_server.reply = lambda _: (
        "<think>{not this}</think>Here it is:\n```json\n"
        '{"summary": "ok", "severity": "low", "facts": ["fact-1"]}\n```'
    )

    assert model().write_json("Sum up.", SCHEMA, purpose="test").value["summary"] == "ok"


@pytest.mark.parametrize(
    ("fault", "error", "requests"),
    [
        pytest.param(Fault.DOWN, Unavailable, 3, id="503"),
        pytest.param(Fault.CRASHED, Unavailable, 3, id="500"),
        pytest.param(Fault.BUSY, Unavailable, 3, id="429"),
        pytest.param(Fault.CUT, Unavailable, 3, id="cut"),
        pytest.param(Fault.FORBIDDEN, AccessDenied, 1, id="401"),
        pytest.param(Fault.LONG_CONTEXT, Refused, 1, id="over-long context"),
        pytest.param(Fault.NO_MODEL, UnexpectedReply, 1, id="no such model"),
        pytest.param(Fault.REDIRECT, UnexpectedReply, 1, id="redirect"),
        pytest.param(Fault.NOT_JSON, UnexpectedReply, 1, id="HTML"),
        pytest.param(Fault.NO_CHOICES, UnexpectedReply, 1, id="no choices"),
        pytest.param(Fault.HUGE, UnexpectedReply, 1, id="10 MB"),
    ],
)
def test_only_what_may_pass_is_retried(fault, error, requests, llm_server, model):
    llm_server.always = fault

    with pytest.raises(error):
        model().write("Hello", purpose="test")
    assert len(llm_server.requests) == requests


@pytest.mark.parametrize(
    ("fault", "seconds"), [(Fault.BUSY, 0.05), (Fault.BUSY_WORDS, 0.02)], ids=["header", "words"]
)
def test_the_server_s_suggested_wait_is_kept(fault, seconds, llm_server, model):
    llm_server.faults.append(fault)

    model().write("Hello", purpose="test")

    assert model.waits == [seconds]


def test_a_slow_answer_ends_at_the_timeout(llm_server, model):
    llm_server.slow_seconds, llm_server.always = 0.6, Fault.SLOW

    with pytest.raises(Unavailable, match="timed out"):
        model(llm_timeout_seconds=0.2, llm_retries=0).write("Hello", purpose="test")


def test_an_answer_that_drips_ends_at_the_timeout_too(llm_server, model):
    llm_server.always = Fault.DRIP

    with pytest.raises(Unavailable, match="timed out"):
        model(llm_timeout_seconds=0.3, llm_retries=0).write("Hello", purpose="test")


def test_a_stream_that_is_cut_says_so_after_its_pieces(llm_server, model):
    llm_server.always = Fault.CUT
    seen: list[str] = []

    with pytest.raises(Unavailable, match="cut"):
        seen.extend(model().stream("Tell", purpose="test"))
    assert len(llm_server.requests) == 1, "what was shown is not asked for again"


def test_a_stream_that_fails_before_its_first_piece_is_retried(llm_server, model):
    llm_server.faults.append(Fault.DOWN)

    assert list(model().stream("Tell", purpose="test"))
    assert len(llm_server.requests) == 2


def test_nothing_listens(model):
    client = model(llm_url="http://127.0.0.1:9/v1", llm_model="m", llm_retries=0)

    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:9: cannot connect"):
        client.write("Hello", purpose="test")


def test_five_failures_open_the_breaker_and_a_success_closes_it(llm_server, model):
    client = model(llm_retries=0)
    (endpoint,) = client.endpoints
    now = [0.0]
    endpoint.breaker.clock = lambda: now[0]
    llm_server.always = Fault.DOWN
    for _ in range(5):
        with pytest.raises(Unavailable, match="503"):
            client.write("Hello", purpose="test")

    with pytest.raises(Unavailable, match="left alone"):
        client.write("Hello", purpose="test")
    assert len(llm_server.requests) == 5

    now[0], llm_server.always = 31.0, None
    client.write("Hello", purpose="test")
    client.write("Hello", purpose="test")
    assert len(llm_server.requests) == 7


def test_a_failed_try_after_the_rest_opens_the_breaker_again(llm_server, model):
    client = model(llm_retries=0)
    (endpoint,) = client.endpoints
    now = [0.0]
    endpoint.breaker.clock = lambda: now[0]
    llm_server.always = Fault.DOWN
    for _ in range(5):
        with pytest.raises(Unavailable):
            client.write("Hello", purpose="test")
    now[0] = 31.0

    with pytest.raises(Unavailable, match="503"):
        client.write("Hello", purpose="test")
    with pytest.raises(Unavailable, match="left alone"):
        client.write("Hello", purpose="test")
    assert len(llm_server.requests) == 6


def test_a_prompt_that_is_refused_does_not_open_the_breaker(llm_server, model):
    client = model()
    llm_server.always = Fault.LONG_CONTEXT
    for _ in range(6):
        with pytest.raises(Refused, match="maximum context length"):
            client.write("Hello", purpose="test")

    assert len(llm_server.requests) == 6


def test_the_next_endpoint_answers_for_one_that_is_down(llm_server, model):
    with LlmServer() as spare:
        llm_server.always = Fault.DOWN

        completion = model(llm_fallbacks=f"{spare.url}#other").write("Hello", purpose="test")

        assert completion.model == "other"
        assert completion.endpoint in spare.url


def test_the_key_goes_to_the_first_endpoint_only_and_into_no_message(llm_server, model, caplog):
    caplog.set_level(logging.DEBUG)
    with LlmServer() as spare:
        llm_server.always = spare.always = Fault.FORBIDDEN
        client = model(llm_api_key="sk-canary-key", llm_fallbacks=spare.url)

        with pytest.raises(AccessDenied) as caught:
            client.write("Hello", purpose="test")

        assert llm_server.keys == ["Bearer sk-canary-key"]
        assert spare.keys == [None]
        assert "canary" not in str(caught.value) + repr(client) + caplog.text


def test_each_fallback_gets_its_own_key_and_no_other(llm_server, model, caplog):
    caplog.set_level(logging.DEBUG)
    with LlmServer() as spare, LlmServer() as last:
        llm_server.always = spare.always = last.always = Fault.FORBIDDEN
        client = model(
            llm_api_key="sk-canary-one",
            llm_fallbacks=f"{spare.url},{last.url},{llm_server.url}#other",
            llm_fallback_api_keys=",sk-canary-three",
        )

        with pytest.raises(AccessDenied, match="FALLBACK_API_KEYS") as caught:
            client.write("Hello", purpose="test")

        assert llm_server.keys == ["Bearer sk-canary-one"] * 2
        assert (spare.keys, last.keys) == ([None], ["Bearer sk-canary-three"])
        assert "canary" not in str(caught.value) + repr(client) + caplog.text


def test_more_keys_than_fallbacks_are_refused_without_showing_them():
    options = Settings(
        llm_url="http://a/v1", llm_fallbacks="http://b/v1", llm_fallback_api_keys="sk-x,sk-y"
    )

    with pytest.raises(ConfigurationError, match="2 entries") as caught:
        build(options)
    assert "sk-" not in str(caught.value) + repr(options)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.REFUSES_JSON_SCHEMA, {"response_format": {"type": "json_object"}}),
        (Fault.REFUSES_MAX_TOKENS, {"max_completion_tokens": 1024}),
    ],
)
def test_a_server_s_dialect_is_learned_once(fault, expected, llm_server, model):
    llm_server.always = fault
    client = model()

    client.write_json("Sum up.", SCHEMA, purpose="test")
    client.write_json("Sum up.", SCHEMA, purpose="test")

    assert len(llm_server.requests) == 3
    assert expected.items() <= llm_server.requests[-1].items()


def test_a_stream_without_usage_is_estimated(llm_server, model):
    llm_server.always = Fault.REFUSES_STREAM_OPTIONS
    ledger = Rows()

    assert list(model(ledger).stream("Tell", purpose="test"))
    assert ledger.rows[0].completion_tokens > 0


@pytest.mark.parametrize(
    ("changes", "cure"),
    [
        ({"llm_url": "ftp://host/v1"}, "NIGHTSHIFT_LLM_URL"),
        ({"llm_url": "http://user:pw@host/v1"}, "NIGHTSHIFT_LLM_API_KEY"),
        ({"llm_url": "http://host:99999/v1"}, "port"),
        ({"llm_url": "http://a/v1", "llm_allowed_hosts": "b"}, "NIGHTSHIFT_LLM_ALLOWED_HOSTS"),
        (
            {"llm_url": "http://a/v1", "llm_allowed_hosts": "a", "llm_fallbacks": "http://b/v1"},
            "NIGHTSHIFT_LLM_ALLOWED_HOSTS",
        ),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_with_the_cure(changes, cure):
    with pytest.raises(ConfigurationError, match=cure) as caught:
        build(Settings(**changes))
    assert "pw" not in str(caught.value)


def test_without_an_address_there_is_no_language_model(monkeypatch):
    monkeypatch.delenv("NIGHTSHIFT_LLM_URL", raising=False)
    settings.cache_clear()

    assert language_model() is None


@pytest.mark.parametrize("fault", list(Fault))
def test_no_fault_escapes_as_anything_but_our_errors(fault, llm_server, model):
    llm_server.always, llm_server.slow_seconds = fault, 1.5
    client = model(llm_retries=0, llm_timeout_seconds=1.0)

    with suppress(NightshiftError):
        client.write_json("Sum up.", SCHEMA, purpose="test")
    with suppress(NightshiftError):
        list(client.stream("Tell", purpose="test"))
    assert len(llm_server.requests) >= 2
