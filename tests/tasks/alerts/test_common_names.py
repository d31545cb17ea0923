"""Assets whose names are common words: an alert is bound to one only by a second sign.

Such a sign is a word for the kind beside the name, a label whose name says the kind, or the
namespace or cluster of the asset. The payloads are of eleven senders, as these document them.
"""

from __future__ import annotations

import json

import pytest

from collectors.alerts import normalize
from tasks.alerts.common_names import Signs
from tasks.alerts.extraction import Entity, KnownEntities, extract
from tasks.alerts.grouping import Topology
from tasks.alerts.grouping.entities import read
from tasks.alerts.grouping.topology_graph import Thing, topology_of
from tasks.alerts.signals import signal_of
from tests.tasks.alerts.grouping.making import NOON

# kind, name, namespace, cluster; the id is kind and name.
ASSETS = (
    ("cronjob", "backup", "crm", "prod-a"),
    ("deployment", "runner", "ci", "dev-b"),
    ("namespace", "ci", None, "dev-b"),
    ("deployment", "ci", "tools", "dev-b"),
    ("deployment", "mail-store", "mail", "prod-a"),
    ("service", "mail-store", "mail", "prod-a"),
    ("deployment", "route53", "dns", "prod-a"),
    ("service", "status", "web", "prod-a"),
    ("deployment", "api", "shop", "prod-a"),
    ("statefulset", "postgres", "shop", "prod-a"),
    ("ingress", "web", "shop", "prod-a"),
    ("vm", "mail", None, None),
    ("vm", "report", None, None),
    ("vm", "web-02", None, None),
    ("host", "esx01.corp.example", None, None),
    ("datastore", "gold", None, None),
    ("deployment", "ledger-writer", "bank", "prod-a"),
)


def ident(kind, name):
    return f"{kind}:{name}"


KNOWN = KnownEntities.from_assets(
    Entity(ident(kind, name), kind, name, namespace, cluster)
    for kind, name, namespace, cluster in ASSETS
)
TOPOLOGY = topology_of(
    (
        Thing(ident(kind, name), kind, name, cluster or "", namespace or "")
        for kind, name, namespace, cluster in ASSETS
    ),
    (),
)


def bound(vendor, payload):
    """Return the assets that triage takes a body's alerts to be about."""
    found = set()
    for alert in normalize(vendor, json.dumps(payload).encode()).alerts:
        read_out = extract(alert, KNOWN)
        facts = read(signal_of("e", alert, read_out, NOON, source=vendor), TOPOLOGY)
        found |= {thing.key for thing in facts.named or facts.things if thing.known}
        found |= {read_out.entity_id} - {None}
    return found


def prometheus(rule, summary, **labels):
    alert = {
        "status": "firing",
        "labels": {"alertname": rule, "severity": "warning", **labels},
        "annotations": {"summary": summary},
        "startsAt": "2025-03-04T12:00:00Z",
        "fingerprint": "1f",
    }
    return {"version": "4", "status": "firing", "receiver": "n", "alerts": [alert]}


def datadog(title, tags, host=""):
    return {
        "id": "1", "title": title, "body": title, "alert_id": "9", "alert_transition": "Triggered",
        "alert_type": "error", "hostname": host, "tags": tags, "date": "1741089600000",
    }  # fmt: skip


def zabbix(host, trigger):
    return {
        "hostname": host, "severity": "High", "status": "PROBLEM", "trigger": trigger,
        "trigger_id": "7", "item": trigger, "event_id": "11", "event_date": "2025.03.04",
        "event_time": "12:00:00",
    }  # fmt: skip


def cloudwatch(name, reason, **dimensions):
    alarm = {
        "AlarmName": name, "NewStateValue": "ALARM", "OldStateValue": "OK", "NewStateReason": reason,
        "StateChangeTime": "2025-03-04T12:00:00.000+0000", "Region": "US East",
        "AlarmArn": f"arn:aws:cloudwatch:us-east-1:1:alarm:{name}",
        "Trigger": {"MetricName": "m", "Namespace": "AWS/Route53",
                    "Dimensions": [{"name": key, "value": value} for key, value in dimensions.items()]},
    }  # fmt: skip
    return {
        "Type": "Notification", "MessageId": "1", "TopicArn": "arn:aws:sns:us-east-1:1:alarms",
        "Timestamp": "2025-03-04T12:00:00.000Z", "Message": json.dumps(alarm),
    }  # fmt: skip


