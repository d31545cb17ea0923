"""Words of alerts in one spelling: label names, host names, addresses, pods and their workloads."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address

_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_URL = re.compile(r"[a-z][a-z0-9+.-]{1,20}://(?:[^/@\s]*@)?", re.I)
_IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}")
_ADDRESS = re.compile(r"[0-9a-fA-F:.%-]{2,45}")
_MAC = re.compile(r"[0-9a-f]{12}")
_MAC_SIGNS = str.maketrans("", "", ":-.")
_MAC_LENGTHS = (12, 14, 17)  # bare, dotted as by Cisco, with colons or hyphens
_POD = (
    # Of a deployment: the hash of its replica set (digits and consonants), then five of the pod.
    re.compile(r"^(?P<name>.+)-[bcdf-hj-np-tv-z2-9]{6,10}-[bcdf-hj-np-tv-z2-9]{5}$"),
    re.compile(r"^(?P<name>.+)-[0-9a-f]{8,10}-[a-z0-9]{5}$"),
    # Of a daemon set or job, then of a stateful set.
    re.compile(r"^(?P<name>.+)-(?=[a-z]*[0-9])[bcdf-hj-np-tv-z2-9]{5}$"),
    re.compile(r"^(?P<name>.+)-[0-9]{1,4}$"),
)


@lru_cache(maxsize=8192)
def label_name(name: str) -> str:
    """Return a label's name in one spelling: `k8s.pod.name` and `k8sPodName` are `k8s_pod_name`."""
    return _NOT_A_LETTER.sub("_", _CAMEL.sub("_", name[:128]).lower()).strip("_")


@lru_cache(maxsize=8192)
def bare_host(word: str) -> str:
    """Return the lower-case host of a URL, `host:port`, `[::1]:port` or path; else the word."""
    host = _URL.sub("", word.strip()).partition("/")[0].lower().rstrip(".")
    if host.startswith("["):
        return host[1:].partition("]")[0]
    head, colon, port = host.rpartition(":")
    return head if colon and port.isdigit() and ":" not in head else host


def address_of(word: str) -> str | None:
    """Return the canonical form of an IP or MAC address; None where it is neither."""
    bare = word.partition("/")[0]
    if _IPV4.fullmatch(bare):
        return bare
    signs = bare.count(":") or (len(bare) in _MAC_LENGTHS)
    return _other_address(bare.lower()) if signs and _ADDRESS.fullmatch(bare) else None


@lru_cache(maxsize=8192)
def _other_address(bare: str) -> str | None:
    signs = bare.translate(_MAC_SIGNS)
    if len(bare) in _MAC_LENGTHS and _MAC.fullmatch(signs):
        return ":".join(signs[at : at + 2] for at in range(0, 12, 2))
    try:
        return str(ip_address(bare)) if ":" in bare else None
    except ValueError:
        return None


@lru_cache(maxsize=8192)
def workload_of(pod: str) -> str | None:
    """Return the name of the workload that a pod belongs to by its name; None where it is none."""
    for pattern in _POD:
        if found := pattern.match(pod[:253]):
            return found["name"]
    return None
