"""A whole installation of real processes: Prefect server, worker, reconciler, gateway, practice vCenter."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from models.settings import settings
from models.store import embedded

_SET = ("NIGHTSHIFT_HOME", "NIGHTSHIFT_SOURCES", "NIGHTSHIFT_PRACTICE_PASSWORD")


@pytest.fixture(scope="module")
def demo():
    """A running demo of 60 VMs in a home of its own; yields its supervisor."""
    from deployments.services.demo import practice
    from deployments.services.stack import full_stack
    from deployments.services.starting import start
    from deployments.services.state import Mode

    before = {name: os.environ.get(name) for name in _SET}
    home = Path(tempfile.mkdtemp(prefix="ns-"))
    home.chmod(0o755)
    os.environ["NIGHTSHIFT_HOME"] = str(home)
    settings.cache_clear()
    try:
        chosen = practice(60)
        stack = full_stack(Mode.DEMO, extra=[chosen.service], practice_url=chosen.url)
        with start(stack) as supervisor:
            yield supervisor
    finally:
        embedded.stop(home)
        shutil.rmtree(home, ignore_errors=True)
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        settings.cache_clear()