def pagerduty(title, service):
    incident = {
        "id": "Q1", "type": "incident", "title": title, "status": "triggered", "urgency": "high",
        "created_at": "2025-03-04T12:00:00Z", "incident_key": "k", "service": {"summary": service},
    }  # fmt: skip
    event = {"id": "1", "event_type": "incident.triggered", "occurred_at": "2025-03-04T12:00:00Z"}
    return {"event": {**event, "data": incident}}


def generic(title, **fields):
    return {"title": title, "status": "firing", "severity": "high", **fields}


MUST_NOT = {
    "a product's job": ("generic", generic("Backup failed for 3 clients")),
    "a job in words": ("generic", generic("Backup job 'nightly-full' finished with errors")),
    "a scrape job": ("alertmanager", prometheus("TargetDown", "Target is down", job="backup")),
    "a category": ("alertmanager", prometheus("Slow", "Disk is slow", category="backup")),
    "another namespace": (
        "alertmanager",
        prometheus("VeleroBackupFailed", "Backup failed", namespace="velero", cluster="prod-a"),
    ),
    "another cluster": (
        "alertmanager",
        prometheus("KubeDeployment", "Replicas missing", deployment="runner", cluster="west-7"),
    ),
    "a deployment of another namespace": (
        "alertmanager",
        prometheus("Replicas", "Replicas missing", deployment="api", namespace="hr"),
    ),
    "an environment": ("datadog", datadog("Disk full", "env:ci,team:platform", host="bld-17")),
    "a team": ("datadog", datadog("Queue grows", "team:api,tier:web")),
    "a product with a number": (
        "cloudwatch",
        cloudwatch("route53-health", "Route53 health check failed", HealthCheckId="a1-b2"),
    ),
    "a product in a title": ("generic", generic("Route53 quota reached in account 7")),
    "a component": ("generic", generic("Build queue is long", component="ci")),
    "a runner of another system": ("generic", generic("GitLab runner offline since 10:02")),
    "a name that ends so": ("pagerduty", pagerduty("Queue backlog", "gitlab-runner")),
    "a name that begins so": ("pagerduty", pagerduty("Full sync is late", "backup-veeam")),
    "words of a sentence": (
        "zabbix",
        zabbix("fw-edge-3", "Report of the mail gateway: status of the web api unknown"),
    ),
    "two common words in a sentence": (
        "zabbix",
        zabbix("nas-4", "Volume mail-store is 91 % full"),
    ),
    "an address of somebody else": (
        "alertmanager",
        prometheus("ProbeFailed", "Probe failed", instance="https://status.vendor.example/health"),
    ),
    "a name in a link": (
        "sentry",
        {
            "action": "triggered",
            "data": {
                "event": {
                    "title": "TimeoutError: api took too long",
                    "culprit": "web in handler", "level": "error", "issue_id": "7", "project": 3,
                    "web_url": "https://sentry.example/ci/backup", "datetime": "2025-03-04T12:00:00Z",
                },
                "triggered_rule": "Errors",
            },
        },
    ),
    "a host that is a deployment's word": ("zabbix", zabbix("runner", "Load is high")),
    "a run's number": ("generic", generic("backup-2024 was not archived")),
    "a check's name": (
        "nagios",
        {
            "NOTIFICATIONTYPE": "PROBLEM", "HOSTNAME": "bk-lin-4", "SERVICEDESC": "Backup",
            "SERVICESTATE": "CRITICAL", "SERVICEOUTPUT": "Backup too old", "LONGDATETIME": "",
        },
    ),
    "a database engine": ("generic", generic("postgres replication lag 40 s", host="pg-north-9")),
    "what is said of any machine": ("generic", generic("VM report failed: 3 VMs not in it")),
    "a metal": ("generic", generic("Storage class gold is over quota")),
}  # fmt: skip


