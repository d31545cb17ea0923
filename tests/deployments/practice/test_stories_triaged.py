"""The stories over the collected practice datacenter: what belongs together is one incident."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from collectors.alerts import normalize
from deployments.cli import demo_alerts
from deployments.gateway.app import create_app
from deployments.practice.alerting.generate import endings, posts
from deployments.practice.alerting.sender import post
from deployments.practice.alerting.signing import draw_keys, variables
from deployments.practice.alerting.stories import USUAL
from deployments.practice.alerting.vendors.cloudwatch import TOPIC
from deployments.services import demo_alerts as monitoring
from models.records.person import Role
from models.settings import settings
from models.store import connection, incidents, people, transaction
from tasks.alerts.triage.draining import Triage
from tests.deployments.gateway.conftest import serving
from tests.fix_practice import collect_all

ONE_INCIDENT = (
    "host-down",
    "datastore-full",
    "database-disk-full",
    "port-err-disabled",
    "node-not-ready",
    "pod-crash-loop",
    "bad-deploy",
    "service-without-endpoints",
    "certificate-expired",
    "flapping",
)
BEGUN = datetime.now(UTC) - timedelta(minutes=5)
ALERTING = "deliveries, delivery_counts, alerts, alert_events, incidents, incident_tokens, incident_actions"


@pytest.fixture
def door(practice_sources, monkeypatch, tmp_path):
    """A gateway that knows the practice senders, over the collected practice datacenter."""
    collect_all(practice_sources)
    keys = draw_keys()
    certificate = tmp_path / "sns.pem"
    certificate.write_text(keys.certificate)
    given = {
        **variables(keys),
        "NIGHTSHIFT_SNS_CERTIFICATE": str(certificate),
        "NIGHTSHIFT_SNS_TOPICS": TOPIC,
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    with serving(create_app()) as running:
        yield f"http://127.0.0.1:{running.port}", keys


def drain():
    with connection() as conn:
        Triage().drain(conn)


def told(door, site, story, starts_at=None):
    """Let a story be told through the gateway into triage; returns what was sent."""
    url, keys = door
    bodies = posts(story, site, starts_at)
    sent = post(bodies, url, keys)
    drain()
    assert sent.statuses["dead_letter"] == 0
    return bodies


def grouped(bodies):
    """Return the incidents that each of a story's own incidents, and its noise, ended in."""
    with transaction() as conn:
        stands = dict(conn.execute("SELECT dedup_key, incident_id FROM alerts").fetchall())
    found = defaultdict(set)
    for one in bodies:
        alerts = normalize(one.vendor, one.body, one.kind).alerts
        for report, alert in zip(one.reports, alerts, strict=True):
            if alert.dedup_key in stands:
                found[report.incident].add(stands[alert.dedup_key])
    return found


def test_when_all_ends_that_was_told_every_incident_is_resolved(door, small_practice_site):
    url, keys = door
    told(door, small_practice_site, USUAL, BEGUN)
    post(endings(USUAL, small_practice_site, BEGUN, datetime.now(UTC)), url, keys)
    drain()

    with transaction() as conn:
        found = conn.execute("SELECT status, firing_count FROM incidents ORDER BY id").fetchall()
    assert found == [("resolved", 0)] * 2


@pytest.fixture
def demo(door, small_practice_site, monkeypatch):
    """What a running demo does, with triage in this process."""
    url, keys = door
    monkeypatch.setattr(monitoring, "practice_site", lambda: small_practice_site)
    monkeypatch.setattr(monitoring, "practice_keys", lambda: keys)
    monkeypatch.setattr(monitoring, "await_triage", drain)
    monkeypatch.setattr(monitoring, "_SUMMARY_SECONDS", 0.0)
    return lambda story, **options: (
        monitoring.tell(url, story, by=demo_alerts.closer(), **options).incidents
    )


def test_a_story_stands_alone_unless_it_is_to_burn_beside_another(demo):
    first = demo(USUAL)
    second = demo("bad-deploy")

    with transaction() as conn:
        before = conn.execute(
            "SELECT status, closed_at IS NOT NULL FROM incidents WHERE id = ANY (%s)",
            ([one.id for one in first],),
        ).fetchall()
    assert before == [("closed", True)] * 2
    assert [one.status for one in second] == ["open"]
    assert {one.id for one in second}.isdisjoint(one.id for one in first)

    with transaction() as conn:
        (line,) = conn.execute(
            "SELECT actor, text FROM incident_actions WHERE incident_id = %s AND data->>'to' = 'closed'",
            (first[0].id,),
        ).fetchall()
    assert line[0].startswith("local:")
    assert line[1].endswith("closed the incident: the story of the demo is over")

    demo("port-err-disabled", beside=True)

    with transaction() as conn:
        still = conn.execute(
            "SELECT status FROM incidents WHERE id = %s", (second[0].id,)
        ).fetchall()
    assert still == [("open",)]


def test_where_people_are_registered_their_token_closes_what_a_story_led_to(demo, monkeypatch):
    with transaction() as conn:
        people.add(conn, "Ada", Role.ADMIN)
        _, watcher = people.add(conn, "Ben", Role.VIEWER)
        _, operator = people.add(conn, "Cem", Role.OPERATOR)

    def closes(token):
        monkeypatch.setenv("NIGHTSHIFT_TOKEN", token)
        settings.cache_clear()
        return demo_alerts.closer()

    assert [closes(token) for token in ("", watcher, operator)] == [None, None, "Cem"]
    closes(watcher)
    (first, *_) = demo("bad-deploy")
    demo("port-err-disabled")

    with transaction() as conn:
        assert incidents.incident(conn, first.id).status == "resolved"


def forget():
    with transaction() as conn:
        conn.execute(f"TRUNCATE {ALERTING} RESTART IDENTITY CASCADE")


def test_each_story_is_one_incident_and_the_usual_one_two_without_the_noise(
    door, small_practice_site
):
    wrong = {}
    for story in ONE_INCIDENT:
        found = grouped(told(door, small_practice_site, story))
        if set(map(len, found.values())) != {1} or None in set().union(*found.values()):
            wrong[story] = dict(found)
        forget()
    # The rack has production and development in it, which may stay apart.
    rack = grouped(told(door, small_practice_site, "rack-down"))
    assert len(rack["rack-down"]) <= 2
    assert None not in rack["rack-down"]
    forget()
    usual = grouped(told(door, small_practice_site, USUAL))
    noise = usual.pop("", set())

    assert wrong == {}
    assert usual.keys() == {"host-down", "database-disk-full"}
    assert [len(found) for found in usual.values()] == [1, 1]
    assert usual["host-down"] != usual["database-disk-full"]
    assert noise <= {None}
