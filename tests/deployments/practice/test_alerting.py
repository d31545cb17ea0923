"""The practice alerting: stories about assets that are there, in payloads that the adapters read."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from collectors.alerts import normalize
from deployments.practice.alerting import voices
from deployments.practice.alerting.generate import endings, lasts, posts
from deployments.practice.alerting.reports import Role
from deployments.practice.alerting.signing import SNS, draw_keys, read_keys, sign, variables
from deployments.practice.alerting.stories import STORIES, USUAL
from deployments.practice.alerting.vendors import PAYLOADS
from deployments.practice.datacenter import Ports, PracticeDatacenter
from deployments.practice.faults import FAULTS
from deployments.practice.site import build_site
from models.errors import WrongUse
from models.records.alert import AlertStatus, Outcome
from models.redaction import redact

BEGUN = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
# Of the assets of these stories the name is not that of one VM, host, device, node or datastore.
OF_APPLICATIONS = {"pagerduty", "cloudwatch", "sentry"}


@pytest.fixture(scope="module")
def told(practice_site):
    """Every story with its end, as it is posted."""
    return {name: posts(name, practice_site, BEGUN, recovered=True) for name in STORIES}


@pytest.fixture(scope="module")
def read(told):
    """Every body of every story beside what the adapters made of it."""
    return [
        (post, normalize(post.vendor, post.body, post.kind))
        for bodies in told.values()
        for post in bodies
    ]


def of_the_same(read):
    """Yield report and alert side by side; a body's alerts come in the order of its reports."""
    for post, normalized in read:
        if normalized.outcome is Outcome.ALERT:
            yield from zip(post.reports, normalized.alerts, strict=True)


def test_the_same_site_and_time_give_the_same_bytes(practice_site, told):
    for name, bodies in told.items():
        again = posts(name, practice_site, BEGUN, recovered=True)
        assert [post.body for post in again] == [post.body for post in bodies]


def test_every_table_of_the_voices_speaks():
    spoken = [name for name, one in vars(voices).items() if isinstance(one, voices.Voice)]

    assert {name.removeprefix("_") for name in spoken} == voices._TABLES.keys()


def test_another_time_has_other_deliveries_of_the_same_conditions(practice_site, told):
    later = posts(USUAL, practice_site, BEGUN + timedelta(hours=1), recovered=True)

    assert {post.body for post in later}.isdisjoint(post.body for post in told[USUAL])
    assert _keys(later) == _keys(told[USUAL])


def _keys(bodies):
    found = (normalize(post.vendor, post.body, post.kind) for post in bodies)
    # Whatever PagerDuty raises is another incident of its own each time.
    keys = {alert.dedup_key for one in found for alert in one.alerts}
    return {key for key in keys if not key.startswith("pagerduty")}


def test_every_vendor_speaks_in_some_story(told):
    speaking = {post.vendor for bodies in told.values() for post in bodies}

    assert speaking == PAYLOADS.keys() - {"generic"}


def test_every_body_is_one_alert_for_each_condition_that_it_tells_of(read):
    wrong = [
        (post.vendor, normalized.outcome, normalized.reason)
        for post, normalized in read
        if normalized.outcome is not (Outcome.IGNORE if _is_heartbeat(post) else Outcome.ALERT)
        or len(normalized.alerts) != len(post.reports)
    ]

    assert wrong == []


def _is_heartbeat(post):
    return all(report.rule == "Watchdog" for report in post.reports)


def test_status_and_severity_are_those_that_the_sender_means(read):
    for report, alert in of_the_same(read):
        expected = AlertStatus.RESOLVED if report.resolved else AlertStatus.FIRING
        assert alert.status is expected, (report, alert)
        assert alert.severity is report.severity, (report, alert)


