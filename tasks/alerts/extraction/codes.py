"""Error codes in texts and labels, each in one spelling, the most telling first.

Sources of the formats: RFC 9110 (HTTP), ISO 9075 (SQLSTATE), POSIX errno, gRPC status codes, Go's
crypto/x509, Windows HRESULT and NTSTATUS, SNMP (RFC 3418), Cisco and Arista syslog mnemonics, and
the reasons that Kubernetes gives for containers and pods.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_Write = Callable[[re.Match[str]], str]

_ERRNO = (
    r"E(?:CONN(?:REFUSED|RESET|ABORTED)|TIMEDOUT|HOSTUNREACH|HOSTDOWN|NETUNREACH|NETDOWN|NOSPC|NOMEM"
    r"|MFILE|NFILE|ACCES|PERM|PIPE|IO|ROFS|NOENT|ADDRINUSE|ADDRNOTAVAIL|AI_AGAIN|NOTFOUND|BUSY"
    r"|DQUOT|STALE|DEADLK|FBIG|NODEV|PROTO)"
)
_KUBERNETES = (
    r"OOMKilled|CrashLoopBackOff|ImagePullBackOff|ErrImagePull|InvalidImageName|Evicted"
    r"|ErrImageNeverPull|CreateContainerConfigError|CreateContainerError|RunContainerError"
    r"|ContainerCannotRun|FailedScheduling|FailedMount|FailedAttachVolume|FailedCreatePodSandBox"
    r"|BackoffLimitExceeded|DeadlineExceeded|NetworkPluginNotReady|StartError|PreStopHookError"
)
_GRPC = (
    r"DEADLINE_EXCEEDED|RESOURCE_EXHAUSTED|FAILED_PRECONDITION|PERMISSION_DENIED|UNAUTHENTICATED"
    r"|UNAVAILABLE|DATA_LOSS|OUT_OF_RANGE|ALREADY_EXISTS"
)
_HTTP_PHRASES = (
    r"internal server error|bad gateway|service unavailable|gateway time-?out|too many requests"
    r"|not found|forbidden|unauthorized|bad request|request timeout|payload too large"
)


def _whole(match: re.Match[str]) -> str:
    return match[0]


def _titled(title: str, change: Callable[[str], str] = str) -> _Write:
    return lambda match: f"{title} {change(match[1])}"


def _first_of(title: str) -> _Write:
    return lambda match: f"{title} {next(group for group in match.groups() if group)}"


# What a text must hold for a pattern to be tried, in lower case; the pattern; how it is written.
_PATTERNS: tuple[tuple[tuple[str, ...], re.Pattern[str], _Write], ...] = (
    (
        ("sqlstate",),
        re.compile(r"\bSQLSTATE[\s:=\[(\"']{0,3}([0-9A-Z]{5})\b", re.I),
        _titled("SQLSTATE", str.upper),
    ),
    (
        ("ora-", "tns-", "rman-", "pls-", "my-"),
        re.compile(r"\b(?:ORA|TNS|RMAN|PLS|MY)-\d{4,6}\b"),
        _whole,
    ),
    (("error ",), re.compile(r"\bERROR (\d{4}) \([0-9A-Z]{5}\)"), _titled("ERROR")),
    (
        ("rpc", "_"),
        re.compile(rf"\brpc error: code = (\w{{2,30}})|\b({_GRPC})\b"),
        _first_of("gRPC"),
    ),
    (
        ("back", "kill", "image", "error", "evicted", "fail", "exceeded", "plugin", "container"),
        re.compile(rf"\b(?:{_KUBERNETES})\b"),
        _whole,
    ),
    (
        ("exit",),
        re.compile(
            r"\bexit(?:ed)?(?: with)?(?:[ _]?(?:code|status|value))?[\s:=]{1,3}(-?\d{1,10})\b", re.I
        ),
        _titled("exit code"),
    ),
    (
        ("http", "status", "code", "error", "returned", "respon"),
        re.compile(
            r"\b(?:HTTP(?:/\d(?:\.\d)?)?|status|response|error|code|returned)"
            r"(?:[ _-]{0,2}(?:status|response|error|code)){0,2}[\s:=\"'(]{0,3}([1-5]\d\d|[45]xx)\b"
            r"(?![.:/-]\d|[ ]?(?:ms|s|mb|gb|times|errors|requests)\b|[ ]?%)",
            re.I,
        ),
        _titled("HTTP", str.lower),
    ),
    (
        ("5", "4"),
        re.compile(rf"\b([45]\d\d)[ :,-]{{1,3}}(?:{_HTTP_PHRASES})\b", re.I),
        _titled("HTTP"),
    ),
    (
        ("5", "4"),
        re.compile(
            r"\b([45]\d\d|[45]xx)s? (?:errors?|responses?|error rate|status(?:es)?)\b", re.I
        ),
        _titled("HTTP", str.lower),
    ),
    (("e",), re.compile(rf"\b{_ERRNO}\b"), _whole),
    (
        ("x509",),
        re.compile(
            r"\bx509: (certificate (?:has expired|is not yet valid|is not valid|is valid for"
            r"|relies on|is not authorized|signed by unknown authority|is not trusted)"
            r"|[a-z ]{5,50}[a-z])"
        ),
        _titled("x509:"),
    ),
    (("0x",), re.compile(r"\b0x[0-9a-fA-F]{8}\b"), lambda match: f"0x{match[0][2:].upper()}"),
    (("event",), re.compile(r"\bevent[ _]?id[\s:=#]{1,3}(\d{1,5})\b", re.I), _titled("Event ID")),
    (("%",), re.compile(r"%[A-Z][A-Z0-9_]{1,30}-[0-7]-[A-Z0-9_]{2,40}"), _whole),
    (
        (
            "1.3.6.1",
            "linkdown",
            "coldstart",
            "warmstart",
            "authenticationfailure",
            "nosuch",
            "snmp",
        ),
        re.compile(
            r"\b((?:1\.3\.6\.1(?:\.\d{1,10}){2,20})|linkDown|coldStart|warmStart"
            r"|authenticationFailure|egpNeighborLoss|noSuchName|noSuchObject|noSuchInstance)\b"
        ),
        _titled("SNMP"),
    ),
    (("esx.", "vprob.", "com.vmware"), re.compile(r"\b(?:esx|vprob)\.[a-z.]{6,80}[a-z]\b"), _whole),
    (
        ("err_", "nxdomain", "servfail", "ssl_error", "sec_error"),
        re.compile(
            r"\b(?:(?:NET::)?ERR_[A-Z_]{3,40}|(?:SSL|SEC)_ERROR_[A-Z_]{3,40}|NXDOMAIN|SERVFAIL)\b"
        ),
        _whole,
    ),
    (("sig",), re.compile(r"\bSIG(?:KILL|SEGV|ABRT|BUS|ILL|TERM|FPE)\b"), _whole),
    (
        ("exception", "error"),
        re.compile(
            r"(?<![\w.])(?:[A-Za-z_]\w{0,60}\.){0,10}([A-Z]\w{2,60}Exception)\b"
            r"|(?<![\w.])(?:[A-Za-z_]\w{0,60}\.){1,10}([A-Z]\w{2,60}Error)\b"
            r"|(?<![\w.])([A-Z]\w{2,60}Error)(?=:)"
        ),
        lambda match: next(group for group in match.groups() if group),
    ),
)
# What the C library writes for an errno; senders mostly quote the sentence and not the name.
_SENTENCES = {
    "no space left on device": "ENOSPC",
    "connection refused": "ECONNREFUSED",
    "connection reset by peer": "ECONNRESET",
    "too many open files": "EMFILE",
    "cannot allocate memory": "ENOMEM",
    "read-only file system": "EROFS",
    "no route to host": "EHOSTUNREACH",
    "network is unreachable": "ENETUNREACH",
    "input/output error": "EIO",
    "stale file handle": "ESTALE",
    "disk quota exceeded": "EDQUOT",
    "connection timed out": "ETIMEDOUT",
    "broken pipe": "EPIPE",
}
_CODE_LABELS = (
    "error_code", "errorcode", "err_code", "sqlstate", "errno", "exception_type", "error_type",
    "exception", "exit_code", "exitcode", "status_code", "http_status_code", "http_status",
    "http_response_status_code", "response_code", "code", "status_class", "event_id", "reason",
)  # fmt: skip
_HTTP_LABELS = frozenset(
    _CODE_LABELS[_CODE_LABELS.index("status_code") : _CODE_LABELS.index("event_id")]
)
_HTTP_VALUE = re.compile(r"[1-5](?:\d\d|xx|XX)")
_LONGEST = 64


def code_in_text(text: str, lowered: str) -> str | None:
    """Return the error code that a text names, in one spelling; None where it names none.

    Args:
        text: The text, at most some thousand characters.
        lowered: The same in lower case.
    """
    for needed, pattern, write in _PATTERNS:
        for part in needed:
            if part in lowered:
                if found := pattern.search(text):
                    return write(found)[:_LONGEST]
                break
    return next((code for words, code in _SENTENCES.items() if words in lowered), None)


def code_in_labels(labels: Mapping[str, str]) -> str | None:
    """Return the error code of labels given by `words.label_name`; None where there is none."""
    for name in _CODE_LABELS:
        value = labels.get(name, "").strip()
        if value and (code := _labelled(name, value[:_LONGEST])):
            return code
    return None


def _labelled(name: str, value: str) -> str | None:
    """Return the code that a label's value is; words that are no code give None."""
    if name in _HTTP_LABELS and _HTTP_VALUE.fullmatch(value):
        return f"HTTP {value.lower()}"
    if name in ("exit_code", "exitcode"):
        return f"exit code {value}" if value.lstrip("-").isdigit() else None
    if name == "event_id":
        return f"Event ID {value}" if value.isdigit() else None
    if name == "sqlstate":
        return f"SQLSTATE {value.upper()}"
    if found := code_in_text(value, value.lower()):
        return found
    plain = name not in ("code", "reason", "exception", "status_class") and " " not in value
    return value if plain else None
