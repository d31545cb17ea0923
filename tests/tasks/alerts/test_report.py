"""The post-incident report: what is in it, what it never invents, and its one page."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from generators.documents.diagram import LARGEST
from generators.incidents import facts, timeline, topology
from generators.incidents.affected import Thing, told_once
from models.kinds.device import Device
from models.kinds.interface import Interface
from models.records.graph import Link
from models.records.incident import EntryKind
from models.records.incident_view import Entity, Surroundings
from models.store import assets, incidents, transaction
from tasks.alerts.enrichment import viewing
from tasks.alerts.enrichment.enriching import enrich
from tasks.alerts.incidents import handling as work
from tasks.alerts.incidents import report
from tasks.alerts.incidents.handling import Act
from tests.alerting import T0, an_alert, an_incident
from tests.builders import a_cluster, a_datastore, a_host, a_site, a_vm, store

HOSTILE = '"><script>alert(1)</script> | [x](javascript:alert(1)) ``` {{ 7*7 }} <!-- \u202e'


def after(minutes):
    return T0 + timedelta(minutes=minutes)


@pytest.fixture
def number(database):
    """An incident of a host and a machine on it, worked on and resolved."""
    store(a_site(3))
    with transaction() as conn:
        found = {one.name: one for one in assets.current_assets(conn)}
        host = next(one for one in found.values() if one.kind == "host")
        vm = next(one for one in found.values() if one.kind == "vm")
        number = an_incident(
            conn, title="Host down", alert_count=2, affected_services=["shop"], severity="critical",
            affected_entities=[host.id, vm.id],
        )  # fmt: skip
        root = an_alert(
            conn, incident_id=number, title="Host down", host=host.name, entity_id=host.id,
            status="resolved", resolved_at=after(30), rule="HostDown",
        )  # fmt: skip
        an_alert(
            conn, incident_id=number, title="Machine gone", host=vm.name, entity_id=vm.id,
            status="resolved", resolved_at=after(31), severity=None,
            alert_timestamp=after(1), created_at=after(1),
        )  # fmt: skip
        conn.execute("UPDATE incidents SET root_alert_id = %s", (root,))
        work.acknowledge(conn, number, Act(actor="Ada", at=after(5)))
        work.comment(conn, number, Act(actor="Ada", at=after(6)), "power is back")
        work.resolve(conn, number, Act(actor="Ben", at=after(40)))
    return number


def made(number):
    with transaction() as conn:
        return report.make(conn, number, after(60))


def section(text, title):
    return re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)[1]


def test_it_has_every_part_that_people_expect(number):
    text = made(number).markdown

    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
        "Durations", "Summary", "Impact", "Detection", "Topology", "Probable beginning",
        "Contributing factors", "What went well", "What went badly", "Where we were lucky",
        "Changes in the window", "Similar incidents", "Runbooks", "Actions", "Timeline", "Evidence",
        "Disclosure",
    ]  # fmt: skip
    assert text.endswith("\n")


def test_durations_are_told_and_what_did_not_happen_is_said(number):
    told = section(made(number).markdown, "Durations")

    assert "| TTA, to acknowledge | 5 min 00 s | 2026-11-20T06:05:00Z |" in told
    assert "| TTM, to mitigate | did not happen |  |" in told
    assert "| TTR, to resolve | 40 min 00 s |" in told
    assert "| From resolved to closed | not yet |" in told


def test_the_timeline_is_whole_and_in_order(number):
    told = section(made(number).markdown, "Timeline")

    _head, *lines = re.findall(r"\| (\w+) \| (\w+) \| (.+?) \|$", told, re.MULTILINE)
    assert lines == [
        ("status", "Ada", "Ada acknowledged the incident"),
        ("note", "Ada", "power is back"),
        ("status", "Ben", "Ben resolved the incident"),
    ]


def test_the_timeline_tells_what_fired_from_what_is_over_by_word_and_colour(number):
    with transaction() as conn:
        for kind in (EntryKind.ALERT_FIRED, EntryKind.ALERT_RESOLVED):
            line = ("sender", kind, "nightshift", "Host down", {}, ())
            incidents.add_entries(conn, [(number, after(1), *line)])

    done = made(number)

    told = section(done.markdown, "Timeline")
    assert "| **fired** | nightshift | Host down |" in told
    assert "| **resolved** | nightshift | Host down |" in told
    for word in ("fired", "resolved"):
        assert done.page.count(f'<span class="badge {word}">{word}</span>') == 1
        assert f".{word} {{" in done.page


def test_factors_are_questions_with_evidence_and_a_cause_is_not_invented(number):
    text = made(number).markdown

    first, _, *lines = section(text, "Contributing factors").strip().splitlines()
    assert "`nightshift incidents comment INC-2026-000001" in first
    questions, noted = lines[: lines.index("")], lines[lines.index("") :]
    assert questions
    assert all(line.startswith("- ") and "? Evidence: " in line for line in questions)
    assert noted == ["", "What people noted:", "", "- Ada, 2026-11-20T06:06:00Z: power is back"]
    assert "No change was recorded." in section(text, "Changes in the window")
    assert "not known here" in section(text, "Impact")

    with transaction() as conn:
        empty = an_incident(conn, title="Nothing known")
    bare = made(empty).markdown
    assert "No cause found yet." in section(bare, "Probable beginning")
    assert "No cause found" in section(bare, "Contributing factors")
    assert "No alert stands in this incident." in bare
    assert "The inventory knows none of what is affected." in bare


def test_what_lacked_becomes_actions_and_nobody_is_blamed(number):
    text = made(number).markdown

    actions = section(text, "Actions")
    assert "Write a runbook for HostDown | to be named | process" in actions
    assert "Let the sender give a severity" in actions
    badly = section(text, "What went badly")
    assert not re.search(r"\b(Ada|Ben|fault|blame|mistake|should have|careless)\b", badly + actions)


def test_the_topology_is_drawn_with_the_root_marked(number):
    done = made(number)

    assert ': began here"]:::root' in done.markdown
    assert done.page.count("<svg") == 1
    assert 'class="k-root"' in done.page
    assert 'class="k-affected"' in done.page


def drawn(number):
    """The labels of the boxes with what they are, and the edges between them."""
    with transaction() as conn:
        seen = viewing.view(conn, number, T0)
        source = topology.diagram(replace(seen, surroundings=viewing.around(conn, seen)))
    boxes = dict(re.findall(r'^  (n\d+)\["([^"]*)"\]', source, re.MULTILINE))
    roles = re.findall(r":::(\w+)$", source, re.MULTILINE)
    edges = re.findall(r"^  (n\d+) --> (n\d+)$", source, re.MULTILINE)
    return dict(zip(boxes.values(), roles, strict=True)), [
        (boxes[low], boxes[high]) for low, high in edges
    ]


def a_storm(vms, *, hosts=2, unheard=0):
    """An incident of the first host and of machines on all of them; some are not heard of."""
    machines = [
        a_vm(n, host=f"host-{n % hosts + 1}", datastores=(f"datastore-{n % 2 + 1}",))
        for n in range(1, vms + 1)
    ]
    store([
        a_cluster(), *(a_host(n + 1) for n in range(hosts)),
        a_datastore(1), a_datastore(2), *machines,
    ])  # fmt: skip
    with transaction() as conn:
        found = [one for one in assets.current_assets(conn) if one.kind in ("host", "vm")]
        hosts_first = sorted(found, key=lambda one: (one.kind, one.name))
        number = an_incident(conn, title="Host down", alert_count=len(found))
        for one in hosts_first[: len(found) - unheard]:
            alert = an_alert(
                conn, incident_id=number, title=f"{one.name} is gone", host=one.name,
                entity_id=one.id,
            )  # fmt: skip
            if one is hosts_first[0]:
                conn.execute("UPDATE incidents SET root_alert_id = %s", (alert,))
    return number


def test_of_a_few_machines_each_stands_on_its_host_and_its_datastore(database):
    boxes, edges = drawn(a_storm(6))

    for n in range(1, 7):
        vm = f"web-{n:02}, vm"
        assert boxes[vm] == "affected"
        assert {low.split(".")[0] for low, high in edges if high == vm} == {
            f"esx0{n % 2 + 1}", f"ds-{n % 2 + 1}, datastore"
        }  # fmt: skip
    assert boxes["esx01.example, host: began here"] == "root"


@pytest.mark.parametrize("vms", [30, 220])
def test_a_storm_is_one_picture_that_a_person_can_read_and_no_machine_is_left_out(database, vms):
    boxes, edges = drawn(a_storm(vms, hosts=4))

    counts = [int(label.split()[0]) for label in boxes if " vms: " in label]
    assert sum(counts) == vms
    assert len(boxes) <= 12
    lows = {high: {low for low, other in edges if other == high} for _, high in edges}
    assert all(len(lows[label]) == 2 for label in boxes if " vms: " in label)


def test_what_stands_on_the_root_and_nobody_has_heard_of_is_drawn_apart(database):
    boxes, _ = drawn(a_storm(40, hosts=1, unheard=15))

    roles = {label: role for label, role in boxes.items() if " vms: " in label}
    assert sorted(roles.values()) == ["affected", "affected", "around"]
    assert sum(int(one.split()[0]) for one, role in roles.items() if role == "around") == 15


def test_more_than_a_picture_holds_is_left_out_with_a_word(number):
    apart = {f"k{n}": Entity(id=f"k{n}", kind=f"kind{n}", name="x") for n in range(60)}
    with transaction() as conn:
        seen = viewing.view(conn, number, T0)

    source = topology.diagram(replace(seen, surroundings=Surroundings(affected=apart)))

    assert len(re.findall(r"^  n\d+\[", source, re.MULTILINE)) == LARGEST
    assert "21 more things, not drawn" in source
    assert topology.diagram(replace(seen, entities={})) is None


def test_a_deployment_carries_no_pod_so_that_it_is_drawn_only_where_it_is_affected(number):
    pod, owner = (Entity(id=kind, kind=kind, name="web") for kind in ("pod", "deployment"))
    link = Link(from_id="pod", type="owned_by", to_id="deployment")
    with transaction() as conn:
        seen = viewing.view(conn, number, T0)

    def labels(affected, around):
        place = Surroundings(affected=affected, around=around, links=(link,))
        source = topology.diagram(replace(seen, surroundings=place))
        return re.findall(r'\["([^"]*)"\]', source)

    assert labels({"pod": pod}, {"deployment": owner}) == ["web, pod"]
    assert labels({"pod": pod, "deployment": owner}, {}) == ["web, deployment", "web, pod"]


def test_two_ports_of_one_name_are_told_by_their_devices(database):
    devices = [
        Device(key=name, name=name, address="10.0.0.1", platform="eos") for name in ("sw-a", "sw-b")
    ]
    ports = [
        Interface(key=f"{one.name}/Ethernet2", name="Ethernet2", device=one.key) for one in devices
    ]
    store([*devices, *ports], "net", covered=("device", "interface"))
    with transaction() as conn:
        ids = [one.id for one in assets.current_assets(conn, kinds=("interface",))]
        number = an_incident(conn, title="Ports down", affected_entities=ids)

    boxes, edges = drawn(number)

    assert [label for label in boxes if "interface" in label] == [
        "Ethernet2 of sw-a, interface",
        "Ethernet2 of sw-b, interface",
    ]
    assert len(edges) == 2


def test_hostile_texts_are_text_in_both_forms(number):
    with transaction() as conn:
        conn.execute(
            "UPDATE incidents SET title = %(text)s, owner_team = %(text)s, environment = %(text)s,"
            " region = %(text)s, assignee = %(text)s, summary = %(text)s",
            {"text": HOSTILE},
        )
        conn.execute(
            "UPDATE alerts SET title = %(text)s, host = %(text)s, rule = %(text)s,"
            " vendor = %(text)s",
            {"text": HOSTILE},
        )
        conn.execute("UPDATE assets SET name = %s WHERE kind = 'vm'", (HOSTILE,))
        work.comment(conn, number, Act(actor=HOSTILE, at=after(50)), HOSTILE)

    done = made(number)

    assert "<script" not in done.markdown.replace("```mermaid", "")
    assert done.page.count("<script") == 0
    assert 'href="javascript' not in done.page
    assert "49" not in section(done.markdown, "Summary")
    assert "\u202e" not in done.page
    assert done.page.count("<svg") == 1
    table = section(done.markdown, "Timeline").strip().splitlines()
    assert len({line.replace("\\|", "").count("|") for line in table}) == 1


def test_the_page_asks_nothing_of_anybody(number):
    enrich(number, model=lambda: None)

    page = made(number).page

    assert not re.search(r"https?://|@import|url\(|<link|<iframe|<img|src=", page)
    assert page.startswith("<!doctype html>")
    assert "alert:1" in page


def test_what_a_model_drafted_is_disclosed(number):
    with transaction() as conn:
        data = {"source": "model", "model": "tiny-1", "prompt_version": "abc", "facts": [],
                "dropped": [{"text": "x", "missing": ["y"]}]}  # fmt: skip
        line = ("ours", EntryKind.SUMMARY, "nightshift", "written", data, ())
        incidents.add_entries(conn, [(number, after(45), *line)])

    told = section(made(number).markdown, "Disclosure")

    assert "drafted by the language model tiny-1 (prompt abc)" in told
    assert "1 sentence" in told


def test_a_live_incident_begins_with_how_it_stands_and_where_it_probably_began(number):
    with transaction() as conn:
        live = an_incident(conn, title="Still on", alert_count=3, firing_count=2)
        an_alert(conn, incident_id=live, title="Disk slow", host="db-01")
        an_alert(conn, incident_id=live, title="Shop slow", severity=None,
                 predicted_severity="low", service_name="shop")  # fmt: skip
        an_alert(conn, incident_id=live, title="Blip", status="resolved", resolved_at=after(2))

    text = made(live).markdown

    assert text.startswith("# INC-2026-000002: Still on\n\nIncident so far, made ")
    parts = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert parts[:7] == [
        "State", "Summary", "Probable beginning", "Changes in the window", "Topology", "Runbooks",
        "Firing now",
    ]  # fmt: skip
    state = section(text, "State").strip()
    assert state == (
        "Open, severity high: 2 of 3 alerts fire, 1 h 00 min so far. Team none, assignee none."
    )
    assert not any(part.startswith(("What went", "Where we", "Actions")) for part in parts)
    firing = section(text, "Firing now")
    assert "| Disk slow | high | db-01 | 2026-11-20T06:00:00Z | generic |" in firing
    assert "| Shop slow | low (predicted) | shop |" in firing
    assert "Blip" not in firing
    assert "Disk slow on db-01" in section(text, "Probable beginning")


def test_what_has_yet_to_happen_to_a_live_incident_is_said_so(number):
    with transaction() as conn:
        live = an_incident(conn, title="Still on")

    text = made(live).markdown

    assert "| Lasted | 1 h 00 min so far |" in text
    told = section(text, "Times so far")
    for name in ("TTA, to acknowledge", "TTM, to mitigate", "TTR, to resolve"):
        assert f"| {name} | not yet |" in told
    assert "| From resolved to closed | not yet |" in told
    assert "No alert of it fires any more." in section(text, "Firing now")
    for word in ("did not happen", "never", "Post-incident"):
        assert word not in text


def test_a_storm_lists_the_first_that_fire_and_how_many_more_there_are(database):
    with transaction() as conn:
        storm = an_incident(conn, alert_count=250, firing_count=250)
        for place in range(40):
            an_alert(conn, incident_id=storm, title=f"alert {place}")

    firing = section(made(storm).markdown, "Firing now")

    assert firing.count("| alert ") == 30
    assert "220 more fire: `nightshift alerts list --incident INC-2026-000001`." in firing


def test_the_long_list_of_what_fires_is_folded_on_the_page_and_a_short_one_is_not(database):
    with transaction() as conn:
        storm = an_incident(conn, alert_count=12, firing_count=12)
        small = an_incident(conn, alert_count=2, firing_count=2)
        for place in range(12):
            an_alert(conn, incident_id=storm, title=f"alert {place}")
        for place in range(2):
            an_alert(conn, incident_id=small, title=f"alert {place}")

    folded = made(storm).page

    assert folded.count("<details><summary>12 rows</summary>") == 1
    assert folded.count("<details>") == folded.count("</details>")
    order = [folded.index(f'<h2 id="{name}">') for name in ("probable-beginning", "firing-now")]
    assert order == sorted(order)
    assert " rows</summary>" not in made(small).page


def test_a_runbook_is_told_by_its_part_its_title_and_its_file(number):
    with transaction() as conn:
        refs = [
            "chunk:880 services/db.md > Databases > The disk is full", "chunk:7 notes.md", "plain"
        ]  # fmt: skip
        incidents.change(conn, number, T0, runbook_refs=refs)

    told = section(made(number).markdown, "Runbooks")

    assert told.strip().split("\n") == [
        "- The disk is full, in Databases (services/db.md)", "- notes.md", "- plain"
    ]  # fmt: skip
    assert "chunk:" not in told


def test_the_timeline_shows_its_beginning_and_its_end_and_joins_as_one_line(number):
    with transaction() as conn:
        live = an_incident(conn, title="Storm")
        opened = ("ours", EntryKind.GROUPED, "nightshift", "opened one", {"rule": "new-incident"})
        lines = [(live, after(0), *opened, ())]
        for place in range(12):
            fired = ("sender", EntryKind.ALERT_FIRED, "nightshift", f"alert {place}", {})
            joined = ("ours", EntryKind.GROUPED, "nightshift", "It joined", {"rule": "same_root"})
            lines += [(live, after(place), *fired, ()), (live, after(place), *joined, ())]
        lines.append((live, after(13), "ours", EntryKind.NOTE, "Ada", "the end", {}, ()))
        incidents.add_entries(conn, lines)
        whole = incidents.timeline(conn, live)

    told = section(made(live).markdown, "Timeline")
    short = timeline.told(whole, 6)

    assert told.count("It joined") == 0
    span = "between 2026-11-20T06:00:00Z and 2026-11-20T06:11:00Z"
    assert told.count(f"12 alerts joined {span}") == 1
    assert [f"| alert {place} |" in told for place in range(12)] == [True] * 12
    texts = [line.text for line in short]
    assert (texts[0], texts[2], texts[-1]) == ("opened one", "20 lines left out here", "the end")
    assert sum(line.stands_for for line in short) == len(whole)
    assert len(whole) == 26


def test_of_a_very_long_timeline_the_first_and_the_last_lines_are_read(database):
    with transaction() as conn:
        live = an_incident(conn, title="Long")
        notes = [(live, after(place), "ours", EntryKind.NOTE, "Ada", f"note {place}", {}, ())
                 for place in range(30)]  # fmt: skip
        incidents.add_entries(conn, notes)

        few, unread = incidents.timeline_ends(conn, live, 5, 10)
        all_of_them, none = incidents.timeline_ends(conn, live, 25, 10)

    assert [line.text for line in few] == [f"note {n}" for n in [*range(5), *range(20, 30)]]
    assert (unread, none) == (15, 0)
    assert [line.text for line in all_of_them] == [f"note {n}" for n in range(30)]


def test_merged_and_split_incidents_name_each_other(number):
    with transaction() as conn:
        gone = an_incident(conn, title="Also down", status="merged", merged_into=number)
        part = an_incident(conn, title="A part", split_from=number)

    told = made(gone).markdown
    assert "Merged into INC-2026-000001, which holds its alerts now." in told
    assert re.findall(r"^## (.+)$", told, re.MULTILINE) == ["Timeline", "Evidence", "Disclosure"]
    assert "Post-incident" not in told
    assert "| Split from | INC-2026-000001 |" in made(part).markdown
    assert "| Merged into it | INC-2026-000002 |" in made(number).markdown
    assert "/incidents/" not in made(gone).page


def test_an_unnamed_entity_stands_by_its_name(number):
    with transaction() as conn:
        conn.execute("UPDATE incidents SET affected_entities = '[\"rack-7\"]'")

    assert "rack-7" in section(made(number).markdown, "Impact")


def test_what_is_affected_is_told_by_kind_and_name_and_each_thing_once(number):
    with transaction() as conn:
        seen = viewing.view(conn, number, T0)
        vm = next(one for one in seen.entities.values() if one.kind == "vm")
        told = ["shop", vm.id, vm.name, f"{vm.name}.example.net", "node-0123456789abcdef"]
    node = Entity(id=told[-1], kind="node", name=vm.name)
    incident = replace(seen.incident, affected_entities=tuple(told))
    entities = {vm.id: vm, node.id: node}

    assert facts.affected(replace(seen, incident=incident, entities=entities)) == [f"vm {vm.name}"]


def test_machines_of_one_short_name_in_two_domains_stay_two():
    names = ("esx02.fra1.example.net", "esx02.ber1.example.net", "10.0.0.1", "10.0.0.2")
    things = [Thing(name, name, "host", known=False) for name in names]
    twins = [Thing("vm-1", "web", "vm", known=True), Thing("vm-2", "web", "vm", known=True)]

    assert told_once([*things, *twins], ()) == [*things, *twins]


def test_namespaces_and_services_are_no_affected_things():
    things = [
        Thing("namespace-1", "shop", "namespace", known=True),
        Thing("deployment-1", "Web", "deployment", known=True),
        Thing("cart", "cart", "service", known=False),
    ]

    assert told_once(things, ("web", "cart")) == []