def test_service_and_host_are_those_that_the_sender_names(read):
    for report, alert in of_the_same(read):
        if report.service:
            assert alert.service == report.service, report
        if report.vendor == "zabbix":
            assert alert.host == report.subject
        # Sentry's issue, which its resolve brings, stands in all environments.
        if report.environment and not (report.vendor == "sentry" and report.resolved):
            assert alert.environment == report.environment, report


def test_one_condition_has_one_key_and_two_conditions_have_two(read):
    keys, conditions = defaultdict(set), defaultdict(set)
    for report, alert in of_the_same(read):
        keys[report.condition].add(alert.dedup_key)
        conditions[alert.dedup_key].add(report.condition)

    # A person's incident at PagerDuty is another one each time.
    several = {name: found for name, found in keys.items() if len(found) > 1}
    assert not [name for name in several if not name.startswith("pagerduty/")]
    assert not [found for found in conditions.values() if len(found) > 1]


def test_errors_of_two_kinds_are_two_issues_of_sentry(read):
    titles = defaultdict(set)
    for report, alert in of_the_same(read):
        if report.vendor == "sentry" and alert.status is AlertStatus.FIRING:
            titles[alert.dedup_key].add(alert.title)

    assert any(title.startswith("KeyError") for found in titles.values() for title in found)
    assert all(len(found) == 1 for found in titles.values())


def test_times_are_those_of_the_story(read):
    for post, normalized in read:
        for report, alert in zip(post.reports, normalized.alerts, strict=False):
            if alert.event_time is None:
                continue
            allowed = {post.after_seconds, report.began_seconds, report.after_seconds}
            found = (alert.event_time - BEGUN).total_seconds()
            assert min(abs(found - one) for one in allowed) <= 1, (report, alert)


def test_every_subject_is_an_asset_of_the_site(practice_site, told):
    from deployments.practice.alerting.scene import Scene

    scene = Scene(practice_site)
    known = {one.name for one in (*practice_site.vms, *practice_site.hosts)}
    known |= {one.name for one in (*practice_site.switches, *practice_site.datastores)}
    known |= {pod.name for pod in scene.pods} | {pod.app for pod in scene.pods}
    known |= {cluster.name for cluster in practice_site.kubernetes}
    known |= {kept.name for one in practice_site.kubernetes for kept in one.certificates}
    known |= {kept.host for one in practice_site.kubernetes for kept in one.certificates}
    named = {
        report.subject
        for bodies in told.values()
        for post in bodies
        for report in post.reports
        if report.vendor not in OF_APPLICATIONS
    }

    assert named <= known


def test_a_story_of_a_faults_name_speaks_of_what_the_fault_breaks(small_practice_site):
    shared = sorted(STORIES.keys() & FAULTS.keys())
    assert len(shared) >= 10
    with PracticeDatacenter(small_practice_site, Ports(), {"token": "t"}) as datacenter:
        for name in shared:
            words = _plant(datacenter, name)
            bodies = posts(name, small_practice_site, BEGUN)
            named = {report.subject for post in bodies for report in post.reports}
            labels = {
                value
                for post in bodies
                for report in post.reports
                for value in report.labels.values()
            }
            assert any(one in words for one in named | labels if len(one) > 3), (name, words, named)


def _plant(datacenter, name):
    fault = FAULTS[name]
    parts = {
        "vcenter": datacenter.vcenter.control,
        "kubernetes": datacenter.kubernetes.control,
        "devices": datacenter.devices.control,
    }
    return fault.plant(parts[fault.part])


def test_the_usual_story_is_many_alerts_of_four_senders_or_more_with_two_incidents(practice_site):
    reports = [one for post in posts(USUAL, practice_site, BEGUN) for one in post.reports]
    roles = Counter(report.role for report in reports)

    assert len(reports) >= 40
    assert len({report.vendor for report in reports}) >= 4
    assert {report.incident for report in reports} == {"", "host-down", "database-disk-full"}
    assert roles[Role.ROOT] == 2
    assert roles[Role.DUPLICATE] > 0
    assert roles[Role.NOISE] > 0


