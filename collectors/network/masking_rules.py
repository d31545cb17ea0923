"""Where secrets stand in the lines of IOS, NX-OS, EOS, Junos and FRR.

Every rule works on one line, and in time that grows with its length: what fills the place between
two keywords is possessive or bounded. A blank in a pattern stands for any number of blanks. Rules
for one command come before those for a keyword alone, for a number of the command (of a key, of
a list) must not be taken for the secret.
"""

from __future__ import annotations

import regex as re

REMOVED = "<removed>"
# A bracket that stands alone opens a list or a block of Junos.
_OPENING = r"(?![\[{](?:\s|$))"
_QUOTED = r"(?:\"(?:[^\"\\]|\\.)*+\"|\"[^\"]*+\"|'[^']*+')"
# A secret of a command whose lines end without a sign.
_WORD = rf"{_OPENING}(?:{_QUOTED}\S*+|\S++)"
# A secret that may end a statement of Junos: the semicolon stays.
_VALUE = rf"{_OPENING}(?:{_QUOTED}(?:\S*[^\s;])?|\S*[^\s;]|;++)"
# How an encrypted secret is announced: by the number or the name of its type.
_ONE_TYPE = (
    r"(?:(?:0|3|4|5|6|7|8|8a|9|10|sha512|sha256|md5|scrypt|pbkdf2|encrypted|clear|hidden|unencrypted"
    r"|plain-text|plaintext|hex|ascii|ascii-text|hexadecimal|level[ \t]++\d++)[ \t]++(?=\S))"
)
_TYPE = f"{_ONE_TYPE}*+"
# Words that follow a secret; whatever else stands behind it is taken for its rest.
_NEXT = (
    r"(?:level(?:-[12])?|role|privilege|priv|auth|timeout|port|idle-time|lifetime"
    r"|(?:receive|transmit|send|accept)-lifetime|fallback|cryptographic-algorithm|address|hostname"
    r"|mode-list|transmit-key|realm|authentication|accounting|authenticate|secret|password|key"
    r"|auth-port|acct-port|hidden|source|vrf|use-vrf|pattern|view)(?:[ \t]|$)"
)
_PHRASE = rf"{_WORD}(?:[ \t]++(?!{_NEXT}|[!{{]|\#\#)\S++)*+"
# Words after `password` or `secret` that speak of passwords instead of being one.
_ABOUT = (
    r"(?!(?:strength-check|secure-mode|encryption|encryption-key|policy|prompt|expiry|expire|lifetime|change"
    r"|changes|recovery|reset|format|control|aging|age|history|minimum|maximum|min-length"
    r"|minimum-length|max-length|maximum-length|keyboard|keyboard-interactive|required|rotation"
    r"|authentication|and|or|is|of|for|in|the|to)(?:\s|$)"
    r"|(?:peer|option|fallback|rollover|profile|shared-secret)[ \t]+\S)"
)
_ANY_WORDS = r"(?:\S++ )*?"


def _rule(where: str, secret: str = _TYPE + _PHRASE) -> tuple[re.Pattern[str], str]:
    # Group 1 stays; the type goes with the secret, for some devices show it now and then.
    spaced = where.replace(" ", r"[ \t]++")
    return re.compile(f"({spaced}){secret}", re.IGNORECASE), rf"\g<1>{REMOVED}"


