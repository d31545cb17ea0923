"""Which events are of one incident, and which only look so."""

from __future__ import annotations

import msgspec
import pytest

from models.records.asset import AssetChange
from tasks.alerts.grouping import (
    Changes,
    Memory,
    Topology,
    group,
    tokens_of,
    topology_from,
)
from tests.tasks.alerts.grouping.making import SHOP, a_context, a_signal, at, incidents_of, placed


def test_a_service_that_depends_on_what_failed_joins_its_incident():
    signals = [
        a_signal("db", host="h3", title="Disk full"),
        a_signal("api", 2, service="api", title="Error rate"),
        a_signal("web", 3, service="web", title="Error rate"),
    ]

    placements, memory = placed(signals)

    assert incidents_of(placements, memory) == [{"db", "api", "web"}]
    assert memory.incident(placements["db"].incident).root_event == "db"


def test_a_name_that_an_incident_learnt_later_ties_what_extends_it():
    signals = [
        a_signal("one", host="q9", title="Disk full"),
        a_signal("other", 1, host="q9", service="ledger", title="Disk full"),
        a_signal("kin", 2, service="ledger-nightly", title="Disk full"),
    ]

    placements, memory = placed(signals, a_context(topology=Topology()))

    assert incidents_of(placements, memory) == [{"one", "other", "kin"}]


def test_the_incident_that_went_on_last_is_found_first():
    signals = [
        a_signal("a", service="api", labels={"env": "staging"}),
        a_signal("b", 1, service="api", labels={"env": "prod"}),
    ]
    placements, memory = placed(signals)
    group([a_signal("again", 2, key="a", service="api")], memory, a_context())

    found = memory.found_under("", ["n:api"], 5)

    assert [one.ref for one in found] == [placements["a"].incident, placements["b"].incident]


def test_of_two_incidents_that_fit_alike_the_one_that_began_on_the_thing_is_taken():
    signals = [
        a_signal("full", host="db9", title="Disk is full"),
        a_signal("down", 1, host="m1", title="Host is unreachable"),
        a_signal("agent", 1.5, host="m1", service="wiki", title="Agent is unreachable"),
        a_signal("errors", 2, host="db9", service="wiki", title="Database errors"),
    ]

    placements, memory = placed(signals, a_context(topology=topology_from({})))

    assert incidents_of(placements, memory) == [{"agent", "down"}, {"errors", "full"}]
    told = placements["errors"].explanation
    assert told.chosen.score == told.best_rejected.score


def test_equal_words_on_unrelated_services_stay_apart():
    signals = [
        a_signal("a", service="api", title="HighErrorRate", rule="HighErrorRate"),
        a_signal("b", 1, service="mail", title="HighErrorRate", rule="HighErrorRate"),
    ]

    placements, memory = placed(signals)

    assert incidents_of(placements, memory) == [{"a"}, {"b"}]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({"env": "staging"}, {"env": "production"}, id="environment"),
        pytest.param({"cluster": "prod-a"}, {"cluster": "prod-b"}, id="cluster"),
        pytest.param(
            {"cluster": "staging-a"}, {"env": "prod"}, id="an environment in the cluster's name"
        ),
        pytest.param(
            {"namespace": "shop-dev"}, {"env": "live"}, id="an environment in the namespace"
        ),
    ],
)
def test_the_same_service_elsewhere_is_another_incident(one, other):
    signals = [
        a_signal("a", service="api", labels=one),
        a_signal("b", 1, service="api", labels=other),
    ]

    placements, memory = placed(signals)

    assert incidents_of(placements, memory) == [{"a"}, {"b"}]
    assert placements["b"].explanation.best_rejected.vetoes


def test_a_switch_that_is_told_after_its_hosts_makes_one_incident_of_theirs_and_is_its_root():
    hosts = [
        a_signal(f"h{n}", n / 10, host=f"h{n}", title="Host is unreachable") for n in (1, 2, 3)
    ]
    before, memory = placed(hosts[:2])

    after, _ = placed(
        [*hosts[2:], a_signal("switch", -0.2, late=4, host="sw-1", title="Switch does not answer")],
        memory=memory,
    )

    changes = memory.changed()
    assert incidents_of({**before, **after}, memory) == [{"h1", "h2", "h3", "switch"}]
    assert memory.incident(after["switch"].incident).root_event == "switch"
    assert set(changes.merged) <= {one.ref for one in changes.incidents if one.merged_into}


def test_an_event_that_suffers_from_two_incidents_does_not_merge_them():
    signals = [
        a_signal("db", service="db", title="Replication lag"),
        a_signal("cache", 1, service="cache", title="Out of memory"),
        a_signal("api", 2, service="api", title="Error rate"),
    ]

    placements, memory = placed(signals)

    assert len(incidents_of(placements, memory)) == 2


