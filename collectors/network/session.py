"""A session with one device over SSH: netmiko logs in, only listed commands are sent.

Of netmiko we use the connection, the login and what it knows of each platform's line ends and
escape codes. Its own loops poll a hundred times a second and send set-up of their own; ours wait
for data and send what the allow-list holds. FRR sits behind OpenSSH with vtysh as its forced
command, which speaks like IOS.
"""

from __future__ import annotations

import codecs
import logging
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import paramiko
from netmiko.exceptions import NetmikoAuthenticationException, NetmikoTimeoutException
from netmiko.ssh_dispatcher import CLASS_MAPPER

from collectors.network.commands import EOS, FRR, IOS, JUNOS, NXOS, SETUP
from collectors.network.devices import Target
from collectors.network.fleet import Handle
from collectors.network.gate import Gate
from collectors.network.normalise import plain
from collectors.network.options import Options
from models.errors import AccessDenied, ExternalError, Unavailable, UnexpectedReply

SYSTEM = "network device"
# netmiko writes at debug level what it sends and what comes back, secrets included.
logging.getLogger("netmiko").setLevel(logging.WARNING)
# A refused algorithm or a closed socket is our error to tell, not a line with a traceback.
logging.getLogger("paramiko").setLevel(logging.CRITICAL)

_NETMIKO = {IOS: IOS, NXOS: NXOS, EOS: EOS, JUNOS: JUNOS, FRR: IOS}
_PROMPT = re.compile(r"(?:^|[\r\n])[ \t]*([^\s\r\n][^\r\n]{0,120}?[#>%$])[ \t]*$")
_SHELL = re.compile(r"%$|\$$|^root@.*#$")
_LARGEST_ANSWER = 32 << 20
_STRANGE = re.compile(r"[\x00-\x06\x0e-\x1a\x1c-\x1f]")
_MOST_STRANGE = 0.01
# Texts that are not UTF-8 hold many signs that cannot be read, and are texts all the same.
_MOST_UNREADABLE = 0.3
# What waits for a key; we could not answer it, since only commands may be sent.
_PAGER = re.compile(
    r"(?:^|[\r\n])[ \t]*(?:-+ ?more ?-+|<--- more --->|-+\(more(?: \d+%)?\)-+)"
    r"(?: ?\([^)\n]*\))?[^\w\n]*$",
    re.IGNORECASE,
)
_FEW_STRANGE = 16
_HEAD, _TAIL = 4000, 400
# How long a device must be silent to have ended in a way that is not the usual one.
_QUIET_SECONDS = 0.5
_LATE_LINES = 3
_LATE_SECONDS = 5.0
_LOGIN_SECONDS = 30.0


class Endless(UnexpectedReply):
    """An answer is longer than any that we read; the session is of no use after it."""


