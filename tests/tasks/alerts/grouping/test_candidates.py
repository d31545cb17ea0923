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
    topology_of,
)
from tasks.alerts.grouping.topology_graph import Edge, Thing
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


def test_a_failed_host_takes_its_machines_of_every_environment_along_and_no_service_elsewhere():
    things = [
        Thing(name, kind, name)
        for name, kind in (("esx-1", "host"), ("shop-1", "vm"), ("shop-dev-1", "vm"))
    ]
    hosted = topology_of(
        things, [Edge("shop-1", "runs_on", "esx-1"), Edge("shop-dev-1", "runs_on", "esx-1")]
    )
    prod, dev = {"env": "prod"}, {"env": "dev"}
    signals = [
        a_signal("host", host="esx-1", labels=prod, title="Host is unreachable"),
        a_signal("prod", 1, host="shop-1", labels=prod, title="VM is unreachable"),
        a_signal("dev", 1.1, host="shop-dev-1", labels=dev, title="VM is unreachable"),
        a_signal("other", 1.2, service="portal", labels=dev, title="VM is unreachable"),
    ]

    placements, memory = placed(signals, a_context(topology=hosted))

    assert incidents_of(placements, memory) == [{"host", "prod", "dev"}, {"other"}]


HOSTED = topology_of(
    [
        Thing("esx-1", "host", "esx-1", "compute"),
        Thing("vm-1", "vm", "wrk-1", "compute"),
        Thing("node-1", "node", "wrk-1", "k8s-dev"),
        Thing("pod-1", "pod", "cart-6b5d8f9c7d-x2x4z", "k8s-dev"),
        Thing("claim-1", "pvc", "cart-data", "k8s-dev"),
        Thing("cart", "deployment", "cart", "k8s-dev"),
        Thing("cart-svc", "service", "cart-http", "k8s-dev"),
        Thing("shop", "ingress", "shop", "k8s-dev"),
        Thing("mail", "deployment", "mail", "k8s-dev"),
    ],
    [
        Edge("vm-1", "runs_on", "esx-1"),
        Edge("node-1", "runs_on", "vm-1"),
        Edge("pod-1", "runs_on", "node-1"),
        Edge("pod-1", "mounts", "claim-1"),
        Edge("pod-1", "owned_by", "cart"),
        Edge("cart-svc", "selects", "pod-1"),
        Edge("shop", "selects", "cart-svc"),
    ],
)
DEV = {"env": "dev", "cluster": "k8s-dev"}


@pytest.mark.parametrize(
    "below",
    [
        pytest.param({"labels": {**DEV, "node": "wrk-1"}}, id="node"),
        pytest.param({"labels": {**DEV, "pod": "cart-6b5d8f9c7d-x2x4z"}}, id="pod"),
        pytest.param(
            {"labels": {"env": "dev", "pod": "cart-6b5d8f9c7d-x2x4z"}, "asset_id": "pod-1"},
            id="a pod that the inventory knows",
        ),
        pytest.param({"labels": {**DEV, "deployment": "cart"}}, id="deployment"),
        pytest.param({"labels": DEV, "service": "cart-http"}, id="service"),
        pytest.param(
            {"labels": {"env": "dev", "service": "cart-http"}, "asset_id": "cart-svc"},
            id="a service of a cluster that is called like the environment",
        ),
    ],
)
def test_a_failed_host_takes_along_what_hangs_below_it_in_another_environment(below):
    signals = [
        a_signal("host", host="esx-1", labels={"env": "prod"}, title="Host is unreachable"),
        a_signal("below", 1, title="Not ready, timed out", **below),
    ]

    placements, memory = placed(signals, a_context(topology=HOSTED))

    assert incidents_of(placements, memory) == [{"host", "below"}]


def test_what_stands_on_a_member_hangs_below_the_failed_host_however_far_it_is():
    signals = [
        a_signal("host", host="esx-1", labels={"env": "prod"}, title="Host is unreachable"),
        a_signal("service", 1, service="cart-http", labels=DEV, title="Error rate"),
        a_signal("ingress", 2, labels={**DEV, "ingress": "shop"}, title="Error rate"),
    ]

    placements, memory = placed(signals, a_context(topology=HOSTED))

    assert incidents_of(placements, memory) == [{"host", "service", "ingress"}]


