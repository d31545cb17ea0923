"""The labelled outputs of real devices: every one is parsed as its label says.

They are not committed: NIGHTSHIFT_LABELLED_DATA names their folder, else one beside the checkout
is taken; where there is none the tests are skipped by name.
"""

import json
import os
from pathlib import Path

import pytest

from collectors.network.commands import QUESTIONS
from collectors.network.templates import raw_rows


def _folder():
    named = os.environ.get("NIGHTSHIFT_LABELLED_DATA")
    beside = Path(__file__).resolve().parents[4]
    wanted = [Path(named)] if named else [beside / "shared" / "data", beside / "data"]
    return next(
        (each / "netcmd" for each in wanted if (each / "netcmd" / "index.jsonl").is_file()), None
    )


FOLDER = _folder()
CASES = (
    [json.loads(line) for line in (FOLDER / "index.jsonl").read_text().splitlines()]
    if FOLDER
    else []
)


def _template(platform, command):
    return next(
        each.template
        for question in QUESTIONS[platform]
        for each in question.commands
        if each.text == command
    )


@pytest.mark.skipif(not CASES, reason="the labelled data set netcmd is not here")
def test_the_data_set_is_whole():
    assert len(CASES) >= 54


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_real_output_gives_the_labelled_records(case):
    text = (FOLDER / case["raw"]).read_text()
    labelled = json.loads((FOLDER / case["parsed"]).read_text())

    found = raw_rows(_template(case["platform"], case["command"]), text)

    expected = labelled["parsed_sample"] if isinstance(labelled, dict) else labelled
    assert found == expected