_REST = r"\S.*"
_PASSWORDS = (
    _rule(r"^\s*(?:no )?enable (?:algorithm-type \S+ )?(?:password|secret) (?:level \d+ )?"),
    _rule(rf"^\s*(?:no )?(?:username|ppp) {_ANY_WORDS}(?:password|secret) "),
    _rule(
        rf"^\s*(?:no )?(?:mpls ldp )?neighbor \S+ {_ANY_WORDS}password (?!shared-secret profile )"
    ),
    _rule(r"^\s*ip msdp (?:vrf \S+ )?password (?:peer )?\S+ "),
    _rule(
        r"^\s*mpls ldp (?:vrf \S+ )?password (?:option \d+ for \S+|fallback|default) ",
        rf"(?!key-chain\s){_TYPE}{_PHRASE}",
    ),
    # EOS numbers the secrets of a shared-secret profile: secret 1 7 <hash> receive-lifetime ...
    _rule(r"^\s*secret (?:\d+ (?=\S))?", rf"{_TYPE}{_VALUE}"),
    _rule(r"^\s*(?:password|secret|key) (?=[0356789] )"),
    # The password of a line is whatever stands alone behind the word, but for a few switches.
    _rule(
        r"^\s*password ",
        r"(?!(?:strength-check|secure-mode|required|policy|recovery|prompt|or|and|is|for|the|\{)$)\S+$",
    ),
)
_SNMP = (
    _rule(r"^\s*(?:no )?snmp-server community ", rf"(?:[078][ \t]++(?=\S))?{_WORD}"),
    _rule(r"\bsnmp (?:community|trap-group) ", _VALUE),
    _rule(
        r"^\s*(?:no )?snmp-server host \S+(?>(?: (?:vrf|use-vrf|udp-port|filter-vrf) \S+"
        r"| source-interface [a-z-]+\s*[\d/.:]*| (?:traps?|informs?)"
        r"| version (?:1|2c|3(?: (?:auth|noauth|priv)\b)?))*) ",
        rf"(?:[07][ \t]++(?=\S))?{_WORD}",
    ),
    _rule(rf"^\s*(?:no )?snmp-server user \S+ {_ANY_WORDS}(?:auth|priv) ", _REST),
    _rule(r"^\s*(?:snmp(?:-server)? )?(?:mib )?community-map ", _TYPE + _WORD),
    _rule(r"\bcommunity-name ", _VALUE),
)
_KEYS = (
    _rule(
        r"\bauthentication-key (?:\d+ )?(?:md5|sha1|sha256|cmac-\S+|hmac-\S+) ",
        rf"{_TYPE}{_PHRASE}",
    ),
    _rule(r"\bauthentication-key \d+ (?:type \S+ )?value ", _VALUE),
    _rule(r"\bauthentication-key ", rf"(?!\d+[ \t]|\d+$){_TYPE}{_VALUE}"),
    _rule(r"\bauthentication-key (?=[07] )", rf"(?!\d [ \t]*(?:type|value)\b){_TYPE}{_VALUE}"),
    _rule(rf"^\s*ntp {_ANY_WORDS}key ", rf"(?!\d+(?:\s|$)){_WORD}"),
    _rule(r"\bmessage-digest-key \d+ \w+ "),
    _rule(r"\bisakmp key "),
    _rule(
        r"\bpre-shared-key (?:(?:local|remote|address \S+(?: [\d.]+)?|key|cak) )*+",
        rf"(?!(?:key-chain|ckn)[ \t]){_TYPE}{_VALUE}",
    ),
    _rule(r"\bpre-share key "),
    _rule(r"\bsession-key (?:inbound|outbound) \S+ ", _REST),
    _rule(r"\bipsec spi \d+ ", _REST),
    _rule(r"\bkey-(?:octet-)?string "),
    _rule(r"\bkey config-key (?:password-encrypt|newpass|oldpass|ascii|\S+) "),
    _rule(r"\bauthentication key ", rf"(?!\d+ \{{){_TYPE}{_PHRASE}"),
    _rule(r"\b(?:md5|sha\S*|hmac-\S+) \d+ key ", rf"{_TYPE}{_VALUE}"),
    _rule(rf"^\s*(?:\S++ ){{0,3}}?(?:tacacs|radius)(?:-server)?\b\S* {_ANY_WORDS}key "),
    # A time server of Junos has its key's number there, a server of a group its secret.
    _rule(
        rf"^\s*server(?:-private)? \S+ {_ANY_WORDS}key ",
        rf"(?!\d+;?(?:$|[ \t]+(?:prefer|version|source|routing-instance)\b)){_TYPE}{_PHRASE}",
    ),
    _rule(r"\b(?:cluster|pac|macsec|license keys|identity \S+) key ", rf"{_TYPE}{_VALUE}"),
    _rule(r"^\s*tunnel key ", rf"(?!\d+$){_WORD}"),
    _rule(
        r"\bkey (?:[0-9A-F]+ )?(?=(?:0|3|5|6|7|8|8a|9) )",
        r"\w+[ \t]++(?!(?:prefer|version|source|minpoll|maxpoll|i?burst|vrf|use-vrf|size|type|key"
        rf"|algorithm|start-time|secret|value)(?:\s|$)){_VALUE}",
    ),
    _rule(
        r"^\s+key (?!\d+\s*(?:$|\{|\S*(?:algorithm|-time|lifetime|string|secret)\b))"
        r"(?!(?:chain|generate|config-key|pubkey-chain|import|export|zeroize)\b)"
        r"(?:[0-9A-F]+ (?=\S))?",
        rf"{_TYPE}{_VALUE}(?=;?[ \t]*$|;?[ \t]*\#\#|[ \t]+fallback\b)",
    ),
)
_FIRST_HOP = (
    _rule(
        r"\b(?:standby|vrrp|glbp|hsrp)(?: \d+)? (?:peer )?authentication "
        r"(?:text |(?:ietf-)?md5 key-string )?",
        rf"(?!(?:ietf-)?md5[ \t]+key-|key-chain\b){_TYPE}{_PHRASE}",
    ),
    _rule(r"^\s+authentication text "),
    _rule(
        r"\bauthentication mode (?:md5|text|cleartext|(?:hmac-)?sha\S*) ",
        rf"(?!key-|rx-only|level){_TYPE}{_PHRASE}",
    ),
    _rule(r"\bip nhrp authentication "),
)
_WIRELESS = (
    _rule(r"\b(?:set-key|wpa-psk) (?:(?:ascii|hex) )?"),
    _rule(r"^\s*encryption (?:\S+ \d+ )?key \d+ size \S+ "),
    _rule(r"\bsap pmk "),
)
_SCRIPTS = (
    # TerminAttr -cvauth=key,<secret>; a token is named by its file.
    _rule(r"\b\w*auth[=\s]key,", r"\S+"),
    _rule(r"^\s*kerberos srvtab entry ", _REST),
    _rule(
        r"^\s*event manager environment (?=\S{0,60}(?:pw|pass|secret|key|tok|cred|pin))\S+ ",
        _REST,
    ),
    _rule(r"(?:^|[\s\"'])(?:-u|--user|--proxy-user)[=\s]\s*", rf"(?=[^\s:]*+:\S|[\"']){_WORD}"),
    _rule(r"\bsshpass (?:-[ev] )?-p\s*", _WORD),
    _rule(r"\bmail server \"?", r"[^\s\"]+(?=@)"),
    _rule(r"\btest aaa (?:group )?\S+ \S+ ", _WORD),
)
_NAMED = (
    _rule(
        r"\b(?:server-key|shared-secret(?! profile )|(?<!-)shared-key|auth-key|privacy-key"
        r"|encrypted-password|authentication-password|privacy-password|plain-text-password(?:-value)?"
        r"|simple-password"
        r"|radius-secret|tacacs-secret|preshared-key|bind-password|key-encryption-key|md5-key"
        r"|wpa-passphrase|wpa-shared-key|group-key|redundancy-key|cak|secret-key|api-key"
        r"|md5-password|authentication string|pac-key|sim-unlock-code"
        r"|hello-authentication-key|community-string|message-auth-code-key"
        r"|key-wrap encryption-key) ",
        rf"{_TYPE}{_VALUE}",
    ),
    _rule(
        r"\bpassphrase(?:\s*[:=]\s*| )", rf"(?!(?:lifetime|warntime|gracetime)\b){_TYPE}{_VALUE}"
    ),
    _rule(r"\bpsk(?:\s*[:=]\s*| )", rf"(?!(?:set-key|list|key-management)\b){_TYPE}{_VALUE}"),
    _rule(r"\b(?:id)?token ", rf"(?!(?:ring|bucket)\b){_TYPE}{_VALUE}"),
    _rule(
        r"\b(?:md5|ascii-text|hexadecimal) ",
        rf"(?!\d+[ \t]*(?:key\b|start-time\b|\{{))(?!(?:key|key-chain|key-string|ascii|hex"
        r"|ascii-text|secret|value|rx-only|level-\d|authentication|(?:hmac|umac|sha|md5|aes|esp|ah)[\w-]*)(?:\s|;|$))"
        rf"{_TYPE}{_VALUE}(?<!auth)",
    ),
    _rule(r"\bhmac-sha\S* (?=[07] )", rf"{_TYPE}{_VALUE}"),
)
_SHAPES = (
    _rule(r"", r"\"?\$[0-9A-Z]{1,4}\$[^\s\";,]+\"?"),
    # Up to the last @ of the authority, or with a slash within the password.
    _rule(r"\b[a-z][a-z0-9+.-]{0,30}://", r"(?:[^\s/]{1,300}|[^\s@/]{1,256}:[^\s@]{0,256})(?=@)"),
)
_PROSE = (
    (
        re.compile(
            r"(\b(?:password|passwd|passwort|kennwort|secret|passcode)\b)[ \t:=]+"
            rf"(?:(?:sent|is|for \S{{1,60}} is)[ \t:=]+(?=\S))?(?:{_ONE_TYPE}++|{_ABOUT}){_VALUE}"
            r"(?:[ \t]+7(?=[ \t]*$))?",
            re.IGNORECASE,
        ),
        rf"\g<1> {REMOVED}",
    ),
    _rule(r"(?<![\w/-])(?:pw|p/w|pwd)[\s:=]\s*", _VALUE),
    # A number this short counts something: pin 5 on the patch panel.
    _rule(r"\bpin(?:\s*[:=]\s*|\s+is\s+|\s+)", r"(?=\S{4})(?!header\b|layout\b)" + _VALUE),
    _rule(
        r"\b(?:login|user/pass|user/password|credentials?)[\s:=]\s*[\w.-]{1,60}\s?[:/]\s?", _VALUE
    ),
)
RULES = (
    *_PASSWORDS,
    *_SNMP,
    *_KEYS,
    *_FIRST_HOP,
    *_WIRELESS,
    *_SCRIPTS,
    *_SHAPES,
    *_NAMED,
    *_PROSE,
)
# A line without any of these words and signs holds nothing for the rules above.
WORTH = re.compile(
    r"passw|passc|kennw|secret|key|communit|snmp|\bpin\b|\$[0-9a-z]{1,4}\$|://|psk|token|auth|cak"
    r"|passphrase|spi \d|md5|sha|pmk|-u\b|--user|-p|mail server|srvtab|environment|pw|p/w|login"
    r"|user/pass|credential|aaa|unlock-code|hexadecimal|ascii-text",
    re.IGNORECASE,
)
# Lines that name ways to authenticate or algorithms, and nothing else.
_METHODS = r"(?:password|radius|tacplus|ldap|none|securid)"
PLAIN = re.compile(
    rf"\s*(?:set\s+)?(?:\S+\s+){{0,6}}authentication-order\s+(?:\[(?:\s+{_METHODS})*\s*\]|{_METHODS});?\s*"
    r"|\s*ip\s+ssh\s+(?:server|client)\s+algorithm\s+[a-z0-9@. \t-]+",
    re.IGNORECASE,
)
