"""The read allow-list: a command that only shows may be sent, and nothing else."""

import re
import time

import pytest

from collectors.network.commands import FIELDS, PLATFORMS, QUESTIONS, SETUP, allowed
from collectors.network.fleet import Handle
from collectors.network.gate import Gate
from collectors.network.options import read_options
from collectors.network.reading import read_device
from collectors.network.session import connect
from collectors.network.templates import folder
from models.errors import ConfigurationError, Refused

FORBIDDEN = [
    "configure terminal",
    "configure",
    "conf t",
    "write memory",
    "write erase",
    "copy running-config startup-config",
    "reload",
    "clear counters",
    "delete flash:vlan.dat",
    "request system reboot",
    "commit",
    "end",
    "exit",
    "debug all",
    "terminal monitor",
    "set system host-name x",
    "show version | include uptime",
    "show version; reload",
    "show version\nreload",
    "show version\n\n",
    "show version\r",
    "show version ",
    " show version",
    "SHOW VERSION",
    "show tech-support",
    "show running-config > flash:x",
    "!\x03",
    "\x1a",
]


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("text", FORBIDDEN)
def test_what_is_not_on_the_list_is_refused(platform, text):
    with pytest.raises(Refused) as caught:
        Gate(platform).check(text + "\n")

    assert text.strip() not in str(caught.value)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_command_of_the_tables_and_an_empty_line_pass(platform):
    gate = Gate(platform)

    for text in allowed(platform):
        gate.check(f"{text}\n")
    gate.check("\n")


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_list_only_shows_or_sets_up_the_terminal(platform):
    beyond = {text for text in allowed(platform) if not text.startswith("show ")}

    assert beyond <= {*SETUP[platform], "enable", "cli"}
    assert not [text for text in allowed(platform) if re.search(r"[|;>\n\r]", text)]


def test_the_enable_password_passes_right_after_enable_and_never_else():
    gate = Gate("cisco_ios", "s3cret-enable")

    with pytest.raises(Refused):
        gate.check("s3cret-enable\n")
    gate.check("enable\n")
    gate.check("s3cret-enable\n")
    with pytest.raises(Refused) as caught:
        gate.check("s3cret-enable\n")

    assert "s3cret" not in str(caught.value)


def test_junos_and_frr_know_no_enable():
    for platform in ("juniper_junos", "frr"):
        with pytest.raises(Refused):
            Gate(platform, "x").check("enable\n")


def test_each_subject_says_which_field_it_fills_and_each_template_is_there():
    for questions in QUESTIONS.values():
        for question in questions:
            assert question.subject in FIELDS
            for command in question.commands:
                if command.template:
                    assert (folder() / f"{command.template}.textfsm").is_file()


def test_a_session_cannot_be_made_to_send_anything_else(scripted, network_source):
    device = scripted({"show version": "x\n"})
    options = read_options(network_source(device.row()))

    with connect(options.targets[0], options, Handle(deadline=time.monotonic() + 30)) as session:
        for text in ("configure terminal", "show version\nreload", "reload"):
            with pytest.raises(Refused):
                session.ask(text, 5)
        session.ask("show version", 5)

    assert set(device.received) == {"", "terminal width 511", "terminal length 0", "show version"}


def test_a_whole_collection_sends_only_what_is_listed(scripted, network_source):
    device = scripted()
    options = read_options(network_source(device.row()))

    read_device(options.targets[0], options, Handle(deadline=time.monotonic() + 30))

    assert set(device.received) - {""} <= allowed("cisco_ios")


@pytest.mark.parametrize("password", ["x\nreload", "x\rreload", "x\n", "\x03", "a\tb", "a\x85b"])
def test_an_enable_password_that_could_carry_a_command_is_refused(password):
    with pytest.raises(ConfigurationError, match="control character") as caught:
        Gate("cisco_ios", password)

    assert password not in str(caught.value)
