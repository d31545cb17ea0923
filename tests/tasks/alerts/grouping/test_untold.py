"""What ties events of which no topology tells: sentences, kinds, places, and being the only one."""

from __future__ import annotations

import pytest

from tasks.alerts.grouping import Topology
from tasks.alerts.grouping.sentences import needed_in, subjects_of
from tests.tasks.alerts.grouping.making import a_context, a_signal, incidents_of, placed


def groups(*signals):
    return incidents_of(*placed(list(signals), a_context(topology=Topology())))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("dial tcp pg-main:5432: connect: connection refused", "pg-main"),
        ("lookup ledger.billing.svc: no such host", "ledger"),
        ("TimeoutError: call to catalog timed out after 3000 ms", "catalog"),
        ("catalog responded with 500", "catalog"),
        ("Error while talking to wh-db2", "wh-db2"),
        ("consumer thumbnailer processed nothing", "thumbnailer"),
        ("waiting for payroll run", "payroll run"),
        ("VM runs on hv-07", "hv-07"),
        ("cannot reach license server lic-01", "lic-01"),
        ("no connection to pg-main-0", "pg-main"),
    ],
)
def test_a_text_tells_what_something_needs(text, name):
    assert name in needed_in(text)


@pytest.mark.parametrize(
    "text", ["", "error ratio is 12%", "failed to complete", "returned 503 for 28% of requests"]
)
def test_a_text_that_names_nothing_needs_nothing(text):
    assert not needed_in(text)


def test_a_title_begins_with_pairs_of_words_without_what_a_tool_adds():
    assert "payroll run" in subjects_of("[Triggered] Payroll run failed")


def test_a_plain_word_is_a_name_where_a_text_says_that_it_was_called():
    cause = a_signal("cause", service="catalog", title="panic: missing config key")
    says = {"service": "feed", "title": "Error rate is high"}

    called = groups(cause, a_signal("said", 3, description="catalog responded with 500", **says))

    assert called == [{"cause", "said"}]


def test_what_was_waited_for_joins_those_who_said_so_and_makes_them_one():
    signals = [
        a_signal("a", service="front", title="Errors", description="calls to till time out"),
        a_signal("b", 1, service="kiosk", title="Errors", description="502 from till"),
        a_signal("till", 2, service="till", title="Out of memory"),
    ]

    assert groups(*signals) == [{"a", "b", "till"}]


def test_two_that_need_the_same_thing_are_one():
    signals = [
        a_signal("a", service="front", title="Errors", description="no answer from pay-gw"),
        a_signal("b", 1, service="kiosk", title="Errors", description="cannot reach pay-gw"),
    ]

    assert groups(*signals) == [{"a", "b"}]


def test_alerts_of_nothing_but_words_are_tied_by_the_names_in_them():
    signals = [
        a_signal("db", title="database wh-db2 is not accepting connections"),
        a_signal("export", 2, title="Export aborted", description="talking to wh-db2"),
        a_signal("relay", 3, title="Mail relay mx-1 is slow"),
    ]

    assert groups(*signals) == [{"db", "export"}, {"relay"}]


def test_one_broker_that_failed_brings_the_backlog_and_two_tell_nothing():
    one = a_signal("one", service="mq3", title="Broker mq3 is not running")
    other = a_signal("other", 1, service="mq4", title="Broker mq4 is not running")
    backlog = a_signal("backlog", 4, service="mes", title="83 messages wait for mes")

    assert groups(one, backlog) == [{"one", "backlog"}]
    assert groups(one, other, backlog) == [{"backlog"}, {"one"}, {"other"}]


def test_a_backlog_ties_the_errors_before_it_to_the_broker():
    signals = [
        a_signal("broker", service="mq3", title="Broker mq3 is not running"),
        a_signal("disk", 1, host="q9", title="Disk is full"),
        a_signal("errors", 3, service="mes", title="Error rate is high"),
        a_signal("backlog", 2, late=5, service="mes", title="83 messages wait for mes"),
    ]

    assert groups(*signals) == [{"backlog", "broker", "errors"}, {"disk"}]


