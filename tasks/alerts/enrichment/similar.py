"""Resolved incidents that were about the like, and runbooks that fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from hashlib import sha256
from typing import Any

from psycopg import Connection

from generators.inference.embedder import Embedder
from generators.knowledge.wording import split_names
from models.records.incident_view import IncidentView, RunbookMatch, SimilarIncident
from models.store import incident_search, knowledge
from models.store.incident_search import DIMENSIONS, Found
from tasks.knowledge.datacenter import COLLECTION
from tasks.knowledge.search import CANDIDATES, search

Rows = Connection[tuple[Any, ...]]
_WORD = re.compile(r"[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_TITLES = 5  # of different alerts, that tell what it is about
_MOST_TOKENS = 60
_MEANING = 0.7  # what the cosine counts beside the words in common
_LEAST_SIMILAR = 0.55
_MOST_SIMILAR = 3
# Below it a chunk only shares the field's words. Chosen on the practice site's runbooks.
_LEAST_RUNBOOK = 0.42
_MOST_RUNBOOKS = 3
_ACCOUNT = re.compile(
    r"post[-_ ]?mortem|retrospective|after[-_ ]action|\brca\b|incident[-_ ](?:report|review)"
)
_COMMON = frozenset(
    (
        *("a", "an", "and", "at", "by", "for", "from", "in", "is", "its", "of", "on", "or", "the"),
        *("to", "with", "high", "low", "over", "above", "below"),
    )
)


def about(view: IncidentView) -> str:
    """Return what an incident is about, in the words that are embedded."""
    found = view.incident
    titles = list(dict.fromkeys(alert.title for alert in view.alerts))[:_TITLES]
    rules = dict.fromkeys(_words_of_rule(alert.rule) for alert in view.alerts if alert.rule)
    parts = [found.title, *titles, *list(rules)[:_TITLES], *found.affected_services[:_TITLES]]
    return ". ".join(dict.fromkeys(part for part in parts if part))


def tokens(view: IncidentView) -> list[str]:
    """Return the words that an incident is found under, the most telling first."""
    found = view.incident
    rules = [f"rule:{alert.rule.lower()}" for alert in view.alerts if alert.rule]
    services = [f"service:{name.lower()}" for name in found.affected_services]
    entities = [f"entity:{name.lower()}" for name in found.affected_entities]
    words = [word for alert in view.alerts[:_TITLES] for word in _words(alert.title)]
    return list(dict.fromkeys([*rules, *services, *entities, *words]))[:_MOST_TOKENS]


def remember(conn: Rows, view: IncidentView, embedder: Embedder | None) -> None:
    """Keep what an incident is found by; unchanged text is not embedded again."""
    text = about(view)
    digest = sha256("\0".join([text, *tokens(view)]).encode()).digest()
    usable = embedder if embedder and embedder.dimensions == DIMENSIONS else None
    model_id = usable.model_id if usable else None
    if incident_search.is_known(conn, view.incident.id, digest, model_id):
        return
    embedded = (usable.model_id, usable.embed([text])[0]) if usable else None
    incident_search.save(conn, view.incident.id, tokens(view), digest, embedded)


def similar(conn: Rows, view: IncidentView, embedder: Embedder | None) -> list[SimilarIncident]:
    """Return resolved incidents that were about the like, the likest first; [] where none was."""
    number, own = view.incident.id, tokens(view)
    found: dict[int, Found] = {}
    vector = None
    if embedder is not None:
        vector = incident_search.vector_of(conn, number, embedder.model_id)
    if vector is not None and embedder is not None:
        near = incident_search.nearest(conn, number, embedder.model_id, vector)
        found.update({one.incident_id: one for one in near})
    for one in incident_search.sharing(conn, number, own):
        found.setdefault(one.incident_id, one)
    return best(found.values(), frozenset(own))


def best(candidates: Iterable[Found], own: frozenset[str]) -> list[SimilarIncident]:
    """Return the candidates that are like enough, by meaning and by words in common."""
    scored = [
        SimilarIncident(
            incident_id=one.incident_id,
            reference=one.reference,
            title=one.title,
            score=round(_score(one, own), 3),
            resolved_at=one.resolved_at,
        )
        for one in candidates
    ]
    kept = [one for one in scored if one.score >= _LEAST_SIMILAR]
    return sorted(kept, key=lambda one: (-one.score, -one.incident_id))[:_MOST_SIMILAR]


def runbooks(
    conn: Rows, view: IncidentView, embedder: Callable[[], Embedder]
) -> list[RunbookMatch]:
    """Return the parts of indexed documents that fit an incident, the best first.

    What fits the probable beginning comes first: the words of all that it took along are many more.
    What tells what to do goes before what tells how it went another time, and a part that was cut
    in several is named once. The generated documents of the datacenter are facts and left out.
    """
    parts: dict[tuple[str, str, str], RunbookMatch] = {}
    for question in dict.fromkeys([_beginning(view), about(view)]):
        for match in _fitting(conn, question, embedder) if question else ():
            parts.setdefault((match.collection, match.document, match.heading), match)
    return sorted(parts.values(), key=_tells_the_past)[:_MOST_RUNBOOKS]


def _beginning(view: IncidentView) -> str:
    root = view.root
    if root is None:
        return ""
    return ". ".join(filter(None, (root.title, _words_of_rule(root.rule or ""))))


def _fitting(conn: Rows, question: str, embedder: Callable[[], Embedder]) -> Iterator[RunbookMatch]:
    model = embedder()
    vector = model.embed([split_names(question)])[0]
    near = knowledge.match_vectors(conn, model.model_id, vector, None, CANDIDATES)
    cosines = {str(match.chunk_id): match.score for match in near}
    for one in search(conn, question, embedder, limit=CANDIDATES):
        if one.collection != COLLECTION and cosines.get(one.chunk_id, 0.0) >= _LEAST_RUNBOOK:
            yield RunbookMatch(
                collection=one.collection,
                document=one.document,
                heading=one.heading,
                chunk_id=one.chunk_id,
                score=round(cosines[one.chunk_id], 3),
            )


def _tells_the_past(match: RunbookMatch) -> bool:
    """Say whether a document calls itself an account of what happened: by its file or headings."""
    return bool(_ACCOUNT.search(f"{match.document} {match.heading}".lower()))


def _score(one: Found, own: Collection[str]) -> float:
    shared = len(one.tokens.intersection(own))
    together = len(one.tokens.union(own))
    words = shared / together if together else 0.0
    if one.cosine is None:
        return words
    return _MEANING * one.cosine + (1 - _MEANING) * words


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.lower()) if word not in _COMMON and len(word) > 1]


def _words_of_rule(rule: str) -> str:
    return _CAMEL.sub(" ", rule).replace("_", " ")
