"""Options of a source: what they may be, and in which words one is refused."""

import pytest

from models.errors import ConfigurationError
from models.sources import Source


def a_source(**options):
    return Source(name="prod", collector="vmware", options=options)


@pytest.mark.parametrize(
    ("value", "wanted", "says"),
    [
        ("no", bool, "source prod: option x must be bool, not 'no'"),
        (1, bool, "source prod: option x must be bool, not 1"),
        (True, int, "source prod: option x must be int, not True"),
        (1.5, int, "source prod: option x must be int, not 1.5"),
        ("1", int | float, "source prod: option x must be int or float, not '1'"),
    ],
)
def test_an_option_of_another_type_is_refused(value, wanted, says):
    with pytest.raises(ConfigurationError) as caught:
        a_source(x=value).typed("x", None, wanted)

    assert str(caught.value) == says


def test_an_option_that_is_left_out_has_its_default():
    assert a_source().typed("x", True, bool) is True
    assert a_source().within("x", 5, 1, 10, int) == 5


@pytest.mark.parametrize("value", [0.9, 11, float("nan")])
def test_a_number_beyond_its_bounds_is_refused(value):
    with pytest.raises(ConfigurationError, match="option x must lie between 1 and 10"):
        a_source(x=value).within("x", 5, 1, 10, int | float)


@pytest.mark.parametrize("value", [1, 10])
def test_the_bounds_themselves_do(value):
    assert a_source(x=value).within("x", 5, 1, 10, int) == value


def test_an_option_that_nobody_knows_is_told_with_those_that_there_are():
    a_source(a=1, b=2).known(("a", "b"))

    with pytest.raises(ConfigurationError, match="option c is not known; there are a, b"):
        a_source(a=1, c=2).known(("a", "b"))
