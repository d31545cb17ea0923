"""Removes the secrets of running configurations, and the lines that change by themselves.

Every secret becomes `<removed>`, whatever the type of its encryption: so one that a device encrypts
anew with every reading gives the same text. It works by the command or keyword before a secret, in
the syntax of IOS, NX-OS, EOS, Junos (both as braces and as `set` lines) and FRR, by the shape of
the secret itself (`$9$...`, PEM, lines of a certificate in hexadecimal), and by the lines around it
where the line alone does not tell. It is idempotent.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import regex as re

from collectors.network.masking_rules import PLAIN, REMOVED, RULES, WORTH
from models.redaction import redact

_VOLATILE = re.compile(
    r"""^(?:
      [ \t]*!+\s?(?:Last\ configuration\ change|NVRAM\ config\ last\ updated
        |No\ configuration\ change|Time:|Command:|Running\ configuration\ last\ done
        |NVRAM\ configuration\ last
        |Startup-config\ last\ modified|device:|No\ saved\ configuration)\ ?.*
    | Current\ configuration\s*:.*
    | Building\ configuration\.*\s*
    | Using\ \d+\ out\ of\ \d+\ bytes.*
    | [ \t]*ntp\ clock-period\ .*
    | \#\#\ Last\ (?:commit|changed):.*
    | Load\ for\ five\ secs.*
    | Time\ source\ is\ .*
    | \{(?:master|backup|linecard)(?::\w+)?\}\s*
    )$\n?""",
    re.MULTILINE | re.VERBOSE | re.IGNORECASE,
)


def _block(pattern: str) -> tuple[re.Pattern[str], str]:
    return re.compile(pattern, re.IGNORECASE | re.MULTILINE), rf"\g<1>{REMOVED}"


# What stands in several lines, before anything is looked at line by line.
_BLOCKS = (
    _block(r"()-----BEGIN [A-Z0-9 ]{1,60}-----[\s\S]*?(?:-----END [A-Z0-9 ]{1,60}-----|\Z)"),
    # The number of a certificate differs with every one that a device signs for itself.
    _block(
        r"^([ \t]*+certificate )(?!<removed>|chain\b)[^\n]*+\n"
        r"(?:[ \t]++[0-9A-F][0-9A-F \t]*+\n)++[ \t]*+quit"
    ),
    _block(
        r"^()[ \t]*+(?:[0-9A-F]{8}[ \t]++){3,}[0-9A-F]{1,8}[ \t]*+$"
        r"(?:\n[ \t]*+[0-9A-F][0-9A-F ]++$)*"
    ),
    _block(
        r"^([ \t]*+key-string[ \t]*+\n)(?:[ \t]++(?!quit\b)[0-9A-Za-z+/=\t ]++\n)++(?=[ \t]*+quit)"
    ),
    # A terminal of 80 columns wraps between the keyword and the secret.
    _block(r"((?:password|secret)[ \t]*+\n[ \t]++)(?:[0-9]{1,2}[ \t]++)[^\s;]++(?=[ \t]*+$)"),
)
_TOKEN = re.compile(r"\"(?:[^\"\\]|\\.)*+\"|\S+")
_MARK = "## SECRET-DATA"
_SNMP_NAME = re.compile(
    r"^(\s*(?:community|trap-group)[ \t]++)(?:\"[^\"]*+\"|[^\s;]++)(?=[ \t]*+[;{])"
)
_GROUP = re.compile(r"^(\s*)(?:hsrp|vrrp|vrrpv3|glbp)[ \t]+\d")
_GROUP_WORD = re.compile(
    r"^(\s+authentication[ \t]++)(?!(?:md5|text|key-chain)(?:\s|$))(?:\"[^\"]*+\"|\S++)(?=\s*$)"
)
_CLI = re.compile(r"(\bcli command[ \t]++)\"([^\"]*+)\"")
_ASKS = re.compile(r"pattern[ \t]++\"?[^\"]{0,200}(?:assw|secret|passphrase|word)", re.IGNORECASE)
# One word that is sent to a device and no command is an answer to its prompt.
_COMMANDS = re.compile(
    r"(?:conf(?:ig|igure)?|disable|en|enable|end|exit|logout|n|no|quit|reload|shut(?:down)?|tclsh"
    r"|tclquit|wr|write|y|yes)?",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Reading:
    # What the lines before one say about it.
    blocks: list[str] = field(default_factory=list)
    group_indent: int | None = None
    is_asked: bool = False
    # Ports repeat their lines by the hundred.
    masked: dict[str, str] = field(default_factory=dict)

    def mask(self, line: str) -> str:
        line = self._name_of_snmp(line)
        line = self._word_of_group(line)
        if "cli command" in line:
            line = self._answer(line)
        if line not in self.masked:
            self.masked[line] = _mask_line(line)
        return self.masked[line]

    def _name_of_snmp(self, line: str) -> str:
        # Communities are secrets of SNMP and mere names in policies: outside of both, a secret.
        if line.lstrip().startswith(("community", "trap-group")) and self._may_be_snmp():
            line = _SNMP_NAME.sub(rf"\g<1>{REMOVED}", line)
        text = line.strip()
        if text.endswith("{"):
            self.blocks.append(text.split(None, 1)[0])
        elif text.startswith("}") and self.blocks:
            self.blocks.pop()
        return line

    def _may_be_snmp(self) -> bool:
        return not self.blocks or "snmp" in self.blocks

    def _word_of_group(self, line: str) -> str:
        # NX-OS writes the word of a group on a line of its own.
        if opened := _GROUP.match(line):
            self.group_indent = len(opened[1])
        elif self.group_indent is not None:
            if len(line) - len(line.lstrip()) <= self.group_indent:
                self.group_indent = None
            else:
                line = _GROUP_WORD.sub(rf"\g<1>{REMOVED}", line)
        return line

    def _answer(self, line: str) -> str:
        was_asked, self.is_asked = self.is_asked, _ASKS.search(line) is not None
        found = _CLI.search(line)
        if not found or found[2] == REMOVED:
            return line
        one_word = not re.search(r"\s", found[2]) and not _COMMANDS.fullmatch(found[2])
        if not was_asked and not one_word:
            return line
        return f'{line[: found.start()]}{found[1]}"{REMOVED}"{line[found.end() :]}'


def _mask_line(line: str) -> str:
    if _MARK in line:
        line = _last_word_removed(line)
    if not WORTH.search(line) or PLAIN.fullmatch(line):
        return line
    for pattern, replacement in RULES:
        line = pattern.sub(replacement, line)
    return _remark_removed(line)


def _last_word_removed(line: str) -> str:
    # Junos itself says which of its values are secrets.
    before, _, after = line.partition(_MARK)
    statement = before.rstrip()
    ending = ";" if statement.endswith(";") else ""
    words = list(_TOKEN.finditer(statement.removesuffix(";")))
    if not words or words[-1][0] in "{}":
        return line
    return f"{statement[: words[-1].start()]}{REMOVED}{ending} {_MARK}{after}"


def _remark_removed(line: str) -> str:
    # A remark behind a line about passwords is where people write one down.
    head, sign, remark = line.partition(" !")
    if not remark.strip() or not re.search(r"\b(?:password|secret|key)\b", head, re.IGNORECASE):
        return line
    return f"{head}{sign} {REMOVED}"


def mask(text: str) -> str:
    """Return the text with every secret replaced by `<removed>`; idempotent."""
    for pattern, replacement in _BLOCKS:
        text = pattern.sub(replacement, text)
    reading = _Reading()
    return redact("\n".join([reading.mask(line) for line in text.split("\n")]))


def stable(config: str) -> str:
    """Return a configuration without secrets and without the lines that change by themselves."""
    lines = _VOLATILE.sub("", config.replace("\r\n", "\n"))
    return "\n".join(line.rstrip() for line in mask(lines).strip().splitlines())
