"""What an operator finds in an incident beside its alerts.

That is a summary, the probable beginning, what changed before, who owns it, resolved incidents that
were like it, and runbooks.

Every part is optional: one that fails leaves the others. The summary is a template's over facts; a
language model, where one is configured, may write it anew from the same facts, and only sentences
that cite facts which bear them out are kept. Its failure costs the prose alone.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any, TypeVar

import msgspec
from psycopg import Connection

from generators.documents.cited import Cited
from generators.documents.text import counted
from generators.incidents import facts
from generators.inference.embedder import Embedder
from generators.inference.embedder import embedder as configured_embedder
from generators.inference.language_model import LanguageModel, build
from generators.prose.prompts import prompt_version
from generators.prose.write import JsonWriter, write_prose
from models.errors import NightshiftError
from models.records.document import Prose
from models.records.incident import EntryKind, Incident, IncidentStatus
from models.records.incident_view import IncidentView, RunbookMatch, SimilarIncident
from models.records.notice import IncidentChange
from models.records.stored_alert import StoredAlert
from models.settings import Settings, settings
from models.store import incidents, transaction
from tasks.alerts.enrichment import similar, viewing
from tasks.alerts.incidents.handling import TEAM_SET_BY
from tasks.alerts.notices import plan
from tasks.evaluation.ledger import StoreLedger

log = logging.getLogger(__name__)
ACTOR = "nightshift"
PROMPT = "summarize_incident"
DEADLINE_SECONDS = 30.0
_REQUESTS = 2  # one and, where its answer is not valid, its repair
Rows = Connection[tuple[Any, ...]]
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrichment:
    """What one enrichment came to. `failures` are the parts that could not be made, with why."""

    incident_id: int
    changed: bool
    source: str = "rule"
    dropped: int = 0
    failures: tuple[str, ...] = ()


def enrich(
    incident_id: int,
    *,
    embedder: Callable[[], Embedder] = configured_embedder,
    model: Callable[[], JsonWriter | None] | None = None,
) -> Enrichment:
    """Write what is known of an incident into it; the same facts write nothing again.

    Args:
        incident_id: Which.
        embedder: Makes the vectors.
        model: Gives the language model, or None; by default the configured one.

    Raises:
        StoreUnavailable: Postgres does not answer.
    """
    with transaction() as conn:
        view = viewing.view(conn, incident_id, datetime.now(UTC))
        before = _last_input(conn, incident_id)
    if view.incident.status is IncidentStatus.MERGED:
        return Enrichment(incident_id=incident_id, changed=False)
    cited = facts.told(view)
    key = _key(view, cited)
    failures: list[str] = []
    near: list[SimilarIncident] = _softly(
        "similar incidents", failures, [], lambda: _similar(view, embedder)
    )
    books: list[RunbookMatch] = _softly("runbooks", failures, [], lambda: _runbooks(view, embedder))
    if key == before:
        _refresh(view, near, books)
        return Enrichment(incident_id=incident_id, changed=False, failures=tuple(failures))
    prose = _prose(view, cited, model or configured_model, failures)
    with transaction() as conn:
        _write(conn, view, Parts(cited, prose, tuple(near), tuple(books), key, tuple(failures)))
    return Enrichment(
        incident_id=incident_id,
        changed=True,
        source="model" if prose and prose.sentences else "rule",
        dropped=len(prose.dropped) if prose else 0,
        failures=tuple(failures),
    )


@dataclass(frozen=True, slots=True)
class Parts:
    """What was found for an incident, before it is written."""

    cited: Cited
    prose: Prose | None
    similar: tuple[SimilarIncident, ...]
    runbooks: tuple[RunbookMatch, ...]
    key: str
    failures: tuple[str, ...]


def configured_model() -> LanguageModel | None:
    """Return the configured language model, with a deadline for all of its requests together.

    Raises:
        ConfigurationError: Its address cannot be used or is not allowed.
    """
    return _bounded(settings()) if settings().llm_url else None


@lru_cache(maxsize=2)
def _bounded(options: Settings) -> LanguageModel:
    # One for the process, so that its breaker remembers that a server is down.
    share = DEADLINE_SECONDS / (_REQUESTS * (1 + len(options.llm_fallbacks)))
    limits = {
        "llm_timeout_seconds": min(options.llm_timeout_seconds, share),
        "llm_retries": 0,
    }
    return build(options.model_copy(update=limits), StoreLedger())


def summary_of(cited: Cited, prose: Prose | None) -> tuple[str, str, tuple[str, ...]]:
    """Return the summary, who wrote it (`model` or `rule`), and the ids of its facts."""
    written = prose.sentences if prose else ()
    sentences = written or cited.sentences
    text = " ".join(sentence.text for sentence in sentences)
    ids = dict.fromkeys(fact for sentence in sentences for fact in sentence.fact_ids)
    return text, "model" if written else "rule", tuple(ids)


def owner_of(alerts: Iterable[StoredAlert]) -> str | None:
    """Return the team that most of the alerts belong to; of equals the first by name."""
    teams = Counter(alert.predicted_team for alert in alerts if alert.predicted_team)
    return min(teams, key=lambda team: (-teams[team], team), default=None)


def _prose(
    view: IncidentView,
    cited: Cited,
    model: Callable[[], JsonWriter | None],
    failures: list[str],
) -> Prose | None:
    writer = _softly("language model", failures, None, model)
    if writer is None:
        return None
    prose = write_prose(
        writer,
        document=view.incident.reference,
        section="summary",
        prompt=PROMPT,
        facts=cited.facts,
        known_names=_names(view),
    )
    if prose.failure:
        failures.append(f"language model: {prose.failure}")
    return prose


def _names(view: IncidentView) -> set[str]:
    """Return names that a sentence may only use where its facts do, however ordinary they look."""
    told = [entity.name for entity in view.entities.values()]
    told += [alert.host for alert in view.alerts if alert.host]
    told += [alert.service for alert in view.alerts if alert.service]
    return {*told, *view.incident.affected_services}


def _similar(view: IncidentView, embedder: Callable[[], Embedder]) -> list[SimilarIncident]:
    found = embedder()
    with transaction() as conn:
        similar.remember(conn, view, found)
        return similar.similar(conn, view, found)


def _runbooks(view: IncidentView, embedder: Callable[[], Embedder]) -> list[RunbookMatch]:
    with transaction() as conn:
        return similar.runbooks(conn, view, embedder)


def _softly(what: str, failures: list[str], otherwise: Found, make: Callable[[], Found]) -> Found:
    """Return what a part makes; one that fails is named, and the others go on."""
    try:
        return make()
    except NightshiftError as error:
        log.warning("an incident goes without %s: %s", what, error)
        failures.append(f"{what}: {error}")
        return otherwise


def _write(conn: Rows, view: IncidentView, parts: Parts) -> None:
    text, source, citations = summary_of(parts.cited, parts.prose)
    # Much may have happened while a model wrote: what people set since then stays.
    (now,) = incidents.locked(conn, [view.incident.id])
    at = view.made_at or datetime.now(UTC)
    after = incidents.change(
        conn,
        view.incident.id,
        at,
        summary=text,
        summary_source=source,
        summary_citations=citations,
        probable_cause=_cause(view),
        change_refs=[facts.change_fact(one, view.incident.started_at) for one in view.changes],
        similar=_plain(parts.similar),
        runbook_refs=[match.reference for match in parts.runbooks],
        **_ownership(now, view.alerts),
    )
    data = {
        "input": parts.key,
        "source": source,
        "summary": text,
        "facts": [{"id": fact.id, "text": fact.text} for fact in parts.cited.facts],
        "template": [sentence.text for sentence in parts.cited.sentences],
        "failures": list(parts.failures),
        **_writer(parts.prose),
    }
    told = _told_of_summary(source, parts)
    line = (view.incident.id, at, "ours", EntryKind.SUMMARY, ACTOR, told, data, citations)
    incidents.add_entries(conn, [line])
    plan(conn, [IncidentChange(incident=after, kinds=frozenset({"updated"}))])


def _refresh(
    view: IncidentView, near: Sequence[SimilarIncident], books: Sequence[RunbookMatch]
) -> None:
    """Write what other incidents and documents changed, where the facts are the same."""
    found = view.incident
    references = tuple(match.reference for match in books)
    if _plain(near) == list(found.similar) and references == found.runbook_refs:
        return
    with transaction() as conn:
        at = view.made_at or datetime.now(UTC)
        incidents.change(conn, found.id, at, similar=_plain(near), runbook_refs=references)


def _told_of_summary(source: str, parts: Parts) -> str:
    number = counted(len(parts.cited.facts), "fact")
    if source == "model" and parts.prose:
        return f"The language model {parts.prose.model} wrote the summary from {number}"
    return f"The summary was made from {number}"


def _writer(prose: Prose | None) -> dict[str, Any]:
    if prose is None:
        return {}
    return {
        "model": prose.model,
        "prompt_version": prose.prompt_version,
        "sentences": len(prose.sentences),
        "dropped": [{"text": one.text, "missing": list(one.missing)} for one in prose.dropped],
    }


def _cause(view: IncidentView) -> dict[str, Any]:
    alerts = {alert.id: alert for alert in view.alerts}
    known = [one for one in view.hypotheses if one.alert_id in alerts]
    if not known:
        return {}
    told = [
        {
            "alert_id": str(one.alert_id),
            "text": _beginning(alerts[one.alert_id]),
            "confidence": one.confidence,
        }
        for one in known
    ]
    first, *others = told
    changed = [facts.change_id(change) for change in view.changes[: facts.MOST_CHANGES]]
    return {
        **first,
        "certainty": facts.certainty(known[0].confidence),
        "evidence_ids": [f"alert:{first['alert_id']}", *changed],
        "hypotheses": others,
    }


def _beginning(alert: StoredAlert) -> str:
    where = f" on {alert.host}" if alert.host else ""
    return f"{facts.title(alert.title)}{where}"


def _ownership(found: Incident, alerts: Sequence[StoredAlert]) -> dict[str, Any]:
    team = owner_of(alerts)
    ours = found.labels.get(TEAM_SET_BY) == ACTOR
    if team is None or (found.owner_team is not None and not ours):
        return {}
    return {"owner_team": team, "labels": {**found.labels, TEAM_SET_BY: ACTOR}}


def _key(view: IncidentView, cited: Cited) -> str:
    """Return what a summary depends on: its facts, and who may write it."""
    writer = (settings().llm_url, settings().llm_model, prompt_version(PROMPT))
    told = msgspec.json.encode((cited.facts, view.hypotheses, writer))
    return blake2b(told, digest_size=16).hexdigest()


def _last_input(conn: Rows, incident_id: int) -> str | None:
    last = incidents.timeline(conn, incident_id, limit=1, kinds=(EntryKind.SUMMARY,))
    return str(last[0].data.get("input")) if last else None


def _plain(found: Sequence[SimilarIncident]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(one.incident_id),
            "reference": one.reference,
            "title": one.title,
            "score": one.score,
            "resolved_at": one.resolved_at.isoformat() if one.resolved_at else None,
        }
        for one in found
    ]
