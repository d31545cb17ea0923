"""`nightshift alerts normalize`: what the adapters make of a payload; nothing is stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from collectors import alerts
from collectors.alerts import registry
from deployments.cli import output
from models.errors import WrongUse
from models.records.alert import Alert, Normalized, Outcome

_MALFORMED = 1
_MOST_BYTES = 64 * 1024 * 1024
_FIELDS = (
    "title", "status", "severity", "severity_raw", "service", "host", "environment", "region",
    "dedup_key", "labels", "event_time", "ends_at", "rule", "description", "external_id", "links",
    "group_hint", "notes",
)  # fmt: skip


def normalize(
    file: Annotated[Path | None, typer.Argument(help="The payload as posted.")] = None,
    vendor: Annotated[str | None, typer.Option("--vendor", help="Slug of the sender.")] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="Kind of event, where a header names it.")
    ] = None,
    batch: Annotated[
        Path | None, typer.Option("--batch", help="Lines of {id, vendor, payload (or its path)}.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value.")] = False,
) -> None:
    """Show what a sender's payload is read as; a malformed one ends with exit status 1."""
    if batch is not None:
        if file is not None or vendor is not None:
            raise WrongUse("give either --vendor V FILE or --batch FILE.jsonl")
        return _batch(batch)
    if file is None or vendor is None:
        raise WrongUse("give --vendor V and a file, or --batch FILE.jsonl")
    found = alerts.normalize(vendor, _bytes(file), kind)
    _warn_of_stranger(vendor, found)
    if as_json:
        output.print_json(public(found))
    else:
        _show(found)
    if found.outcome is Outcome.MALFORMED:
        raise typer.Exit(_MALFORMED)
    return None


def public(found: Normalized) -> dict[str, Any]:
    """Return a result as it is printed."""
    return {
        "outcome": found.outcome,
        "reason": found.reason,
        "alerts": [_alert(alert) for alert in found.alerts],
        "adapter": found.adapter,
        "adapter_version": found.adapter_version,
    }


def _warn_of_stranger(vendor: str, found: Normalized) -> None:
    """Say on standard error that nobody has an adapter for a sender: it may be misspelt."""
    if registry.is_known(vendor):
        return
    said = (
        f"no sender is known as {vendor!r}, so it is read as {found.adapter}; known are "
        f"{', '.join(registry.vendors())}, and NIGHTSHIFT_ALERT_MAPPINGS adds others"
    )
    output.errors.print(said, markup=False, highlight=False, soft_wrap=True)


def _alert(alert: Alert) -> dict[str, Any]:
    return {name: getattr(alert, name) for name in _FIELDS}


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as opened:
            return opened.read(_MOST_BYTES)
    except (OSError, ValueError) as error:
        raise WrongUse(f"{path} cannot be read: {_reason(error)}") from error


def _reason(error: OSError | ValueError) -> str:
    return getattr(error, "strerror", None) or str(error)


def _batch(path: Path) -> None:
    for line in _lines(path):
        output.print_line(_answer(line, path.parent))


def _lines(path: Path) -> Iterator[bytes]:
    lines = _bytes(path).split(b"\n")
    return (line for line in lines if line.strip())


def _answer(line: bytes, folder: Path) -> dict[str, Any]:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        return {"id": None, "error": "the line is not JSON"}
    if not isinstance(request, dict) or "id" not in request:
        return {"id": None, "error": "the line has no id"}
    number = request["id"]
    vendor, payload, kind = (request.get(name) for name in ("vendor", "payload", "kind"))
    kind = kind if isinstance(kind, str) else None
    if not isinstance(vendor, str) or not isinstance(payload, str | dict | list):
        return {"id": number, "error": "the line has no vendor, or no payload or path of one"}
    if not isinstance(payload, str):
        return {"id": number, **public(alerts.normalize_payload(vendor, payload, kind))}
    try:
        body = _bytes(folder / payload)
    except WrongUse as error:
        return {"id": number, "error": str(error)}
    return {"id": number, **public(alerts.normalize(vendor, body, kind))}


def _show(found: Normalized) -> None:
    told = f"{found.outcome} ({found.adapter})" + (f": {found.reason}" if found.reason else "")
    output.screen.print(told, markup=False, highlight=False)
    columns = ["title", "status", "severity", "service", "host", "environment", "region", "key"]
    rows = [
        [alert.title, alert.status, alert.severity, alert.service, alert.host, alert.environment,
         alert.region, alert.dedup_key]
        for alert in found.alerts
    ]  # fmt: skip
    if rows:
        output.print_table("Alerts", columns, rows)