def test_monitors_repeat_what_still_holds_until_there_are_as_many_alerts_as_asked(practice_site):
    bodies = posts("host-down", practice_site, BEGUN, at_least=500)
    reports = [one for post in bodies for one in post.reports]

    assert len(reports) == 500
    assert len({report.condition for report in reports}) < 50
    assert [post.after_seconds for post in bodies] == sorted(post.after_seconds for post in bodies)


def test_what_ends_well_leaves_nothing_burning(practice_site):
    last = {}
    for post in posts("bad-deploy", practice_site, BEGUN, recovered=True):
        last.update({report.condition: report.resolved for report in post.reports})

    assert last
    assert all(last.values())


def test_the_endings_of_a_story_resolve_every_alert_that_it_left_burning(practice_site):
    told = posts(USUAL, practice_site, BEGUN)
    ended = endings(USUAL, practice_site, BEGUN, BEGUN + timedelta(hours=1))
    burning = {one.condition for post in told for one in post.reports if one.incident}
    alerts = [
        alert for post in ended for alert in normalize(post.vendor, post.body, post.kind).alerts
    ]

    assert {one.condition for post in ended for one in post.reports} == burning
    assert {alert.dedup_key for alert in alerts} <= {
        alert.dedup_key
        for post in told
        for alert in normalize(post.vendor, post.body, post.kind).alerts
    }
    assert {alert.status for alert in alerts} == {AlertStatus.RESOLVED}


def test_how_long_a_story_takes_is_known_before_it_is_told(practice_site):
    told = posts(USUAL, practice_site, BEGUN)

    assert lasts(USUAL, practice_site) == timedelta(seconds=told[-1].after_seconds)


def test_a_story_without_a_time_ends_now(practice_site):
    body = orjson.loads(posts("host-down", practice_site)[-1].body)
    sent = datetime.fromtimestamp(int(body["date"]) / 1000, UTC)

    assert abs(datetime.now(UTC) - sent) < timedelta(minutes=1)


@pytest.mark.parametrize("vms", [1, 5, 20])
def test_a_site_that_is_too_small_says_so_and_the_usual_story_can_be_told_all_the_same(vms):
    site = build_site(vm_count=vms)

    assert posts(USUAL, site, BEGUN)


def test_a_story_that_a_site_is_too_small_for_says_so():
    with pytest.raises(WrongUse, match="too small"):
        posts("bad-deploy", build_site(vm_count=5), BEGUN)


def test_a_rack_without_power_is_hundreds_of_alerts_of_one_incident(told):
    reports = [one for post in told["rack-down"] for one in post.reports]

    assert len(reports) > 200
    assert {report.incident for report in reports} == {"rack-down"}


def test_secrets_stand_in_variables_and_in_no_text_that_could_be_logged(practice_site):
    keys = draw_keys()
    given = variables(keys)

    assert {name.split("_")[2] for name in given} == {
        vendor.upper() for vendor in PAYLOADS.keys() - {SNS}
    }
    assert not [value for value in given.values() if value in repr(keys)]
    assert "PRIVATE" not in repr(keys)
    assert read_keys(keys.to_json()) == keys


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"secrets": {}}', "null"])
def test_a_damaged_file_of_keys_is_told_apart(text):
    with pytest.raises(ValueError, match=r"."):
        read_keys(text)


def test_no_generated_text_looks_like_a_secret(told):
    for bodies in told.values():
        for post in bodies:
            for report in post.reports:
                assert redact(report.text) == report.text


def test_signing_changes_no_byte_but_amazons_and_adds_to_its_message_the_signature(told):
    keys = draw_keys()
    for bodies in told.values():
        for post in bodies:
            body, headers = sign(post.vendor, post.body, keys)
            if post.vendor == SNS:
                assert json.loads(body).keys() - json.loads(post.body).keys() == {"Signature"}
            else:
                assert body == post.body
                assert headers
