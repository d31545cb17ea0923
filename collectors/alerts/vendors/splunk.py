"""Splunk: the webhook action of a saved search, whose first result comes with it.

Source: the Splunk documentation, "Use a webhook alert action". The search's name is the rule; the
fields of the result are whatever the search returns. A search is not resolved: it fires again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from collectors.alerts import entities, freeform, keys, reading, times
from collectors.alerts.adapter import Adapter, malformed
from collectors.alerts.build import Draft, finish
from collectors.alerts.reading import at, first, mapping
from collectors.alerts.statuses import status_of
from models.records.alert import AlertStatus, Normalized, Outcome

NAME = "splunk"
Fields = Mapping[str, Any]

_CONFIGURED = re.compile(r"\|host::([^|\s]{1,255})")
_LABELS = ("index", "source", "sourcetype", "process", "eventtype", "app", "service", "env",
           "environment", "region", "namespace", "pod", "user", "src", "dest")  # fmt: skip
_INTERNAL = ("date_", "_", "timestartpos", "timeendpos", "punct", "linecount", "splunk_server")


def recognizes(payload: object, _kind: str | None) -> bool:
    """Say whether it is a search with a result."""
    if not isinstance(payload, dict):
        return False
    return "result" in payload or "search_name" in payload or "sid" in payload


def distinct(payload: object) -> bool:
    """Say whether nobody else than Splunk sends it."""
    return isinstance(payload, dict) and "sid" in payload and "result" in payload


def read(payload: object, kind: str | None) -> Normalized:
    """Return the alert of the search."""
    if not recognizes(payload, kind):
        return malformed("there is no search and no result in it")
    body = mapping(payload)
    if first(body, "search_name", "sid") is None and not mapping(body.get("result")):
        return malformed("the search has neither a name nor a result")
    return Normalized(outcome=Outcome.ALERT, alerts=(finish(_draft(body)),))


def _draft(body: Fields) -> Draft:
    result = mapping(body.get("result"))
    name = first(body, "search_name", "alert_name", "name")
    host = _host(result)
    raw = reading.text(result.get("_raw"))
    process = first(result, "process", "sourcetype", "source")
    title = name or first(result, "signature", "rule_name", "title") or raw
    return Draft(
        vendor=NAME,
        title=title,
        status=status_of(first(result, "status", "alert_status")) or AlertStatus.FIRING,
        key=keys.derived(NAME, first(body, "app"), name or process, host),
        severity_raw=first(result, "severity", "urgency", "priority", "alert_severity", "level")
        or first(body, "severity", "alert_severity"),
        host=host,
        rule=name,
        description=raw or first(result, "description", "message"),
        labels=_labels(result),
        event_time=times.moment(result.get("_time")) or freeform.moment_of(body, ("trigger_time",)),
        external_id=first(body, "sid"),
        links={"source": body.get("results_link")},
        notes=() if name else ("the payload does not name the search",),
    )


def _host(result: Fields) -> str | None:
    for name in ("host", "hostname", "dest_host", "dvc_host", "orig_host"):
        found = entities.host_name(at(result, name))
        if found:
            return found
    # What the forwarder was configured with, where the search dropped the field.
    configured = _CONFIGURED.search(reading.text(result.get("_confstr")) or "")
    return configured[1] if configured else None


def _labels(result: Fields) -> dict[str, str]:
    first_ = {name: found for name in _LABELS if (found := first(result, name))}
    rest = {
        name: found
        for name, value in result.items()
        if not name.startswith(_INTERNAL) and (found := reading.word(value))
    }
    return {**first_, **rest}


ADAPTER = Adapter(name=NAME, free=True, recognizes=recognizes, distinct=distinct, read=read)
