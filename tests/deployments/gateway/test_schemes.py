"""Every sender's own scheme, over the raw bytes: what is authentic, and what only looks so."""

from __future__ import annotations

import base64
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployments.gateway.intake.schemes import Posted, authenticate

NOW = 1_790_000_000.0
BODY = b'{"b": 1,  "a": "\xc3\xa9"}'
SECRET = b"a-long-secret"
WHSEC = b"whsec_" + base64.b64encode(b"a-key-of-24-random-bytes")


def mac(text: bytes, secret: bytes = SECRET) -> str:
    return hmac.new(secret, text, "sha256").hexdigest()


def standard(body: bytes, secret: bytes, time: float, identity: str = "msg_1") -> dict[str, str]:
    key = base64.b64decode(secret.removeprefix(b"whsec_"))
    text = f"{identity}.{int(time)}.".encode() + body
    signed = base64.b64encode(hmac.new(key, text, "sha256").digest()).decode()
    return {
        "webhook-id": identity,
        "webhook-timestamp": str(int(time)),
        "webhook-signature": f"v1,{signed}",
    }


def slack(body: bytes, secret: bytes, time: float) -> dict[str, str]:
    signed = mac(f"v0:{int(time)}:".encode() + body, secret)
    return {"x-slack-signature": f"v0={signed}", "x-slack-request-timestamp": str(int(time))}


def grafana_timed(body: bytes, secret: bytes, time: float) -> dict[str, str]:
    signed = mac(f"{int(time)}:".encode() + body, secret)
    return {"x-grafana-alerting-signature": signed, "x-grafana-timestamp": str(int(time))}


def plain(header: str, prefix: str = ""):
    return lambda body, secret, _time: {header: prefix + mac(body, secret)}


# Vendor, how it signs, and whether a time is signed too.
SCHEMES = {
    "pagerduty": ("pagerduty", plain("x-pagerduty-signature", "v1="), False),
    "sentry": ("sentry", plain("sentry-hook-signature"), False),
    "grafana": ("grafana", plain("x-grafana-alerting-signature"), False),
    "grafana with a time": ("grafana", grafana_timed, True),
    "slack": ("slack", slack, True),
    "github": ("github", plain("x-hub-signature-256", "sha256="), False),
    "ours": ("anything", plain("x-nightshift-signature", "sha256="), False),
    "ours without a prefix": ("anything", plain("x-signature"), False),
}
TIMED = [name for name, (_, _, timed) in SCHEMES.items() if timed]


def posted(headers: dict[str, str], body: bytes = BODY, query: bytes = b"") -> Posted:
    encoded = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
    return Posted(headers=encoded, body=body, query=query, now=NOW, window=300)


def authentic(vendor: str, headers: dict[str, str], *secrets: bytes, body: bytes = BODY) -> bool:
    return authenticate(vendor, posted(headers, body), secrets or (SECRET,)) is not None


def altered(headers: dict[str, str], change) -> dict[str, str]:
    return {
        name: change(value) if "signature" in name else value for name, value in headers.items()
    }


@pytest.mark.parametrize("name", SCHEMES)
def test_a_scheme_takes_what_its_sender_signed_and_nothing_near_it(name):
    vendor, sign, _ = SCHEMES[name]
    good = sign(BODY, SECRET, NOW)

    assert authentic(vendor, good)
    assert authentic(vendor, good, b"another", SECRET)  # while it is rotated
    assert not authentic(vendor, good, b"another")
    assert not authentic(vendor, good, body=BODY + b" ")
    assert not authentic(vendor, {})
    assert not authentic(vendor, altered(good, lambda value: value[:-1]))
    assert not authentic(vendor, altered(good, lambda value: value + "0"))
    assert not authentic(vendor, altered(good, lambda value: value.upper()))
    assert not authentic(vendor, altered(good, lambda _: ""))
    assert not authentic(vendor, altered(good, lambda value: value[:-1] + "\xe9"))


@pytest.mark.parametrize("name", SCHEMES)
def test_a_signature_over_the_same_json_written_anew_is_none(name):
    vendor, sign, _ = SCHEMES[name]
    again = json.dumps(json.loads(BODY)).encode()

    assert not authentic(vendor, sign(again, SECRET, NOW))


@pytest.mark.parametrize("name", TIMED)
@pytest.mark.parametrize("offset", [-301, 301])
def test_a_signed_time_too_far_from_ours_is_refused(name, offset):
    vendor, sign, _ = SCHEMES[name]

    assert not authentic(vendor, sign(BODY, SECRET, NOW + offset))
    assert authentic(vendor, sign(BODY, SECRET, NOW + (offset > 0 or -1) * 299))


@pytest.mark.parametrize("time", ["", "soon", "-1", "1e9", "1790000000.0", "٣", "9" * 400])
def test_a_time_that_is_no_number_is_refused(time):
    signed = mac(f"v0:{time}:".encode("latin-1", "replace") + BODY)
    headers = {
        "x-slack-signature": f"v0={signed}",
        "x-slack-request-timestamp": time.encode("latin-1", "replace").decode("latin-1"),
    }

    assert not authentic("slack", headers)


