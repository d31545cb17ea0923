"""Amazon, Microsoft and Google."""

import base64
import json

from tests.collectors.alerts.cases import Case

TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"
ALARM = {
    "AlarmName": "cpu-high", "AlarmDescription": "too hot", "AWSAccountId": "123456789012",
    "NewStateValue": "ALARM", "OldStateValue": "OK", "NewStateReason": "crossed 90",
    "StateChangeTime": "2026-05-01T10:00:00.000+0000", "Region": "EU (Ireland)",
    "AlarmArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:cpu-high",
    "Trigger": {"MetricName": "CPUUtilization", "Namespace": "AWS/EC2",
                "Dimensions": [{"name": "InstanceId", "value": "i-0abc"}]},
}  # fmt: skip


def sns(message, **more):
    text = message if isinstance(message, str) else json.dumps(message)
    return {"Type": "Notification", "MessageId": "m-1", "TopicArn": TOPIC, "Message": text,
            "Timestamp": "2026-05-01T10:00:01Z", **more}  # fmt: skip


def bridge(value):
    return {"id": "b-1", "source": "aws.cloudwatch", "detail-type": "CloudWatch Alarm State Change",
            "region": "eu-west-1", "account": "123456789012", "time": "2026-05-01T10:00:00Z",
            "detail": {"alarmName": "cpu-high", "state": {"value": value, "reason": "crossed"},
                       "configuration": {"metrics": [{"metricStat": {"metric": {
                           "namespace": "AWS/EC2", "name": "CPUUtilization",
                           "dimensions": {"InstanceId": "i-0abc"}}}}]}}}  # fmt: skip


VM = "/subscriptions/s-1/resourcegroups/rg/providers/microsoft.compute/virtualmachines/vm-1"


def azure(condition, **more):
    return {"schemaId": "azureMonitorCommonAlertSchema", "data": {"essentials": {
        "alertId": "/subscriptions/s-1/providers/Microsoft.AlertsManagement/alerts/1",
        "alertRule": "cpu", "severity": "Sev3", "monitorCondition": condition,
        "alertTargetIDs": [VM], "configurationItems": ["vm-1"], "originAlertId": "o",
        "firedDateTime": "2026-05-01T10:00:00.12Z", **more}, "alertContext": {}}}  # fmt: skip


def google(**more):
    return {"version": "1.2", "incident": {
        "incident_id": "0.abc", "policy_name": "CPU", "condition_name": "CPU above 90",
        "state": "open", "severity": "Critical", "started_at": 1777629600, "ended_at": None,
        "summary": "CPU is 97", "resource": {"type": "gce_instance", "labels": {
            "instance_id": "77", "instance_name": "vm-2", "zone": "europe-west1-b"}},
        "metadata": {"user_labels": {"env": "prod"}}, **more}}  # fmt: skip


