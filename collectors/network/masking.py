"""Removes the secrets of running configurations, and the lines that change by themselves.

Every secret becomes `<removed>`, whatever the type of its encryption: so one that a device encrypts
anew with every reading gives the same text. It works by the keyword before a secret, in the
syntax of IOS, NX-OS, EOS, Junos (both as braces and as `set` lines) and FRR, and by the shape of
the secret itself (`$9$...`, PEM, lines of a certificate in hexadecimal). It is idempotent.
"""

from __future__ import annotations

import re

from models.redaction import redact

REMOVED = "<removed>"
_VALUE = r"(?!<removed>|[\[{(;|])(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s;]+)"
# How an encrypted secret is announced: a type's number or its name.
_TYPE = (
    r"(?:(?:0|3|4|5|6|7|8|8a|9|10|sha512|sha256|md5|scrypt|pbkdf2|encrypted|clear|hidden|unencrypted"
    r"|plain-text|plaintext|hex|ascii|ascii-text|hexadecimal|level[ \t]+\d+)[ \t]+)*+"
)
# Words after `password` or `secret` that speak of passwords instead of being one.
_ABOUT = (
    r"(?!(?:strength-check|encryption|policy|prompt|expiry|expire|lifetime|change|changes|recovery"
    r"|format|control|aging|age|history|minimum|maximum|min-length|max-length|keyboard|keyboard-"
    r"interactive|required|rotation|authentication|and|or|is|of|for|in|the|to)\b"
    r"|(?:radius|tacplus|ldap)\b[^\n;]*\])"
)
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


def _rule(pattern: str, replacement: str = rf"\g<1>{REMOVED}") -> tuple[re.Pattern[str], str]:
    return re.compile(pattern, re.IGNORECASE | re.MULTILINE), replacement