class Session:
    """A logged-in session; every call fails with our errors alone."""

    def __init__(self, connection: Any, target: Target, until: float) -> None:
        self._connection = connection
        self._target = target
        self._until = until
        self._prompt = ""

    def prepare(self, *, enable_password: str | None) -> None:
        """Find the prompt, leave a shell, and set the terminal up for long answers.

        Raises:
            Unavailable: No prompt came in time, or the device closed the connection.
            AccessDenied: The enable password was refused.
            UnexpectedReply: What comes is no text.
        """
        self._prompt = self._read_until_any(_LOGIN_SECONDS)
        self._find_prompt()
        if self._target.platform == JUNOS and _SHELL.search(self._prompt):
            self._send("cli")
            self._prompt = self._read_until_any(_LOGIN_SECONDS)
        # EOS gives privilege without a password unless one was set.
        wanted = bool(enable_password) or self._target.platform == EOS
        if wanted and self._prompt.endswith(">") and self._target.platform not in {JUNOS, FRR}:
            self._enable(enable_password)
        for text in SETUP[self._target.platform]:
            self.ask(text, _LOGIN_SECONDS)

    def ask(self, command: str, timeout_seconds: float) -> str:
        """Send a command and return what it prints, without echo and prompt.

        Raises:
            Refused: The command is not on the read allow-list; nothing was sent.
            Unavailable: It did not end in time, or the device closed the connection.
            Endless: It is longer than any that we read.
            UnexpectedReply: What comes is no text.
        """
        self._send(command)
        stem = re.escape(self._prompt[:-1])
        end = re.compile(rf"(?:^|[\r\n])[ \t]*{stem}[#>%$][ \t]*$")
        what = f"{command!r} did not end"
        text = self._clean(self._read(end, timeout_seconds, what, echo=command))
        # A prompt that came late may stand before the echo.
        head, found, rest = text.partition(command)
        text = rest.partition("\n")[2] if found and head.count("\n") <= _LATE_LINES else text
        return re.sub(rf"[ \t]*{stem}[#>%$][ \t]*$", "", text).removesuffix("\n")

    def _find_prompt(self) -> None:
        # A banner may look like a prompt: the true one comes again on an empty line.
        for _ in range(3):
            self._send("")
            found = self._read_until_any(_LOGIN_SECONDS)
            if found == self._prompt:
                return
            self._prompt = found

    def _read_until_any(self, seconds: float) -> str:
        text = self._clean(self._read(_PROMPT, seconds, "no prompt came"))
        found = _PROMPT.search(text)
        return found[1].strip() if found else ""

    def _enable(self, secret: str | None) -> None:
        asked = re.compile(r"assword:?[ \t]*$", re.IGNORECASE)
        either = re.compile(f"{asked.pattern}|{_PROMPT.pattern}", re.IGNORECASE)
        self._send("enable")
        for answer in (secret or "", "", ""):
            # A device asks three times; empty answers lead back to where we were.
            if not asked.search(self._read(either, _LOGIN_SECONDS, "no answer to enable")):
                break
            self._send(answer)
        self._find_prompt()
        if secret and self._prompt.endswith(">"):
            raise AccessDenied(SYSTEM, self._target.name, "the enable password was refused")

    def _send(self, text: str) -> None:
        self._connection.write_channel(text + "\n")

    def _read(self, end: re.Pattern[str], seconds: float, what: str, echo: str = "") -> str:
        """Return what comes until its end looks like `end`, and `echo` stood before it.

        A device that has nothing more to say is taken to have ended too where its last line ends
        with what `end` looks for, or where it does not echo.
        """
        stream = _Stream(self._connection, self._target.name)
        started = time.monotonic()
        # The whole time of the device is the fleet's to keep: its socket is closed then.
        until = min(started + seconds, self._until + _LATE_SECONDS)
        while True:
            ended = end.search(stream.tail)
            if ended and echo in stream.head and not stream.ready():
                return stream.text()
            left = until - time.monotonic()
            if left <= 0:
                raise self._unavailable(f"{what} within {until - started:.0f} s")
            quiet = bool(ended or (self._prompt and stream.tail.rstrip().endswith(self._prompt)))
            if not stream.receive(min(left, _QUIET_SECONDS) if quiet else left) and quiet:
                return stream.text()

    def _clean(self, text: str) -> str:
        if "\x1b" in text:
            text = self._connection.strip_ansi_escape_codes(text)
        if "\x08" in text:
            text = self._connection.strip_backspaces(text)
        return plain(re.sub(r"\r+\n|\n\r|\r", "\n", text))

    def _unavailable(self, reason: str) -> Unavailable:
        return Unavailable(SYSTEM, self._target.name, reason)


class _Stream:
    """What a device sends from now on, decoded; it refuses what is no text."""

    def __init__(self, connection: Any, name: str) -> None:
        self._connection = connection
        self._name = name
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._parts: list[str] = []
        self._size = self._strange = self._unreadable = 0
        self.head = self.tail = ""

    def ready(self) -> bool:
        """Return whether more has come already."""
        return bool(self._connection.remote_conn.recv_ready())

    def text(self) -> str:
        """Return all that came."""
        return "".join(self._parts)

    def receive(self, seconds: float) -> bool:
        """Wait for more; return whether it came in time.

        Raises:
            Unavailable: The device closed the connection.
            UnexpectedReply: What comes is no text, or does not end.
        """
        channel = self._connection.remote_conn
        channel.settimeout(seconds)
        try:
            data = channel.recv(1 << 16)
        except TimeoutError:
            return False
        if not data:
            raise Unavailable(SYSTEM, self._name, "the device closed the connection")
        self._add(self._decoder.decode(data))
        return True

    def _add(self, text: str) -> None:
        self._parts.append(text)
        self._size += len(text)
        self._strange += len(_STRANGE.findall(text))
        self._unreadable += text.count("\ufffd")
        if self._is_garbled():
            raise UnexpectedReply(SYSTEM, self._name, "what it sends is no text")
        if self._size > _LARGEST_ANSWER:
            raise Endless(SYSTEM, self._name, "an answer does not end")
        if len(self.head) < _HEAD:
            self.head += text
        self.tail = self._connection.strip_ansi_escape_codes((self.tail + text)[-_TAIL:])
        if _PAGER.search(self.tail):
            raise UnexpectedReply(SYSTEM, self._name, "it shows page by page, and does not stop to")

    def _is_garbled(self) -> bool:
        # A few strange signs happen: a degree sign in Latin 1, a bell.
        return (self._strange > max(_FEW_STRANGE, _MOST_STRANGE * self._size)) or (
            self._unreadable > max(_FEW_STRANGE, _MOST_UNREADABLE * self._size)
        )


