"""Edges that rest on ARP and MAC tables, whose entries age out while nothing has changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models.kinds.device import ArpEntry
from models.records.asset import asset_id
from models.store import graph, transaction
from tasks.inventory.join import join_assets
from tasks.inventory.joining import find_joins
from tests.builders import store
from tests.tasks.inventory.joining.given import (
    NIC,
    a_device,
    a_machine,
    a_nic,
    a_node,
    a_port,
    a_server,
    heard,
    inputs,
    learned,
)

START = datetime(2026, 11, 20, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(hours=24)
VMNIC0 = "00:25:b5:00:01:00"
ARP = (ArpEntry(ip_address="10.1.0.5", mac=NIC),)
MACS = (learned(NIC, "Eth1/1"), learned(VMNIC0, "Ethernet1/2"))
PORTS = [a_port("sw1", f"Ethernet1/{number}") for number in range(1, 5)]
AT_1 = asset_id("net", "interface", "sw1/Ethernet1/1")
AT_3 = asset_id("net", "interface", "sw1/Ethernet1/3")
VM = asset_id("vc1", "vm", "vm-1")


def a_site(*, nic=NIC, address="10.1.0.5", ports=PORTS, more=(), **device):
    """A VM and its host that are only known by what sw1 has learned, and a node by its ARP."""
    tables = {"neighbours": (), "mac_table": MACS, "arp": ARP, **device}
    return {
        "k1": [a_node(ip_addresses=(address,))],
        "vc1": [a_machine(nics=(a_nic(nic),), host=None), a_server()],
        "net": [a_device(**tables), *ports, *more],
    }


def rounds(*sites, every=MINUTE):
    """Return the edges of each round, as `{(from, to): (confidence, reason)}`."""
    before, found = [], []
    for number, site in enumerate(sites):
        joins = find_joins(inputs(**site), before, START + number * every)
        before = [join.learned for join in joins if join.learned]
        found.append({(j.from_id, j.to_id): (j.confidence, j.reason) for j in joins})
    return found


def ends(found):
    return {end for edge in found for end in edge}


LOST = a_site(mac_table=(), arp=())
UNREAD = a_site(mac_table=None, arp=None)


def test_an_entry_that_has_aged_out_leaves_its_edge_as_it_is():
    first, second, third = rounds(a_site(), LOST, LOST)

    assert len(first) == 3
    assert first == second == third


def test_one_that_stays_away_for_a_day_is_gone():
    first, missing, gone = rounds(a_site(), LOST, LOST, every=DAY)

    assert missing == first
    assert gone == {}


def test_one_that_comes_back_has_a_day_again():
    found = rounds(a_site(), LOST, a_site(), LOST, LOST, every=DAY)

    assert found[3] == found[0]
    assert found[4] == {}


def test_a_table_that_could_not_be_read_says_nothing_however_long():
    found = rounds(a_site(), UNREAD, UNREAD, UNREAD, every=DAY)

    assert found == [found[0]] * 4


def test_while_neighbours_are_not_read_what_was_known_stays_and_nothing_is_added():
    other = a_machine(2, nics=(a_nic("00:50:56:01:00:02"),), host=None)
    site = a_site(neighbours=None, mac_table=(*MACS, learned("00:50:56:01:00:02", "Ethernet1/4")))
    site["vc1"].append(other)

    first, second = rounds(a_site(), site)

    assert second == first


@pytest.mark.parametrize("table", [(), None, MACS[1:]], ids=["lost", "unread", "in part"])
def test_a_machine_that_is_seen_elsewhere_is_there_and_here_no_more(table):
    far = (
        a_device(2, neighbours=(), mac_table=(learned(NIC, "Ethernet1"),)),
        a_port("sw2", "Ethernet1"),
    )

    _, moved = rounds(a_site(), a_site(mac_table=table, more=far))

    assert [to for start, to in moved if start == VM] == [
        asset_id("net", "interface", "sw2/Ethernet1")
    ]
    _, moved = rounds(a_site(), a_site(mac_table=(learned(NIC, "Ethernet1/3"), MACS[1])))
    assert (VM, AT_3) in moved
    assert (VM, AT_1) not in moved


def test_an_address_that_is_at_another_mac_is_of_the_old_machine_no_more():
    other = (ArpEntry(ip_address="10.1.0.5", mac="00:50:56:01:00:77"),)

    _, found = rounds(a_site(), a_site(arp=other))

    assert asset_id("k1", "node", "node-1") not in ends(found)


@pytest.mark.parametrize(
    ("changed", "end"),
    [
        ({"nic": "00:50:56:01:00:77"}, VM),  # the adapter was replaced
        ({"ports": PORTS[1:]}, AT_1),
        ({"address": "10.1.0.6"}, asset_id("k1", "node", "node-1")),
        ({"neighbours": (heard("Ethernet1/1", port="00:25:b5:00:01:01"),)}, "no end"),
    ],
)
def test_what_contradicts_an_edge_ends_it_though_its_entry_is_only_missing(changed, end):
    _, found = rounds(a_site(), a_site(mac_table=(), arp=(), **changed))

    assert end not in ends(found)


def test_a_machine_whose_host_moved_is_not_held_where_another_host_is():
    here = heard("Ethernet1/1", port="00:25:b5:00:01:00")
    site = a_site(neighbours=(here,))
    site["vc1"] = [a_machine(nics=(a_nic(NIC),)), a_server(1), a_server(2)]
    moved = {**site, "net": [a_device(neighbours=(here,), mac_table=()), *PORTS]}
    moved["vc1"] = [a_machine(nics=(a_nic(NIC),), host="host-2"), a_server(1), a_server(2)]

    first, second = rounds(site, moved)

    assert (VM, AT_1) in first
    assert (VM, AT_1) not in second


def collect(**sources):
    covered = ("vm", "host", "node", "device", "interface")
    for source, records in sources.items():
        store(records, source=source, covered=covered)


def rows():
    with transaction() as conn:
        return conn.execute(
            "SELECT from_id, to_id, xmin::text FROM relations ORDER BY 1"
        ).fetchall()


@pytest.mark.parametrize("site", [LOST, UNREAD], ids=["lost", "unread"])
def test_tables_that_lose_their_entries_and_have_them_again_write_no_edge(database, site):
    collect(**a_site())
    join_assets(START)
    before = rows()

    for number, each in enumerate([site, a_site(), site], 1):
        collect(**each)
        assert join_assets(START + number * MINUTE).opened == 0

    assert rows() == before


def test_an_edge_whose_entry_stays_away_is_closed_in_time_though_nothing_else_is_new(database):
    collect(**a_site())
    join_assets(START)
    collect(**LOST)
    join_assets(START + MINUTE)

    assert join_assets(START + DAY).unchanged
    assert join_assets(START + DAY + MINUTE).closed == 3
    assert join_assets(START + 2 * DAY).unchanged
    with transaction() as conn:
        assert graph.learned(conn) == []
