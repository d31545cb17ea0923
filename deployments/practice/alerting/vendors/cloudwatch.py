"""Amazon CloudWatch: an alarm's change of state as Amazon SNS delivers it.

Source: Amazon SNS developer guide, HTTP/HTTPS notification JSON format.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from deployments.practice.alerting.reports import Report, Telling, stamp

ACCOUNT, REGION = "123456789012", "eu-central-1"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:practice-alarms"


def payload(reports: Sequence[Report], telling: Telling) -> dict[str, Any]:
    """Return the body of one alarm; the signature is added when it is sent."""
    (report,) = reports
    state = "OK" if report.resolved else "ALARM"
    at = telling.sent_at(report)
    number = telling.occurrence(report, state)
    return {
        "Type": "Notification",
        "MessageId": f"{number[:8]}-{number[8:12]}-{number[12:16]}-{number[16:20]}-{number[20:]}",
        "TopicArn": TOPIC,
        "Subject": f'{state}: "{report.rule}" in EU (Frankfurt)',
        "Message": orjson.dumps(_alarm(report, telling, state)).decode(),
        "Timestamp": stamp(at),
        "SignatureVersion": "2",
        "SigningCertURL": f"https://sns.{REGION}.amazonaws.com/SimpleNotificationService.pem",
        "UnsubscribeURL": f"https://sns.{REGION}.amazonaws.com/?Action=Unsubscribe",
    }


def _alarm(report: Report, telling: Telling, state: str) -> dict[str, Any]:
    reading = 0.0 if report.reading is None else report.reading
    return {
        "AlarmName": report.rule,
        "AlarmDescription": report.text,
        "AWSAccountId": ACCOUNT,
        "AlarmArn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{report.rule}",
        "NewStateValue": state,
        "OldStateValue": "ALARM" if report.resolved else "OK",
        "NewStateReason": f"Threshold Crossed: 1 datapoint [{reading:g}] crossed the threshold.",
        "StateChangeTime": telling.sent_at(report).strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
        "Region": "EU (Frankfurt)",
        "Trigger": {
            "MetricName": report.labels.get("metric", "HealthCheckStatus"),
            "Namespace": report.labels.get("namespace", "AWS/Route53"),
            "StatisticType": "Statistic",
            "Statistic": "MINIMUM",
            "Unit": None,
            "Dimensions": [{"name": "HealthCheckId", "value": report.subject}],
            "Period": 60,
            "EvaluationPeriods": 1,
            "ComparisonOperator": "LessThanThreshold",
            "Threshold": 1.0,
            "TreatMissingData": "breaching",
        },
    }
