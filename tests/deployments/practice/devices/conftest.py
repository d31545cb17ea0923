"""The shortest ways to ask a practice device: over SSH, or its table of commands directly."""

from dataclasses import dataclass

import pytest
from netmiko import ConnectHandler
from ntc_templates.parse import parse_output

from deployments.practice.devices import PracticeDevices
from deployments.practice.devices.platforms import DIALECTS
from deployments.practice.devices.view import View

DRIVERS = {"frr": "cisco_ios"}  # vtysh talks enough like IOS; netmiko has no driver of its own


@dataclass(frozen=True)
class Network:
    """A network that nobody listens for: what its devices would show."""

    lab: object
    planted: dict

    def device(self, name):
        return self.lab.network.devices[name]

    def names(self, platform):
        return [d.name for d in self.lab.network.devices.values() if d.platform == platform]

    def text(self, name, command):
        network, device = self.lab.network, self.device(name)
        network.readings += 1
        view = View(network=network, device=device, salt=network.readings, now=network.now())
        lines = DIALECTS[device.platform].shows[command](view).splitlines()
        return "\n".join(lines)

    def parsed(self, name, command):
        platform = self.device(name).platform
        return parse_output(platform=platform, command=command, data=self.text(name, command))


@pytest.fixture
def network(practice_site):
    """The default site's network, without SSH."""
    devices = PracticeDevices(practice_site)
    return Network(devices._lab, devices.planted)


@pytest.fixture
def connect(practice_devices):
    """Open a session of netmiko to a device, as the reader or as the writer."""
    listed = {one.name: one for one in practice_devices.devices}
    opened = []

    def open_session(name, *, write=False, **options):
        device = listed[name]
        session = ConnectHandler(
            device_type=DRIVERS.get(device.platform, device.platform),
            host=device.address,
            port=device.port,
            username=practice_devices.write_username if write else practice_devices.username,
            password=practice_devices.write_password if write else practice_devices.password,
            **options,
        )
        opened.append(session)
        return session

    yield open_session
    for session in opened:
        session.disconnect()
