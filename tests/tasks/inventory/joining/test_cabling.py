"""Which ports are linked, and which port a neighbour means."""

from __future__ import annotations

import pytest

from tests.tasks.inventory.joining.given import a_device, a_port, heard, joins, sureness

MAC_1, MAC_2 = "00:1c:73:00:00:01", "00:1c:73:00:00:02"
PORTS = [a_port("sw1", "Ethernet1/1"), a_port("sw2", "Ethernet1/2")]


def linked(found):
    return {frozenset(ends): confidence for ends, confidence in found.items()}


LINK = frozenset({"sw1/Ethernet1/1", "sw2/Ethernet1/2"})


def hears(number, interface, **said):
    return a_device(number, neighbours=(heard(interface, **said),))


def test_ports_that_hear_each_other_are_one_certain_edge():
    one = hears(1, "Ethernet1/1", chassis_id=MAC_2, port="Ethernet1/2")
    two = hears(2, "Ethernet1/2", chassis_id="001c.7300.0001", port="Eth1/1")

    found = joins(net=[one, two, *PORTS])

    (join,) = found.values()
    assert linked({next(iter(found)): join.confidence}) == {LINK: 1.0}
    assert join.type == "connected_to"
    assert "sw1 hears sw2 by LLDP on Ethernet1/1" in join.reason
    assert "sw2 hears sw1 by LLDP on Ethernet1/2" in join.reason


@pytest.mark.parametrize(
    "said",
    [
        {"system_name": "sw2", "port": "Ethernet1/2"},
        {"system_name": "SW2.example.com", "port": "Et1/2"},
        {"system_name": "sw2", "port": "Eth1/2", "chassis_id": "not a mac"},
        {"system_name": "sw2", "port": "519", "port_description": "Ethernet1/2"},
        {"chassis_id": "00-1C-73-00-00-02", "port": "00:1c:73:00:02:02"},
        {"chassis_id": "00:1c:73:00:02:02", "port": "Ethernet1/2"},
    ],
)
def test_one_way_is_a_little_less_sure_however_the_far_end_is_written(said):
    ports = [PORTS[0], a_port("sw2", "Ethernet1/2", mac="00:1c:73:00:02:02")]

    found = sureness(net=[hears(1, "Et1/1", **said), a_device(2), *ports])

    assert linked(found) == {LINK: 0.9}


@pytest.mark.parametrize(
    ("near", "far", "told"),
    [
        ("GigabitEthernet0/1", "TenGigabitEthernet1/0/1", "Te1/0/1"),
        ("ge-0/0/0", "xe-0/0/1", "xe-0/0/1.0"),
        ("swp1", "Port-channel10", "Po10"),
    ],
)
def test_long_and_short_names_of_ports_are_the_same(near, far, told):
    one = hears(1, near, system_name="sw2", port=told)

    found = sureness(net=[one, a_device(2), a_port("sw1", near), a_port("sw2", far)])

    assert found.keys() == {(f"sw1/{near}", f"sw2/{far}")} or found.keys() == {
        (f"sw2/{far}", f"sw1/{near}")
    }


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"system_name": "sw2"},
        {"system_name": "sw2", "port": "Ethernet9/9"},
        {"system_name": "a-phone", "port": "Ethernet1/2"},
        {"system_name": "sw1", "port": "Ethernet1/1"},
        {"system_name": "sw2.other", "chassis_id": None, "port": None},
    ],
)
def test_a_neighbour_that_is_not_known_or_says_no_port_joins_nothing(said):
    assert sureness(net=[hears(1, "Ethernet1/1", **said), a_device(2), *PORTS]) == {}


def test_a_port_behind_which_two_are_heard_has_no_cable():
    one = a_device(
        1,
        neighbours=(
            heard("Ethernet1/1", system_name="sw2", port="Ethernet1/2"),
            heard("Ethernet1/1", system_name="sw3", port="Ethernet1/3"),
        ),
    )
    ports = [*PORTS, a_port("sw3", "Ethernet1/3")]

    assert sureness(net=[one, a_device(2), a_device(3), *ports]) == {}


def test_a_link_that_both_ends_confirm_stands_beside_a_stale_entry():
    one = a_device(
        1,
        neighbours=(
            heard("Ethernet1/1", system_name="sw2", port="Ethernet1/2"),
            heard("Ethernet1/1", protocol="cdp", system_name="sw3", port="Ethernet1/3"),
        ),
    )
    two = hears(2, "Ethernet1/2", system_name="sw1", port="Ethernet1/1")
    ports = [*PORTS, a_port("sw3", "Ethernet1/3")]

    assert linked(sureness(net=[one, two, a_device(3), *ports])) == {LINK: 1.0}


def test_devices_of_one_name_are_told_apart_by_their_chassis_alone():
    twins = [a_device(2), a_device(3, name="sw2")]
    ports = [*PORTS, a_port("sw3", "Ethernet1/2")]
    by_name = hears(1, "Ethernet1/1", system_name="sw2", port="Ethernet1/2")
    by_chassis = hears(
        1, "Ethernet1/1", system_name="sw2", port="Ethernet1/2", chassis_id="00:1c:73:00:00:03"
    )

    assert sureness(net=[by_name, *twins, *ports]) == {}
    assert linked(sureness(net=[by_chassis, *twins, *ports])) == {
        frozenset({"sw1/Ethernet1/1", "sw3/Ethernet1/2"}): 0.9
    }


def test_a_device_that_was_renamed_is_still_found_by_its_chassis():
    one = hears(1, "Ethernet1/1", system_name="sw2", chassis_id=MAC_2, port="Ethernet1/2")

    assert linked(sureness(net=[one, a_device(2, name="leaf-02"), *PORTS])) == {LINK: 0.9}


def test_devices_whose_neighbours_could_not_be_read_join_nothing():
    assert sureness(net=[a_device(1), a_device(2, base_mac=None), *PORTS]) == {}


def test_a_device_of_that_name_that_has_not_the_chassis_is_another_one():
    said = {"system_name": "sw2", "port": "Ethernet1/2", "chassis_id": "00:1c:73:00:99:99"}
    one = hears(1, "Ethernet1/1", **said)
    unknown, own = a_device(2, base_mac=None), a_port("sw2", "Ethernet1/2", mac=said["chassis_id"])

    assert sureness(net=[one, a_device(2), *PORTS]) == {}
    assert linked(sureness(net=[one, unknown, *PORTS])) == {LINK: 0.9}
    assert linked(sureness(net=[one, a_device(2), PORTS[0], own])) == {LINK: 0.9}


def test_an_end_that_was_read_and_hears_nobody_makes_a_link_less_sure_than_one_not_read():
    one = hears(1, "Ethernet1/1", system_name="sw2", port="Ethernet1/2")

    not_read = joins(net=[one, a_device(2), *PORTS])
    unanswered = joins(net=[one, a_device(2, neighbours=()), *PORTS])

    ((ends, known),) = not_read.items()
    assert (known.confidence, unanswered[ends].confidence) == (0.9, 0.8)
    assert known.reason.endswith("; the other end was not read.")
    assert unanswered[ends].reason.endswith("; the other end does not hear it.")


def test_a_router_that_tells_no_base_mac_is_found_by_name_whatever_its_chassis():
    said = {"system_name": "sw2", "port": "Ethernet1/2", "chassis_id": "00:1c:73:00:99:99"}
    ports = [a_port("sw1", "Ethernet1/1"), a_port("sw2", "Ethernet1/2", mac=MAC_2)]
    far = a_device(2, base_mac=None)
    assert linked(sureness(net=[hears(1, "Ethernet1/1", **said), far, *ports]))
