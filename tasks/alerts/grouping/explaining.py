"""Why an event went where it went, as a record and as sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from models.records.asset import AssetChange
from models.records.grouping import Candidate, Explanation, Signal
from tasks.alerts.grouping.context import Context
from tasks.alerts.grouping.memory import IncidentMemory

State = Literal["reopened", "resolved", ""]
_SHOWN = 5  # changes that are told
_LONGEST_VALUE = 200  # of what a field was before and after, in characters
_EVIDENCE = {
    "same_root": "it is about the same thing as the incident's first alert",
    "same_entity": "it names a thing that the incident already holds",
    "downstream": "it depends on what failed first",
    "downstream_of_member": "it depends on something that failed",
    "upstream": "what failed first depends on it",
    "carries": "most of what failed depends on it",
    "upstream_of_member": "something that failed depends on it",
    "kin": "its name extends one of the incident's, or the other way round",
    "mention": "its text names a thing of the incident",
    "needs": "its text says that it needs a thing of the incident",
    "needed": "the text of an alert in the incident says that it needs this",
    "needs_too": "its text says that it needs what an alert of the incident needs",
    "serves": "a service on its machine depends on what failed, or is in the incident",
    "one_storage": "disks are slow at once whose services stand on one storage",
    "brings": "its kind of trouble is known to come with that of the incident",
    "infrastructure": "a service that all depend on is failing",
    "expected": "this incident alone may have brought trouble of its kind",
    "company": "it only suffers, and one incident alone was fresh when it came",
    "one_supply": "what feeds power failed at once",
    "place": "many hosts of one place failed at once",
    "device_place": "a network, power or storage device and a host fail at the same site",
    "device_cluster": "a network, power or storage device and a host of the same cluster fail",
    "text": "its text is like that of the incident's alerts",
    "namespace": "it is in the same namespace",
    "time": "nearness in time",
}
_RULES = {
    "same-key": "The same alert is already in this incident.",
    "reopened": "The same alert fired again soon after its resolve, so its incident is open again.",
    "new-incident": "No open incident fits it well enough, so it opened one.",
    "heartbeat": "It is a sign of life or has no severity: it pages nobody.",
    "pending": "Its sender says that it does not fire yet.",
    "lone-information": "It only informs, and no open incident is about the same trouble.",
    "occurrences": "It has not come often enough yet to open an incident.",
    "maintenance": "A planned maintenance window holds it.",
    "silenced-by-sender": "Its sender has silenced it.",
    "resolve-without-firing": "It resolves an alert that was never seen firing.",
    "resolve-of-ignored": "It resolves an alert that stands in no incident.",
    "handed-back": "It still fired when its maintenance window ended.",
    "expired": "Nothing was heard of it for too long, so it counts as over.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a decision has to say of itself; `state` is what it made of the incident."""

    rule: str
    chosen: Candidate | None = None
    rejected: Candidate | None = None
    merged: tuple[str, ...] = ()
    resolves: bool = False
    opened: bool = False
    state: State = ""


def explanation(
    signal: Signal,
    told: Told,
    incident: IncidentMemory | None,
    context: Context,
    changes: Sequence[AssetChange] = (),
) -> Explanation:
    """Return the record that is stored with a placement."""
    threshold = context.policy.scores.join
    scored = told.chosen is not None or told.rule == "new-incident"
    return Explanation(
        rule=told.rule,
        policy=context.policy.version,
        sentence=_sentence(told, incident),
        score=told.chosen.score if told.chosen else None,
        threshold=threshold if scored else None,
        chosen=told.chosen,
        best_rejected=told.rejected,
        margin=_margin(told, threshold) if scored else None,
        facts=_facts(signal, told, incident, changes),
    )


def given_back(
    placed: Explanation | None, signal: Signal, now: datetime, context: Context
) -> Explanation:
    """Return why an alert went where it went when its window ended, from how it was placed then.

    Args:
        placed: The decision; None where none was asked for.
        signal: What the window held.
        now: When it was given back.
        context: As for that decision.
    """
    own = explanation(signal, Told(rule="handed-back"), None, context)
    facts = {"handed_back_at": now.isoformat()}
    if placed is None:
        return replace(own, facts={**own.facts, **facts})
    return replace(
        placed,
        rule=own.rule,
        sentence=f"{own.sentence} {placed.sentence}",
        facts={**placed.facts, **facts, "placed_by": placed.rule},
    )


def _margin(told: Told, threshold: float) -> float:
    rejected = told.rejected.score if told.rejected else 0.0
    if told.chosen is None:
        return round(threshold - rejected, 4)
    return round(told.chosen.score - max(rejected, threshold if not told.rejected else 0.0), 4)


