"""E-mail by SMTP, in plain text and HTML.

A message that is sent again has the same Message-ID, by which receivers drop the copy. Credentials
go over an encrypted connection only, except to this machine.
"""

from __future__ import annotations

import smtplib
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from typing import Any
from urllib.parse import unquote, urlsplit

from models.errors import (
    AccessDenied,
    ConfigurationError,
    ExternalError,
    Refused,
    Unavailable,
    UnexpectedReply,
)
from models.settings import settings
from tasks.alerts.notices.senders import Delivered, Outgoing, Unanswered
from tasks.alerts.notices.senders.secrets import clean

SYSTEM = "SMTP server"
_STEP_SECONDS, _DEADLINE_SECONDS = 10.0, 30.0
_TRANSIENT = range(400, 500)
_DENIED = frozenset({530, 534, 535, 538})
_PORTS = {"smtp": 25, "smtps": 465}
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where mail is handed in; `encrypted` from the first byte, else by STARTTLS if offered."""

    host: str
    port: int
    encrypted: bool
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def target(self) -> str:
        """Return the host and port."""
        return f"{self.host}:{self.port}"


@dataclass(slots=True)
class _Progress:
    """How far a message is: once its text goes out, nobody knows whether it arrived."""

    handed_over: bool = False


def deliver(outgoing: Outgoing) -> Delivered:
    """Send a message to all receivers.

    Raises:
        Unavailable: The server does not answer or asks to come back later.
        Unanswered: The connection was cut after the text went out.
        AccessDenied: It refuses the credentials, or would get them unencrypted.
        Refused: It refuses the sender, all receivers, or the text.
    """
    server = server_of()
    message = compose(outgoing.message)
    progress = _Progress()
    try:
        with _session(server) as session:
            progress.handed_over = True
            refused = session.send_message(message)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise _translated(server, error, progress) from error
    note = f"refused for {len(refused)} of the receivers" if refused else None
    return Delivered(ref=str(message["Message-ID"]), note=note)


def compose(parts: Mapping[str, Any]) -> EmailMessage:
    """Return the message; a line break in a header is an error of the library, never a header."""
    message = EmailMessage()
    message["Subject"] = parts["subject"]
    message["From"] = _address(settings().notify_email_from or "")
    message["To"] = [_address(text) for text in settings().notify_email_to]
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = parts["message_id"]
    if parts.get("references"):
        message["In-Reply-To"] = parts["references"]
        message["References"] = parts["references"]
    # Others' absence notes and lists are not to answer.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(parts["text"])
    message.add_alternative(parts["html"], subtype="html")
    return message


def server_of() -> Server:
    """Return the configured server.

    Raises:
        ConfigurationError: The URL is not one of smtp:// or smtps:// with a host.
    """
    configured = settings().notify_smtp_url
    try:
        parts = urlsplit(configured.get_secret_value() if configured else "")
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ConfigurationError(
            "NIGHTSHIFT_NOTIFY_SMTP_URL is not smtp://user:password@host:587 or smtps://"
        )
    return Server(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        encrypted=parts.scheme == "smtps",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


@contextmanager
def _session(server: Server) -> Iterator[smtplib.SMTP]:
    # Each step has its limit; a server that drips would still hold the channel, so a timer closes.
    session = _connected(server)
    alarm = threading.Timer(_DEADLINE_SECONDS, session.close)
    alarm.daemon = True
    alarm.start()
    try:
        _secure(session, server)
        if server.user:
            session.login(server.user, server.password)
        yield session
        _quit(session)
    finally:
        alarm.cancel()
        session.close()


def _quit(session: smtplib.SMTP) -> None:
    try:
        session.quit()
    except (smtplib.SMTPException, OSError):  # it has the message; how it says goodbye is its own
        return


def _connected(server: Server) -> smtplib.SMTP:
    if server.encrypted:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, timeout=_STEP_SECONDS, context=context)
    return smtplib.SMTP(server.host, server.port, timeout=_STEP_SECONDS)


def _secure(session: smtplib.SMTP, server: Server) -> None:
    session.ehlo_or_helo_if_needed()
    if server.encrypted:
        return
    if session.has_extn("starttls"):
        session.starttls(context=ssl.create_default_context())
        session.ehlo()
    elif server.user and server.host not in _HERE:
        raise AccessDenied(SYSTEM, server.target, "it offers no encryption for the password")


def _translated(server: Server, error: Exception, progress: _Progress) -> Exception:
    words = clean(_words(error))
    if isinstance(error, ssl.SSLCertVerificationError):
        return AccessDenied(SYSTEM, server.target, f"its certificate is not trusted: {words}")
    if (code := _code(error)) is not None:
        return _from_code(server, code, words)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return UnexpectedReply(SYSTEM, server.target, words)
    kind = Unanswered if progress.handed_over else Unavailable
    return kind(SYSTEM, server.target, words)


def _from_code(server: Server, code: int, words: str) -> ExternalError | Refused:
    if code in _DENIED:
        return AccessDenied(SYSTEM, server.target, words)
    if code in _TRANSIENT:
        return Unavailable(SYSTEM, server.target, words)
    return Refused(f"{SYSTEM} at {server.target}: {words}")


def _code(error: Exception) -> int | None:
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code if error.smtp_code > 0 else None
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        # One that may be taken later makes all worth another try.
        return min(code for code, _ in error.recipients.values())
    return None


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "it takes none of the receivers"
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return f"{error.smtp_code} {text}"
    return str(error) or type(error).__name__


def _address(text: str) -> Address:
    name, found = parseaddr(text)
    try:
        return Address(display_name=name, addr_spec=found)
    except (ValueError, IndexError) as error:
        raise ConfigurationError(f"{text!r} is not an e-mail address") from error
