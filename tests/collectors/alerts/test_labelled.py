"""The labelled payloads of the shared data, where they are there: the targets hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from collectors.alerts import normalize

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "alerts"
FIELDS = ("title", "status", "severity", "service", "host", "environment")

pytestmark = pytest.mark.skipif(
    not (FOLDER / "labels.jsonl").is_file(), reason="the labelled payloads are not there"
)


def rows(name):
    text = (FOLDER / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def read():
    return {
        row["id"]: (row, normalize(row["vendor"], (FOLDER / row["payload"]).read_bytes()))
        for row in rows("labels.jsonl")
    }


def accepted(expected, got, *, loosely):
    options = expected if isinstance(expected, list) else [expected]
    if "*" in options or (got is None and None in options):
        return True
    said = str(got).strip().lower()
    words = [str(option).strip().lower() for option in options if option is not None]
    return got is not None and any(
        said == word or (loosely and (said in word or word in said)) for word in words
    )


def test_outcomes_are_right(read):
    right = sum(
        found.outcome in row["expect"].split("_or_")
        and (
            found.outcome != "alert" or len(found.alerts) == len(row["alerts"]) or not row["alerts"]
        )
        for row, found in read.values()
    )

    assert right / len(read) >= 0.98


def test_fields_are_right_and_no_severity_is_invented(read):
    right = total = 0
    for row, found in read.values():
        if row["expect"] != "alert" and not found.alerts:
            continue
        for expected, alert in zip(row["alerts"], found.alerts, strict=False):
            for field in FIELDS:
                total += 1
                right += accepted(expected[field], getattr(alert, field), loosely=field == "title")
            if expected["severity"] is None:
                assert alert.severity is None, row["id"]

    assert right / total >= 0.97


def test_keys_tell_the_same_alert_from_another(read):
    def key(name, index):
        return read[name][1].alerts[index].dedup_key

    wrong = [
        pair
        for pair in rows("pairs.jsonl")
        if (key(pair["a"], pair["a_index"]) == key(pair["b"], pair["b_index"]))
        != pair["same_alert"]
    ]

    assert wrong == []
