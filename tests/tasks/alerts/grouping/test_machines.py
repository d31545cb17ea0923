"""What alerts that name a machine tell of the services on it, of disks, feeds and rooms."""

from __future__ import annotations

import pytest

from tasks.alerts.grouping import topology_from
from tests.tasks.alerts.grouping.making import a_context, a_signal, incidents_of, placed

FLEET = {
    "cluster": "fleet",
    "hosts": {
        "cart-a.fra.example.net": {"rack": "r1", "switch": "s1"},
        "mq-a.fra.example.net": {"rack": "r2", "switch": "s2"},
        "pg-a.fra.example.net": {"rack": "r3", "switch": "s3"},
        "pg-b.fra.example.net": {"rack": "r4", "switch": "s4"},
        "stock-a.fra.example.net": {"rack": "r5", "switch": "s5"},
        "box-1": {"rack": "r6", "switch": "s6", "role": "storage"},
    },
    "services": {
        "cart": ["bus"],
        "bus": [],
        "ledger": ["ledger-db"],
        "ledger-db": ["lun-1"],
        "stock": ["stock-db"],
        "stock-db": ["lun-1"],
        "checkout": ["ledger", "stock"],
        "standby-db": ["ledger-db"],
        "lun-1": [],
    },
    "placement": {
        "cart": ["cart-a.fra.example.net"],
        "bus": ["mq-a.fra.example.net"],
        "ledger-db": ["pg-a.fra.example.net"],
        "standby-db": ["pg-b.fra.example.net"],
        "stock-db": ["stock-a.fra.example.net"],
        "lun-1": ["box-1"],
    },
}


def grouped(*signals, topology=None):
    context = a_context(topology=topology_from(FLEET if topology is None else topology))
    placements, memory = placed(signals, context)
    return incidents_of(placements, memory)


def bare(*signals):
    return grouped(*signals, topology={})


def test_a_short_name_means_the_machine_whose_full_name_begins_so():
    assert grouped(
        a_signal("broker", host="mq-a", title="Out of memory"),
        a_signal("errors", 2, service="cart", title="Error rate is high"),
    ) == [{"broker", "errors"}]


def test_a_short_name_of_two_machines_means_neither():
    two = {
        "hosts": {"db.fra.example.net": {}, "db.ams.example.net": {}},
        "services": {"web": []},
        "placement": {"web": ["db.fra.example.net"]},
    }

    assert (
        len(
            grouped(
                a_signal("disk", host="db", title="Disk is full"),
                a_signal("errors", 2, service="web", title="Error rate is high"),
                topology=two,
            )
        )
        == 2
    )


def test_a_full_name_is_known_also_where_the_sender_counts_it_to_another_cluster():
    labels = {"cluster": "compute-1"}

    assert grouped(
        a_signal("db", host="pg-a.fra.example.net", title="Out of memory", labels=labels),
        a_signal("errors", 2, service="ledger", title="Error rate is high"),
    ) == [{"db", "errors"}]


def test_trouble_of_the_service_on_a_machine_joins_what_that_service_depends_on():
    assert grouped(
        a_signal("db", host="pg-a.fra.example.net", title="Disk is full"),
        a_signal("copy", 3, host="pg-b.fra.example.net", title="Replication has stopped"),
    ) == [{"copy", "db"}]


def test_a_machine_that_is_lost_has_trouble_of_its_own():
    assert (
        len(
            grouped(
                a_signal("broker", host="mq-a", title="Out of memory"),
                a_signal("lost", 3, host="cart-a", title="Host is unreachable"),
            )
        )
        == 2
    )


def test_slow_disks_of_services_on_one_storage_are_one_incident_which_its_late_alert_joins():
    slow = "Disk latency is 200 ms"

    assert grouped(
        a_signal("pg", 1, host="pg-a", title=slow),
        a_signal("stock", 1.5, host="stock-a", title=slow),
        a_signal("array", 0, host="box-1", title="Controller failed, latency high", late=14),
    ) == [{"array", "pg", "stock"}]


def test_slow_disks_that_share_no_storage_are_two_incidents():
    slow = "Disk latency is 200 ms"

    assert (
        len(
            grouped(
                a_signal("pg", 1, host="pg-a", title=slow),
                a_signal("mq", 1.5, host="mq-a", title=slow),
            )
        )
        == 2
    )


