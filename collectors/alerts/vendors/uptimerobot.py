"""UptimeRobot: monitors that go down, come up, or whose certificate ends soon.

Source: the UptimeRobot documentation, "Web-hook alert contacts" and its variables. People write the
payload; a variable that does not exist stays there as `*name*`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.alerts import entities, keys, times
from collectors.alerts.adapter import Adapter, malformed
from collectors.alerts.build import Draft, finish
from collectors.alerts.reading import first, keyed
from collectors.alerts.statuses import status_of
from models.records.alert import AlertStatus, Normalized, Outcome

NAME = "uptimerobot"
Fields = Mapping[str, Any]
_TYPES = {"1": AlertStatus.FIRING, "2": AlertStatus.RESOLVED, "3": AlertStatus.FIRING}
_EXPIRY = "3"


def recognizes(payload: object, _kind: str | None) -> bool:
    """Say whether it is a monitor with a kind of alert."""
    if not isinstance(payload, dict):
        return False
    fields = keyed(payload)
    monitor = first(fields, "monitorid", "monitorurl", "monitorfriendlyname", "monitorname")
    return monitor is not None and first(fields, "alerttype", "alerttypefriendlyname") is not None


def distinct(payload: object) -> bool:
    """Say whether nobody else than UptimeRobot sends it."""
    if not isinstance(payload, dict):
        return False
    fields = keyed(payload)
    return "alerttypefriendlyname" in fields or (
        "alerttype" in fields and "monitorfriendlyname" in fields
    )


def read(payload: object, kind: str | None) -> Normalized:
    """Return the monitor's state."""
    if not recognizes(payload, kind):
        return malformed("there is no monitor with a kind of alert in it")
    return Normalized(outcome=Outcome.ALERT, alerts=(finish(_draft(keyed(payload))),))


def _draft(fields: Fields) -> Draft:
    kind = first(fields, "alerttype") or ""
    named = status_of(first(fields, "alerttypefriendlyname"))
    status = _TYPES.get(kind) or named or AlertStatus.FIRING
    own = first(fields, "monitorid")
    address = first(fields, "monitorurl")
    name = first(fields, "monitorfriendlyname", "monitorname") or address
    moment = times.moment(first(fields, "alertdatetime"))
    # The certificate is a condition of its own: it does not end when the monitor comes up.
    condition = "certificate" if kind == _EXPIRY else None
    return Draft(
        vendor=NAME,
        title=name,
        status=status,
        key=keys.own(NAME, own or address or name, condition),
        host=entities.host_name(address),
        rule=name,
        description=first(fields, "alertdetails"),
        labels={"monitor_url": address, "alert_type": first(fields, "alerttypefriendlyname")},
        event_time=moment,
        ends_at=moment if status is AlertStatus.RESOLVED else None,
        external_id=own,
        links={"source": address},
    )


ADAPTER = Adapter(name=NAME, free=True, recognizes=recognizes, distinct=distinct, read=read)
