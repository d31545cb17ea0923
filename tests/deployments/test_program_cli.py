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
