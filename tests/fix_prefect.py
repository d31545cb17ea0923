"""A whole installation of real processes: Prefect server, worker, reconciler, gateway, practice vCenter."""

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from models.settings import settings
from models.store import embedded

_SET = ("NIGHTSHIFT_HOME", "NIGHTSHIFT_SOURCES", "NIGHTSHIFT_PRACTICE_PASSWORD")


@contextmanager
def _home_of_its_own():
    before = {name: os.environ.get(name) for name in _SET}
    home = Path(tempfile.mkdtemp(prefix="ns-"))
    home.chmod(0o755)
    os.environ["NIGHTSHIFT_HOME"] = str(home)
    settings.cache_clear()
    try:
        yield
    finally:
        embedded.stop(home)
        shutil.rmtree(home, ignore_errors=True)
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        settings.cache_clear()


@pytest.fixture(scope="module")
def demo():
    """A running demo of 60 VMs in a home of its own; yields its supervisor."""
    from deployments.services.demo import practice
    from deployments.services.stack import full_stack
    from deployments.services.starting import start
    from deployments.services.state import Mode

    with _home_of_its_own():
        chosen = practice(60)
        stack = full_stack(Mode.DEMO, extra=[chosen.service], practice_url=chosen.url)
        with start(stack) as supervisor:
            yield supervisor


@pytest.fixture(scope="module")
def prefect_server():
    """A Prefect server that knows the deployments, with no worker, in a home of its own."""
    from deployments.services.environment import client_environment
    from deployments.services.stack import REGISTER, Stack, module, server_only
    from deployments.services.starting import start
    from deployments.services.state import Mode
    from deployments.services.supervisor import Service

    with _home_of_its_own():
        alone = server_only()
        register = Service(
            name=REGISTER,
            arguments=module("deployments.services.register"),
            environment=client_environment(alone.installation.api_url),
            once=True,
        )
        lasting = msgspec.structs.replace(alone.installation, mode=Mode.UP)
        with start(Stack(installation=lasting, services=[*alone.services, register])) as supervisor:
            yield supervisor
