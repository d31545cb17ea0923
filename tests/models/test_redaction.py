"""Redaction looks for hints first; that must never let a secret through."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from models import redaction
from models.redaction import redact, suspicious

FRAGMENTS = st.sampled_from(
    ["password", "dbPasswd", "api_key", "API-KEY", " token ", "Pass", "pw", "secret", "community",
     ": ", "=", " is ", "hunter2", "'x y'", '"abc"', "eyJabcdefghij.abcdefghij.abc", "\n",
     "AKIAABCDEFGHIJKLMNOP", "ghp_" + "a" * 24, "https://", "u:p@h", "bearer abcdefghijklmnop",
     "Basic", "-----BEGIN RSA PRIVATE KEY-----", "xoxb-1234567890", "kennwort", "-", "_", ".", " "]
)  # fmt: skip


def thoroughly(text):
    for _, pattern, replacement in redaction._PATTERNS:
        text = pattern.sub(replacement, text)
    return text


@settings(deadline=None)
@given(st.lists(FRAGMENTS, max_size=10).map("".join))
def test_looking_for_hints_first_changes_nothing(text):
    assert redact(text) == thoroughly(text)


@settings(deadline=None)
@given(st.lists(FRAGMENTS, max_size=10).map("".join))
def test_what_is_not_suspicious_stays_as_it_is(text):
    assert suspicious(text) or thoroughly(text) == text


def test_a_text_without_a_hint_is_returned_itself():
    text = "CPU of web-1 is above 90 % for five minutes"

    assert not suspicious(text)
    assert redact(text) is text
