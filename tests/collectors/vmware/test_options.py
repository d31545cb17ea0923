"""What a source of the collector `vmware` may and may not say."""

import pytest

from collectors.vmware.options import read_options
from models.errors import ConfigurationError


def test_options_that_are_left_out_have_safe_defaults(vmware_source):
    source = vmware_source()
    del source.options["verify_tls"]

    options = read_options(source)

    assert options.verify_tls is True
    assert (options.page_size, options.timeout_seconds) == (500, 60.0)
    assert options.datacenters is None
    assert options.password.get_secret_value() == "secret"


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("url", "vcenter.example", "url must look like https://vcenter.example/sdk"),
        ("url", "ftp://vcenter.example/sdk", "url must look like"),
        ("url", "https://vcenter.example:http/sdk", "url must look like"),
        ("url", "https://reader:secret@vcenter.example/sdk", "holds credentials"),
        ("url", "http://vcenter.example/sdk", "unencrypted; use https"),
        ("verify_tls", "no", "verify_tls must be bool"),
        ("page_size", 0, "page_size must lie between 1 and"),
        ("page_size", True, "page_size must be int"),
        ("page_size", "500", "page_size must be int"),
        ("timeout_seconds", -1, "timeout_seconds must lie between"),
        ("timeout_seconds", "60", "timeout_seconds must be int or float"),
        ("ca_file", "nowhere.pem", "ca_file names no file"),
        ("datacenters", "ber1", "datacenters must be a list"),
        ("datacenters", [], "datacenters must be a list"),
        ("pagesize", 100, "pagesize is not known; there are url, username"),
        ("username", "", "username is missing"),
    ],
)
def test_an_option_that_cannot_be_used_is_named_with_the_cure(vmware_source, option, value, says):
    with pytest.raises(ConfigurationError, match=says):
        read_options(vmware_source(**{option: value}))


def test_a_password_variable_that_is_not_set_is_named(vmware_source, monkeypatch):
    source = vmware_source()
    monkeypatch.delenv("TEST_VC_PASSWORD")

    with pytest.raises(ConfigurationError, match="TEST_VC_PASSWORD is not set"):
        read_options(source)


def test_plain_http_is_accepted_on_the_machine_itself_only(vmware_source):
    assert read_options(vmware_source("http://127.0.0.1:8989/sdk")).address == "127.0.0.1:8989"
