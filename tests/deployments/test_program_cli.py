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
    [
        ("incidents", "list"),
        ("stats",),
        ("alerts", "why", "1"),
        ("docs", "show", "overview"),
        ("docs", "generate"),
        ("incidents", "ack", "1"),
        ("maintenance", "add", "--everything", "--for", "1h", "--reason", "patching"),
        ("heartbeats", "add", "backup", "--every", "25h"),
        ("checks", "suppress", "VM-04", "vm-1", "--reason", "kept", "--until", "7d"),
    ],
)
def test_a_verb_about_what_is_stored_says_so_in_a_wrong_folder_and_makes_no_home(entry, home, verb):
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
    status, _, err = entry("people", "add", "ada")
    assert status == 0
    assert f"a new home was begun in {home}" in err
    status, _, err = entry("people", "list")
    assert (status, err) == (0, "")


def test_the_doctor_makes_no_home_and_notes_that_there_is_none(entry, home, monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_HOME", str(home / "typo"))

    _, out, _ = entry("doctor")

    assert f"none in {home / 'typo'} yet" in out
    assert not (home / "typo").exists()


def test_a_noun_that_is_misspelt_is_answered_with_the_one_that_may_be_meant(entry, home):
    status, _, err = entry("incident", "list")

    assert status == 2
    assert "Did you mean 'incidents'" in err
