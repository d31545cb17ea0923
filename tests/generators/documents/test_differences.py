from __future__ import annotations

import pytest

from generators.documents.changes import Risk, by_weight, changes, in_a_line, in_words, risk_of
from generators.documents.differences import record_differences
from generators.documents.page import render_page
from models.records.asset import AssetChange, asset_id
from tests.generators.documents.domains import all_facts
from tests.generators.documents.site import THEN, a_change_set, facts
from tests.generators.documents.test_documents import section

BEFORE = "hostname leaf-1\nntp server 10.0.0.1\nline vty 0 4\n transport input ssh\n"


def a_change(field, before, after, **changed):
    values = {
        "asset_id": asset_id("net", "device", "leaf-1"),
        "kind": "device",
        "name": "leaf-1",
        "change": "changed",
        "at": THEN,
        "field": field,
        "before": before,
        "after": after,
    }
    return AssetChange(**{**values, **changed})


def risky(*found):
    return section(changes(facts(change_sets=(a_change_set(*found),))), "risky")


def test_a_changed_configuration_is_shown_line_by_line():
    body = risky(a_change("running_config", BEFORE, BEFORE.replace("ssh", "telnet")))

    row = "| leaf-1 | Running configuration | 1 line gone | 1 line new | 2026-11-20T06:00:00Z |"
    assert row in body
    assert "**Configuration of leaf-1**, 2026-11-20T06:00:00Z" in body
    assert "\n- transport input ssh\n+ transport input telnet\n" in body
    assert "hostname leaf-1" not in body


def test_a_long_difference_is_cut_and_says_how_much_more_there_is():
    after = BEFORE + "\n".join(f"vlan {number}" for number in range(500))

    body = risky(a_change("running_config", BEFORE, after))

    assert "| 0 lines gone | 500 lines new |" in body
    assert "... 442 more lines" in body
    assert body.count("\n+vlan") < 70


def test_a_configuration_that_came_or_went_has_no_lines_to_compare():
    body = risky(a_change("running_config", None, BEFORE))

    assert "| Running configuration | unknown | 4 lines |" in body
    assert "```diff" not in body


def test_a_configuration_cannot_end_its_block_or_become_markup():
    bad = "banner ```\n# heading\n<script>alert(1)</script> {{7*7}} \u202e\x1b[2J\n~~~~\n"

    body = risky(a_change("running_config", BEFORE, bad))

    block = body.split("```diff\n")[1]
    inside, _, rest = block.partition("\n```\n")
    assert "script" in inside
    assert "script" not in rest
    assert "{{" not in body
    assert "\x1b" not in body
    page = render_page("x", f"# x\n\n{body}")
    assert "<script" not in page
    assert "<h1" in page
    assert page.count("heading</h1>") == 0


def test_labels_show_only_what_differs():
    labelled = a_change(
        "labels", [["app", "web"], ["tier", "front"]], [["app", "web"], ["tier", "a|b"]], kind="pod"
    )

    assert in_words(labelled, facts()) == ("tier=front", "tier=a\\|b")
    assert risk_of(labelled) is Risk.COSMETIC


def test_long_lists_show_only_what_came_and_went():
    many = [f"10.0.0.{number}" for number in range(20)]

    assert in_words(a_change("ntp_servers", many, [*many[1:], "10.9.9.9"]), facts()) == (
        "10.0.0.0",
        "10.9.9.9",
    )


def test_records_without_a_name_are_told_by_what_they_say():
    rule = {"verbs": ["get"], "api_groups": [], "resources": ["pods"]}
    more = {"verbs": ["*"], "api_groups": [], "resources": ["*"]}

    assert record_differences([rule], [rule, more], str) == ("none", "*; *")


def test_records_of_one_name_are_each_kept():
    first = {"interface": "Ethernet1/1", "system_name": "a"}
    second = {"interface": "Ethernet1/1", "system_name": "b"}

    before, after = record_differences([first, second], [first], str)

    assert (before, after) == ("Ethernet1/1", "none")


def test_a_changed_neighbour_shows_only_what_differs_in_it():
    heard = {"interface": "Ethernet1/1", "system_name": "a", "port": "1"}

    assert record_differences([heard], [{**heard, "port": "2"}], str) == (
        "Ethernet1/1 (port: 1)",
        "Ethernet1/1 (port: 2)",
    )


@pytest.mark.parametrize(
    ("change", "risk"),
    [
        (a_change("running_config", "a", "b"), Risk.RISKY),
        (a_change("state", "up", "down", kind="interface"), Risk.RISKY),
        (a_change("description", "a", "b", kind="interface"), Risk.COSMETIC),
        (a_change("replicas", 2, 3, kind="deployment"), Risk.RISKY),
        (a_change(None, None, None, kind="pod", change="deleted"), Risk.PLANNED),
        (a_change(None, None, None, kind="node", change="deleted"), Risk.RISKY),
    ],
)
def test_changes_of_the_new_kinds_are_weighed(change, risk):
    assert risk_of(change) is risk


def test_a_pod_that_moved_names_both_nodes_the_gone_one_too():
    gone = asset_id("k8s", "node", "n9")
    moved = a_change("node", gone, asset_id("k8s", "node", "n1"), kind="pod")

    assert in_words(moved, all_facts(names={gone: "worker-gone"})) == ("worker-gone", "worker-1")
    assert in_words(moved, all_facts()) == (gone, "worker-1")


def test_a_port_and_an_object_of_a_namespace_are_named_so_that_one_finds_them():
    port = a_change(
        "state",
        "up",
        "down",
        kind="interface",
        asset_id=asset_id("net", "interface", "leaf-1/Ethernet1/1"),
        name="Ethernet1/1",
    )
    pod = a_change(
        "phase", "Running", "Failed", kind="pod", asset_id=asset_id("k8s", "pod", "p1"), name="web"
    )
    gone = a_change("phase", "Running", "Failed", kind="pod", asset_id="pod-none", name="ghost")
    found = all_facts(change_sets=(a_change_set(port, pod, gone),))

    text = section(changes(found), "risky") + section(changes(found), "planned")

    assert "| leaf-1 Ethernet1/1 | State | up | down |" in text
    assert "| shop/web | Phase | Running | Failed |" in text
    assert "| ghost | Phase |" in text


def test_what_weakens_one_stands_before_what_weakens_many_and_names_come_last():
    host = a_change("connection_state", "connected", "not_responding", kind="host", name="esx-1")
    vms = [
        a_change("connection_state", "connected", "disconnected", kind="vm", name=f"vm-{number}")
        for number in range(3)
    ]
    note = a_change("annotation", "", "kept for the auditor", kind="vm", name="a-vm")

    assert by_weight([note, *vms, host]) == [host, *vms, note]


def test_a_change_on_one_line_speaks_as_people_do_and_is_not_endless():
    on = a_change("ha_enabled", True, False, kind="cluster", name="prod")
    text = a_change("annotation", "a\nb", "c" * 500, kind="vm", name="web")

    assert in_a_line(on, facts()) == "HA of Cluster prod changed from yes to no"
    assert "\n" not in in_a_line(text, facts())
    assert len(in_a_line(text, facts())) == 240