def test_of_two_causes_the_one_counts_that_a_text_names():
    both = [
        a_signal("ledger", host="pg-a", title="RAID is degraded"),
        a_signal("stock", 0.5, service="stock", title="Crash loop"),
        a_signal("slow", 3, service="ledger", title="Latency is high"),
    ]
    event = a_signal(
        "checkout", 6, service="checkout", title="Latency is high", description="waits on ledger"
    )

    assert grouped(*both, event) == [{"checkout", "ledger", "slow"}, {"stock"}]


def test_a_disk_that_fills_over_hours_is_one_incident():
    part = {"mountpoint": "/data"}

    assert bare(
        a_signal("80", host="k-3", title="/data on k-3 is 80% full", labels=part),
        a_signal("90", 40, host="k-3", title="/data on k-3 is 90% full", labels=part),
        a_signal("96", 95, host="k-3", title="/data on k-3 is 96% full", labels=part),
    ) == [{"80", "90", "96"}]


def test_another_disk_that_fills_later_is_another_incident():
    assert (
        len(
            bare(
                a_signal("one", host="k-3", title="/data on k-3 is 80% full"),
                a_signal("other", 20, host="k-3", title="/backup on k-3 is 85% full"),
            )
        )
        == 2
    )


def test_other_trouble_of_a_machine_does_not_stretch_over_hours():
    assert (
        len(
            bare(
                a_signal("first", host="k-3", title="Kernel is tainted"),
                a_signal("then", 70, host="k-3", title="Host is unreachable"),
            )
        )
        == 2
    )


def test_what_feeds_power_at_one_site_fails_as_one_and_takes_its_hosts_along():
    here, there = {"site": "hel"}, {"site": "tll"}

    assert bare(
        a_signal("ups", title="UPS-1 lost its input", labels={"device": "UPS-1", **here}),
        a_signal("pdu", 0.5, title="PDU-14 has no voltage", labels={"device": "PDU-14"}),
        a_signal("else", 1, title="UPS-9 battery failed", labels={"device": "UPS-9", **there}),
        a_signal("host", 2, host="app-3", title="app-3 is not reachable", labels=here),
    ) == [{"else"}, {"host", "pdu", "ups"}]


def test_a_rack_that_an_alert_names_is_that_of_the_hosts_that_stand_in_it():
    pdu = {"device": "PDU-7", "rack": "r2"}

    assert grouped(
        a_signal("pdu", title="PDU-7 has no input voltage", labels=pdu),
        a_signal("psu", 0.5, host="mq-a", title="Power supply redundancy lost"),
        a_signal("other", 0.6, host="cart-a", title="Fan is broken"),
    ) == [{"other"}, {"pdu", "psu"}]


def test_a_room_that_gets_warm_is_of_the_chiller_that_failed_at_its_site():
    assert bare(
        a_signal("chiller", title="Chiller 2 tripped", labels={"device": "chiller-2", "site": "a"}),
        a_signal("room", 4, title="Room temperature is 29 C", labels={"site": "a"}),
        a_signal("far", 5, title="Room temperature is 31 C", labels={"site": "b"}),
    ) == [{"chiller", "room"}, {"far"}]


def test_an_alert_about_a_whole_cluster_joins_its_member_that_failed():
    labels = {"cluster": "kfk-live"}

    assert bare(
        a_signal("node", host="kfk-live-03", title="Broker is offline", labels=labels),
        a_signal("whole", 2, title="214 partitions of kfk-live are behind", labels=labels),
    ) == [{"node", "whole"}]


def test_what_stands_beside_the_host_of_an_alert_is_found_in_the_text_of_another():
    manager = {"qmgr": "QM.PAY.1"}

    assert bare(
        a_signal("mq", host="s7", title="QM.PAY.1 on s7 refuses connections", labels=manager),
        a_signal("job", 1, host="b2", title="Job failed", description="connecting to QM.PAY.1"),
    ) == [{"job", "mq"}]


def test_a_member_of_a_pool_is_the_machine_of_that_name():
    pool = {"device": "lb-1", "pool": "stock_443", "member": "px-2"}

    assert bare(
        a_signal("member", title="Pool member is down", labels=pool),
        a_signal("memory", 2, host="px-2", title="Out of memory"),
    ) == [{"member", "memory"}]


@pytest.mark.parametrize("said", ["lost path redundancy", "answers with the wrong status code"])
def test_what_is_still_seen_is_none_of_the_many_that_are_lost_at_once(said):
    lost = [a_signal(f"l{n}", n / 10, host=f"{n}x", title="does not answer") for n in range(4)]

    found = bare(*lost, a_signal("seen", 1, host="quote-a", title=f"quote-a {said}"))

    assert {"seen"} in found