def test_many_hosts_of_one_room_at_once_are_one_incident_without_any_topology():
    context = a_context(topology=topology_from({}))
    signals = [
        a_signal(f"x{n}", n / 20, host=f"x{n:03d}", title="Target down", labels={"room": "b2"})
        for n in range(40)
    ]
    signals.append(
        a_signal("apart", 1, service="billing", title="Provider returned HTTP 401 invalid api key")
    )

    placements, memory = placed(signals, context)

    assert sorted(map(len, incidents_of(placements, memory))) == [1, 40]


def test_two_hosts_of_one_room_are_two_incidents():
    context = a_context(topology=topology_from({}))

    placements, memory = placed(
        [
            a_signal("a", host="p1", labels={"room": "b2"}),
            a_signal("b", 1, host="q7", labels={"room": "b2"}),
        ],
        context,
    )

    assert len(incidents_of(placements, memory)) == 2


def test_a_related_event_joins_until_the_window_is_over():
    near, _ = placed([a_signal("a", service="db"), a_signal("b", 20, service="api")])
    far, _ = placed([a_signal("a", service="db"), a_signal("b", 80, service="api")])

    assert near["b"].incident == near["a"].incident
    assert far["b"].opened


def test_a_late_event_is_judged_by_when_it_happened():
    signals = [
        a_signal("now", 60, service="api"),
        a_signal("late", 2, late=60, service="db"),
        a_signal("then", 0, late=63, service="api", key="x"),
    ]

    placements, memory = placed(signals)

    assert {"late", "then"} in incidents_of(placements, memory)


def test_a_split_incident_is_not_merged_again_by_itself():
    first, memory = placed(
        [a_signal(f"h{n}", host=f"h{n}", title="Host is unreachable") for n in (1, 2)]
    )
    memory.incident(first["h1"].incident).split = True

    later, _ = placed(
        [a_signal("switch", 1, host="sw-1", title="Switch does not answer")], memory=memory
    )

    assert len(incidents_of({**first, **later}, memory)) == 2


def test_what_changed_just_before_is_told_and_makes_an_alert_a_likelier_root():
    change = AssetChange(
        asset_id="x",
        kind="deployment",
        name="api",
        change="changed",
        at=at(-20),
        field="image",
        before="1",
        after="2",
    )
    old = AssetChange(asset_id="y", kind="deployment", name="api", change="changed", at=at(-300))

    placements, memory = placed(
        [a_signal("a", service="api", title="Error rate")], a_context(changes=[old, change])
    )

    told = placements["a"].explanation.facts["changes"]
    assert [one["field"] for one in told] == ["image"]
    assert memory.incident(placements["a"].incident).contenders[0].changed


@pytest.mark.parametrize("bound", [100, 10_000])
def test_an_event_is_compared_with_few_incidents_however_many_are_open(bound):
    context = a_context(topology=topology_from({}))
    first, one = placed([a_signal("a", service="api")], context)
    incident = one.incident(first["a"].incident)
    memory = Memory((), [msgspec.structs.replace(incident, ref=f"open-{n}") for n in range(bound)])

    group([a_signal("b", 1, service="api")], memory, context)

    assert 0 < memory.comparisons <= context.policy.limits.candidates


def test_what_is_remembered_of_an_incident_does_not_grow_with_its_alerts():
    def size(count):
        signals = [
            a_signal(
                str(n),
                n / 500,
                host=f"x{n:05d}",
                title=f"Host x{n:05d} is unreachable",
                labels={"room": "b2"},
            )
            for n in range(count)
        ]
        placements, memory = placed(signals, a_context(topology=topology_from({})))
        return len(msgspec.json.encode(memory.incident(placements["0"].incident)))

    assert size(900) < 1.2 * size(200)


def test_the_words_to_look_under_are_few():
    text = " ".join(f"name-{n}" for n in range(500))
    signal = a_signal(
        "a",
        service="api",
        host="h1",
        description=text,
        labels={f"label{n}": f"value-{n}" for n in range(200)},
    )

    assert len(tokens_of(signal, topology_from(SHOP))) <= 40


def test_a_memory_that_was_stored_and_restored_between_events_decides_the_same():
    signals = [
        a_signal("a", service="db"),
        a_signal("b", 1, service="api"),
        a_signal("c", 2, service="mail"),
        a_signal("d", 3, key="a", status="resolved"),
        a_signal("e", 9, service="web"),
    ]
    whole, _ = placed(signals)

    alerts, incidents, pieces = {}, {}, {}
    for signal in signals:
        memory = Memory(alerts.values(), incidents.values())
        [placement] = group([signal], memory, a_context())
        changes = msgspec.convert(msgspec.to_builtins(memory.changed()), Changes)
        renamed = {f"new-{n}": f"{signal.event_id}-{n}" for n in range(3)}
        for incident in changes.incidents:
            incident.ref = renamed.get(incident.ref, incident.ref)
            incidents[incident.ref] = incident
        for alert in changes.alerts:
            alert.incident = renamed.get(alert.incident, alert.incident)
            alerts[alert.dedup_key] = alert
        pieces[signal.event_id] = (
            placement.opened,
            placement.explanation.rule,
            placement.explanation.score,
        )

    assert pieces == {
        name: (one.opened, one.explanation.rule, one.explanation.score)
        for name, one in whole.items()
    }
