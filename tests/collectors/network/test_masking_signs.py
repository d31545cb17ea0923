"""Secrets of any signs, and lines of any length."""

import random
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collectors.network.masking import REMOVED, mask

# The commonest places, for secrets of any sign that a device accepts.
COMMONEST = [
    "enable password @@",
    "enable secret 0 @@ ",
    "username bob password 0 @@",
    "username bob privilege 15 secret @@",
    " neighbor 192.0.2.1 password @@",
    "snmp-server community @@ RO",
    "snmp-server host 10.0.0.1 version 2c @@",
    "radius-server key @@",
    "tacacs-server host 10.0.0.1 key @@",
    "  key-string @@",
    "ntp authentication-key 1 md5 @@",
    " ip ospf message-digest-key 1 md5 @@",
    "crypto isakmp key @@ address 10.0.0.1",
    " standby 1 authentication text @@",
]
_SIGNS = string.ascii_letters + string.digits + "[]{}()<>;|:.,-_=+*^%$#@~&/\\"
_FIRST = "[{(;|<:.-^%#@~&/" + string.ascii_letters + string.digits
typed = st.builds(
    str.__add__, st.sampled_from(_FIRST), st.text(st.sampled_from(_SIGNS), min_size=7, max_size=24)
)


def fresh():
    return "Q" + "".join(random.SystemRandom().choices(string.ascii_letters, k=13)) + "z"


@pytest.mark.parametrize("start", [*"[{(;|<>'\"!#$%&*-=+:.,/\\^~?", REMOVED])
@pytest.mark.parametrize("line", ["enable password @@", "snmp-server community @@ RO", " key @@"])
def test_a_secret_may_begin_with_any_sign(line, start):
    secret = fresh()

    assert secret not in mask(line.replace("@@", start + secret))


@pytest.mark.parametrize("word", ["for", "policy", "change", "the", "in", "is", "control", "or"])
@pytest.mark.parametrize("sign", ["-", ".", ":", "!", "/"])
@pytest.mark.parametrize("line", [" password @@", "x password @@", "username b password 0 @@"])
def test_a_secret_may_begin_with_a_word_that_speaks_of_passwords(line, word, sign):
    secret = fresh()

    assert secret not in mask(line.replace("@@", word + sign + secret))


@pytest.mark.parametrize("line", COMMONEST)
@given(first=typed, second=typed)
@example(first="[Zq7wLeak", second="(Zq7wLeak")
@example(first="<removed>Zq7wLeak", second=";Zq7;wLeak;")
@example(first="$9$abcdefgh", second="a://b:c@d")
def test_whatever_is_typed_as_a_password_is_gone(line, first, second):
    masked = mask(line.replace("@@", first))

    assert first not in masked
    assert masked == mask(line.replace("@@", second))
    assert mask(masked) == masked


@pytest.mark.parametrize(
    "part",
    [
        "a", " ", "key ", "password ", "secret ! ", "tacacs ", "radius-server key-", "ntp ntp ",
        "snmp-server user a ", "$a$", "a://", "a://b:", '"', 'password "\\"', " authentication-key",
        "md5 ", "-u ", "a.", "community {", "-----BEGIN A-----", "pre-shared-key local ", "[", "=",
        "neighbor a ", "## SECRET-DATA", "cli command ", "pattern ", "authentication mode ", "\\",
        "secret: ", "login a", "set authentication-order ", "snmp-server host a version 2c ",
    ],
)  # fmt: skip
@pytest.mark.timeout(30)
def test_a_long_line_of_one_word_again_and_again_ends(part):
    # With a rule that looked at the whole line from every word this would take many minutes.
    line = part * (300_000 // len(part))

    assert isinstance(mask(line), str)


@pytest.mark.timeout(60)
def test_a_line_of_two_megabytes_is_masked_to_its_end():
    secret = fresh()

    masked = mask("key " * 500_000 + f"password {secret}")

    assert secret not in masked
    assert masked.startswith("key key ")
