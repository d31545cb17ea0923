"""Whatever devices print: records that can be stored, or an unexpected reply, and nothing else."""

import itertools
import json
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.network.answers import Transcript
from collectors.network.collector import _Run
from collectors.network.commands import FRR, PLATFORMS, QUESTIONS
from collectors.network.devices import Target
from collectors.network.fleet import Outcome
from collectors.network.options import Options
from deployments.practice.devices import PracticeDevices
from deployments.practice.devices.platforms import DIALECTS
from deployments.practice.devices.view import View
from deployments.practice.site import build_site
from models.errors import UnexpectedReply
from models.records.asset import observe
from tests.collectors.network.assembling import FRR as FRR_OUTPUTS
from tests.collectors.network.test_assemble import IOS as IOS_OUTPUTS
from tests.collectors.network.test_assemble import read


@cache
def outputs_of(platform):
    """What a practice device of a platform prints, by command."""
    network = PracticeDevices(build_site(vm_count=1))._lab.network
    device = next(one for one in network.devices.values() if one.platform == platform)
    dialect = DIALECTS[platform]
    commands = [each.text for question in QUESTIONS[platform] for each in question.commands]
    view = View(network=network, device=device, salt=1, now=network.now())
    return {text: dialect.shows[text](view) for text in commands if text in dialect.shows}


PIECES = st.sampled_from(
    [
        "9" * 20,
        "9" * 5000,
        "9999 years",
        "2026-13-45 10:20:30 UTC",
        "\x00",
        "\\u0000",
        "\\ud800",
        "null",
        "5",
        "[]",
        "{}",
        "-1",
        "1e999",
        "NaN",
        '"',
        "Feb 31 2026",
        "65536.99999999999999999999",
        "{" * 50,
        '{"a":' * 2000,
        "\n",
        " ",
        "é\u2028",
    ]
) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
CUTS = st.tuples(st.floats(0, 1), st.integers(0, 12), PIECES)


def mutated(text, cuts):
    for where, length, piece in cuts:
        at = int(where * len(text))
        text = text[:at] + piece + text[at + length :]
    return text


@pytest.mark.parametrize("platform", PLATFORMS)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(data=st.data())
def test_whatever_a_device_prints_gives_records_that_can_be_stored_or_an_unexpected_reply(
    platform, data
):
    outputs = dict(outputs_of(platform))
    changed = data.draw(st.lists(st.sampled_from(sorted(outputs)), min_size=1, max_size=4))
    for command in changed:
        outputs[command] = mutated(outputs[command], data.draw(st.lists(CUTS, max_size=4)))

    try:
        reading = read(platform, outputs)
    except UnexpectedReply:
        return

    for record in (reading.device, *reading.interfaces):
        storable(record)


def storable(record):
    seen = observe("net1", record)
    for text in (seen.key, seen.name, *leaves(json.loads(seen.attributes))):
        assert not isinstance(text, str) or "\x00" not in text
    for value in leaves(json.loads(seen.volatile)):
        assert not isinstance(value, str) or "\x00" not in value
        assert not isinstance(value, int) or value < 10**15


def leaves(value):
    if isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from leaves(inner)
    else:
        yield value


JSON = [command for command in FRR_OUTPUTS if command.endswith("json")]
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
VALUES = st.recursive(
    LEAVES | st.sampled_from(["a\x00b", "\ud800", 10**30]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


def paths(value, at=()):
    yield at
    each = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in each:
        yield from paths(inner, (*at, key))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(data=st.data())
def test_any_value_in_the_place_of_another_in_json_gives_records_that_can_be_stored(data):
    command = data.draw(st.sampled_from(sorted(JSON)))
    whole = json.loads(FRR_OUTPUTS[command])
    where = data.draw(st.sampled_from([path for path in paths(whole) if path]))
    inner = whole
    for key in where[:-1]:
        inner = inner[key]
    inner[where[-1]] = data.draw(VALUES)

    reading = read(FRR, {**FRR_OUTPUTS, command: json.dumps(whole)})

    for record in (reading.device, *reading.interfaces):
        storable(record)


@pytest.mark.parametrize("depth", [900, 100_000])
@pytest.mark.parametrize("command", sorted(JSON))
def test_json_of_any_depth_costs_one_answer_and_no_device(command, depth):
    deep = '{"a":' * depth + "1" + "}" * depth

    reading = read(FRR, {**FRR_OUTPUTS, command: deep})

    assert reading.device.os_version


@pytest.mark.parametrize(
    ("command", "old", "new"),
    [
        ("show version", "1 week, 2 days, 3 hours, 4 minutes", "9999 years, 2 weeks"),
        ("show version", "1 week, 2 days, 3 hours, 4 minutes", "9" * 5000 + " weeks"),
        ("show interfaces", "MTU 1500", "MTU " + "9" * 5000),
        ("show interfaces", "BW 1000000", "BW " + "9" * 5000),
    ],
)
def test_a_number_beyond_reason_is_not_known_and_the_rest_is_read(command, old, new):
    assert old in IOS_OUTPUTS[command]

    reading = read("cisco_ios", {**IOS_OUTPUTS, command: IOS_OUTPUTS[command].replace(old, new)})

    assert reading.device.serial_number == "FDO1616V1HN"
    assert reading.device.uptime_seconds is None or "version" not in command
    assert all(one.mtu in {None, 1500} for one in reading.interfaces)


def test_an_error_of_our_own_over_one_device_is_a_gap_that_quotes_nothing(monkeypatch, caplog):
    targets = tuple(
        Target(name=name, address="192.0.2.1", platform="cisco_ios", username="reader")
        for name in ("sw1", "sw2")
    )
    broken = itertools.chain([TypeError("password 7 02050D480809")], itertools.repeat(None))
    real = read("cisco_ios", IOS_OUTPUTS)

    def assemble(*_, **__):
        if error := next(broken):
            raise error
        return real

    monkeypatch.setattr("collectors.network.collector.assemble", assemble)
    run = _Run(Options(name="net1", targets=targets))

    lost, seen = (run.batch(Outcome(target=one, transcript=Transcript())) for one in targets)

    assert [gap.reason for gap in lost.gaps] == ["sw1: its answers could not be read"]
    assert seen.records[0] is real.device
    assert "TypeError" in caplog.text
    assert "02050D480809" not in caplog.text + repr(lost)
