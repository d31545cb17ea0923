"""The recipes for accounts: they let through all that the collectors ask, and nothing that changes."""

from __future__ import annotations

import re

import pytest

from collectors.network.commands import allowed
from tests.deployments.growing.manifests import FOLDER, documents

CHANGES = (
    "configure terminal",
    "configure",
    "write memory",
    "write erase",
    "copy running-config startup-config",
    "reload",
    "clear counters",
    "debug all",
    "delete flash:config.text",
    "request system reboot",
    "show tech-support",
)


def _text(name: str) -> str:
    return (FOLDER / "access/network" / name).read_text(encoding="utf-8")


def _tacacs() -> list[re.Pattern[str]]:
    """What `tac_plus` compares: the words after the first, within the block of the first word."""
    found = []
    for command, block in re.findall(
        r"cmd = (\w+) \{(.*?)\n  \}", _text("cisco_ios.tac_plus.conf"), re.S
    ):
        for words in re.findall(r"permit (?:\"\^(.*?)\$\"|\.\*)", block):
            rest = words.removesuffix("( <cr>)?")
            found.append(re.compile(f"{command} {rest}" if rest else f"{command}( .*)?"))
    return found


def _nxos() -> list[re.Pattern[str]]:
    rules = re.findall(r"rule \d+ permit command (.+)", _text("cisco_nxos.cfg"))
    return [re.compile(re.escape(rule).replace(r"\*", ".*")) for rule in rules]


def _eos() -> list[re.Pattern[str]]:
    rules = re.findall(r"permit mode exec command (.+)", _text("arista_eos.cfg"))
    return [re.compile(rule) for rule in rules]


def _junos() -> list[re.Pattern[str]]:
    (rule,) = re.findall(r'allow-commands "(.+)"', _text("juniper_junos.set"))
    return [re.compile(rule.replace("\\\\", "\\")), re.compile(r"set cli screen-\w+ \d+|cli")]


RECIPES = {
    "cisco_ios": _tacacs,
    "cisco_nxos": _nxos,
    "arista_eos": _eos,
    "juniper_junos": _junos,
}


@pytest.mark.parametrize("platform", RECIPES)
def test_a_recipe_lets_through_every_command_of_the_collector(platform):
    rules = RECIPES[platform]()
    # On NX-OS the role has all there is: it needs no `enable`.
    asked = allowed(platform) - ({"enable"} if platform == "cisco_nxos" else set())
    assert [text for text in asked if not any(rule.fullmatch(text) for rule in rules)] == []


@pytest.mark.parametrize("platform", RECIPES)
def test_a_recipe_lets_nothing_through_that_changes_a_device(platform):
    rules = RECIPES[platform]()
    assert [text for text in CHANGES if any(rule.fullmatch(text) for rule in rules)] == []


def test_junos_gives_the_class_neither_secrets_nor_the_right_to_configure():
    given = re.findall(r"permissions (\S+)", _text("juniper_junos.set"))
    assert set(given) == {"view", "view-configuration"}


def test_frr_is_reached_through_vtysh_in_user_mode_and_nothing_else():
    text = _text("frr.sshd_config")
    assert "ForceCommand /usr/bin/vtysh -u" in text
    assert "AllowTcpForwarding no" in text
    assert "PasswordAuthentication no" in text


def test_the_vcenter_role_only_reads():
    (role,) = documents("access/vcenter-role.yaml")
    extra = [item["privilege"] for item in role["optional"]]
    assert set(role["privileges"]) == {"System.Anonymous", "System.Read", "System.View"}
    assert extra == ["Global.Licenses"]


def test_every_privilege_that_a_vsphere_check_asks_for_is_in_the_role():
    from tasks.inventory.checks import CHECKS

    (role,) = documents("access/vcenter-role.yaml")
    known = {*role["privileges"], *(item["privilege"] for item in role["optional"])}
    asked = {
        check.privilege
        for check in CHECKS.values()
        if "." in check.privilege and check.privilege.split(".")[0] in {"System", "Global"}
    }
    assert asked <= known
