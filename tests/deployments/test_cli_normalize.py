"""`alerts normalize`: what a payload is read as, one or many; nothing is stored."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from deployments.cli.app import app, main

RUNNER = CliRunner()
ALERT = {"title": "Disk is full", "severity": "P1", "host": "db-1", "status": "open"}


def run(*arguments):
    return RUNNER.invoke(app, ["alerts", "normalize", *map(str, arguments)])


def test_one_payload_is_one_json_value(tmp_path):
    file = tmp_path / "body.json"
    file.write_text(json.dumps(ALERT), encoding="utf-8")

    done = run("--vendor", "homemade", file, "--json")

    found = json.loads(done.stdout)
    assert done.exit_code == 0
    assert (found["outcome"], found["reason"]) == ("alert", None)
    alert = found["alerts"][0]
    assert (alert["title"], alert["severity"], alert["host"]) == (
        "Disk is full",
        "critical",
        "db-1",
    )
    assert {"severity_raw", "service", "environment", "region", "dedup_key", "labels", "event_time",
            "ends_at", "rule", "status"} <= alert.keys()  # fmt: skip


def test_a_person_sees_a_table(tmp_path):
    file = tmp_path / "body.json"
    file.write_text(json.dumps(ALERT), encoding="utf-8")

    done = run("--vendor", "homemade", file)

    assert done.exit_code == 0
    assert "Disk is full" in done.stdout


def test_a_sender_that_nobody_knows_is_told_with_those_that_are(tmp_path):
    file = tmp_path / "body.json"
    file.write_text(json.dumps(ALERT), encoding="utf-8")

    done = run("--vendor", "datadgo", file, "--json")

    assert done.exit_code == 0
    assert json.loads(done.stdout)["adapter"] == "generic"
    assert "no sender is known as 'datadgo', so it is read as generic" in done.stderr
    assert " datadog," in done.stderr
    assert done.stderr.count("\n") == 1
    for known in ("generic", "DataDog", "sns", "uptimekuma"):
        assert run("--vendor", known, file, "--json").stderr == ""


def test_a_malformed_payload_is_printed_and_ends_with_one(tmp_path):
    file = tmp_path / "body.json"
    file.write_bytes(b"\xff not json")

    done = run("--vendor", "sentry", file, "--json")

    assert done.exit_code == 1
    assert json.loads(done.stdout)["outcome"] == "malformed"


def test_a_batch_answers_each_line_in_order_and_ends_well(tmp_path):
    (tmp_path / "bodies").mkdir()
    (tmp_path / "bodies" / "one.json").write_text(json.dumps(ALERT), encoding="utf-8")
    (tmp_path / "two.json").write_text("{", encoding="utf-8")
    lines = [
        {"id": 1, "vendor": "homemade", "payload": "bodies/one.json"},
        {"id": "b", "vendor": "homemade", "payload": str(tmp_path / "two.json")},
        {"id": "c", "vendor": "homemade", "payload": "none.json"},
        {"id": "d", "payload": "two.json"},
        {"vendor": "homemade"},
        {"id": "e", "vendor": "homemade", "payload": ALERT},
        {"id": "f", "vendor": "homemade", "payload": [ALERT, ALERT]},
        {"id": "g", "vendor": "homemade", "payload": 5},
    ]
    batch = tmp_path / "batch.jsonl"
    text = "\n".join(map(json.dumps, lines)) + "\n\nnot json\n"
    batch.write_text(text, encoding="utf-8")

    done = run("--batch", batch, "--json")

    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert [one["id"] for one in found] == [1, "b", "c", "d", None, "e", "f", "g", None]
    read = {one["id"]: one for one in found if "error" not in one}
    outcomes = {1: "alert", "b": "malformed", "e": "alert", "f": "alert"}
    assert {number: one["outcome"] for number, one in read.items()} == outcomes
    assert read["e"]["alerts"] == read[1]["alerts"]
    assert len(read["f"]["alerts"]) == 2


@pytest.mark.parametrize(
    "arguments",
    [(), ("--vendor", "x"), ("body.json",), ("--vendor", "x", "body.json", "--batch", "b.jsonl")],
)
def test_half_a_question_is_wrong_use(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["alerts", "normalize", *arguments])

    assert ended.value.code == 2


def test_a_file_that_is_not_there_is_wrong_use(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["alerts", "normalize", "--vendor", "x", "/nowhere/body.json"])

    assert ended.value.code == 2
    assert "cannot be read" in capsys.readouterr().err