@pytest.mark.parametrize(
    "apart",
    [
        pytest.param({"labels": {**DEV, "deployment": "mail"}}, id="on no host that failed"),
        pytest.param(
            {"labels": {"env": "staging", "service": "cart-http"}},
            id="called so in another environment",
        ),
        pytest.param(
            {"labels": {"env": "staging", "service": "cart-http"}, "asset_id": "cart-svc"},
            id="taken for the one that is known",
        ),
    ],
)
def test_a_failed_host_takes_nothing_along_that_does_not_surely_hang_below_it(apart):
    signals = [
        a_signal("host", host="esx-1", labels={"env": "prod"}, title="Host is unreachable"),
        a_signal("apart", 1, title="Not ready, timed out", **apart),
    ]

    placements, memory = placed(signals, a_context(topology=HOSTED))

    assert incidents_of(placements, memory) == [{"apart"}, {"host"}]
    assert placements["apart"].explanation.best_rejected.vetoes


def test_a_topology_of_one_environment_places_nothing_of_another():
    told = topology_from({**SHOP, "environment": "prod"})
    signals = [
        a_signal("host", host="h2", labels={"env": "prod"}, title="Host is unreachable"),
        a_signal("prod", 1, service="api", labels={"env": "prod"}, title="Error rate"),
        a_signal("staging", 1.1, service="api", labels={"env": "staging"}, title="Error rate"),
    ]

    placements, memory = placed(signals, a_context(topology=told))

    assert incidents_of(placements, memory) == [{"host", "prod"}, {"staging"}]


def test_spellings_of_one_environment_are_one():
    signals = [
        a_signal("a", service="api", labels={"env": "prod"}),
        a_signal("b", 1, service="api", labels={"environment": "Production"}),
    ]

    placements, memory = placed(signals)

    assert len(incidents_of(placements, memory)) == 1


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


def test_a_symptom_that_no_topology_explains_joins_the_one_fresh_cause():
    context = a_context(topology=topology_from({}))
    cause = a_signal("disk", host="p1", title="Disk is full")
    symptom = a_signal("errors", 3, service="billing", title="Error rate is high")

    placements, memory = placed([cause, symptom], context)

    assert incidents_of(placements, memory) == [{"disk", "errors"}]
    assert placements["errors"].explanation.rule == "company"


def test_a_symptom_that_could_be_of_two_causes_stays_alone():
    context = a_context(topology=topology_from({}))
    causes = [
        a_signal("disk", host="p1", title="Disk is full"),
        a_signal("fan", 1, host="q7", title="Fan failure"),
    ]

    placements, memory = placed(
        [*causes, a_signal("errors", 3, service="billing", title="Error rate is high")], context
    )

    assert len(incidents_of(placements, memory)) == 3


def test_three_services_that_only_suffer_are_three_incidents():
    context = a_context(topology=topology_from({}))

    placements, memory = placed(
        [
            a_signal(name, n, service=name, title="Error rate is high")
            for n, name in enumerate(("x", "y", "z"))
        ],
        context,
    )

    assert len(incidents_of(placements, memory)) == 3


@pytest.mark.parametrize(
    ("cause", "symptom"),
    [
        pytest.param(
            {"rule": "EtcdNoLeader"},
            {"rule": "DeploymentRolloutStuck", "service": "mail"},
            id="control plane",
        ),
        pytest.param(
            {
                "title": "Nightly import job failed",
                "labels": {"job_name": "import-nightly", "cluster": "c"},
            },
            {"title": "Newest row is older than 26 hours", "service": "reports"},
            id="batch job",
        ),
        pytest.param(
            {"title": "DNS queries time out"},
            {"title": "Lookup of db failed: no such host", "service": "mail"},
            id="name resolution",
        ),
        pytest.param(
            {"rule": "IngressControllerDown"},
            {"title": "Error rate is high", "service": "web"},
            id="ingress",
        ),
    ],
)
def test_trouble_that_is_known_to_bring_other_trouble_needs_no_common_name(cause, symptom):
    labels = {"cluster": "c"}
    signals = [
        a_signal("cause", **{"labels": labels, "title": cause.get("rule", ""), **cause}),
        a_signal("symptom", 5, **{"labels": labels, "title": symptom.get("rule", ""), **symptom}),
    ]

    placements, memory = placed(signals)

    assert incidents_of(placements, memory) == [{"cause", "symptom"}]


def test_trouble_with_a_cause_of_its_own_is_no_symptom_of_the_host_below():
    signals = [
        a_signal("host", host="h1", title="Host is unreachable"),
        a_signal("cert", 1, service="web", title="Certificate of web has expired"),
        a_signal("errors", 2, service="web", title="Error rate is high"),
    ]

    placements, memory = placed(signals)

    assert placements["cert"].opened
    assert incidents_of(placements, memory) == [{"cert", "errors"}, {"host"}]
