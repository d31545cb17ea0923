"""Every platform lets netmiko in, answers, and keeps out whom it should."""

import pytest
from netmiko import ConnectHandler
from netmiko.exceptions import NetmikoAuthenticationException

PLATFORMS = ("cisco_ios", "cisco_nxos", "arista_eos", "juniper_junos", "frr")
DRIVERS = {"frr": "cisco_ios"}  # vtysh talks enough like IOS, and netmiko has no driver of its own


def connect(devices, device, *, write=False, **options):
    return ConnectHandler(
        device_type=DRIVERS.get(device.platform, device.platform),
        host=device.address,
        port=device.port,
        username=devices.write_username if write else devices.username,
        password=devices.write_password if write else devices.password,
        **options,
    )


def first(devices, platform):
    return next(one for one in devices.devices if one.platform == platform)


def test_all_five_platforms_are_there(read_devices):
    assert {one.platform for one in read_devices.devices} == set(PLATFORMS)
    assert len(read_devices.devices) == 12


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_reader_logs_in_and_is_shown_the_version(read_devices, platform):
    device = first(read_devices, platform)
    with connect(read_devices, device) as session:
        assert device.name in session.find_prompt()
        assert session.send_command("show version")


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_wrong_password_is_refused(read_devices, platform):
    device = first(read_devices, platform)
    with pytest.raises(NetmikoAuthenticationException):
        ConnectHandler(
            device_type=DRIVERS.get(platform, platform),
            host=device.address,
            port=device.port,
            username=read_devices.username,
            password="wrong",
        )
