"""The operator's mapping file, and the packaged mappings that are written in its form."""

from __future__ import annotations

import json

import pytest

from collectors.alerts import mappings, normalize, registry
from models.errors import ConfigurationError
from models.settings import settings

ACME = """
[acme]
alerts = "$.events[*]"
title = ["name", "summary"]
status = "state"
severity = "level"
host = "device.hostname"
service = "app"
event_time = "at"
key = ["device.id", "check"]
labels = ["device", "tags"]
link = "href"

[acme.status_values]
"3" = "resolved"

[acme.severity_values]
"9" = "critical"
"1" = ""

[acme.ignore]
type = ["keepalive"]
"""
EVENT = {
    "name": "Fan stopped", "state": "1", "level": 9, "at": 1780308000, "check": "fan", "app": "rack",
    "device": {"id": "d-7", "hostname": "esx-7.example:443"}, "tags": ["site:a"],
    "href": "https://acme.example/1",
}  # fmt: skip


@pytest.fixture
def acme(tmp_path, monkeypatch):
    """The slug `acme`, mapped by a file."""
    path = tmp_path / "mappings.toml"
    path.write_text(ACME, encoding="utf-8")
    monkeypatch.setenv("NIGHTSHIFT_ALERT_MAPPINGS", str(path))
    _forget()
    yield
    monkeypatch.undo()
    _forget()


def _forget():
    settings.cache_clear()
    mappings._configured.cache_clear()


def read(payload):
    return normalize("acme", json.dumps(payload).encode())


def test_an_operator_maps_a_sender_that_nobody_wrote_code_for(acme):
    found = read({"events": [EVENT, {**EVENT, "state": 3, "level": 1}]})

    first, second = found.alerts
    assert (found.adapter, first.title, first.status, first.severity) == (
        "acme", "Fan stopped", "firing", "critical")  # fmt: skip
    assert (first.host, first.service, first.labels["site"]) == ("esx-7.example", "rack", "a")
    assert first.dedup_key == second.dedup_key == "acme:d-7:fan"
    assert (second.status, second.severity, second.severity_raw) == ("resolved", None, "1")
    assert first.links == {"source": "https://acme.example/1"}


def test_what_the_mapping_ignores_is_no_alert(acme):
    assert read({"type": "keepalive"}).outcome == "ignore"


def test_a_payload_without_the_mapped_title_is_malformed(acme):
    assert read({"events": [{"x": 1}]}).outcome == "malformed"
    assert read({"other": 1}).outcome == "malformed"


def test_senders_beside_the_mapped_one_are_read_as_ever(acme):
    assert normalize("other", b'{"title":"x"}').adapter == "generic"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[a]\ntitle = 'x'\ncolour = 'y'", "unknown colour"),
        ("[a]\nstatus = 'x'", "does not say where the title stands"),
        ("[a]\ntitle = 'x..y'", "is no path"),
        ("[a]\ntitle = 7", "is no path"),
        ("a = 1", "it is no table"),
        ("[a]\ntitle = 'x'\n[a.status_values]\ny = 'gone'", "known are firing"),
        ("[a", "alert mappings"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(tmp_path, text, problem):
    path = tmp_path / "bad.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigurationError, match=problem):
        mappings.load(path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="No such file"):
        mappings.load(tmp_path / "none.toml")


def test_every_packaged_mapping_can_be_used():
    for slug in mappings.packaged():
        assert mappings.load_packaged(slug).name == slug


def test_a_packaged_mapping_that_does_not_fit_gives_way_to_plain_names():
    found = normalize("prtg", b'{"subject":"Ping is down","host":"sw-1"}')

    assert (found.adapter, found.alerts[0].title) == ("generic", "Ping is down")


def test_no_slug_has_two_adapters():
    assert mappings.packaged().isdisjoint(registry.registered())


def test_a_path_can_ask_what_a_field_is(tmp_path):
    path = tmp_path / "mappings.toml"
    path.write_text(
        '[acme]\ntitle = "what"\nhost = ["about[kind=machine].name", "[by=agent].at"]\n',
        encoding="utf-8",
    )
    adapter = mappings.load(path)["acme"]

    def host(**fields):
        return adapter.read({"what": "slow", **fields}, None).alerts[0].host

    assert host(about={"kind": "machine", "name": "m-1"}, by="agent", at="m-2") == "m-1"
    assert host(about={"kind": "job", "name": "j-1"}, by="agent", at="m-2") == "m-2"
    assert host(about={"kind": "job", "name": "j-1"}, by="pod", at="p-1") is None


def test_a_table_is_found_however_its_sender_is_spelt(tmp_path):
    path = tmp_path / "mappings.toml"
    path.write_text('[my-app]\ntitle = "what"\n', encoding="utf-8")

    assert mappings.load(path).keys() == {"my_app"}


def test_two_tables_of_one_sender_are_refused(tmp_path):
    path = tmp_path / "mappings.toml"
    path.write_text('[my-app]\ntitle = "what"\n[my_app]\ntitle = "text"\n', encoding="utf-8")

    with pytest.raises(ConfigurationError, match="two tables are of one sender"):
        mappings.load(path)
