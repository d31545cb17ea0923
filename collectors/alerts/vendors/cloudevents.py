"""CloudEvents 1.0: an envelope around whatever its source sends.

Source: the CloudEvents specification 1.0, JSON event format. What the data is tells its shape; data
of no known shape is read by the names of its fields, with what the envelope says beside it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from collectors.alerts import envelopes, freeform, keys, parsing, registry, times
from collectors.alerts.adapter import Adapter, ignored, malformed, together
from collectors.alerts.build import finish
from collectors.alerts.reading import first, keyed, mapping, rows
from collectors.alerts.statuses import status_of
from models.records.alert import Normalized, Outcome

NAME = "cloudevents"
Fields = Mapping[str, Any]
_MOST_ENCODED = 1_000_000


def recognizes(payload: object, _kind: str | None) -> bool:
    """Say whether it is an event in its envelope."""
    event = _first(payload)
    return isinstance(event, dict) and "specversion" in event and "type" in event


def distinct(payload: object) -> bool:
    """Say whether nobody else sends it."""
    return recognizes(payload, None) and "source" in mapping(_first(payload))


def _first(payload: object) -> object:
    return payload[0] if isinstance(payload, list) and payload else payload


def read(payload: object, kind: str | None) -> Normalized:
    """Return what the event's data says."""
    if not recognizes(payload, kind):
        return malformed("it is no CloudEvent: specversion or type is missing")
    if isinstance(payload, list):
        return together([_one(event) for event in rows(payload)])
    return _one(mapping(payload))


def _one(body: Fields) -> Normalized:
    data = _data(body)
    inner = None if recognizes(data, None) else registry.by_shape(data)
    if inner is not None:
        return inner.read(data, None)
    if not isinstance(data, dict) or not envelopes.is_readable(data):
        return ignored(f"an event that is no alert: {first(body, 'type')}")
    return Normalized(outcome=Outcome.ALERT, alerts=(finish(_draft(body, data)),))


def _data(body: Fields) -> Any:
    encoded = body.get("data_base64")
    if not isinstance(encoded, str):
        return body.get("data")
    try:
        return parsing.parse(base64.b64decode(encoded[:_MOST_ENCODED], validate=True))
    except (binascii.Error, ValueError):
        return None


def _draft(body: Fields, data: Fields) -> Any:
    fields = keyed(data)
    draft = freeform.draft(NAME, fields)
    source, subject = first(body, "source"), first(body, "subject")
    if freeform.stated(fields) is None:
        draft.status = status_of((first(body, "type") or "").rpartition(".")[2]) or draft.status
    occurred = times.moment(body.get("time"))
    draft.event_time = draft.event_time or occurred
    draft.ends_at = draft.ends_at or occurred
    draft.labels = {**draft.labels, "ce_source": source, "ce_subject": subject}
    draft.group_hint = subject
    if draft.key is None or ":~" in draft.key:
        draft.key = keys.derived(NAME, source, subject, draft.rule or draft.title, draft.host)
    return draft


def delivery_id(payload: object, headers: Mapping[str, str]) -> str | None:
    """Return the event's id, which is unique within its source."""
    own = first(payload, "id")
    if own is None:
        return freeform.delivery_id(payload, headers)
    return keys.own(NAME, first(payload, "source"), own)


ADAPTER = Adapter(
    name=NAME, recognizes=recognizes, distinct=distinct, read=read, delivery_id=delivery_id
)
