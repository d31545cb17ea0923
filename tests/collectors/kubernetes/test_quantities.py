"""Quantities as the API writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.kubernetes.quantities import count, gpus, mebibytes, millicores


@pytest.mark.parametrize(
    ("written", "cores"),
    [
        ("100m", 100),
        ("2", 2000),
        (2, 2000),
        (0.5, 500),
        ("0.1", 100),
        ("1.5", 1500),
        ("250000n", 1),
        ("1500u", 2),
        ("0", 0),
        ("1e3", 1_000_000),
        ("1k", 1_000_000),
        (".5", 500),
    ],
)
def test_cpu_is_told_in_millicores_rounded_up(written, cores):
    assert millicores(written) == cores


@pytest.mark.parametrize(
    ("written", "mib"),
    [
        ("128Mi", 128),
        ("1Gi", 1024),
        ("1.5Gi", 1536),
        ("1Ti", 1 << 20),
        ("134217728", 128),
        (134217728, 128),
        ("128974848", 123),
        ("129M", 123),
        ("129e6", 123),
        ("131072Ki", 128),
        ("500m", 0),
    ],
)
def test_memory_is_told_in_mib_rounded_down(written, mib):
    assert mebibytes(written) == mib


@pytest.mark.parametrize("written", [None, "", "lots", "1 Gi", "-1", "1Zi", "1e999", "9E", "٣"])
def test_nonsense_and_what_no_machine_has_is_unknown(written):
    assert count(written) is None


def test_gpus_of_any_maker_are_counted_and_none_is_not_zero():
    assert gpus({"cpu": "8", "nvidia.com/gpu": "2", "nvidia.com/mig-1g.10gb": "3"}) == 5
    assert gpus({"amd.com/gpu": 1, "gpu.intel.com/i915": "1"}) == 2
    assert gpus({"cpu": "8"}) is None


@given(st.text() | st.floats() | st.integers())
def test_whatever_is_written_gives_a_number_that_json_holds_or_nothing(written):
    for read in (millicores, mebibytes, count):
        found = read(written)
        assert found is None or 0 <= found < 1 << 53
