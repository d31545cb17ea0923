"""How sure an incident is of its beginning follows from the evidence, not from its size."""

from __future__ import annotations

import pytest

from generators.incidents.facts import certainty
from tasks.alerts.grouping import certainty_of, topology_from
from tests.benchmarks.certainty import DISTURBED, LARGE, judged, rates
from tests.tasks.alerts.grouping.making import a_context, a_signal, placed

SEEDS = (500, 501)


def the_incident(signals, topology):
    _, memory = placed(signals, a_context(topology=topology))
    (found,) = (one for one in memory.incidents() if one.member_count)
    return found


def a_rack(hosts):
    return topology_from({"hosts": {f"h{n}": {"switch": "sw-1"} for n in range(hosts)}})


def a_storm(hosts, *, root=True):
    """A switch that fails, and a minute later every host on it."""
    first = [a_signal("sw", host="sw-1", title="Switch sw-1 is unreachable", rule="SwitchDown")]
    return [
        *(first if root else []),
        *(
            a_signal(f"h{n}", 1 + n / 60, host=f"h{n}", title=f"h{n} is unreachable", rule="HostDown")
            for n in range(hosts)
        ),
    ]  # fmt: skip


@pytest.mark.parametrize("hosts", [3, 30, 120])
def test_a_root_that_explains_all_by_the_topology_is_sure_however_many_suffer(hosts):
    found = the_incident(a_storm(hosts), a_rack(hosts))

    assert found.root_event == "sw"
    assert certainty(certainty_of(found)) == "high"


def test_of_many_that_suffer_alike_none_is_a_sure_beginning():
    found = the_incident(a_storm(12, root=False), a_rack(12))

    assert certainty(certainty_of(found)) == "low"


def test_a_second_word_about_the_same_thing_takes_nothing_from_the_certainty():
    twice = a_signal(
        "again", 0.1, host="sw-1", title="No ping from sw-1", rule="PingFailed"
    )  # fmt: skip
    alone, with_it = a_storm(6), [*a_storm(6), twice]

    assert certainty_of(the_incident(alone, a_rack(6))) == pytest.approx(
        certainty_of(the_incident(with_it, a_rack(6))), abs=0.05
    )


def test_of_what_is_called_high_nine_in_ten_are_right_of_medium_fewer_and_of_low_the_fewest():
    found = [one for disturb in DISTURBED for seed in SEEDS for one in judged(seed, disturb)]

    told = rates(found)
    (many, high), (_, medium), (_, low) = (told[word] for word in ("high", "medium", "low"))
    assert high >= 0.9
    assert high > medium > low
    assert many >= 0.8 * len(found)  # or the word would say nothing
    storms = rates([one for one in found if one[1] >= LARGE])
    assert storms["high"][0] > storms["low"][0]
