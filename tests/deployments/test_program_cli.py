"""How the command line names itself: what is quoted can be typed, and the version is told."""

from __future__ import annotations

import os
import sys
from importlib import metadata

import pytest

from deployments.cli import output


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A working directory with the program in a folder that is not searched."""
    script = tmp_path / ".venv" / "bin" / "nightshift"
    script.parent.mkdir(parents=True)
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    return script


def test_a_program_that_is_not_on_the_path_is_named_from_where_the_person_stands(
    clone, monkeypatch
):
    monkeypatch.setattr(sys, "argv", [str(clone)])

    assert output.program() == ".venv/bin/nightshift"
    assert output.typeable("run `nightshift collect`") == "run `.venv/bin/nightshift collect`"


def test_a_program_that_the_path_finds_is_named_plainly(clone, monkeypatch):
    monkeypatch.setenv("PATH", f"{clone.parent}{os.pathsep}/usr/bin")
    monkeypatch.setattr(sys, "argv", [".venv/bin/nightshift"])

    assert output.program() == "nightshift"


@pytest.mark.parametrize("called", ["python", "deployments/cli/__main__.py", ""])
def test_another_program_that_calls_in_is_not_named(clone, monkeypatch, called):
    monkeypatch.setattr(sys, "argv", [called])

    assert output.program() == "nightshift"


def test_the_version_is_that_of_the_package(entry):
    assert entry("--version") == (0, f"nightshift {metadata.version('nightshift')}\n", "")


@pytest.mark.parametrize(
    "verb",
    [("incidents", "list"), ("stats",), ("alerts", "why", "1"), ("docs", "show", "overview")],
)
def test_a_verb_that_reads_in_a_wrong_folder_says_so_and_makes_no_home(entry, home, verb):
    status, out, err = entry(*verb)

    assert (status, out, err.count("\n")) == (3, "", 1)
    assert f"{home} is no home of Nightshift (nothing was ever stored there)" in err
    assert "set NIGHTSHIFT_HOME" in err
    assert list(home.iterdir()) == []


def test_a_home_that_is_not_there_is_told_from_an_empty_one(entry, home, monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_HOME", str(home / "typo"))

    assert "(there is no such folder)" in entry("incidents", "list")[2]
    assert not (home / "typo").exists()


def test_help_needs_no_home(entry, home):
    assert entry("incidents", "list", "--help")[0] == 0


def test_what_brings_something_into_it_begins_a_home_that_is_read_from_then_on(entry, home):
    assert entry("heartbeats", "add", "backup", "--every", "25h")[0] == 0
    assert entry("incidents", "list")[0] == 0