def test_of_two_fresh_incidents_one_at_another_site_brings_no_symptom():
    assert bare(
        a_signal("here", host="p1", title="Disk is full", labels={"site": "hel"}),
        a_signal("there", 1, host="q7", title="Disk is full", labels={"site": "tll"}),
        a_signal("errors", 3, service="x", title="Error rate is high", labels={"site": "hel"}),
    ) == [{"errors", "here"}, {"there"}]


def test_devices_behind_a_router_with_broken_links_are_lost_with_it():
    graz = {"site": "graz"}

    assert bare(
        a_signal("bgp", title="BGP session is down", labels={"device": "rtr-1", **graz}),
        a_signal("nas", 1, title="nas-1 gives no answer", labels={"device": "nas-1", **graz}),
        a_signal("mail", 2, title="mx-1 gives no answer", labels={"device": "mx-1", "site": "w"}),
    ) == [{"bgp", "nas"}, {"mail"}]


def test_a_plain_word_that_fills_a_label_is_the_service_of_a_topology_that_came_as_a_file():
    assert grouped(
        a_signal("db", host="pg-a", title="Disk is full"),
        a_signal("errors", 2, title="Error rate is high", labels={"entity": "ledger"}),
    ) == [{"db", "errors"}]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(
            {"host": "pg-a", "title": "Disk latency is 200 ms"},
            {"host": "stock-a", "title": "Disk latency is 200 ms"},
            id="disks on one storage",
        ),
        pytest.param(
            {"title": "UPS-1 lost its input", "labels": {"device": "UPS-1"}},
            {"title": "PDU-14 has no voltage", "labels": {"device": "PDU-14"}},
            id="feeds",
        ),
    ],
)
def test_what_belongs_together_is_found_however_much_else_happens_in_between(first, second):
    others = [
        a_signal(f"o{n}", 0.5 + n / 10, service=f"other-{n}", title="Certificate has expired")
        for n in range(8)
    ]

    found = grouped(a_signal("one", **first), *others, a_signal("two", 2, **second))

    assert {"one", "two"} in found


def test_services_that_suffer_on_three_hosts_of_a_rack_are_no_failure_of_the_rack():
    hosts = {f"m{n}": {"rack": "r1"} for n in range(3)}

    assert (
        len(
            grouped(
                *(
                    a_signal(f"e{n}", n / 2, host=f"m{n}", title=f"{said} is slow")
                    for n, said in enumerate(("Login", "Search", "Print"))
                ),
                topology={"hosts": hosts},
            )
        )
        == 3
    )


def test_slow_disks_on_three_hosts_of_a_rack_that_share_no_storage_are_no_failure_of_the_rack():
    hosts = {f"m{n}": {"rack": "r1"} for n in range(3)}

    found = grouped(
        *(
            a_signal(f"e{n}", n / 2, host=f"m{n}", title=f"Disk latency of /d{n} is high")
            for n in range(3)
        ),
        topology={"hosts": hosts},
    )

    assert len(found) == 3


def test_an_array_that_is_slow_stands_below_what_is_slow_for_it():
    assert grouped(
        a_signal("db", 1, host="pg-a", title="Log flush takes 4 s"),
        a_signal("slow", 2, service="ledger", title="Response time is high"),
        a_signal("more", 3, service="ledger-db", title="Queries are slow"),
        a_signal("array", 0, title="Write latency is high", labels={"array": "box-1"}, late=11),
    ) == [{"array", "db", "more", "slow"}]


@pytest.mark.parametrize(
    ("title", "description"),
    [("Disk IO queue is high", ""), ("Disk queue length", "average queue 57")],
)
def test_the_queue_of_a_disk_is_no_queue_of_messages(title, description):
    broker = a_signal("broker", service="bus-mq", title="bus-mq is not running")
    disk = a_signal("disk", 2, host="other-7", title=title, description=description)

    assert len(bare(broker, disk)) == 2


def test_many_lost_machines_of_one_hall_are_one_incident_though_a_pod_was_told_of_first():
    halls = {"site": "hall-9"}
    pod = a_signal("pod", host="m-0", title="Pod not ready", labels={**halls, "pod": "web-1a2b3-x"})
    lost = [
        a_signal(f"m{n}", n / 10, host=f"m-{n}", title="Down", labels=halls) for n in range(1, 9)
    ]

    assert len(bare(pod, *lost)) == 1
