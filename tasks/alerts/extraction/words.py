"""Words of alerts in one spelling: label names, host names, addresses, pods and their workloads."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address

_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_URL = re.compile(r"[a-z][a-z0-9+.-]{1,20}://(?:[^/@\s]*@)?", re.I)
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


@lru_cache(maxsize=65536)
def address_of(word: str) -> str | None:
    """Return the canonical form of an IP or MAC address; None where it is neither."""
    bare = word.partition("/")[0]
    if not bare or not (bare[0].isdigit() or ":" in bare or bare[0] in "abcdefABCDEF"):
        return None
    signs = bare.lower().translate(_MAC_SIGNS)
    if len(bare) in _MAC_LENGTHS and _MAC.fullmatch(signs):
        return ":".join(signs[at : at + 2] for at in range(0, 12, 2))
    if "." not in bare and ":" not in bare:
        return None
    try:
        return str(ip_address(bare))
    except ValueError:
        return None


@lru_cache(maxsize=8192)
def workload_of(pod: str) -> str | None:
    """Return the name of the workload that a pod belongs to by its name; None where it is none."""
    for pattern in _POD:
        if found := pattern.match(pod[:253]):
            return found["name"]
    return None
