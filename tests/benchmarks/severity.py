"""Severity, team and extraction measured: `python -m tests.benchmarks.severity ../shared/data`.

Severity is predicted for the labelled alerts of `alerts/` whose payload says one, with what it says
masked: the classifier sees the normalised alert without severity, without labels that hold the
sender's word, and without that word in its texts. Nothing was trained or chosen on those alerts.
The intervals are of 2,000 resamplings of alerts; alerts of one vendor are alike, so they are narrow.
"""

from __future__ import annotations

import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from collectors.alerts import normalize
from models.records.alert import Alert, Classification, Extraction
from models.records.severity import Severity
from tasks.alerts.classification import Classifier
from tasks.alerts.classification.training.fit import macro_f1
from tasks.alerts.extraction import Entity, KnownEntities, extract
from tests.tasks.alerts.extraction import examples

SEED, RESAMPLES = 4, 2_000
KEYWORDS = (
    (Severity.CRITICAL, r"\b(?:down|outage|fatal|unreachable|unavailable|data loss|emergency)\b"),
    (Severity.HIGH, r"\b(?:error|errors|fail|failed|failing|failure|exception|crash|crashed)\b"),
    (Severity.INFO, r"\b(?:test|info|ok|resolved|recovered|success|completed|started)\b"),
    (Severity.MEDIUM, r""),
)


@dataclass(frozen=True)
class Case:
    """One labelled alert with its severity masked; `right` are the severities that are right."""

    alert: Alert
    right: frozenset[Severity]
    vendor: str


