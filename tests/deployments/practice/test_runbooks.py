"""The practice runbooks: as many as promised, deterministic, and found by what people ask."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from deployments.practice.alerting.generate import posts
from deployments.practice.alerting.stories import STORIES
from deployments.practice.runbooks import COLLECTION, runbooks, write_runbooks
from deployments.practice.site import build_site
from generators.inference.embedder import embedder
from models.store import transaction
from tasks.alerts.enrichment import similar, viewing
from tasks.knowledge.folder import add_paths
from tasks.knowledge.search import search
from tests.alerting import an_alert, an_incident

# What people ask at night, and the documents of which any answers it.
QUESTIONS = (
    ("an ESXi host is not responding in vCenter, what do I do", {"services/compute.md"}),
    ("the hypervisor crashed with a purple screen", {"postmortems/esx-host-psod.md"}),
    ("vmnic2 of a host has no link any more", {"services/compute.md"}),
    ("storage path redundancy is degraded", {"services/compute.md"}),
    ("somebody switched off a virtual machine", {"services/compute.md"}),
    ("HA could not restart machines because memory was too small", {"postmortems/ha-without-memory.md"}),
    ("users cannot log in on Windows because the clock is wrong", {"postmortems/ntp-drift-kerberos.md"}),
    ("how do I free space on a VMFS datastore that is full", {"services/storage.md"}),
    ("machines paused because snapshots filled the datastore", {"postmortems/datastore-full-snapshots.md"}),
    ("is it safe to delete an old snapshot", {"services/storage.md"}),
    ("pod hangs in ContainerCreating with FailedMount", {"services/storage.md"}),
    ("upload of pictures fails although the array has space", {"postmortems/nfs-quota.md"}),
    ("disk latency high, one path goes up and down", {"postmortems/path-flap-latency.md", "services/compute.md"}),
    ("switch port went err-disabled after link-flap", {"services/network.md", "postmortems/err-disabled-uplink.md"}),
    ("interface is administratively down, may I enable it", {"services/network.md"}),
    ("SNMP to a switch times out but traffic still flows", {"services/network.md"}),
    ("after vMotion a machine has no network, VLAN not allowed on trunk", {"services/network.md", "postmortems/vlan-missing-after-change.md"}),
    ("two servers use the same IP address", {"services/network.md"}),
    ("BGP session to the provider is idle", {"postmortems/border-session-lost.md", "services/shop.md"}),
    ("kubelet does not report, node NotReady", {"services/kubernetes.md"}),
    ("CrashLoopBackOff, container killed for memory", {"services/kubernetes.md"}),
    ("deployment rollout is stuck on ImagePullBackOff", {"services/kubernetes.md"}),
    ("connection refused because the service selects no pods", {"services/kubernetes.md", "postmortems/selector-without-pods.md"}),
    ("cert-manager does not renew a certificate", {"services/kubernetes.md", "postmortems/certificate-not-renewed.md"}),
    ("node evicts pods because image layers fill its disk", {"postmortems/node-disk-pressure.md"}),
    ("KeyError payment_method after a release", {"postmortems/checkout-release.md", "services/shop.md"}),
    ("customers cannot pay, what to switch off", {"services/shop.md"}),
    ("website slow because the cache was restarted", {"postmortems/cache-stampede.md", "services/shop.md"}),
    ("autoscaler reached its maximum after a newsletter", {"postmortems/autoscaler-at-limit.md"}),
    ("PostgreSQL says no space left on device 53100", {"services/databases.md", "postmortems/wal-filled-disk.md"}),
    ("too many connections to the database", {"services/databases.md", "postmortems/connections-exhausted.md"}),
    ("replication lag of a standby keeps growing", {"services/databases.md"}),
    ("rows were deleted by mistake, restore to a point in time", {"services/databases.md", "postmortems/restore-after-delete.md"}),
    ("what do I tell the next shift", {"checklists/shift-handover.md"}),
    ("steps before firmware update of a hypervisor", {"checklists/host-maintenance.md"}),
    ("how to drain a worker and build a new one", {"checklists/node-replacement.md"}),
    ("enlarge a LUN and grow the datastore", {"checklists/datastore-extension.md"}),
    ("swap a broken top-of-rack switch", {"checklists/switch-replacement.md"}),
    ("what to watch after rolling out a new version", {"checklists/release.md"}),
)  # fmt: skip
LEAST_RECALL = 0.95


def test_there_are_six_runbooks_eighteen_postmortems_and_six_checklists(practice_site):
    folders = Counter(name.partition("/")[0] for name in runbooks(practice_site))

    assert folders == {"services": 6, "postmortems": 18, "checklists": 6}


def test_the_same_site_gives_the_same_texts_and_nothing_is_left_unfilled(practice_site):
    texts = runbooks(practice_site)

    assert runbooks(practice_site) == texts
    assert not [name for name, text in texts.items() if "{{" in text or "{%" in text]
    assert not [name for name, text in texts.items() if not text.startswith("# ")]


def test_what_they_name_stands_in_the_site(practice_site):
    text = "".join(runbooks(practice_site).values())
    known = {one.name for one in (*practice_site.hosts, *practice_site.switches)}
    known |= {one.name for one in (*practice_site.datastores, *practice_site.vms)}
    named = set(
        re.findall(r"esx\d\d\.[\w.-]+net|sw-\w+-\w+-[ab]|rt-\w+-border|[\w-]+-vmfs-\d\d", text)
    )

    assert len(named) >= 4
    assert named <= known


def test_links_between_them_lead_somewhere(practice_site):
    texts = runbooks(practice_site)
    linked = {
        target for text in texts.values() for target in re.findall(r"\]\(\.\./([^)]+)\)", text)
    }

    assert linked
    assert linked <= texts.keys()


@pytest.mark.parametrize("vms", [1, 20])
def test_even_the_smallest_site_has_them(vms):
    assert len(runbooks(build_site(vm_count=vms))) == 30


@pytest.fixture
def indexed(database, practice_site, tmp_path):
    """The practice runbooks in the index, as the demo puts them there."""
    write_runbooks(practice_site, tmp_path)
    add_paths([tmp_path], COLLECTION, embedder())


def test_predefined_questions_find_their_documents_among_the_first_five(indexed):
    with transaction() as conn:
        found = {
            question: [
                one.document
                for one in search(conn, question, embedder, limit=5, collection=COLLECTION)
            ]
            for question, _ in QUESTIONS
        }
    missed = [question for question, wanted in QUESTIONS if not wanted & set(found[question])]

    assert 1 - len(missed) / len(QUESTIONS) >= LEAST_RECALL, missed


def test_what_the_alerting_says_leads_to_a_runbook_of_the_service_that_failed(
    indexed, practice_site
):
    wanted = {
        "host-down": "services/compute.md",
        "datastore-full": "services/storage.md",
        "port-err-disabled": "services/network.md",
        "node-not-ready": "services/kubernetes.md",
        "bad-deploy": "services/shop.md",
        "database-disk-full": "services/databases.md",
    }
    assert wanted.keys() <= STORIES.keys()
    with transaction() as conn:
        for story, document in wanted.items():
            root = posts(story, practice_site)[0].reports[0]
            found = search(
                conn, f"{root.rule}: {root.text}", embedder, limit=5, collection=COLLECTION
            )
            assert document in {one.document for one in found}, story


def test_what_failed_first_chooses_the_runbook_whatever_it_took_along(indexed):
    with transaction() as conn:
        number = an_incident(conn, title="30 alerts on shop", affected_services=["shop"])
        root = an_alert(conn, incident_id=number, rule="HostConnection",
                        title="Host esx01.fra1-prod-01.example.net is not responding")  # fmt: skip
        for place in range(20):
            an_alert(conn, incident_id=number, service_name="shop", rule="AgentUnavailable",
                     title=f"Zabbix agent on shop-app-prod-{place} is not available")  # fmt: skip
        seen = viewing.view(conn, number, datetime.now(UTC))
        seen = replace(seen, hypotheses=(), incident=replace(seen.incident, root_alert_id=root))
        first, *_ = similar.runbooks(conn, seen, embedder)

    assert first.document == "services/compute.md"
    assert first.heading.endswith("A host does not respond")


def test_writing_them_again_changes_nothing_in_the_index(indexed, practice_site, tmp_path):
    write_runbooks(practice_site, tmp_path)
    report = add_paths([tmp_path], COLLECTION, embedder()).report

    assert (report.added, report.updated, report.unchanged) == (0, 0, 30)