@contextmanager
def connect(target: Target, options: Options, handle: Handle) -> Iterator[Session]:
    """Log in and prepare the terminal; the connection is closed at the end, whatever happened.

    Raises:
        Unavailable: Nobody answers, or not in time, or the device broke off.
        AccessDenied: The user name, the password or the key was refused.
        UnexpectedReply: What answers is no SSH server of this host key, or sends no text.
    """
    until = handle.deadline
    try:
        sock = socket.create_connection((target.address, target.port), _left(until))
        handle.attach(sock)
        # Commands are small and wait for their answer: held back they would cost 40 ms each.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = _connection(target, options, sock, until)
        try:
            connection.establish_connection()
            session = Session(connection, target, until)
            session.prepare(enable_password=_plain(options.enable_password))
            yield session
        finally:
            connection.paramiko_cleanup()
            sock.close()
    except Unavailable as error:
        raise Unavailable(SYSTEM, target.name, handle.aborted or error.reason) from None
    except (OSError, EOFError, paramiko.SSHException, NetmikoTimeoutException) as error:
        # Neither the cause nor its words are kept: they may quote what the device sent.
        raise _translate(target, options, handle, error) from None
    except NetmikoAuthenticationException as error:
        raise _translate(target, options, handle, error) from None


def _left(until: float) -> float:
    return max(0.01, until - time.monotonic())


def _plain(secret: Any) -> str | None:
    return secret.get_secret_value() if secret else None


@cache
def _guarded(platform: str) -> Any:
    base: Any = CLASS_MAPPER[_NETMIKO[platform]]

    class Guarded(base):  # type: ignore[misc]  # chosen at run time
        """netmiko's class of the platform, with the gate before everything that is written."""

        gate: Gate

        def write_channel(self, out_data: str) -> None:
            self.gate.check(out_data)
            self.remote_conn.sendall(out_data.encode())

    return Guarded


def _connection(target: Target, options: Options, sock: socket.socket, until: float) -> Any:
    seconds = min(_LOGIN_SECONDS, _left(until))
    connection = _guarded(target.platform)(
        device_type=_NETMIKO[target.platform],
        host=target.address,
        port=target.port,
        username=target.username,
        password=_plain(target.password) or "",
        use_keys=options.key_file is not None,
        key_file=options.key_file,
        allow_agent=False,
        ssh_strict=options.verify_host_key,
        system_host_keys=options.verify_host_key and options.known_hosts is None,
        alt_host_keys=options.known_hosts is not None,
        alt_key_file=options.known_hosts or "",
        sock=sock,
        conn_timeout=seconds,
        auth_timeout=seconds,
        banner_timeout=seconds,
        auto_connect=False,
    )
    connection.gate = Gate(target.platform, _plain(options.enable_password))
    connection.remote_conn = connection.remote_conn_pre = None
    return connection


# paramiko's words for what two ends of SSH do not have in common, ours, and what would do.
_OLD = {
    "kex": ("key exchange that is", "ecdh-sha2-nistp256 or diffie-hellman-group14-sha256"),
    "host key": ("host keys that are", "ssh-ed25519, ECDSA or RSA"),
    "ciphers": ("ciphers that are", "aes128-ctr or aes256-ctr"),
    "macs": ("message authentication that is", "hmac-sha2-256"),
}


def _translate(target: Target, options: Options, handle: Handle, error: Exception) -> ExternalError:
    words = str(error)
    if handle.aborted:
        return Unavailable(SYSTEM, target.name, handle.aborted)
    if isinstance(error, NetmikoAuthenticationException | paramiko.AuthenticationException):
        return AccessDenied(SYSTEM, target.name, "the user name, the password or the key is wrong")
    if "known_hosts" in words or "Host key for server" in words:
        changed = "Host key for server" in words
        return UnexpectedReply(SYSTEM, target.name, _host_key(target, options, changed=changed))
    for what, (parts, better) in _OLD.items():
        if f"no acceptable {what}" in words:
            reason = (
                f"it offers only {parts} no longer accepted: update it, or let it offer {better}"
            )
            return UnexpectedReply(SYSTEM, target.name, reason)
    if "Error reading SSH protocol banner" in words or "Incompatible" in words:
        return UnexpectedReply(SYSTEM, target.name, "what answers there does not speak SSH")
    return Unavailable(SYSTEM, target.name, _reason(error, words))


def _host_key(target: Target, options: Options, *, changed: bool) -> str:
    file = options.known_hosts or "~/.ssh/known_hosts"
    if changed:
        return f"its host key CHANGED: find out why before {file} is given the new one"
    scan = f"ssh-keyscan -p {target.port} {target.address} >> {file}"
    cure = f"check its fingerprint, then add it: {scan}, and set known_hosts"
    return f"no key is known for {target.name}; {cure}"


def _reason(error: Exception, words: str) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "the connection was refused"
    if isinstance(error, socket.gaierror):
        return "its name is not known"
    if isinstance(error, TimeoutError) or "timed out" in words or "try increasing" in words:
        return "it did not answer in time"
    return "the connection broke off"
