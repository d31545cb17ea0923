"""The cases of every network check."""

from __future__ import annotations

from tests.tasks.inventory.checks.fabric import cases_devices, cases_links

CASES = {**cases_links.CASES, **cases_devices.CASES}
