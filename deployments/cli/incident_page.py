"""An incident, and the metrics of many, as a page in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.markup import escape
from rich.panel import Panel
from rich.text import Text

from deployments.cli.output import print_list, print_table, screen, words
from deployments.cli.times import span_words
from generators.documents.text import plain
from generators.incidents.timeline import Line
from models.records.incident_view import runbook_of
from models.records.severity import marked

COLOURS = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan", "info": "dim"}
_AVERAGES = ("median", "p90", "mean")
_TOTALS = {
    "incidents": "incidents",
    "alerts": "alerts in them",
    "noise_ratio": "alerts an incident",
    "suppressed_percent": "held back, %",
    "flapping": "flapping incidents",
    "reopen_rate": "opened again, share",
}
_SHOWN_ALERTS = 30
_SHOWN_CHANGES = 8


def print_incident(found: Mapping[str, Any], timeline: Sequence[Line]) -> None:
    """Print an incident: what it is, what is known of its cause, its alerts and its timeline."""
    severity = marked(found["severity"], predicted=found["severity_predicted"])
    head = Text(
        f"{severity or 'severity unknown'} ", style=COLOURS.get(found["severity"] or "", "")
    ).append(f"{found['status']}  {plain(found['title'])}", style="bold")
    screen.print(Panel(_lines(found, head), title=escape(found["reference"]), title_align="left"))
    for title, lines in _parts(found):
        screen.print(Text(title, style="bold"))
        for line in lines:
            screen.print(Text(f"  {plain(line)}"), soft_wrap=True)
        screen.print()
    _print_alerts(found)
    rows = [[line.at or "", line.event, line.actor, plain(line.text)] for line in timeline]
    print_table("Timeline", ["At", "Event", "Who", "What"], rows, whole=("Event",))


def print_metrics(found: Mapping[str, Any]) -> None:
    """Print the figures, each below what it means."""
    if not found["totals"]["incidents"]:
        since = f" since {words(found['since'])}" if found["since"] else " yet"
        screen.print(f"No incidents{since}, hence no times.", markup=False, highlight=False)
        return
    for measure in found["measures"]:
        title = f"{measure['name']}: {measure['definition']}"
        rows = [
            [row["group"], row["count"], *(span_words(round(row[name])) for name in _AVERAGES)]
            for row in measure["rows"]
        ]
        columns = ["Of", "Incidents", "Median", "90 % within", "Mean"]
        print_table(title, columns, [*rows])
        screen.print()
    others = [
        [_TOTALS[name], value, found["definitions"][name]]
        for name, value in found["totals"].items()
    ]
    print_table("Totals", ["What", "Value", "Meaning"], others)


def _lines(found: Mapping[str, Any], head: Text) -> Text:
    text = head
    for name, value in _facts(found):
        text = text.append(f"\n{name:<13}", style="dim").append(plain(value))
    return text


def _facts(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "since", words(found["started_at"])
    told = [("acknowledged", "acknowledged_at"), ("mitigated", "mitigated_at")]
    told += [("resolved", "resolved_at"), ("closed", "closed_at")]
    yield from ((name, words(found[field])) for name, field in told if found[field])
    senders = ", ".join(f"{name} {number}" for name, number in found["sources"].items())
    yield "alerts", f"{found['alert_count']}, {found['firing_count']} firing ({senders or 'none'})"
    if found["entities"]:
        named = (f"{one['kind'] or ''} {one['name']}".strip() for one in found["entities"])
        yield "entities", words(list(dict.fromkeys(named)))
    for name, field in (
        ("services", "affected_services"),
        ("environment", "environment"), ("team", "owner_team"), ("assignee", "assignee"),
        ("merged into", "merged_into_reference"), ("split from", "split_from_reference"),
        ("merged here", "merged"),
    ):  # fmt: skip
        if found[field]:
            yield name, words(found[field])


def _parts(found: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    if found["summary"]:
        yield f"Summary ({found['summary_source']})", [found["summary"]]
    cause = found["probable_cause"]
    if cause:
        sure = f"{cause['text']} ({cause['certainty']}, {cause['confidence']:.2f})"
        yield "Probably began with", [sure, *_hypotheses(cause)]
    changes = _first(found["change_refs"]) or ["No change was recorded."]
    yield "Changes around its beginning", changes
    if found["runbook_refs"]:
        yield "Runbooks", list(map(runbook_of, found["runbook_refs"]))
    if found["similar"]:
        yield "Similar incidents", [_similar(each) for each in found["similar"]]


def _first(lines: Sequence[str]) -> list[str]:
    more = len(lines) - _SHOWN_CHANGES
    return [*lines[:_SHOWN_CHANGES], *([f"and {more} more; --json shows them"] if more > 0 else [])]


def _similar(each: Mapping[str, Any]) -> str:
    return f"{each['reference']} ({each['score']:.2f}) {each['title']}"


def _hypotheses(cause: Mapping[str, Any]) -> list[str]:
    others = cause.get("hypotheses", ())
    return [f"or: {each['text']} ({each['confidence']:.2f})" for each in others]


def _print_alerts(found: Mapping[str, Any]) -> None:
    rows = [_alert_row(one) for one in found["alerts"][:_SHOWN_ALERTS]]
    columns = ["Alert", "Severity", "Status", "Title", "Where", "At"]
    title = _cut("Alerts", found["alert_count"], len(rows))
    print_list(title, columns, rows, cut=("Title", "Where"), spare=("At", "Where"))
    screen.print()


def _alert_row(one: Mapping[str, Any]) -> list[Any]:
    known, where = one["severity"] or one["predicted_severity"], one["host"] or one["service"]
    severity = marked(known, predicted=one["severity"] is None)
    return [one["id"], severity, one["status"], plain(one["title"]), where, one["event_time"]]


def _cut(title: str, total: int, shown: int) -> str:
    return title if total <= shown else f"{title} ({shown} of {total}; --json shows more)"
