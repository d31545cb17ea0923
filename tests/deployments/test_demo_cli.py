"""How `nightshift demo break` words what changed."""

from deployments.cli.demo import difference


def test_small_values_are_shown_before_and_after():
    assert difference(4, 8) == "4 -> 8"


def test_of_a_configuration_only_the_number_of_lines_is_told():
    before = "hostname a\nvlan 10\nvlan 20\nend"
    assert difference(before, "hostname a\nvlan 10\nend") == "0 lines came, 1 went"
    assert difference(before, before.replace("a", "b")) == "3 lines came, 3 went"