def test_a_guest_is_of_the_one_host_that_was_lost():
    host = a_signal("host", host="p1", title="p1 is unreachable")
    guest = a_signal("guest", 2, host="ts-vm1", title="VM ts-vm1 lost heartbeat")

    assert groups(host, guest) == [{"host", "guest"}]
    other = a_signal("other", 1, host="q7", title="q7 is unreachable")
    assert groups(host, other, guest) == [{"guest"}, {"host"}, {"other"}]


def test_the_text_tells_that_a_host_is_a_datastore():
    signals = [
        a_signal("store", host="ds-1", title="Datastore ds-1: all paths degraded"),
        a_signal("vm", 1, host="erp-vm2", title="Virtual disk of erp-vm2 waits 29 ms"),
    ]

    assert groups(*signals) == [{"store", "vm"}]


def test_a_zone_that_fails_takes_along_what_stands_in_it_and_nothing_of_its_region():
    zone = {"region": "west-1", "availability_zone": "west-1b"}
    signals = [
        a_signal("a", labels={**zone, "InstanceId": "i-1"}, title="Status check failed"),
        a_signal("zone", 0.2, labels=zone, title="Loss of power in west-1b"),
        a_signal("b", 0.4, labels={**zone, "InstanceId": "i-2"}, title="Status check failed"),
        a_signal("else", 1, labels={"region": "west-1", "fn": "resize"}, title="resize throttled"),
    ]

    assert groups(*signals) == [{"a", "b", "zone"}, {"else"}]


def test_a_tool_that_calls_every_rule_alike_makes_no_mass_of_its_alerts():
    hosts = [
        a_signal(f"h{n}", n / 10, rule="trigger", host=f"app-{n}", title=f"app-{n}: no ping")
        for n in range(6)
    ]
    ups = a_signal("ups", 2, rule="trigger", host="ups-x", title="Battery needs replacement")

    assert groups(*hosts, ups) == [{f"h{n}" for n in range(6)}, {"ups"}]


def test_a_pod_on_a_lost_node_ties_what_its_workload_suffered_before():
    signals = [
        a_signal("node", labels={"node": "k-19"}, title="Node is unreachable"),
        a_signal("disk", 0.5, host="q9", title="Disk is full"),
        a_signal("deployment", 3, labels={"deployment": "bags"}, title="bags is degraded"),
        a_signal(
            "pod", 2, late=5, labels={"pod": "bags-0", "node": "k-19"}, title="Pod is not ready"
        ),
    ]

    assert groups(*signals) == [{"deployment", "node", "pod"}, {"disk"}]


def test_a_symptom_is_rather_of_what_others_stand_on_than_of_one_service_s_own_trouble():
    signals = [
        a_signal("lag", service="wards-db", title="Replication lag"),
        a_signal("key", 1, service="labs", title="Provider says 401 invalid api key"),
        a_signal("slow", 3, service="portal", title="p95 is 800 ms, slow"),
    ]

    assert groups(*signals) == [{"key"}, {"lag", "slow"}]


def test_what_tells_no_environment_is_not_of_staging_because_of_a_like_name():
    signals = [
        a_signal("a", service="core", title="Process is gone", labels={"env": "staging"}),
        a_signal("b", 1, host="core-vm1", title="Short of memory"),
    ]

    assert groups(*signals) == [{"a"}, {"b"}]


def test_two_that_crash_in_one_namespace_for_reasons_of_their_own_stay_apart():
    signals = [
        a_signal("a", title="NullPointerException", labels={"namespace": "shop", "pod": "cart-0"}),
        a_signal(
            "b", 2, title="CrashLoop: bad flag", labels={"namespace": "shop", "pod": "wish-0"}
        ),
    ]

    assert groups(*signals) == [{"a"}, {"b"}]


def test_a_crash_in_the_namespace_of_a_failed_database_is_of_it():
    signals = [
        a_signal("db", title="Postgres is down", labels={"namespace": "pay", "pod": "pg-0"}),
        a_signal("b", 2, title="CrashLoopBackOff", labels={"namespace": "pay", "pod": "ledger-0"}),
    ]

    assert groups(*signals) == [{"db", "b"}]
