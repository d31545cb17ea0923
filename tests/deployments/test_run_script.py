"""`run.py` makes `.venv`, also over one that another Python made."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from deployments import run

BASE = str(Path(sys._base_executable).resolve())


@pytest.fixture
def venv(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "VENV", tmp_path / "venv")
    run._make_venv(BASE)
    (tmp_path / "venv" / "kept").touch()
    return tmp_path / "venv"


def test_an_environment_of_the_same_python_is_kept(venv):
    run._make_venv(BASE)

    assert (venv / "kept").exists()


def test_an_environment_of_another_python_is_made_anew(venv):
    config = venv / "pyvenv.cfg"
    config.write_text(config.read_text().replace(BASE, "/opt/another/python3.11"))

    run._make_venv(BASE)

    assert not (venv / "kept").exists()
    works = [venv / "bin" / "python", "-c", "import asyncio, ssl"]
    assert subprocess.run(works, check=False).returncode == 0
