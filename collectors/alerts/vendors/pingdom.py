"""Pingdom: state changes of uptime and transaction checks.

Source: the Pingdom documentation, "Webhooks". The check's id is the identity; the importance that
people give a check is its severity, where it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.alerts import entities, keys, times
from collectors.alerts.adapter import Adapter, malformed
from collectors.alerts.build import Draft, finish
from collectors.alerts.reading import at, first, mapping, tagged, words
from collectors.alerts.statuses import status_of
from models.records.alert import AlertStatus, Normalized, Outcome

NAME = "pingdom"
Fields = Mapping[str, Any]
_FIRING = frozenset({"DOWN", "FAILING", "FAIL", "UNCONFIRMED_DOWN"})


def recognizes(payload: object, _kind: str | None) -> bool:
    """Say whether it is a check with a state."""
    return isinstance(payload, dict) and "check_id" in payload and "current_state" in payload


def distinct(payload: object) -> bool:
    """Say whether nobody else than Pingdom sends it."""
    return recognizes(payload, None) and "check_name" in mapping(payload)


def read(payload: object, kind: str | None) -> Normalized:
    """Return the check's new state."""
    if not recognizes(payload, kind):
        return malformed("there is no check with a state in it")
    draft = _draft(mapping(payload))
    if draft.title is None:
        return malformed("the check has neither a name nor an id")
    return Normalized(outcome=Outcome.ALERT, alerts=(finish(draft),))


def _draft(body: Fields) -> Draft:
    own = first(body, "check_id")
    state = (first(body, "current_state") or "").upper()
    status = AlertStatus.FIRING if state in _FIRING else status_of(state) or AlertStatus.UPDATE
    changed = times.moment(body.get("state_changed_timestamp"))
    changed = changed or times.moment(body.get("state_changed_utc_time"))
    name = first(body, "check_name")
    target = first(at(body, "check_params"), "hostname", "full_url", "url")
    return Draft(
        vendor=NAME,
        title=name or own,
        status=status,
        key=keys.own(NAME, own) if own else None,
        severity_raw=first(body, "importance_level"),
        host=entities.host_name(target),
        rule=name,
        description=first(body, "long_description", "description", "custom_message"),
        labels={**tagged(words(body.get("tags"))), "check_type": first(body, "check_type"),
                "probe_location": first(at(body, "first_probe"), "location")},
        event_time=changed,
        ends_at=changed if status is AlertStatus.RESOLVED else None,
        external_id=own,
        links={"source": at(body, "check_params", "full_url")},
    )  # fmt: skip


ADAPTER = Adapter(name=NAME, free=True, recognizes=recognizes, distinct=distinct, read=read)