def test_a_time_cannot_be_left_out_or_exchanged():
    signed = grafana_timed(BODY, SECRET, NOW)
    later = {**signed, "x-grafana-timestamp": str(int(NOW) + 1)}
    without = {name: value for name, value in signed.items() if "timestamp" not in name}

    assert not authentic("grafana", later)
    assert not authentic("grafana", without)
    assert not authentic("slack", {"x-slack-signature": "v0=" + mac(b"v0::" + BODY)})


def test_pagerduty_may_send_several_signatures_while_it_rotates():
    old, new = mac(BODY, b"old"), mac(BODY, b"new")
    both = {"x-pagerduty-signature": f"v1={old},v1={new}"}

    assert authentic("pagerduty", both, b"new")
    assert authentic("pagerduty", both, b"old")
    assert not authentic("pagerduty", {"x-pagerduty-signature": f"v2={new}"}, b"new")


def test_standard_webhooks_are_taken_from_any_sender():
    good = standard(BODY, WHSEC, NOW)

    assert authentic("incidentio", good, WHSEC)
    assert authentic(
        "incidentio", {**good, "webhook-signature": "v1,x " + good["webhook-signature"]}, WHSEC
    )
    assert not authentic("incidentio", {**good, "webhook-id": "msg_2"}, WHSEC)
    assert not authentic("incidentio", standard(BODY, WHSEC, NOW - 301), WHSEC)
    assert not authentic("incidentio", standard(BODY, WHSEC, NOW + 301), WHSEC)
    assert not authentic("incidentio", good, b"whsec_" + base64.b64encode(b"another"))
    svix = {name.replace("webhook", "svix"): value for name, value in good.items()}
    assert authentic("incidentio", svix, WHSEC)


def test_our_signer_of_standard_webhooks_agrees_with_the_published_example():
    # The example of the Standard Webhooks specification.
    secret = b"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    then = posted(headers, body)._replace(now=1614265330.0)

    assert authenticate("anything", then, (secret,)) is not None


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer a-long-secret"},
        {"authorization": "bearer a-long-secret"},
        {"authorization": "GenieKey a-long-secret"},
        {"authorization": "Token a-long-secret"},
        {"authorization": "a-long-secret"},
        {"authorization": "Basic " + base64.b64encode(b"nightshift:a-long-secret").decode()},
        {"x-nightshift-token": "a-long-secret"},
        {"x-webhook-token": "a-long-secret"},
        {"x-api-key": "a-long-secret"},
    ],
)
@pytest.mark.parametrize("vendor", ["datadog", "alertmanager", "zabbix", "something-new"])
def test_senders_that_cannot_sign_prove_themselves_by_a_token(vendor, headers):
    wrong = {name: value[:-2] for name, value in headers.items()}

    assert authentic(vendor, headers)
    assert not authentic(vendor, headers, b"another")
    assert not authentic(vendor, wrong)


@pytest.mark.parametrize("value", ["Basic", "Basic !!!", "Basic /w==", "Bearer", "", "Bearer  "])
def test_half_an_authorization_is_none(value):
    assert not authentic("datadog", {"authorization": value})


def test_a_token_in_the_url_counts_only_for_senders_that_have_nothing_else():
    asked = posted({}, query=b"x=1&token=a-long-secret")

    assert authenticate("uptimerobot", asked, (SECRET,)) is not None
    assert authenticate("datadog", asked, (SECRET,)) is None
    assert authenticate("uptimerobot", posted({}, query=b"&" * 999), (SECRET,)) is None


def test_a_wrong_signature_is_not_made_good_by_a_token():
    headers = {"x-pagerduty-signature": "v1=00", "authorization": "Bearer a-long-secret"}

    assert not authentic("pagerduty", headers)


def test_nothing_is_authentic_where_no_secret_is_set():
    for headers in ({}, {"authorization": "Bearer "}, {"x-signature": mac(BODY, b"")}):
        assert authenticate("datadog", posted(headers), ()) is None


def test_only_headers_that_are_signed_are_believed():
    signed = authenticate(
        "github",
        posted({"x-hub-signature-256": "sha256=" + mac(BODY), "x-github-delivery": "1"}),
        (SECRET,),
    )
    named = authenticate("any", posted(standard(BODY, WHSEC, NOW)), (WHSEC,))

    assert signed == {}
    assert named is not None
    assert named[b"webhook-id"] == b"msg_1"


@given(secret=st.binary(min_size=1, max_size=200), body=st.binary(max_size=2000))
def test_any_secret_signs_any_body_as_rfc_2104_says(secret, body):
    headers = {b"x-signature": mac(body, secret).encode()}

    assert authenticate("anything", Posted(headers, body, b"", NOW, 300), [secret]) is not None
    assert authenticate("anything", Posted(headers, body + b"!", b"", NOW, 300), [secret]) is None
