"""Collects the events of a scenario with their gold."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

START = datetime(2025, 6, 2, 8, 0, tzinfo=UTC)


class Scenario:
    """Events of one stream; times are minutes from its start."""

    def __init__(self, name, world, voice, day):
        self.name, self.world, self.voice = name, world, voice
        self.rng = random.Random(f"{name} {world.seed}")
        self.start = START + timedelta(days=day)
        self.rows, self.incidents, self.windows = [], {}, []

    def emit(
        self,
        at,
        said,
        *,
        incident=None,
        role="symptom",
        action="group",
        status="firing",
        late=0.0,
        key=None,
    ):
        """Add an event that happened at a minute; `late` minutes are added to its way to us."""
        began = self.start + timedelta(minutes=at)
        delay = late * 60 if late else self.rng.uniform(5, 45)
        told = said["title"] if said["source"] in ("sentry", "zabbix") and key is None else ""
        named = (
            f"{said['source']}{said['alertname']}{told}{sorted(said['labels'].items())}{key or ''}"
        )
        row = {
            **said,
            "scenario": self.name,
            "starts_at": _iso(began),
            "received_at": _iso(began + timedelta(seconds=delay)),
            "status": status,
            "source_fingerprint": key or blake2b(named.encode(), digest_size=8).hexdigest(),
        }
        gold = {"scenario": self.name, "incident": incident, "role": role, "action": action}
        self.rows.append((row, gold))
        return row

    def again(
        self,
        row,
        at,
        *,
        incident,
        role="duplicate",
        status="firing",
        late=0.0,
        action="group",
        **changes,
    ):
        """Add another event of the same key."""
        said = {
            name: row[name]
            for name in ("source", "alertname", "severity", "title", "description", "labels")
        }
        return self.emit(
            at,
            {**said, **changes},
            incident=incident,
            role=role,
            status=status,
            late=late,
            action=action,
            key=row["source_fingerprint"],
        )

    def resolve(self, row, at, *, incident, late=0.0, action="group"):
        return self.again(
            row,
            at,
            incident=incident,
            role="resolve" if action == "group" else "noise",
            status="resolved",
            late=late,
            action=action,
            description="",
        )

    def root(self, at, said, incident, **more):
        self.incidents[incident] = True
        return self.emit(at, said, incident=incident, role="root", **more)

    def noise(self, minutes, count):
        """Signs of life and lone information on hosts that the scenario does not speak of."""
        for at in range(0, int(minutes), 30):
            self.emit(
                at,
                {
                    "source": "alertmanager",
                    "alertname": "Watchdog",
                    "severity": "none",
                    "title": "Watchdog",
                    "description": "Always firing.",
                    "labels": {"cluster": self.world.cluster},
                },
                role="noise",
                action="ignore",
            )
        for _ in range(count):
            host = self.rng.choice(self.world.hosts)
            rule, text = self.rng.choice(
                (
                    ("CPUThrottling", "throttled"),
                    ("QuotaAlmostFull", "quota at 90%"),
                    ("PackageUpdates", "updates available"),
                    ("HighLoadInfo", "load is above usual"),
                )
            )
            self.emit(
                self.rng.uniform(0, minutes),
                {
                    "source": "alertmanager",
                    "alertname": rule,
                    "severity": "info",
                    "title": rule,
                    "description": text,
                    "labels": {"instance": f"{host}:9100", "cluster": self.world.cluster},
                },
                role="noise",
                action="ignore",
            )

    def finished(self):
        """Return rows and gold in the order of arrival, with event ids."""
        ordered = sorted(self.rows, key=lambda pair: pair[0]["received_at"])
        for number, (row, gold) in enumerate(ordered, start=1):
            row["event_id"] = gold["event_id"] = f"{self.name}-{number:04d}"
        return ordered


def _iso(at):
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
