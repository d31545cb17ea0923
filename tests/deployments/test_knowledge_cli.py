"""`nightshift knowledge` and `nightshift llm` as a person or a script calls them."""

from __future__ import annotations

import json
import sys

import pytest

from deployments.cli.app import main
from models.settings import settings
from tests.fix_llm import Fault


@pytest.fixture
def run(database, capsys, monkeypatch):
    """Run a command line; return its exit status, standard output and standard error."""

    def call(*arguments):
        words = [str(argument) for argument in arguments]
        settings.cache_clear()  # a new process reads the environment anew
        monkeypatch.setattr(sys, "argv", ["nightshift", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return ended.value.code, captured.out, captured.err

    return call


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "node").mkdir()
    (tmp_path / "node" / "disk.md").write_text("# Disk full\n\nDelete old snapshots.\n")
    (tmp_path / "clock.md").write_text("# Clock skew\n\nStart the time service.\n")
    return tmp_path


def test_a_folder_is_added_searched_and_counted(run, folder):
    status, out, _ = run("knowledge", "add", folder, "--json")
    assert status == 0
    assert (
        json.loads(out).items() >= {"added": 2, "updated": 0, "unchanged": 0, "chunks": 2}.items()
    )

    status, out, _ = run("knowledge", "search", "old snapshots on a disk", "-k", 1, "--json")
    (hit,) = json.loads(out)
    assert hit.items() >= {"document": "node/disk.md", "heading": "Disk full"}.items()
    assert isinstance(hit["chunk_id"], str)
    assert hit["text"] == "Delete old snapshots."

    status, out, _ = run("knowledge", "stats", "--json")
    assert json.loads(out) == [{"collection": "default", "documents": 2, "chunks": 2}]


def test_a_batch_gives_one_line_for_each_line_in_order(run, folder, tmp_path):
    run("knowledge", "add", folder)
    batch = tmp_path / "batch.jsonl"
    batch.write_text('{"id": "q1", "question": "time service"}\nnot json\n\n{"id": "q3"}\n')

    status, out, _ = run("knowledge", "search", "--batch", batch, "-k", 1, "--json")

    first, second, third = map(json.loads, out.splitlines())
    assert status == 0
    assert (first["id"], first["results"][0]["document"]) == ("q1", "clock.md")
    assert second == {"id": None, "error": "the line is not JSON"}
    assert third == {"id": "q3", "error": "the line has no question"}


@pytest.mark.parametrize(
    ("arguments", "cure"),
    [
        (("knowledge", "search"), "give either a query or --batch FILE"),
        (("knowledge", "search", "--batch", "absent.jsonl"), "cannot be read"),
        (("knowledge", "search", "x", "--mode", "magic"), "magic"),
        (("knowledge", "add", "absent-folder"), "does not exist"),
        (("llm", "test"), "NIGHTSHIFT_LLM_URL"),
    ],
)
def test_a_person_s_mistake_is_one_line_with_the_cure_and_status_2(arguments, cure, run):
    status, out, err = run(*arguments)

    assert (status, out) == (2, "")
    assert cure in err


def test_an_endpoint_below_the_threshold_exits_1_and_one_that_is_down_exits_3(
    run, llm_server, monkeypatch
):
    monkeypatch.setenv("NIGHTSHIFT_LLM_URL", llm_server.url)
    monkeypatch.setenv("NIGHTSHIFT_LLM_RETRIES", "0")

    status, out, _ = run("llm", "test", "--json")
    assert (status, json.loads(out)["passed"]) == (1, False)

    llm_server.always = Fault.DOWN
    status, out, err = run("llm", "test", "--json")
    assert (status, out) == (3, "")
    assert "HTTP 503" in err
