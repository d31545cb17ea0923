"""Amazon SNS: signed messages by the configured certificate, and nothing is ever visited."""

from __future__ import annotations

import base64
import http.server
import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from deployments.gateway.intake.sns import is_authentic
from models.errors import ConfigurationError
from models.settings import settings
from tests.deployments.gateway.conftest import rows

TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"
NAMES = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
    ),
}  # fmt: skip


def a_certificate(key, *, days: int = 30) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def certificate(key, tmp_path):
    path = tmp_path / "sns.pem"
    path.write_bytes(a_certificate(key).public_bytes(serialization.Encoding.PEM))
    return path


def a_message(key, version: str = "1", **changes: str) -> dict[str, str]:
    alarm = {"AlarmName": "cpu", "NewStateValue": "ALARM", "NewStateReason": "too high"}
    message = {
        "Type": "Notification",
        "MessageId": "0c6f6f8e-0000-4000-8000-000000000001",
        "TopicArn": TOPIC,
        "Subject": "ALARM: cpu",
        "Message": json.dumps(alarm),
        "Timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "SignatureVersion": version,
        "SigningCertURL": "http://127.0.0.1:9/cert.pem",
        **changes,
    }
    names = [name for name in NAMES[message["Type"]] if name in message]
    text = "".join(f"{name}\n{message[name]}\n" for name in names).encode()
    hashed = hashes.SHA1() if version == "1" else hashes.SHA256()
    signed = key.sign(text, padding.PKCS1v15(), hashed)
    return {**message, "Signature": base64.b64encode(signed).decode()}


def post(gateway, message, vendor: str = "cloudwatch"):
    return gateway.post(
        json.dumps(message).encode(),
        vendor,
        x_amz_sns_message_type=message["Type"],
        Content_Type="text/plain; charset=UTF-8",
    )


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_message_signed_by_the_certificate_is_taken(start, certificate, key, version):
    gateway = start(sns_certificate=certificate, sns_topics=TOPIC)

    assert post(gateway, a_message(key, version)).json()["status"] == "accepted"
    assert rows()[0][4] == "Notification"


def test_a_message_that_was_changed_or_signed_by_another_is_refused(start, certificate, key):
    gateway = start(sns_certificate=certificate, sns_topics=TOPIC)
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    good = a_message(key)
    forged = [
        a_message(other),
        {**good, "Message": "{}"},
        {**good, "TopicArn": "arn:aws:sns:eu-west-1:1:other"},
        {**good, "SignatureVersion": "2"},
        {**good, "SignatureVersion": "3"},
        {**good, "Signature": "AAAA"},
        {**good, "Signature": 12},
        {**good, "Type": "Notification", "Signature": ""},
        {name: value for name, value in good.items() if name != "Signature"},
        a_message(key, Timestamp="2020-01-01T00:00:00.000Z"),
        a_message(key, Timestamp="yesterday"),
        a_message(key, Timestamp="2026-11-20T00:00:00"),
    ]

    assert {post(gateway, message).status_code for message in forged} == {401}
    assert rows() == []


def test_a_message_that_amazon_signed_for_a_topic_of_others_is_refused(start, certificate, key):
    gateway = start(sns_certificate=certificate, sns_topics=TOPIC)
    foreign = a_message(key, TopicArn="arn:aws:sns:eu-west-1:999999999999:theirs")

    assert post(gateway, foreign).status_code == 401
    assert rows() == []


def test_a_certificate_without_topics_keeps_the_gateway_from_starting(start, certificate):
    with pytest.raises(ConfigurationError, match="NIGHTSHIFT_SNS_TOPICS"):
        start(sns_certificate=certificate)


def test_the_same_message_again_is_a_duplicate(start, certificate, key):
    gateway = start(sns_certificate=certificate, sns_topics=TOPIC)
    message = a_message(key)

    assert [post(gateway, message).json()["status"] for _ in range(2)] == ["accepted", "duplicate"]


def test_the_same_message_at_the_other_name_of_its_sender_is_a_duplicate(start, certificate, key):
    gateway = start(sns_certificate=certificate, sns_topics=TOPIC)
    message = a_message(key)

    answers = [post(gateway, message, name) for name in ("sns", "cloudwatch")]

    assert [answer.json()["status"] for answer in answers] == ["accepted", "duplicate"]


def test_a_certificate_that_has_run_out_proves_nothing(key, monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_SNS_TOPICS", TOPIC)
    settings.cache_clear()
    now = datetime.now(UTC).timestamp()

    assert is_authentic(a_message(key), (a_certificate(key),), now)
    assert not is_authentic(a_message(key), (a_certificate(key, days=-1),), now)


def test_without_a_certificate_only_a_token_proves_a_message(start, key):
    gateway = start(webhook_cloudwatch_secret="a-token")

    assert post(gateway, a_message(key)).status_code == 401
    answer = gateway.client.post(
        "/webhook/cloudwatch",
        content=json.dumps(a_message(key)).encode(),
        auth=("nightshift", "a-token"),
    )
    assert answer.status_code == 202


def test_a_certificate_file_that_holds_none_keeps_the_gateway_from_starting(start, tmp_path):
    (tmp_path / "empty.pem").write_text("nothing")

    with pytest.raises(ConfigurationError, match="NIGHTSHIFT_SNS_CERTIFICATE"):
        start(sns_certificate=tmp_path / "empty.pem", sns_topics=TOPIC)


@pytest.mark.parametrize(
    ("token", "shown"), [("2336412f37fb687f", True), ("x; rm -rf ~", False), ("$(id)", False)]
)
def test_a_subscription_is_told_to_people_and_never_visited(
    start, certificate, key, token, shown, caplog
):
    visits = []

    class Trap(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            visits.append(self.path)

    trap = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Trap)
    threading.Thread(target=trap.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{trap.server_port}/confirm"
    gateway = start(sns_certificate=certificate, sns_topics=TOPIC)
    message = a_message(
        key, Type="SubscriptionConfirmation", Token=token, SubscribeURL=url, SigningCertURL=url
    )
    try:
        answer = post(gateway, message)
    finally:
        trap.shutdown()
        trap.server_close()

    assert answer.status_code == 202
    assert visits == []
    told = "\n".join(record.getMessage() for record in caplog.records)
    assert (token in told) is shown
