"""The rules as a file, and what people read of a decision."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from models.errors import ConfigurationError
from models.records.grouping import Action
from models.records.severity import Severity
from tasks.alerts.grouping import compare, load_policy, why, why_not
from tests.tasks.alerts.grouping.making import a_context, a_signal, placed


def test_a_policy_is_known_by_its_number_and_its_content(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text("version = 7\n[windows]\nreopen_minutes = 5.0\n")

    policy = load_policy(path)

    assert policy.version.startswith("7-")
    assert policy.version != load_policy().version
    assert policy.windows.reopen_minutes == 5.0
    assert policy.windows.window_minutes == load_policy().windows.window_minutes


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"version = ", id="no TOML"),
        pytest.param(b"\xff\xfe\x00", id="no text"),
        pytest.param(b"version = 1\n[scores]\njoin = 2.0\n", id="out of range"),
        pytest.param(b"version = 1\n[scores]\nunknown_rule = 0.5\n", id="an unknown rule"),
        pytest.param(b"version = 1\n[nonsense]\nx = 1\n", id="an unknown table"),
        pytest.param(b'version = "new"\n', id="no number"),
        pytest.param(b"version = 1\nwindows = 5\n", id="a table that is none"),
        pytest.param(b"version = 1\n[limits]\ncandidates = 0\n", id="no candidates"),
    ],
)
def test_a_policy_that_is_wrong_is_told_in_one_line_with_its_place(tmp_path, content):
    path = tmp_path / "policy.toml"
    path.write_bytes(content)

    with pytest.raises(ConfigurationError) as told:
        load_policy(path)

    assert str(path) in str(told.value)
    assert "\n" not in str(told.value)


def test_a_policy_that_is_not_there_is_told():
    with pytest.raises(ConfigurationError, match="No such file"):
        load_policy(Path("/nowhere/policy.toml"))


def test_an_alert_may_have_to_come_several_times_before_it_opens_an_incident(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text("version = 2\n[occurrences]\nlow = 3\n")
    context = a_context(policy=load_policy(path))
    signals = [a_signal(str(n), n, key="k", severity=Severity.LOW) for n in range(4)]

    placements, memory = placed(signals, context)

    assert [placements[str(n)].action for n in range(4)] == [
        Action.IGNORE,
        Action.IGNORE,
        Action.GROUP,
        Action.GROUP,
    ]
    assert set(memory.changed().adopted) == {"0", "1"}


def test_why_tells_the_evidence_the_next_best_and_the_margin():
    signals = [
        a_signal("db", service="db", title="Replication lag"),
        a_signal("cache", 1, service="cache", title="Out of memory"),
        a_signal("api", 2, service="api", title="Error rate"),
    ]

    placements, _ = placed(signals)
    explanation = placements["api"].explanation
    text = why(msgspec.to_builtins(explanation))

    assert explanation.rule == "downstream"
    assert explanation.best_rejected.incident == placements["db"].incident
    assert explanation.margin == pytest.approx(
        explanation.chosen.score - explanation.best_rejected.score
    )
    assert "it depends on what failed first" in text
    assert f"Next best: incident {placements['db'].incident}" in text
    assert explanation.policy in text


def test_why_of_a_new_incident_tells_how_far_the_next_was():
    placements, _ = placed([a_signal("a", service="mail"), a_signal("b", 1, service="api")])

    text = why(msgspec.to_builtins(placements["b"].explanation))

    assert text.startswith("No open incident fits it well enough")
    assert "Margin 0." in text


def test_why_of_the_first_incident_speaks_of_no_other():
    placements, _ = placed([a_signal("a", service="mail")])

    sentence = placements["a"].explanation.sentence

    assert sentence == "There was no open incident to compare it with, so it opened one."


def test_why_not_tells_what_forbids_it():
    first, memory = placed([a_signal("a", service="api", labels={"env": "staging"})])
    other = a_signal("b", 1, service="api", labels={"env": "production"})
    second, _ = placed([other], memory=memory)

    candidate = compare(other, memory.incident(first["a"].incident), a_context())
    text = why_not(msgspec.to_builtins(second["b"].explanation), candidate)

    assert candidate.features["same_root"] > 0
    assert (
        text
        == f"It cannot be in incident {first['a'].incident}: environment production, not staging."
    )


def test_why_not_tells_what_was_missing():
    first, memory = placed([a_signal("a", service="mail")])
    other = a_signal("b", 1, service="api", title="Disk full")
    second, _ = placed([other], memory=memory)

    text = why_not(
        msgspec.to_builtins(second["b"].explanation),
        compare(other, memory.incident(first["a"].incident), a_context()),
    )

    assert "below the 0.50 that joins" in text


def test_the_title_of_an_incident_tells_what_where_and_whom_it_reaches():
    placements, memory = placed(
        [
            a_signal("a", host="h3", title="Disk full"),
            a_signal("b", 1, service="db", title="Writes fail"),
            a_signal("c", 2, service="api", title="Error rate"),
        ]
    )

    incident = memory.incident(placements["a"].incident)

    assert incident.title == "Disk full on h3; affects db, api"
    assert incident.services == ["db", "api"]


def test_a_title_of_any_length_is_one_short_line():
    placements, memory = placed([a_signal("a", title="many\nwords " * 500, service="api")])

    title = memory.incident(placements["a"].incident).title
    assert len(title) <= 160
    assert "\n" not in title
