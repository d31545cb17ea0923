"""Amazon CloudWatch: alarms through SNS (HTTP or raw), and through EventBridge.

Source: the AWS documentation, "HTTP/HTTPS notification JSON format" of SNS, "Alarm events and
EventBridge" and the alarm's notification JSON. SNS wraps the alarm in a text; the state of the
alarm says nothing of how bad it is. The identity is the alarm's ARN.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from collectors.alerts import awsevents, keys, parsing, registry, times
from collectors.alerts.adapter import Adapter, handshake, ignored, malformed, together
from collectors.alerts.build import Draft, finish
from collectors.alerts.reading import at, first, mapping, pairs, rows
from collectors.alerts.statuses import marked
from models.records.alert import AlertStatus, Normalized, Outcome

NAME = "cloudwatch"
Fields = Mapping[str, Any]

_STATES = {
    "ALARM": AlertStatus.FIRING,
    "OK": AlertStatus.RESOLVED,
    "INSUFFICIENT_DATA": AlertStatus.NO_DATA,
}
_HANDSHAKES = frozenset({"SubscriptionConfirmation", "UnsubscribeConfirmation"})
_HOSTS = ("InstanceId", "Host", "host", "hostname", "HostName", "InstanceName", "NodeName",
          "DBInstanceIdentifier", "CacheClusterId", "BrokerName", "Server")  # fmt: skip
# A message that people or services write tells so in its subject that something is wrong.
_FAILED = re.compile(
    r"\b(?:fail(?:ed|ure|ing)?|error|down|unhealthy|degraded|outage|exceeded)\b", re.IGNORECASE
)
_REGION = 3  # arn:partition:service:region:account:...
_MOST_NESTED = 65_536


def recognizes(payload: object, _kind: str | None) -> bool:
    """Say whether it is an SNS message, an alarm, or an event of CloudWatch."""
    if not isinstance(payload, dict):
        return False
    return (
        "TopicArn" in payload
        or "AlarmName" in payload
        or _is_bridge(payload)
        or bool(_records(payload))
    )


def distinct(payload: object) -> bool:
    """Say whether nobody else than Amazon sends it."""
    if not isinstance(payload, dict):
        return False
    alarm = "AlarmName" in payload and "NewStateValue" in payload
    sns = ("TopicArn" in payload and "Type" in payload) or bool(_records(payload))
    return alarm or sns or _is_bridge(payload)


def _records(payload: Fields) -> list[Fields]:
    """Return the messages in the form in which SNS invokes a function, several in one body."""
    return [message for row in rows(payload.get("Records")) if (message := mapping(row.get("Sns")))]


def _is_bridge(payload: Fields) -> bool:
    return "detail-type" in payload and "detail" in payload


def read(payload: object, kind: str | None) -> Normalized:
    """Return the alarm, out of whatever it is wrapped in."""
    body = mapping(payload)
    if _records(body):
        return together([_message(message, kind) for message in _records(body)])
    if "TopicArn" in body:
        return _message(body, kind)
    if "AlarmName" in body:
        return _alarm(body, {})
    if _is_bridge(body):
        return _bridge(body)
    return malformed("it is neither an SNS message nor an alarm")


def _message(body: Fields, kind: str | None) -> Normalized:
    said = first(body, "Type") or ""
    if said in _HANDSHAKES:
        return handshake(f"SNS {said}")
    message = body.get("Message")
    if not isinstance(message, str):
        return malformed("the SNS message has no text")
    try:
        inner = parsing.parse(message[:_MOST_NESTED].encode("utf-8", "replace"))
    except parsing.NotJson:
        return _text_message(body, message)
    return _inner(inner, body, kind)


def _inner(inner: object, body: Fields, kind: str | None) -> Normalized:
    if isinstance(inner, dict) and "AlarmName" in inner:
        return _alarm(inner, body)
    if isinstance(inner, dict) and _is_bridge(inner):
        return _bridge(inner)
    other = registry.by_shape(inner) if isinstance(inner, dict) else None
    if other is not None and other.name != NAME:
        return other.read(inner, kind)
    free = registry.adapter_of(registry.GENERIC)
    if free.recognizes(inner, kind):
        return free.read(inner, kind)
    return ignored("an SNS message that is no alarm")


def _text_message(body: Fields, message: str) -> Normalized:
    status, title = marked(first(body, "Subject") or message.split("\n", 1)[0].strip())
    if status is None and _FAILED.search(title):
        status = AlertStatus.FIRING
    if status is None:
        return ignored("an SNS message that is no alarm")
    draft = Draft(
        vendor=NAME,
        title=title,
        status=status,
        key=keys.derived(NAME, first(body, "TopicArn"), keys.without_state(title)),
        region=_region(first(body, "TopicArn")),
        description=message,
        event_time=times.moment(body.get("Timestamp")),
    )
    return Normalized(outcome=Outcome.ALERT, alerts=(finish(draft),))


def _alarm(alarm: Fields, around: Fields) -> Normalized:
    trigger = mapping(alarm.get("Trigger"))
    dimensions = _dimensions(trigger)
    name = first(alarm, "AlarmName")
    if name is None:
        return malformed("the alarm has no name")
    arn = first(alarm, "AlarmArn") or first(around, "TopicArn")
    changed = times.moment(alarm.get("StateChangeTime")) or times.moment(around.get("Timestamp"))
    state = first(alarm, "NewStateValue") or ""
    status = _STATES.get(state, AlertStatus.UPDATE)
    account = first(alarm, "AWSAccountId")
    draft = Draft(
        vendor=NAME,
        title=name,
        status=status,
        key=keys.own(NAME, account, _region(arn), name),
        host=next((dimensions[key] for key in _HOSTS if key in dimensions), None),
        service=_service(first(trigger, "Namespace")),
        region=_region(arn),
        rule=name,
        description=first(alarm, "NewStateReason", "AlarmDescription"),
        labels={**dimensions, "namespace": first(trigger, "Namespace"),
                "metric": first(trigger, "MetricName"), "account": account},
        event_time=changed,
        ends_at=changed if status is AlertStatus.RESOLVED else None,
        external_id=first(alarm, "AlarmArn"),
        notes=(f"the state {state} is no severity",) if state else (),
    )  # fmt: skip
    return Normalized(outcome=Outcome.ALERT, alerts=(finish(draft),))


def _dimensions(trigger: Fields) -> dict[str, str]:
    plain = pairs(trigger.get("Dimensions"))
    if plain:
        return plain
    for metric in rows(trigger.get("Metrics")):
        inner = at(metric, "MetricStat", "Metric", "Dimensions")
        if pairs(inner):
            return pairs(inner)
    return {}


def _service(namespace: str | None) -> str | None:
    if namespace is None or not namespace.startswith("AWS/"):
        return None
    return namespace.removeprefix("AWS/")


def _region(arn: str | None) -> str | None:
    parts = (arn or "").split(":")
    return parts[_REGION] or None if len(parts) > _REGION else None


def _bridge(body: Fields) -> Normalized:
    detail = mapping(body.get("detail"))
    name = first(detail, "alarmName")
    if name is None:
        return awsevents.read(NAME, body)
    metric = _bridge_metric(detail)
    status = _STATES.get(first(detail.get("state"), "value") or "", AlertStatus.UPDATE)
    changed = times.moment(at(detail, "state", "timestamp")) or times.moment(body.get("time"))
    region, account = first(body, "region"), first(body, "account")
    dimensions = pairs(metric.get("dimensions"))
    draft = Draft(
        vendor=NAME,
        title=name,
        status=status,
        key=keys.own(NAME, account, region, name),
        host=next((dimensions[key] for key in _HOSTS if key in dimensions), None),
        service=_service(first(metric, "namespace")),
        region=region,
        rule=name,
        description=first(detail.get("state"), "reason"),
        labels={**dimensions, "namespace": first(metric, "namespace"),
                "metric": first(metric, "name"), "account": account},
        event_time=changed,
        ends_at=changed if status is AlertStatus.RESOLVED else None,
        external_id=first({"arn": at(body, "resources", 0)}, "arn"),
    )  # fmt: skip
    return Normalized(outcome=Outcome.ALERT, alerts=(finish(draft),))


def _bridge_metric(detail: Fields) -> Fields:
    metrics = rows(at(detail, "configuration", "metrics"))
    found = (mapping(at(metric, "metricStat", "metric")) for metric in metrics)
    return next((metric for metric in found if metric), {})


def delivery_id(payload: object, headers: Mapping[str, str]) -> str | None:
    """Return the message's id, or the event's."""
    own = first(payload, "MessageId") or first(headers, "x-amz-sns-message-id")
    if own is None and _is_bridge(mapping(payload)):
        own = first(payload, "id")
    return keys.own(NAME, own) if own else None


ADAPTER = Adapter(
    name=NAME,
    free=True,
    recognizes=recognizes,
    distinct=distinct,
    read=read,
    delivery_id=delivery_id,
)
