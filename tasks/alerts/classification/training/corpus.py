"""Our own corpus of alert texts: conditions, how they are worded, and how bad they are.

What practitioners give as severity: critical is an outage, a loss or a break-in that somebody gets
up for; high is broken but not everything; medium is a threshold or a thing that fails beside the
work; low is for the next week; info is for the record. No text comes from a data set.
"""

from __future__ import annotations

import hashlib
import random
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.records.alert import Alert, AlertStatus
from models.records.severity import Severity
from tasks.alerts.classification.wording import alert_text

_FOLDER = Path(__file__).parent
_SLOT = re.compile(r"\{(\w+)\}")
_Draw = Callable[[random.Random], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition with the rule's name and its wordings; a template of many alerts."""

    area: str
    severity: Severity
    rule: str
    wordings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One normalised text; `condition` is the number of what it was made from."""

    text: str
    severity: Severity
    condition: int
    area: str


def _files() -> list[Path]:
    return sorted(_FOLDER.glob("corpus_*.toml"))


def corpus_hash() -> str:
    """Return the first 12 hex digits of the hash of the corpus' files."""
    digest = hashlib.sha256()
    for path in _files():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def conditions() -> list[Condition]:
    """Return all conditions in the order of the files."""
    return [
        Condition(area=area, severity=Severity(severity), rule=rule, wordings=tuple(wordings))
        for path in _files()
        for area, graded in tomllib.loads(path.read_text(encoding="utf-8")).items()
        for severity, several in graded.items()
        for rule, *wordings in several
    ]


def samples(each: int, seed: int) -> list[Sample]:
    """Return up to so many different texts of each condition, as different senders put them."""
    found = []
    for number, condition in enumerate(conditions()):
        draw = random.Random(f"{seed}/{number}")  # noqa: S311  texts are drawn, no secrets
        texts = dict.fromkeys(alert_text(alert) for alert in _alerts(condition, each, draw))
        found += [
            Sample(text=text, severity=condition.severity, condition=number, area=condition.area)
            for text in texts
        ]
    return found


def _alerts(condition: Condition, count: int, draw: random.Random) -> Iterator[Alert]:
    """Yield alerts of one condition: each wording once alone, then mixed."""
    for number in range(count):
        wording = condition.wordings[number % len(condition.wordings)]
        style = _STYLES[0] if number < len(condition.wordings) else draw.choice(_STYLES[1:])
        title, rule, description = style(condition, wording, draw)
        yield Alert(
            title=_filled(title, draw),
            rule=rule,
            description=_filled(description, draw),
            status=AlertStatus.FIRING,
            dedup_key=condition.rule,
        )


def _alone(_condition: Condition, wording: str, _draw: random.Random) -> tuple[str, None, str]:
    return wording, None, ""


def _by_rule(condition: Condition, wording: str, _draw: random.Random) -> tuple[str, str, str]:
    return condition.rule, condition.rule, wording


def _summed_up(condition: Condition, wording: str, draw: random.Random) -> tuple[str, str, str]:
    return wording, condition.rule, draw.choice(condition.wordings)


def _marked(condition: Condition, wording: str, draw: random.Random) -> tuple[str, None, str]:
    mark = draw.choice(
        ("[FIRING:1] {}", "Problem: {}", "Alert: {}", "[Triggered] {}", "{} on {host}")
    )
    return mark.replace("{}", wording), None, draw.choice(("", *condition.wordings))


def _in_place(_condition: Condition, wording: str, draw: random.Random) -> tuple[str, None, str]:
    return wording, None, draw.choice(_CONTEXTS)


_STYLES = (_alone, _by_rule, _summed_up, _marked, _in_place)
# What senders add whatever the condition is.
_CONTEXTS = (
    "Host {host}, {cluster}, since {mins} minutes",
    "Value: {n}. See the runbook",
    "Monitor of team {svc} in {region}",
    "Cluster {cluster}, namespace {ns}, pod {pod}",
    "Triggered by metric of {svc} over the last {mins} minutes",
    "Notify the on-call engineer of {svc}",
)


def _filled(text: str, draw: random.Random) -> str:
    return _SLOT.sub(lambda slot: _SLOTS[slot[1]](draw), text)


def _one_of(words: str) -> _Draw:
    several = words.split()
    return lambda draw: draw.choice(several)


def _number(low: int, high: int) -> _Draw:
    return lambda draw: str(draw.randint(low, high))


def _joined(*parts: _Draw, by: str = "-") -> _Draw:
    return lambda draw: by.join(part(draw) for part in parts)


def _letters(count: int) -> _Draw:
    return lambda draw: "".join(draw.choices("bcdfghjklmnpqrstvwxz2456789", k=count))


_SERVICE = _one_of(
    "checkout cart search billing login catalog orders mailer gateway ledger reports"
)
_HOST = _joined(_one_of("web app db esx cache worker node files mon"), _number(1, 40))
_DOMAIN = _one_of("example.com example.org shop.example.net intra.example")
_SLOTS: dict[str, _Draw] = {
    "svc": _SERVICE,
    "proc": _one_of("nginx sshd postgres mysqld cron haproxy redis-server java"),
    "ns": _one_of("payments shop default monitoring data kube-system"),
    "pod": _joined(_SERVICE, _letters(9), _letters(5)),
    "pvc": _joined(_one_of("data backup logs"), _SERVICE, _number(0, 3)),
    "pv": _joined(_one_of("pvc"), _letters(8)),
    "job": _joined(_SERVICE, _one_of("nightly hourly import export")),
    "node": _HOST,
    "host": _HOST,
    "esx": _joined(_joined(_one_of("esx"), _number(1, 30), by=""), _DOMAIN, by="."),
    "vm": _joined(_one_of("erp web app win lin"), _number(1, 99)),
    "sw": _joined(_one_of("sw core leaf spine edge fw"), _number(1, 24)),
    "port": _joined(
        _one_of("GigabitEthernet Ethernet xe-"), _number(0, 3), _one_of("/"), _number(1, 48), by=""
    ),
    "cluster": _joined(_one_of("prod stage cluster k8s"), _one_of("east west one fra1")),
    "region": _one_of("eu-west-1 us-east-1 europe-west3 westeurope fra1"),
    "site": _one_of("Berlin Frankfurt Lyon Oslo Boston"),
    "rack": _joined(_one_of("r a b"), _number(1, 30), by=""),
    "ip": _joined(_one_of("10.0 10.20 192.0"), _number(0, 254), _number(1, 254), by="."),
    "url": _joined(_one_of("https://www https://api https://pay"), _DOMAIN, by="."),
    "path": _one_of("/ /var /home /var/lib/docker /data C:"),
    "dev": _one_of("/dev/sda1 /dev/nvme0n1 eth0 md0 bond0"),
    "db": _joined(_SERVICE, _one_of("db primary main")),
    "table": _one_of("orders users invoices events SYSAUX"),
    "topic": _joined(_SERVICE, _one_of("events commands"), by="."),
    "queue": _joined(_SERVICE, _one_of("mail jobs retry"), by="."),
    "array": _joined(_one_of("array san nas"), _number(1, 9)),
    "vol": _joined(_one_of("vol lun share"), _number(1, 60)),
    "pool": _one_of("pool0 tank rbd aggr1"),
    "ds": _joined(_one_of("ds datastore ssd"), _number(1, 40)),
    "bucket": _joined(_SERVICE, _one_of("exports uploads")),
    "n": _number(2, 90),
    "m": _number(2, 9),
    "few": _number(1, 6),
    "weeks": _number(8, 29),
    "many": _number(31, 59),
    "mins": _number(2, 59),
    "pct_low": _number(1, 4),
    "pct_small": _number(6, 12),
    "pct_any": _number(6, 45),
    "pct_mid": _number(80, 89),
    "pct_90": _number(90, 94),
    "pct_hi": _number(91, 98),
    "pct_full": _number(98, 100),
}  # fmt: skip


def folds(found: Sequence[Sample], count: int, seed: int) -> list[int]:
    """Return for each sample its fold: all of one condition in the same, severities evenly."""
    draw = random.Random(seed)  # noqa: S311
    numbers: dict[Severity, list[int]] = {severity: [] for severity in Severity}
    for sample in found:
        if sample.condition not in numbers[sample.severity]:
            numbers[sample.severity].append(sample.condition)
    place = {}
    for several in numbers.values():
        draw.shuffle(several)
        place.update({condition: at % count for at, condition in enumerate(several)})
    return [place[sample.condition] for sample in found]