def cases(data: Path) -> list[Case]:
    """Return the labelled alerts whose payload says a severity."""
    found = []
    for line in (data / "alerts" / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        body = (data / "alerts" / label["payload"]).read_bytes()
        alerts = normalize(label["vendor"], body).alerts
        for alert, wanted in zip(alerts, label["alerts"], strict=False):
            right = several(wanted.get("severity"))
            raw = wanted.get("severity_raw")
            if raw and right:
                words = {str(one) for one in (raw if isinstance(raw, list) else [raw]) if one}
                found.append(Case(without_severity(alert, words), right, label["vendor"]))
    return found


def several(value: object) -> frozenset[Severity]:
    """Return the severities that a label allows; none where it is not to be scored."""
    values = value if isinstance(value, list) else [value]
    if None in values or "*" in values:
        return frozenset()
    return frozenset(Severity(one) for one in values)


def without_severity(alert: Alert, words: set[str]) -> Alert:
    """Return an alert that does not show what its sender said of its severity."""
    words = words | ({alert.severity_raw} if alert.severity_raw else set())
    pattern = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    said = re.compile(
        rf"\[?(?<![\w-])(?:severity|priority|level|urgency)?[:= ]*(?:{pattern})(?![\w-])\]?:?", re.I
    )
    hidden = {word.lower() for word in words}
    return replace(
        alert,
        severity=None,
        severity_raw=None,
        title=said.sub(" ", alert.title).strip(),
        description=said.sub(" ", alert.description).strip(),
        rule=said.sub(" ", alert.rule).strip() if alert.rule else None,
        labels={name: value for name, value in alert.labels.items() if value.lower() not in hidden},
    )


def keyword(alert: Alert) -> Severity:
    """Return what a list of keywords says."""
    text = f"{alert.title} {alert.description}".lower()
    return next(severity for severity, words in KEYWORDS if re.search(words, text))


def figures(name: str, held: Sequence[Case], said: Sequence[Severity]) -> None:
    """Print accuracy, macro F1 and accuracy within one step, each with its 95 % interval."""

    def accuracy(rows: Sequence[int]) -> float:
        return sum(said[row] in held[row].right for row in rows) / len(rows)

    def near(rows: Sequence[int]) -> float:
        return sum(steps(said[row], held[row].right) <= 1 for row in rows) / len(rows)

    def f1(rows: Sequence[int]) -> float:
        pairs = [(truth(said[row], held[row].right), said[row]) for row in rows]
        return macro_f1([one.rank for one, _ in pairs], [one.rank for _, one in pairs], 5)

    shown = "  ".join(
        f"{label} {interval(measure, len(held))}"
        for label, measure in (("accuracy", accuracy), ("macro F1", f1), ("within one step", near))
    )
    print(f"{name:10} {shown}  n = {len(held)}")


def truth(said: Severity, right: frozenset[Severity]) -> Severity:
    """Return the right one that counts: what was said where that is right."""
    return said if said in right else min(right, key=lambda one: one.rank)


def steps(said: Severity, right: frozenset[Severity]) -> int:
    """Return how far off it is."""
    return min(abs(said.rank - one.rank) for one in right)


def interval(measure: Callable[[Sequence[int]], float], count: int) -> str:
    """Return a value with the 2.5th and 97.5th percentile of its resamplings."""
    draw = random.Random(SEED)
    rows = range(count)
    values = sorted(measure(draw.choices(rows, k=count)) for _ in range(RESAMPLES))
    low, high = values[int(RESAMPLES * 0.025)], values[int(RESAMPLES * 0.975)]
    return f"{measure(rows):.3f} [{low:.3f}, {high:.3f}]"


def severity(data: Path) -> None:
    """Print how well severities are predicted, beside two baselines."""
    held = cases(data)
    if not held:
        print("no labelled alerts here")
        return
    classifier = patient()
    pairs = [(one.alert, Extraction()) for one in held]
    found = classifier.classify(pairs)
    ruled = Classifier(classifier.ownership).classify(pairs)
    print("severity, masked:", dict(Counter(str(min(one.right)) for one in held)))
    common = Counter(min(one.right) for one in held).most_common(1)[0][0]
    figures("majority", held, [common] * len(held))
    figures("keywords", held, [keyword(one.alert) for one in held])
    figures("rules", held, [one.severity or Severity.MEDIUM for one in ruled])
    figures("classifier", held, [one.severity or Severity.MEDIUM for one in found])
    print("failures:", dict(Counter(one.failure for one in found if one.failure)))
    print("methods:", dict(Counter(one.method for one in found)))
    covered(held, found)


def patient() -> Classifier:
    """Return the configured classifier, which waits as long as a busy machine takes."""
    classifier = Classifier.configured()
    classifier.vectors.deadline_seconds = classifier.vectors.first_deadline_seconds = 300.0
    return classifier


def covered(held: Sequence[Case], found: Sequence[Classification]) -> None:
    """Print the accuracy of those predictions that are at least so sure."""
    for least in (0.0, 0.4, 0.5, 0.6, 0.7, 0.8):
        rows = [row for row, one in enumerate(found) if one.severity_confidence >= least]
        right = sum(found[row].severity in held[row].right for row in rows)
        share = right / len(rows) if rows else 0.0
        print(
            f"confidence >= {least}: coverage {len(rows) / len(found):.2f}, {share:.3f} right, n = {len(rows)}"
        )


def reading() -> None:
    """Print how many fields of our own labelled examples are read right."""
    entities, ownership = examples.known(), examples.ownership()
    totals, right = Counter(), Counter()
    for example in examples.EXAMPLES:
        for name, said, wanted in examples.scored(example, entities, ownership):
            totals[name] += 1
            right[name] += said == wanted
    for name in sorted(totals):
        print(f"extraction, own examples: {name} {right[name]} of {totals[name]} right")


def speed() -> None:
    """Print what an alert costs: 10,000 of 2,000 keys with 200 wordings, 36,000 assets.

    Seconds are those of the processor, so that others on the machine do not count.
    """
    began = time.process_time()
    known = KnownEntities.from_assets(
        Entity(
            f"vm-{n}",
            "vm",
            f"app-{n}.site{n % 9}.example",
            None,
            None,
            (f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}",),
        )
        for n in range(36_000)
    )
    print(f"inventory of {len(known)} assets: {time.process_time() - began:.2f} s of CPU")
    words = [
        "checkout",
        "search",
        "billing",
        "login",
        "mail",
        "cart",
        "ledger",
        "report",
        "sync",
        "export",
    ]
    verbs = ["is peculiar", "behaves oddly", "shows gaps", "needs a look", "waits"]
    nouns = ["queue", "worker", "index", "cursor"]
    wordings = [f"{noun} of {word} {verb}" for word in words for verb in verbs for noun in nouns]
    alerts = [
        examples.an_alert(
            f"{wordings[n % len(wordings)].capitalize()} on app-{n % 2_000}: {n} since {n % 60} min",
            description="Value above what is expected in eu-west-1; see the dashboard.",
            labels={
                "host": f"app-{n % 2_000}",
                "namespace": "shop",
                "cluster": "one",
                "severity": "unknown",
            },
            rule="SomethingOdd",
        )
        for n in range(10_000)
    ]
    began = time.process_time()
    pairs = [(alert, extract(alert, known)) for alert in alerts]
    taken = time.process_time() - began
    found = sum(extraction.entity_id is not None for _, extraction in pairs)
    print(
        f"extraction: {taken / len(alerts) * 1e3:.3f} ms of CPU an alert, {found} of {len(alerts)} resolved"
    )
    classifier = patient()
    classifier.classify([(examples.an_alert("warm up"), Extraction())])
    for name in ("first time", "again"):
        before, began = classifier.vectors.embedded, time.process_time()
        for start in range(0, len(pairs), 200):
            classifier.classify(pairs[start : start + 200])
        taken = time.process_time() - began
        made = classifier.vectors.embedded - before
        print(
            f"classification, {name}: {taken / len(pairs) * 1e3:.3f} ms of CPU an alert, {made} texts embedded"
        )


def main() -> None:
    """Measure all of it."""
    if len(sys.argv) > 1:
        severity(Path(sys.argv[1]))
    reading()
    speed()


if __name__ == "__main__":
    main()
