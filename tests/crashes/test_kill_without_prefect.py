"""SIGKILL between any two steps of the main job: the next run finishes it, once."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from deployments.practice.vcenter.server import PracticeVCenter
from models.settings import settings
from models.store import embedded, transaction
from tests.crashes.chain import POINTS, run

QUICK = {"first page staged", "stored", "first document file"}


def outcome(home):
    """Everything that must not depend on how often the job was killed."""
    with transaction() as conn:
        rows = conn.execute(
            "SELECT (SELECT count(*) FROM assets), (SELECT count(*) FROM asset_versions),"
            " (SELECT count(*) FROM relations), (SELECT count(*) FROM observations),"
            " (SELECT count(*) FROM knowledge_chunks), (SELECT count(*) FROM check_results),"
            " (SELECT count(*) FROM snapshots WHERE state = 'stored' AND report->>'versions' <> '0')"
        ).fetchone()
    texts = {path.name: path.read_text("utf-8") for path in (home / "documents").rglob("*.*")}
    assert not [name for name in texts if name.endswith((".tmp", ".new", ".partial"))]
    # Times of the collections differ between two runs; nothing else may.
    return rows, {name: re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z?", "T", t) for name, t in texts.items()}


@pytest.fixture(scope="module")
def vcenter(small_practice_site):
    with PracticeVCenter(small_practice_site) as server:
        yield server


@contextmanager
def installation(vcenter):
    """An empty home of its own, with its database stopped at the end."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="ns-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        patch.setenv("NIGHTSHIFT_HOME", name)
        patch.setenv("PRACTICE_PASSWORD", vcenter.password)
        settings.cache_clear()
        yield folder
        embedded.stop(folder)
    settings.cache_clear()


@pytest.fixture(scope="module")
def undisturbed(vcenter):
    with installation(vcenter) as home:
        run(vcenter.url)
        return outcome(home)


@pytest.mark.parametrize(
    "point",
    [p if p in QUICK else pytest.param(p, marks=pytest.mark.slow) for p in POINTS],
)
def test_a_run_after_the_kill_ends_as_if_there_had_been_none(undisturbed, vcenter, point):
    with installation(vcenter) as home:
        command = [sys.executable, "-m", "tests.crashes.chain", vcenter.url, point]
        assert subprocess.run(command, check=False).returncode == -signal.SIGKILL

        run(vcenter.url)

        assert outcome(home) == undisturbed
    assert vcenter.control.counters()["mutating"] == 0
