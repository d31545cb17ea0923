"""`nightshift assets show`: what an asset is related to, how surely, and what it stands on."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from models.records.graph import Join
from models.store import graph, transaction
from tests.builders import a_site, a_vm, store
from tests.deployments.test_inventory_cli import ASSET


def test_show_adds_the_relations(database, entry, listed):
    store(a_site(1))
    rows = listed()

    status, out, _ = entry("assets", "show", rows["web-01"]["id"], "--json")

    found = json.loads(out)
    assert status == 0
    assert found.keys() == ASSET | {"relations"}
    assert found["relations"] == [
        {
            "asset_id": rows["esx01.example"]["id"],
            "confidence": None,
            "deleted_at": None,
            "direction": "out",
            "kind": "host",
            "name": "esx01.example",
            "reason": None,
            "type": "runs_on",
        },
        {
            "asset_id": rows["ds-1"]["id"],
            "confidence": None,
            "deleted_at": None,
            "direction": "out",
            "kind": "datastore",
            "name": "ds-1",
            "reason": None,
            "type": "stored_on",
        },
    ]
    host = json.loads(entry("assets", "show", rows["esx01.example"]["id"], "--json")[1])
    assert ("runs_on", "in", "web-01") in {
        (edge["type"], edge["direction"], edge["name"]) for edge in host["relations"]
    }


def test_show_names_what_a_field_refers_to_beside_its_id(database, entry, listed):
    store(a_site(1))
    rows = listed()

    _, out, _ = entry("assets", "show", "web-01")

    lines = [line.split() for line in out.splitlines()]
    assert ["host", "esx01.example", f"({rows['esx01.example']['id']})"] in lines
    assert ["datastores", "ds-1", f"({rows['ds-1']['id']})"] in lines


@pytest.fixture
def joined(database, listed):
    """A site in which one edge is joined; returns the assets by name."""
    store(a_site(1))
    rows = listed()
    ends = {"from_id": rows["web-01"]["id"], "to_id": rows["esx02.example"]["id"]}
    join = Join(type="connected_to", confidence=0.9, reason="Both say [so].", **ends)
    with transaction() as conn:
        graph.replace_joins(conn, [join], datetime.now(UTC))
    return rows


def test_show_tells_how_sure_a_joined_relation_is_and_why(entry, joined):
    found = json.loads(entry("assets", "show", "web-01", "--json")[1])

    (edge,) = [edge for edge in found["relations"] if edge["type"] == "connected_to"]
    assert (edge["kind"], edge["confidence"], edge["reason"]) == ("host", 0.9, "Both say [so].")
    assert "walk" not in found


@pytest.mark.parametrize(
    ("toward", "reached"),
    [
        ("ground", {"cluster-1"}),
        ("impact", {"web-01"}),
        ("both", {"cluster-1", "web-01"}),
    ],
)
def test_show_walks_the_way_that_is_asked(entry, joined, toward, reached):
    arguments = ("esx01.example", "--hops", "3", "--toward", toward, "--json")

    found = json.loads(entry("assets", "show", *arguments)[1])

    assert {hop["name"] for hop in found["walk"]} == reached
    assert found["walk"][0].keys() >= {"depth", "type", "direction", "from_id", "asset_id", "kind"}


def test_show_draws_a_tree_down_to_what_an_asset_stands_on(entry, joined):
    shown = entry("assets", "show", "web-01", "--toward", "ground")[1]

    tree = shown[shown.index("web-01 stands on") :]
    assert "runs on host esx01.example" in tree
    assert "member of cluster cluster-1" in tree
    assert "connected to host esx02.example  90% sure: Both say [so]." in tree
    assert "On web-01" not in shown


def test_show_counts_what_is_too_much_to_list(database, entry, listed):
    store([*a_site(0), *(a_vm(number) for number in range(1, 31))])

    shown = entry("assets", "show", "esx01.example")[1]

    assert "… and runs 26 more virtual machines" in shown
    assert shown.count("runs virtual") + shown.count("runs vm") == 4
    below = entry("assets", "show", "cluster-1")[1]
    assert "… and runs 26 more virtual machines" in below


@pytest.mark.parametrize("arguments", [("web-01", "--hops", "0"), ("web-01", "--toward", "heaven")])
def test_walks_that_make_no_sense_are_wrong_use(entry, joined, arguments):
    status, out, _ = entry("assets", "show", *arguments)

    assert (status, out) == (2, "")
