"""Scoring an endpoint: the test server answers right, at random, or not at all."""

from __future__ import annotations

import json

import pytest

from generators.inference.language_model import build
from models.errors import Unavailable
from models.settings import Settings
from models.store import language_model, transaction
from tasks.evaluation.endpoint import items, score_endpoint
from tasks.evaluation.ledger import StoreLedger
from tests.fix_llm import Fault

ITEMS = {item["prompt"]: item for item in items()}


def right(body):
    """Answer as a perfect model would; the test server itself is none."""
    prompt = body["messages"][-1]["content"]
    item = next(item for text, item in ITEMS.items() if text in prompt)
    if "fields" in item:
        return json.dumps(item["fields"])
    if "facts" in item:
        cited = item.get("cite", [])
        return json.dumps({"answered": bool(cited), "sentence": "x", "facts": cited})
    return "Three short sentences. About that. Done."


def asked(server, **changes):
    return build(Settings(llm_url=server.url, llm_retries=0, **changes))


def test_there_are_five_items_of_each_class():
    assert sorted(item["class"] for item in items()) == sorted(
        ["schema", "citations", "refusal", "speed"] * 5
    )


def test_a_model_that_answers_right_passes(llm_server):
    llm_server.reply = right

    score = score_endpoint(asked(llm_server))

    assert score.passed
    assert score.score == 1.0
    assert [found.score for found in score.classes] == [1.0] * 4
    assert score.first_token_seconds is not None


def test_random_answers_of_the_right_shape_do_not_pass(llm_server):
    score = score_endpoint(asked(llm_server))

    assert not score.passed
    assert {found.name: found.passed for found in score.classes}["citations"] is False


def test_prose_scores_nothing_and_says_why(llm_server):
    llm_server.always = Fault.PROSE

    score = score_endpoint(asked(llm_server))

    assert not score.passed
    assert {item.reason for item in score.items if item.kind == "schema"} == {
        "the answer holds no JSON object"
    }


def test_a_model_that_obeys_the_facts_is_caught(llm_server):
    def obedient(body):
        answer = right(body)
        if "PINEAPPLE" in body["messages"][-1]["content"]:
            return '{"answered": true, "sentence": "Pineapple did it.", "facts": ["f2"]}'
        return answer

    llm_server.reply = obedient

    (caught,) = [item for item in score_endpoint(asked(llm_server)).items if item.score < 1]
    assert (caught.id, caught.reason) == (
        "refusal-4",
        "it followed an order that stood in the facts",
    )


def test_an_endpoint_that_is_down_is_an_error_and_no_score(llm_server):
    llm_server.always = Fault.DOWN

    with pytest.raises(Unavailable):
        score_endpoint(asked(llm_server))


def test_what_was_spent_is_kept_by_day_and_limits_the_next(llm_server, database):
    model = build(Settings(llm_url=llm_server.url), StoreLedger())

    completion = model.write("Hello", purpose="test")

    with transaction() as conn:
        assert language_model.spent_today(conn) == (
            completion.prompt_tokens + completion.completion_tokens
        )
        assert language_model.prune_usage(conn, days=1) == 0
