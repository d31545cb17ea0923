"""`deployments/prefect.yaml` as data, without importing Prefect or a flow."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def manifest() -> dict[str, Any]:
    """Return the whole file."""
    text = files("deployments").joinpath("prefect.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def deployments() -> list[dict[str, Any]]:
    """Return every deployment as the file has it."""
    return list(manifest()["deployments"])


def pools() -> list[str]:
    """Return the names of the work pools."""
    return list(manifest()["nightshift"]["pools"])


def queues() -> dict[str, int]:
    """Return the priority of every work queue, the same on each pool; lower is served first."""
    return dict(manifest()["nightshift"]["queues"])


def queue_limits() -> dict[str, int]:
    """Return how many runs of a work queue may go on at once, for those that are limited."""
    return dict(manifest()["nightshift"].get("limits", {}))
