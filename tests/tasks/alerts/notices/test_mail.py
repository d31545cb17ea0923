"""E-mail over a real SMTP server."""

from __future__ import annotations

import datetime as dt
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from models.errors import ConfigurationError
from models.settings import settings
from tasks.alerts.notices.deliver import send_due
from tasks.alerts.notices.senders import mail
from tests.fix_receivers import MailServer, free_port
from tests.telling import changed, column, make_due, opened, resolved, timeline

LOGIN = "ops:canary%20password@"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A self-signed certificate of 127.0.0.1: its file and a server's context."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    import ipaddress

    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "tls.pem"
    pem.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    return pem, context


def configure(monkeypatch, url):
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_SMTP_URL", url)
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_EMAIL_FROM", "night@example.org")
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_EMAIL_TO", "ops@example.org")
    settings.cache_clear()


def test_a_message_has_text_and_html_and_all_receivers(database, email):
    opened()
    send_due()

    (message,) = email.messages
    assert message["Subject"] == "[Nightshift] INC-2026-000001 Datastore ds-01 is full"
    assert message["From"] == "Nightshift <night@example.org>"
    assert message["To"] == "ops@example.org, Dana <dana@example.org>"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert "nightshift incidents ack INC-2026-000001" in message.get_body(("plain",)).get_content()


def test_all_messages_of_an_incident_are_one_thread(database, email):
    number = opened()
    send_due()
    changed(number, "severity", severity="critical")
    send_due()
    resolved(number)
    send_due()

    first, *later = email.messages
    assert {message["In-Reply-To"] for message in later} == {first["Message-ID"]}
    assert {message["Subject"] for message in email.messages} == {first["Subject"]}
    assert len({message["Message-ID"] for message in email.messages}) == 3
    assert first["In-Reply-To"] is None


def test_a_message_sent_again_has_the_same_id(database, email):
    email.answers.append("451 come back later")
    opened()
    assert send_due().retried == 1
    make_due()
    send_due()
    first = email.messages[0]["Message-ID"]

    assert len(email.messages) == 1
    assert first.endswith("@example.org>")


@pytest.mark.parametrize("answer", ["550 no such user", "554 it looks like spam"])
def test_what_the_server_refuses_for_good_fails_at_once(database, email, answer):
    email.answers.append(answer)
    number = opened()

    assert send_due().failed == 1
    assert answer in timeline(number)[-1]


def test_a_title_with_line_breaks_makes_no_header(database, email):
    opened(title="x\r\nBcc: all@example.org\r\n\r\nInjected <script>alert(1)</script>")
    send_due()

    (message,) = email.messages
    assert message["Bcc"] is None
    assert "Bcc: all@example.org" in message["Subject"]
    html = message.get_body(("html",)).get_content()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_the_password_goes_over_starttls(database, certificate, monkeypatch):
    pem, context = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with MailServer(context, require_starttls=True) as server:
        configure(monkeypatch, f"smtp://{LOGIN}localhost:{server.port}")
        opened()
        send_due()

        assert server.box.encrypted == [True]
        assert server.box.logins == [("ops", "canary password")]


def test_a_server_with_an_unknown_certificate_gets_no_password(database, certificate, monkeypatch):
    with MailServer(certificate[1], require_starttls=True) as server:
        configure(monkeypatch, f"smtp://{LOGIN}localhost:{server.port}")
        number = opened()

        assert send_due().failed == 1
        assert server.box.logins == []
        assert "certificate is not trusted" in timeline(number)[-1]


def test_a_password_does_not_leave_this_machine_unencrypted(database, mail_server, monkeypatch):
    configure(monkeypatch, f"smtp://{LOGIN}localhost:{mail_server.port}")
    monkeypatch.setattr(mail, "_HERE", frozenset())
    number = opened()

    assert send_due().failed == 1
    assert mail_server.box.logins == []
    assert "no encryption" in timeline(number)[-1]


def test_a_wrong_password_fails_at_once_and_is_named_nowhere(database, monkeypatch):
    with MailServer(auth_require_tls=False) as server:
        configure(monkeypatch, f"smtp://ops:canary-wrong@127.0.0.1:{server.port}")
        number = opened()

        assert send_due().failed == 1
        assert "535" in timeline(number)[-1]
        assert "canary" not in timeline(number)[-1]


def test_a_server_that_is_down_is_tried_again(database, monkeypatch):
    configure(monkeypatch, f"smtp://127.0.0.1:{free_port()}")
    opened()

    assert send_due().retried == 1
    assert column("state") == ["waiting"]


@pytest.mark.parametrize("url", ["http://mail.example.org", "smtp://", "smtp://host:port", "mail"])
def test_an_address_that_is_no_smtp_server_is_named_as_the_setting_to_mend(url, monkeypatch):
    configure(monkeypatch, url)

    with pytest.raises(ConfigurationError, match="NIGHTSHIFT_NOTIFY_SMTP_URL"):
        mail.server_of()
