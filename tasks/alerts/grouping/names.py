"""Names as alerts write them, brought to the form under which they can be equal."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache

from tasks.alerts.grouping.vocabulary import EMPTY, ENVIRONMENTS, ROLES

_LONGEST = 200
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://(?:[^@/]*@)?", re.IGNORECASE)
_PORT = re.compile(r":\d{1,5}$")
_HASH = re.compile(r"^(?=[a-z0-9]*\d)[a-z0-9]{5,10}$|^[bcdfghjklmnpqrstvwxz2456789]{5}$")
_REPLICA_SET = re.compile(r"^[a-f0-9]{5,10}$|^[bcdfghjklmnpqrstvwxz2456789]{8,10}$")
_POD_HASH = 5  # letters and digits of it
_PARTS = 6  # longer names are paths or full host names
_NUMBER = re.compile(r"^\d+$")


@lru_cache(maxsize=8192)
def clean(value: str) -> str:
    """Return a value without blanks around it and in lower case; "" for one that says nothing."""
    found = value.strip().strip("\"'`[]()").lower()[:_LONGEST]
    return "" if found in EMPTY else found


@lru_cache(maxsize=8192)
def host_of(value: str) -> str:
    """Return the host of an instance, address or URL: no scheme, account, port or path."""
    bare = _SCHEME.sub("", clean(value)).split("/", 1)[0]
    if bare.count(":") <= 1:  # more of them is an IPv6 address
        bare = _PORT.sub("", bare)
    bare = bare.strip(".")
    return "" if bare in EMPTY else bare


def short_host(host: str) -> str:
    """Return the first label of a host's full name; an address stays whole."""
    if "." not in host:
        return host
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.split(".", 1)[0]
    return host


@lru_cache(maxsize=8192)
def workload_of(pod: str) -> str:
    """Return what a pod is a replica of: its name without replica set hash, pod hash or number."""
    parts = clean(pod).rsplit("/", 1)[-1].split("-")
    if len(parts) > 1 and _NUMBER.match(parts[-1]):
        return "-".join(parts[:-1])
    if parts[2:] and len(parts[-1]) == _POD_HASH and _REPLICA_SET.match(parts[-2]):
        return "-".join(parts[:-2])
    if len(parts) > 1 and _HASH.match(parts[-1]):
        return "-".join(parts[:-1])
    return "-".join(parts)


@lru_cache(maxsize=8192)
def job_of(name: str) -> str:
    """Return a job's name without the number or time of its run."""
    parts = clean(name).rsplit("/", 1)[-1].split("-")
    while len(parts) > 1 and re.match(r"^\d{4,}$", parts[-1]):
        parts.pop()
    if len(parts) > 1 and len(parts[-1]) == _POD_HASH and _HASH.match(parts[-1]):
        parts.pop()
    return "-".join(parts)


@lru_cache(maxsize=8192)
def stems_of(name: str) -> tuple[str, ...]:
    """Return the names that this one extends: `users` of `users-api`, `bk-01` of `restic-bk-01`.

    A stem that only says what part something plays (`api`, `db`, `prod`) is none.
    """
    parts = re.split(r"[-_.]", name)
    if not 1 < len(parts) <= _PARTS:
        return ()
    joined = re.split(r"([-_.])", name)
    found = []
    for cut in range(1, len(parts)):
        found.append("".join(joined[: 2 * cut - 1]))
        found.append("".join(joined[2 * cut :]))
    return tuple(dict.fromkeys(stem for stem in found if _tells(stem)))


@lru_cache(maxsize=8192)
def parts_of(name: str) -> tuple[str, ...]:
    """Return all runs of a name's parts, the longest first: also `mq` of `data-mq-0`."""
    pieces = re.split(r"([-_.])", name)
    count = len(pieces) // 2 + 1
    if not 1 < count <= _PARTS:
        return ()
    spans = [(a, b) for a in range(count) for b in range(a + 1, count + 1) if b - a < count]
    spans.sort(key=lambda span: span[0] - span[1])
    return tuple("".join(pieces[2 * a : 2 * b - 1]) for a, b in spans)


def _tells(stem: str) -> bool:
    parts = re.split(r"[-_.]", stem)
    own = [part for part in parts if part not in ROLES and not _NUMBER.match(part)]
    return any(len(part) > 2 for part in own) or (len(parts) > 1 and any(len(p) > 1 for p in own))  # noqa: PLR2004


@lru_cache(maxsize=4096)
def environment_of(value: str) -> str | None:
    """Return the environment that a value names, in one spelling; its own one where unknown."""
    found = clean(value)
    return ENVIRONMENTS.get(found, found) or None


@lru_cache(maxsize=4096)
def environment_in(value: str) -> str | None:
    """Return the environment that a part of a name tells of, as in `staging-east`."""
    for part in re.split(r"[-_./]", clean(value)):
        if part in ENVIRONMENTS and part not in ("int", "ci", "dr", "integration"):
            return ENVIRONMENTS[part]
    return None


def alike(host: str) -> str | None:
    """Return the pattern of a numbered host, `h2-#` of `h2-017`; None for one without a number."""
    found = re.match(r"^(.*?[a-z\-_].*?)\d+$", host)
    return f"{found.group(1)}#" if found else None
