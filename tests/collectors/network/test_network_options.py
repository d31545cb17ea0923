"""What a source may say of its devices, and the one clear line for what cannot be used."""

import pytest

from collectors.network import NetworkDevices
from collectors.network.options import read_options
from models.errors import ConfigurationError
from models.settings import settings
from models.sources import load_sources

ROW = {"name": "sw1", "address": "192.0.2.1", "platform": "cisco_ios", "site": "fra1"}


def test_the_usual_options_are_enough(network_source):
    options = read_options(network_source(ROW))

    (target,) = options.targets
    assert (target.name, target.port, target.username) == ("sw1", 22, "reader")
    assert target.password.get_secret_value() == "right-password"
    assert (options.timeout_seconds, options.at_once, options.narrowed) == (20, 50, False)


def test_host_keys_are_verified_unless_the_source_says_otherwise(network_source):
    assert read_options(network_source(ROW, verify_host_key=None)).verify_host_key is True


def test_a_device_may_have_an_account_of_its_own(network_source, monkeypatch):
    monkeypatch.setenv("SW1_PASSWORD", "another")

    options = read_options(
        network_source({**ROW, "username": "ops", "password_env": "SW1_PASSWORD"})
    )

    (target,) = options.targets
    assert (target.username, target.password.get_secret_value()) == ("ops", "another")


@pytest.mark.parametrize(
    ("row", "options", "message"),
    [
        ({**ROW, "platform": "cisco_xr"}, {}, "platform must be one of cisco_ios"),
        ({**ROW, "port": 70000}, {}, "port must lie between 1 and 65535"),
        ({**ROW, "colour": "red"}, {}, "colour is not known"),
        ({**ROW, "address": ""}, {}, "address or username is missing"),
        ({**ROW, "site": 7}, {}, "site must be a text"),
        (
            {**ROW, "password_env": "NOT_SET"},
            {},
            "environment variable NOT_SET is not set; export it",
        ),
        (ROW, {"colour": "red"}, "option colour is not known"),
        (ROW, {"at_once": 0}, "at_once must lie between 1 and 500"),
        (ROW, {"timeout_seconds": "long"}, "timeout_seconds must be int or float"),
        (ROW, {"verify_host_key": "no"}, "verify_host_key must be bool"),
        (ROW, {"known_hosts": "/nowhere/known_hosts"}, "known_hosts names no file"),
        (ROW, {"only": ["sw9"]}, "only names 'sw9', which is not in the list of devices"),
        (ROW, {"only": "sw1"}, "only must be a list"),
        (ROW, {"devices_file": "x.csv"}, "set either devices"),
        (ROW, {"devices": []}, "names no device"),
        (ROW, {"password_env": None}, "password_env"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(network_source, row, options, message):
    with pytest.raises(ConfigurationError, match=message) as caught:
        NetworkDevices.for_source(network_source(row, **options))

    assert "\n" not in str(caught.value)


def test_two_devices_of_one_name_are_refused(network_source):
    with pytest.raises(ConfigurationError, match="two devices are called 'sw1'"):
        read_options(network_source(ROW, ROW))


CSV = """name,address,port,platform,site,rack,role
sw1,192.0.2.1,2222,cisco_nxos,fra1,r01,tor
sw2,192.0.2.2,,frr,,,

"""
TOML = """[[devices]]
name = "sw1"
address = "192.0.2.1"
port = 2222
platform = "cisco_nxos"
site = "fra1"
rack = "r01"
role = "tor"

[[devices]]
name = "sw2"
address = "192.0.2.2"
platform = "frr"
"""


@pytest.mark.parametrize(("file", "text"), [("devices.csv", CSV), ("devices.toml", TOML)])
def test_the_list_may_stand_in_a_file_beside_the_sources(tmp_path, monkeypatch, file, text):
    (tmp_path / file).write_text(text)
    sources = tmp_path / "sources.toml"
    sources.write_text(
        '[[source]]\nname = "n"\ncollector = "network"\nusername = "reader"\n'
        f'password_env = "NETWORK_PASSWORD"\ndevices_file = "{file}"\n'
    )
    monkeypatch.setenv("NETWORK_PASSWORD", "x")
    monkeypatch.setenv("NIGHTSHIFT_SOURCES", str(sources))
    settings.cache_clear()

    first, second = read_options(load_sources()[0]).targets

    assert (first.name, first.port, first.platform) == ("sw1", 2222, "cisco_nxos")
    assert (first.site, first.rack, first.role) == ("fra1", "r01", "tor")
    assert (second.port, second.site) == (22, None)


def test_a_list_that_is_not_there_names_its_path(network_source):
    with pytest.raises(ConfigurationError, match=r"devices_file .*nowhere\.toml"):
        read_options(network_source(devices=None, devices_file="nowhere.toml"))


def test_an_inline_list_of_the_sources_file_is_read(tmp_path, monkeypatch):
    path = tmp_path / "sources.toml"
    path.write_text(
        '[[source]]\nname = "n"\ncollector = "network"\nusername = "reader"\n'
        'password_env = "NETWORK_PASSWORD"\n'
        'devices = [{name = "sw1", address = "192.0.2.1", platform = "frr"}]\n'
    )
    monkeypatch.setenv("NETWORK_PASSWORD", "x")

    (target,) = read_options(load_sources(path)[0]).targets

    assert target.platform == "frr"


@pytest.mark.parametrize("value", ["good-one\nreload", "good-one\n\n", "a\tb", "\n"])
@pytest.mark.parametrize("option", ["password_env", "enable_password_env"])
def test_a_secret_that_is_more_than_a_line_is_refused_without_being_told(
    network_source, monkeypatch, option, value
):
    name = "X_PASSWORD"
    monkeypatch.setenv(name, value)

    with pytest.raises(ConfigurationError, match="X_PASSWORD must hold one line") as caught:
        read_options(network_source(ROW, **{option: name}))

    assert "good-one" not in str(caught.value)


def test_the_line_end_that_a_file_leaves_behind_a_secret_is_dropped(network_source, monkeypatch):
    monkeypatch.setenv("X_PASSWORD", "good-one\r\n")

    options = read_options(network_source(ROW, enable_password_env="X_PASSWORD"))

    assert options.enable_password.get_secret_value() == "good-one"