def _sentence(told: Told, incident: IncidentMemory | None) -> str:
    if told.resolves:
        return "It resolves an alert of this incident."
    if told.rule == "new-incident" and told.rejected is None:
        return "There was no open incident to compare it with, so it opened one."
    if told.chosen is None:
        return _RULES.get(told.rule, told.rule)
    title = f' "{incident.title}"' if incident else ""
    text = f"It joined{title}: {_EVIDENCE.get(told.rule, told.rule)}."
    if told.merged:
        text += f" It also showed that {len(told.merged) + 1} incidents are one."
    return text


def _facts(
    signal: Signal,
    told: Told,
    incident: IncidentMemory | None,
    changes: Sequence[AssetChange],
) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    lateness = (signal.received_at - signal.occurred_at).total_seconds()
    if lateness > 600:  # noqa: PLR2004  # ten minutes: worth telling a person
        facts["late_minutes"] = round(lateness / 60, 1)
    if told.merged:
        facts["merged"] = list(told.merged)
    if incident is not None and incident.mass:
        facts["places"] = incident.mass[:_SHOWN]
    if changes:
        facts["changes"] = [_told_change(change, signal) for change in changes[:_SHOWN]]
    return facts


def _told_change(change: AssetChange, signal: Signal) -> dict[str, str | None]:
    """Return a change as it is stored; `unseen_at` where it may have been before or after."""
    later = change.unseen_at if change.at > signal.occurred_at else None
    return {
        **({"unseen_at": later.isoformat()} if later else {}),
        "asset": change.name,
        "kind": change.kind,
        "change": change.change,
        "field": change.field or "",
        "before": _value(change.before),
        "after": _value(change.after),
        "at": change.at.isoformat(),
    }


def _value(value: object) -> str | None:
    return None if value is None else str(value)[:_LONGEST_VALUE]


def why(told: Mapping[str, Any]) -> str:
    """Return a stored explanation as text for a person: the sentence, then the figures behind it.

    Args:
        told: The explanation as stored JSON, or `msgspec.to_builtins` of one.
    """
    lines = [str(told.get("sentence") or "")]
    chosen, rejected = told.get("chosen"), told.get("best_rejected")
    if chosen:
        threshold = (
            f", from {told['threshold']:.2f} on" if told.get("threshold") is not None else ""
        )
        lines.append(f"Score {chosen['score']:.2f}{threshold}: {_listed(chosen['features'])}.")
    if rejected:
        lines.append(f"Next best: incident {rejected['incident']} {_of(rejected)}.")
    elif told.get("rule") in ("new-incident", "handed-back", *_EVIDENCE):
        lines.append("No other incident came into question.")
    if told.get("margin") is not None:
        lines.append(f"Margin {told['margin']:.2f}.")
    lines += [change_line(change) for change in told.get("facts", {}).get("changes", ())]
    lines.append(f"Rule {told.get('rule')}, policy {told.get('policy')}.")
    return "\n".join(lines)


def why_not(told: Mapping[str, Any], candidate: Candidate) -> str:
    """Return why an event is not in another incident.

    Args:
        told: Its stored explanation.
        candidate: From `compare` with that incident.
    """
    name, own = candidate.incident, (told.get("chosen") or {}).get("score")
    if candidate.vetoes:
        return f"It cannot be in incident {name}: {'; '.join(candidate.vetoes)}."
    fit = _of({"score": candidate.score, "features": candidate.features})
    text = f"Incident {name} fits it {fit}"
    threshold = told.get("threshold")
    if threshold is not None and candidate.score < threshold:
        return f"{text}, below the {threshold:.2f} that joins."
    if own is not None and own >= candidate.score:
        return f"{text}, less well than the one it joined ({own:.2f})."
    return f"{text} as that incident stands now; when the event came, {told.get('rule')} decided."


def _of(candidate: Mapping[str, Any]) -> str:
    if candidate.get("vetoes"):
        return f"(forbidden: {'; '.join(candidate['vetoes'])})"
    return f"with {candidate['score']:.2f} ({_listed(candidate['features'])})"


def _listed(features: Mapping[str, float]) -> str:
    evidence = [
        f"{_EVIDENCE.get(name, name)} {value:.2f}"
        for name, value in features.items()
        if name != "gap_minutes"
    ]
    gap = features.get("gap_minutes")
    if gap:
        evidence.append(f"{gap:.0f} minutes apart")
    return ", ".join(evidence) or "nothing in common"


def change_line(change: Mapping[str, str]) -> str:
    """Return a change of the stored facts as a sentence, which never says more than was seen."""
    field = f" {change['field']}" if change.get("field") else ""
    what = f"{change['kind']} {change['asset']} {change['change']}{field}"
    if unseen := change.get("unseen_at"):
        return f"Seen at {change['at']}: {what}; it happened after the collection at {unseen}."
    return f"Before it: {what} at {change['at']}."