# Whole blocks first, then secrets of a shape of their own, then by keyword.
_RULES = (
    _rule(r"()-----BEGIN [A-Z0-9 ]+-----[\s\S]*?(?:-----END [A-Z0-9 ]+-----|\Z)"),
    # The number of a certificate differs with every one that a device signs for itself.
    _rule(
        r"^([ \t]*certificate )(?!<removed>|chain\b)[^\n]*\n"
        r"(?:[ \t]+[0-9A-F][0-9A-F \t]*\n)+[ \t]*quit"
    ),
    _rule(r"^()[ \t]*(?:[0-9A-F]{8}[ \t]+){3,}[0-9A-F]{1,8}[ \t]*$(?:\n[ \t]*[0-9A-F ]{2,}$)*"),
    _rule(r"()\"?\$[0-9A-Z]{1,4}\$[^\s\";,]+\"?"),
    _rule(r"(\b[a-z][a-z0-9+.-]*://)[^\s@/]+(?::[^\s@]*)?(?=@)"),
    # SNMP
    _rule(rf"^([ \t]*snmp-server community )(?:(?:0|7|8) )?{_VALUE}"),
    _rule(rf"(\bsnmp community ){_VALUE}"),
    _rule(r"^([ \t]*community )(?!<removed>)(?:\"[^\"\n]*\"|[^\s{;]+)(?=[ \t]*\{)"),
    _rule(
        r"^([ \t]*snmp-server host \S+(?>(?: (?:vrf|use-vrf|udp-port) \S+| (?:traps?|informs?)"
        rf"| version (?:1|2c|3(?: (?:auth|noauth|priv))?))*) ){_VALUE}"
    ),
    _rule(r"^([ \t]*snmp-server user \S+(?: \S+)*? (?:auth|priv) )(?!<removed>).*$"),
    _rule(rf"^([ \t]*(?:snmp-server )?(?:mib )?community-map ){_VALUE}"),
    # Keys
    _rule(
        rf"(\bauthentication-key (?:\d+ )?(?:md5|sha1|sha256|cmac-\S+|hmac-\S+) ){_TYPE}{_VALUE}"
    ),
    _rule(rf"^([ \t]*ntp .*(?<![\w-])key ){_TYPE}(?!\d+\s*(?:$|prefer|version|source)){_VALUE}"),
    _rule(rf"(\b(?:crypto )?isakmp key ){_TYPE}{_VALUE}"),
    _rule(
        r"(\bpre-shared-key (?:(?:local|remote|address \S+(?: \S+)?|key) )*)"
        rf"(?!address|local|remote){_TYPE}{_VALUE}"
    ),
    _rule(r"(\bsession-key (?:inbound|outbound) \S+ )(?!<removed>).*$"),
    _rule(r"(\bipsec spi \d+ )(?!<removed>).*$"),
    _rule(
        r"(\b(?:key-string|server-key|shared-secret|shared-key|auth-key|privacy-key|encrypted-password"
        r"|authentication-password|privacy-password|plain-text-password(?:-value)?|simple-password"
        r"|radius-secret|tacacs-secret|preshared-key|bind-password|key-encryption-key|md5-key"
        r"|wpa-passphrase|passphrase|psk|cak|secret-key|api-key|token"
        r"|message-digest-key \d+ \w+|md5-password|authentication string|pac-key"
        rf"|community-string)[ \t]+){_TYPE}{_VALUE}"
    ),
    _rule(rf"(\bauthentication-key )(?!\d+ ){_TYPE}{_VALUE}"),
    _rule(
        rf"(\b(?:wpa-psk|set-key|hmac-sha\S*|md5|ascii-text|hexadecimal) (?:ascii |hex )?){_TYPE}"
        rf"(?!key-chain\b|key-string\b|key\b|ascii\b|hex\b|ascii-text\b|secret\b|authentication\b){_VALUE}(?<!auth)"
    ),
    _rule(rf"(\b(?:tacacs|radius)(?:-server)?\b[^\n]*?\bkey ){_TYPE}{_VALUE}"),
    _rule(rf"(\bkey (?:[0-9A-F]+ )?)(?:0|3|5|6|7|8|8a|9) {_VALUE}"),
    _rule(
        r"^([ \t]+key )(?!\d+\s*(?:$|\{|cryptographic)|chain\b|generate\b|config-key\b)"
        rf"{_VALUE}(?=[ \t]*$)"
    ),
    _rule(rf"(\bkey config-key \S+ ){_VALUE}"),
    # First hop redundancy, with a word in clear text
    _rule(rf"(\b(?:standby|vrrp|glbp|hsrp) \d+ authentication (?:text )?)(?!md5\b|text\b){_VALUE}"),
    _rule(rf"^([ \t]+authentication text ){_VALUE}"),
    # A remark behind a line about passwords is where people write one down.
    _rule(r"^([^\n!]*\b(?:password|secret|key)\b[^\n!]* ! ?)(?!<removed>)\S.*$"),
    # Passwords, by their name
    _rule(
        r"(\b(?:password|passwd|secret|passcode|pin)\b)[ \t:=]+(?:sent |is )?"
        rf"{_TYPE}{_ABOUT}{_VALUE}"
        r"(?:[ \t]+7(?=[ \t]*$))?",
        rf"\g<1> {REMOVED}",
    ),
)
# A text without any of these words and signs holds nothing for the rules above.
_WORTH = re.compile(
    r"passw|passc|secret|key|communit|snmp|\bpin\b|\$[0-9a-z]{1,4}\$|://|-----BEGIN|certificate"
    r"|psk|token|auth|cak|passphrase|[0-9a-f]{8} [0-9a-f]{8}|spi \d|md5|sha",
    re.IGNORECASE,
)


def mask(text: str) -> str:
    """Return the text with every secret replaced by `<removed>`; idempotent."""
    if not _WORTH.search(text):
        return redact(text)
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return redact(text)


def stable(config: str) -> str:
    """Return a configuration without secrets and without the lines that change by themselves."""
    lines = _VOLATILE.sub("", config.replace("\r\n", "\n"))
    return "\n".join(line.rstrip() for line in mask(lines).strip().splitlines())