MUST = {
    "a cron job's label": (
        "alertmanager",
        prometheus("KubeJobFailed", "Job failed", cronjob="backup", namespace="crm"),
        "cronjob:backup",
    ),
    "a cron job's label alone": (
        "alertmanager",
        prometheus("CronJobSuspended", "Suspended", cronjob="backup"),
        "cronjob:backup",
    ),
    "a deployment's label with its cluster": (
        "alertmanager",
        prometheus("Replicas", "Replicas missing", deployment="runner", cluster="dev-b"),
        "deployment:runner",
    ),
    "a tag that says the kind": (
        "datadog",
        datadog("Replicas missing", "kube_deployment:runner,kube_namespace:ci"),
        "deployment:runner",
    ),
    "a word for the kind before it": (
        "generic",
        generic("CronJob backup has not run for 26 h"),
        "cronjob:backup",
    ),
    "a word for the kind behind it": (
        "generic",
        generic("The runner deployment has no ready replicas"),
        "deployment:runner",
    ),
    "a path of Kubernetes": (
        "generic",
        generic("deployment.apps/route53: rollout stuck"),
        "deployment:route53",
    ),
    "the namespace": (
        "alertmanager",
        prometheus("BackupFailed", "backup failed", namespace="crm"),
        "cronjob:backup",
    ),
    "two common words with their namespace": (
        "alertmanager",
        prometheus("Slow", "mail-store answers slowly", namespace="mail", service="mail-store"),
        "service:mail-store",
    ),
    "a machine's host field": ("zabbix", zabbix("mail", "Load is high"), "vm:mail"),
    "a virtual machine in words": ("generic", generic("VM mail was powered off"), "vm:mail"),
    "a datastore in words": ("generic", generic("Datastore gold is 96 % full"), "datastore:gold"),
    "a name of its own": ("generic", generic("web-02 does not answer"), "vm:web-02"),
    "a host's short name": ("generic", generic("esx01 does not answer"), "host:esx01.corp.example"),
    "a telling name in a text": (
        "generic",
        generic("ledger-writer cannot commit"),
        "deployment:ledger-writer",
    ),
    "a pod's label": (
        "alertmanager",
        prometheus("Crash", "Crash loop", pod="runner-6d5f9c7b8d-k2x9v", namespace="ci"),
        "deployment:runner",
    ),
    "a service's label": (
        "alertmanager",
        prometheus("Errors", "Many errors", service="status", namespace="web"),
        "service:status",
    ),
}


@pytest.mark.parametrize("case", MUST_NOT)
def test_one_word_that_equals_a_name_binds_nothing(case):
    vendor, payload = MUST_NOT[case]

    assert bound(vendor, payload) == set()


@pytest.mark.parametrize("case", MUST)
def test_a_second_sign_binds(case):
    vendor, payload, asset = MUST[case]

    found = bound(vendor, payload)
    assert asset in found  # beside it only what Kubernetes calls the same: a service's deployment
    assert {one.partition(":")[2] for one in found} == {asset.partition(":")[2]}


@pytest.mark.parametrize("case", [*MUST_NOT, *MUST])
def test_each_payload_is_read_as_an_alert(case):
    vendor, payload, *_ = (MUST_NOT | MUST)[case]

    assert normalize(vendor, json.dumps(payload).encode()).alerts


def test_a_product_with_a_number_is_no_thing_that_fails_and_a_numbered_machine_is():
    assert things("Route53 quota reached") == things("S3 and EC2 are slow") == ()
    assert things("vpn-2 drops packets") == ("vpn-2",)


def test_what_a_cloud_calls_its_own_is_no_service_of_ours_and_the_domain_in_a_name_is_the_thing():
    payload = cloudwatch("shop.example.net-https", "Crossed", HealthCheckId="shop.example.net")
    (alert,) = normalize("cloudwatch", json.dumps(payload).encode()).alerts

    facts = read(signal_of("e", alert, extract(alert, KNOWN), NOON), TOPOLOGY)

    assert alert.service == "Route53"  # as it was sent
    assert [thing.name for thing in facts.things] == ["shop.example.net"]
    assert facts.service is None


def test_the_name_of_an_alert_is_no_thing_that_fails():
    vendor, payload, _ = MUST["the namespace"]
    (alert,) = normalize(vendor, json.dumps(payload).encode()).alerts

    facts = read(signal_of("e", alert, extract(alert, KNOWN), NOON), Topology())

    assert alert.title == alert.labels["alertname"] == "BackupFailed"
    assert facts.things == ()


def things(title):
    (alert,) = normalize("generic", json.dumps(generic(title)).encode()).alerts
    facts = read(signal_of("e", alert, extract(alert, KNOWN), NOON), Topology())
    return tuple(thing.name for thing in facts.things)


@pytest.mark.timeout(30)  # without bounds in the pattern it takes minutes
def test_a_text_full_of_words_for_kinds_is_read_in_proportion_to_its_length():
    assert not Signs(text="host." * 40_000).mean("vm", "backup")
