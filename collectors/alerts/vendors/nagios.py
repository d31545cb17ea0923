"""Nagios, Naemon and Centreon: notifications of hosts and services by script.

Source: the Nagios Core documentation, "Standard Macros in Nagios". See `checkmk`, of the same
family.
"""

from __future__ import annotations

from collectors.alerts.adapter import Adapter
from collectors.alerts.vendors import checkmk
from models.records.alert import Normalized

NAME = "nagios"


def read(payload: object, kind: str | None) -> Normalized:
    """Return the problem of the host or of its service."""
    return checkmk.read_as(NAME, payload, kind)


ADAPTER = Adapter(name=NAME, free=True, recognizes=checkmk.recognizes, read=read)
