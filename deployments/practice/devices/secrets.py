"""Secrets planted in configurations, and how devices write them down.

Source: the weak scheme that Cisco calls type 7 is public: a fixed key of 53 letters, xored from a
place that the first two digits give. Real devices keep what they once wrote; ours write it anew
with each reading, as some do after every change, so that whoever compares texts must mask it.
"""

from __future__ import annotations

import hashlib
import random

# None of these may ever leave a collector.
COMMUNITY = "c4nary-snmp-r0-5521"
WRITE_COMMUNITY = "c4nary-snmp-rw-9047"
BGP_SECRET = "c4nary-bgp-md5-7310"  # noqa: S105 - planted to be found
TACACS_KEY = "c4nary-tacacs-3388"
RADIUS_KEY = "c4nary-radius-6102"
ENABLE_SECRET = "c4nary-enable-4471"  # noqa: S105 - planted to be found
USER_SECRET = "c4nary-user-0pen-1956"  # noqa: S105 - planted to be found
NTP_KEY = "c4nary-ntp-k3y-2204"
KEY_CHAIN = "c4nary-keychain-8815"
BANNER_SECRET = "c4nary-banner-pin-6643"  # noqa: S105 - planted to be found
DESCRIPTION_SECRET = "c4nary-portal-5180"  # noqa: S105 - planted to be found
SNMP_V3_KEY = "c4nary-snmpv3-auth-7729"
DEVICE_CANARIES = (
    COMMUNITY,
    WRITE_COMMUNITY,
    BGP_SECRET,
    TACACS_KEY,
    RADIUS_KEY,
    ENABLE_SECRET,
    USER_SECRET,
    NTP_KEY,
    KEY_CHAIN,
    BANNER_SECRET,
    DESCRIPTION_SECRET,
    SNMP_V3_KEY,
)
WELL_KNOWN_COMMUNITY = "public"
_KEY = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def type7(secret: str, salt: int) -> str:
    """Return a secret in Cisco's type 7; another salt gives another text for the same secret."""
    start = salt % 16
    data = bytes(
        letter ^ _KEY[(start + place) % len(_KEY)] for place, letter in enumerate(secret.encode())
    )
    return f"{start:02d}{data.hex().upper()}"


def type9(secret: str, salt: int) -> str:
    """Return what looks like Junos' $9$ text of a secret."""
    return "$9$" + _letters(f"{secret} {salt}", 4 * len(secret) // 2)


def crypted(secret: str, kind: str = "1") -> str:
    """Return what looks like a one-way hash: `1`, `5`, `6`, `8` or `9` by its scheme."""
    lengths = {"1": (4, 22), "5": (8, 43), "6": (8, 86), "8": (14, 43), "9": (14, 43)}
    salt, body = lengths[kind]
    return f"${kind}${_letters(f's{secret}', salt)}${_letters(f'b{secret}', body)}"


def public_key(name: str) -> str:
    """Return what looks like the body of an RSA key."""
    return "AAAAB3NzaC1yc2EAAAADAQABAAABAQ" + _letters(name, 220)


def private_key(name: str) -> list[str]:
    """Return the lines of what looks like a certificate's private key."""
    body = hashlib.sha512(name.encode()).hexdigest().upper() * 2
    return [" ".join(body[n + m : n + m + 8] for m in range(0, 64, 8)) for n in range(0, 256, 64)]


def _letters(seed: str, count: int) -> str:
    return "".join(random.Random(seed).choices(_LETTERS, k=count))  # noqa: S311 - made to look at
