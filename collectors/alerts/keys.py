"""Keys of the underlying alert: the sender's own where it has one, else a hash of what stays.

A derived key is made of the rule, the entity and the condition. Times, measured values, UUIDs and
the random parts of pod names are taken out of its parts first, so that the same condition has the
same key tomorrow, with another value, and in a pod that was replaced.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b

from collectors.alerts.wordlists import listed
from models.redaction import redact, suspicious

_LONGEST = 200
_LONGEST_NAME = 40
_LONGEST_TEXT = 1024
_DIGEST = 10  # bytes

# The alphabet of Kubernetes' random names has no vowels and none of 0, 1 and 3.
_RANDOM = "[bcdfghjklmnpqrstvwxz2456789]"
_NAME = r"\b([a-z0-9][a-z0-9.-]{0,120}?)"
_REPLICA = re.compile(rf"{_NAME}-(?:[a-f0-9]{{6,10}}|{_RANDOM}{{6,10}})-{_RANDOM}{{5}}\b")
_JOB = re.compile(rf"{_NAME}-\d{{8,10}}(?:-{_RANDOM}{{5}})?\b")
_DAEMON = re.compile(rf"^([a-z0-9][a-z0-9.-]{{0,250}}?)-(?=[^-]*[a-z]){_RANDOM}{{5}}$")
_REPLICASET = re.compile(
    rf"^([a-z0-9][a-z0-9.-]{{0,250}}?)-(?:[a-f0-9]{{8,10}}|{_RANDOM}{{8,10}})$"
)

_UUID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)
_HEX = re.compile(r"\b(?:0x[0-9a-f]+|(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{16,64})\b", re.I)
_TIME = re.compile(
    r"\b\d{4}[-/.]\d{2}[-/.]\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
    r"|\b\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]m)?\b",
    re.IGNORECASE,
)
# A bare number after one of these is a name, not a measurement.
_NAMING = listed(
    "disk port drive slot node interface shard partition vlan bay fan psu core lane unit rack "
    "volume pool queue channel http status error code raid version replica cpu gpu sensor "
    "controller lun bank socket dimm member broker worker zone group instance host server tier"
)
_NUMBER = re.compile(
    rf"(?P<name>\b(?:{'|'.join(_NAMING)})[\s#:]{{1,2}}\d+\b(?![.,]?\d|\s?%))"
    r"|(?<![A-Za-z0-9_.-])[-+]?\d[\d,]*(?:\.\d+)?(?:\s?(?:%|[kmgtp]i?b?(?:/s)?|ms|us|ns|s|sec"
    r"|seconds?|min|minutes?|m|h|hours?|d|days?|v|c|f|w|rpm|iops|qps|rps|ops)(?![A-Za-z0-9]))?"
    r"(?![A-Za-z0-9_]|[.-][A-Za-z0-9])",
    re.IGNORECASE,
)
_POD_LABELS = frozenset(
    listed("pod pod_name k8s_pod_name kubernetes_pod_name podname kube_pod_name pod_id")
)
_SET_LABELS = frozenset(listed("replicaset k8s_replicaset_name kube_replica_set replica_set"))
_JOB_LABELS = frozenset(listed("job_name k8s_job_name kube_job"))
# Labels that come and go, or tell senders of the same alert apart rather than alerts.
VOLATILE = frozenset(
    listed(
        "pod_ip uid pod_uid k8s_pod_uid container_id k8s_container_id prometheus replica value "
        "prometheus_replica timestamp time date event_id eventid trace_id span_id request_id image "
        "image_id "
        "pod_template_hash pod_ip_address id starts_at ends_at severity_text current_value "
        "last_value summary message description controller_revision_hash"
    )
)


def own(vendor: str, *parts: object) -> str:
    """Return the key of a sender that has its own: `vendor:part:part`, hashed where too long."""
    joined = ":".join(str(part) for part in parts if part not in (None, ""))
    vendor = vendor if len(vendor) <= _LONGEST_NAME and vendor.isprintable() else digest(vendor)
    if not joined.isprintable() or len(joined.encode()) > _LONGEST or _secret(joined):
        return f"{vendor}:{digest(joined)}"
    return f"{vendor}:{joined}"


def derived(vendor: str, *parts: object) -> str:
    """Return the key of an alert whose sender has none: a hash of the parts' stable forms.

    Args:
        vendor: Name of the adapter, which stays readable before the hash.
        parts: Texts and label mappings; None and "" count as missing.
    """
    return f"{vendor}:~{digest(chr(31).join(_part(part) for part in parts))}"


def digest(value: str) -> str:
    """Return 20 hexadecimal digits that stand for a text."""
    return blake2b(value.encode("utf-8", "replace"), digest_size=_DIGEST).hexdigest()


def stable_labels(labels: Mapping[str, str]) -> str:
    """Return labels in one order, without those that change while the alert stays the same."""
    return chr(30).join(
        f"{key}={stable_label(key, value)}"
        for key, value in sorted(labels.items())
        if key not in VOLATILE and not key.startswith("__")
    )


def stable_label(key: str, value: str) -> str:
    """Return a label's value without the random part of a pod's, job's or replica set's name."""
    value = value[:_LONGEST_TEXT]
    if key in _POD_LABELS:
        return workload(value)
    if key in _SET_LABELS:
        return _REPLICASET.sub(r"\1", value)
    if key in _JOB_LABELS:
        return _JOB.sub(r"\1", value)
    return _UUID.sub("#", _REPLICA.sub(r"\1", value)) if "-" in value else value


def workload(pod: str) -> str:
    """Return the name of what made a pod: `web-7d9f8b6c5d-x2x9z` is `web`, `db-0` stays."""
    for pattern in (_REPLICA, _JOB):
        if pattern.search(pod):
            return pattern.sub(r"\1", pod)
    return _DAEMON.sub(r"\1", pod)


def stable_text(value: str) -> str:
    """Return a sentence in lower case with its times, values, ids and pod hashes taken out."""
    return _stable_text(value[:_LONGEST_TEXT])


@lru_cache(maxsize=4096)
def _stable_text(value: str) -> str:
    lower = value.lower()
    for pattern in (_TIME, _UUID, _HEX):
        lower = pattern.sub("#", lower)
    lower = _JOB.sub(r"\1", _REPLICA.sub(r"\1", lower))
    return " ".join(_NUMBER.sub(lambda found: found["name"] or "#", lower).split())


_ENTITY = re.compile(
    r"(?:^|_)(?:id|identifier|instance|cluster|name|resource|database|db|queue|topic|volume|device"
    r"|disk|mountpoint|filesystem|interface|port|namespace|pod|container|deployment|statefulset"
    r"|daemonset|job|task|dag|host|node|vm|datastore|url|endpoint|site|zone|region|tenant|account"
    r"|project|subscription|bucket|function|table|partition|shard|consumer|group|app|service|env"
    r"|ifindex|ifdescr|ifname|environment|check|monitor|component|path|item|channel|rack|switch)$"
)
# Of a name in one word only these two: `DiskWarning` and `DiskCritical` may be two alerts.
_TURNED = re.compile(r"(?<=[a-z0-9])(?:Up|Down)$")
_STATE_WORDS = frozenset(
    listed(
        "is was are has been now back again down up ok okay resolved firing fired recovered "
        "recovery critical warning alert alerting problem cleared clear restored online "
        "offline unreachable "
        "reachable healthy unhealthy normal triggered closed open opened failed failing "
        "stopped started disconnected connected reconnected went came lost"
    )
)


def entity_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """Return the labels that say of what the alert speaks, rather than how it is just now."""
    return {key: value for key, value in labels.items() if _ENTITY.search(key)}


def without_state(title: str) -> str:
    """Return a title without the words that tell its firing from its recovery."""
    # A name in one word may have its state within: `switch_down`, `stopped_reporting`.
    parts = title.split() if " " in title else title.split("_")
    parts = parts if len(parts) > 1 else [_TURNED.sub("", title)]
    kept = [part for part in parts if part.lower().strip(".,:;!()[]") not in _STATE_WORDS]
    return " ".join(kept) or title


def _part(part: object) -> str:
    if isinstance(part, Mapping):
        return stable_labels(part)
    return "" if part is None else stable_text(str(part))


def _secret(joined: str) -> bool:
    return suspicious(joined) and redact(joined) != joined