KEY = {"dedup_key": "cloudwatch:123456789012:eu-west-1:cpu-high"}
CASES = {
    "cloudwatch": [
        Case("alarms as SNS hands them to a function", {"Records": [
            {"EventSource": "aws:sns", "Sns": sns(ALARM)},
            {"EventSource": "aws:sns", "Sns": sns({**ALARM, "NewStateValue": "OK"})}]},
            ({"title": "cpu-high", "status": "firing", "host": "i-0abc", **KEY},
             {"status": "resolved", **KEY})),
        Case("a message to a function that is no alarm",
             {"Records": [{"EventSource": "aws:sns", "Sns": sns("hello")}]}, outcome="ignore"),
        Case("an alarm in SNS", sns(ALARM),
             ({"title": "cpu-high", "status": "firing", "severity": None, "service": "EC2",
               "host": "i-0abc", "region": "eu-west-1", "when": "2026-05-01T10:00:00Z", **KEY},)),
        Case("an alarm that ended", sns({**ALARM, "NewStateValue": "OK"}),
             ({"status": "resolved", **KEY},)),
        Case("an alarm without data", {**ALARM, "NewStateValue": "INSUFFICIENT_DATA"},
             ({"status": "no_data", **KEY},)),
        Case("an alarm by EventBridge has the same key", bridge("ALARM"),
             ({"status": "firing", "host": "i-0abc", "service": "EC2", **KEY},)),
        Case("a confirmation is a handshake", {**sns("x"), "Type": "SubscriptionConfirmation",
             "SubscribeURL": "https://sns.example"}, outcome="handshake"),
        Case("a message that is no alarm is ignored", sns("hello", Subject="Report"),
             outcome="ignore"),
        Case("a subject may tell the state", sns("text", Subject="ALARM: disk of nas-1"),
             ({"title": "disk of nas-1", "status": "firing"},)),
        Case("another event is ignored", {"detail-type": "EC2 State", "detail": {"state": "stopped"}},
             outcome="ignore"),
        Case("an alarm without a name is malformed", sns({"AlarmName": ""}), outcome="malformed"),
    ],
    "azuremonitor": [
        Case("the common schema", azure("Fired"),
             ({"title": "cpu", "status": "firing", "severity": "info", "severity_raw": "Sev3",
               "host": "vm-1", "when": "2026-05-01T10:00:00.120000Z"},)),
        Case("its end", azure("Resolved", resolvedDateTime="2026-05-01T11:00:00Z"),
             ({"status": "resolved", "when": "2026-05-01T11:00:00Z"},)),
        Case("a log search", {"schemaId": "Microsoft.Insights/LogAlert", "data": {
            "SubscriptionId": "s-1", "AlertRuleName": "errors", "Severity": "Warning",
            "SearchQuery": "q"}}, ({"title": "errors", "severity": "medium"},)),
        Case("the activity log", {"schemaId": "Microsoft.Insights/activityLogs", "data": {
            "status": "Activated", "context": {"activityLog": {
                "operationName": "Microsoft.Compute/restart", "level": "Error", "resourceId": VM}}}},
            ({"title": "Microsoft.Compute/restart", "severity": "high", "host": "vm-1"},)),
        Case("no schema is malformed", {"data": {}}, outcome="malformed"),
    ],
    "gcpmonitoring": [
        Case("an open incident", google(),
             ({"title": "CPU above 90", "status": "firing", "severity": "critical", "host": "vm-2",
               "environment": "prod", "region": "europe-west1-b",
               "dedup_key": "gcpmonitoring:0.abc"},)),
        Case("a closed incident", google(state="closed", ended_at=1777633200),
             ({"status": "resolved", "when": "2026-05-01T11:00:00Z",
               "dedup_key": "gcpmonitoring:0.abc"},)),
        Case("a condition without a severity says none", google(severity="No severity"),
             ({"severity": None, "severity_raw": None},)),
        Case("an instance is known by its name", google(
            resource={"type": "gce_instance", "labels": {"instance_id": "77"}},
            metric={"labels": {"instance_name": "vm-3"}}), ({"host": "vm-3"},)),
        Case("an instance whose name is only shown", google(
            resource={"type": "aws_ec2_instance", "labels": {"instance_id": "i-7"}},
            resource_display_name="vm-4"), ({"host": "vm-4"},)),
        Case("an instance without a name", google(
            resource={"type": "gce_instance", "labels": {"instance_id": "77"}}), ({"host": "77"},)),
        Case("an incident pushed through Pub/Sub", {"subscription": "s", "message": {
            "messageId": "9", "data": base64.b64encode(json.dumps(google()).encode()).decode()}},
            ({"title": "CPU above 90", "dedup_key": "gcpmonitoring:0.abc"},)),
        Case("a test is ignored", {**google(), "version": "test"}, outcome="ignore"),
        Case("a push of something else is malformed",
             {"subscription": "s", "message": {"data": "%%%"}}, outcome="malformed"),
    ],
}  # fmt: skip
