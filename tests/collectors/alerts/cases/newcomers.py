"""Products whose names for things nobody had seen: read by what all of them have."""

from tests.collectors.alerts.cases import Case

CASES = {
    "aodh": [
        Case("alarm",
             {"alarm_id": "0ca2845e-c142-4d4b-a346-e495553628ce", "alarm_name": "cpu_hi_tenant7",
             "severity": "moderate", "previous": "ok", "current": "alarm", "reason":
             "Transition to alarm due to 1 samples outside threshold, most recent: 91.0",
             "reason_data": {"type": "threshold", "disposition": "outside", "count": 1,
             "most_recent": 91.0}},
             ({"title": "cpu_hi_tenant7", "status": "firing", "severity": "medium", "service":
             None, "host": None, "environment": None},), same="ao"),
        Case("ok",
             {"alarm_id": "0ca2845e-c142-4d4b-a346-e495553628ce", "alarm_name": "cpu_hi_tenant7",
             "severity": "moderate", "previous": "alarm", "current": "ok", "reason":
             "Transition to ok due to 1 samples outside threshold, most recent: 91.0",
             "reason_data": {"type": "threshold", "disposition": "outside", "count": 1,
             "most_recent": 91.0}},
             ({"title": "cpu_hi_tenant7", "status": "resolved", "severity": "medium", "service":
             None, "host": None, "environment": None},), same="ao"),
        Case("insufficient",
             {"alarm_id": "0ca2845e-c142-4d4b-a346-e495553628ce", "alarm_name": "cpu_hi_tenant7",
             "severity": "moderate", "previous": "ok", "current": "insufficient data", "reason":
             "Transition to insufficient data due to 1 samples outside threshold, mo"
             "st recent: 91.0", "reason_data": {"type": "threshold", "disposition": "outside",
             "count": 1, "most_recent": 91.0}},
             ({"title": "cpu_hi_tenant7", "status": "no_data", "severity": "medium", "service":
             None, "host": None, "environment": None},), same="ao"),
    ],
    "monasca": [
        Case("alarm",
             {"alarm_id": "d92c81e8", "alarm_definition_id": "ad-1", "alarm_name":
             "Root volume nearly full", "alarm_description": "/ above 90 %", "alarm_timestamp":
             1790000000, "state": "ALARM", "old_state": "UNDETERMINED", "message":
             "Thresholds were exceeded for the sub-alarms: max(disk.space_used_perc) > 90",
             "tenant_id": "t0", "severity": "HIGH", "metrics": [{"name": "disk.space_used_perc",
             "id": None, "dimensions": {"hostname": "ctl-03", "service": "compute", "mount_point":
             "/"}}]},
             ({"title": "Root volume nearly full", "status": "firing", "severity": "high",
             "service": "compute", "host": "ctl-03", "environment": None},), same="mo"),
        Case("ok",
             {"alarm_id": "d92c81e8", "alarm_definition_id": "ad-1", "alarm_name":
             "Root volume nearly full", "alarm_description": "/ above 90 %", "alarm_timestamp":
             1790000000, "state": "OK", "old_state": "ALARM", "message":
             "Thresholds were exceeded for the sub-alarms: max(disk.space_used_perc) > 90",
             "tenant_id": "t0", "severity": "HIGH", "metrics": [{"name": "disk.space_used_perc",
             "id": None, "dimensions": {"hostname": "ctl-03", "service": "compute", "mount_point":
             "/"}}]},
             ({"title": "Root volume nearly full", "status": "resolved", "severity": "high",
             "service": "compute", "host": "ctl-03", "environment": None},), same="mo"),
    ],
    "tencent_cloud": [
        Case("alarm",
             {"sessionId": "ss-1", "alarmStatus": "1", "alarmType": "metric", "alarmObjInfo":
             {"region": "fra", "namespace": "qce/cvm", "appId": "1", "uin": "2", "dimensions":
             {"unInstanceId": "ins-77aa", "objName": "app-fra-1"}}, "alarmPolicyInfo": {"policyId":
             "policy-9", "policyType": "cvm_device", "policyName": "CVM basics", "policyTypeCName":
             "CVM - basic monitoring", "conditions": {"metricName": "cpu_usage", "metricShowName":
             "CPU utilization", "calcType": ">", "calcValue": "90", "calcUnit": "%",
             "currentValue": "97", "historyValue": "20", "unit": "%", "period": "60", "periodNum":
             "5", "alarmNotifyType": "continuousAlarm", "alarmNotifyPeriod": 300}},
             "firstOccurTime": "2026-10-01 00:00:00", "durationTime": "500", "recoverTime": "0"},
             ({"title": "CVM basics", "status": "firing", "severity": None, "service": None,
             "host": None, "environment": None},), same="tc"),
        Case("recovered",
             {"sessionId": "ss-1", "alarmStatus": "0", "alarmType": "metric", "alarmObjInfo":
             {"region": "fra", "namespace": "qce/cvm", "appId": "1", "uin": "2", "dimensions":
             {"unInstanceId": "ins-77aa", "objName": "app-fra-1"}}, "alarmPolicyInfo": {"policyId":
             "policy-9", "policyType": "cvm_device", "policyName": "CVM basics", "policyTypeCName":
             "CVM - basic monitoring", "conditions": {"metricName": "cpu_usage", "metricShowName":
             "CPU utilization", "calcType": ">", "calcValue": "90", "calcUnit": "%",
             "currentValue": "97", "historyValue": "20", "unit": "%", "period": "60", "periodNum":
             "5", "alarmNotifyType": "continuousAlarm", "alarmNotifyPeriod": 300}},
             "firstOccurTime": "2026-10-01 00:00:00", "durationTime": "500", "recoverTime":
             "2026-10-01 00:10:00"},
             ({"title": "CVM basics", "status": "resolved", "severity": None, "service": None,
             "host": None, "environment": None},), same="tc"),
    ],
    "ibm_aiops": [
        Case("problem",
             {"sender": {"service": "Agent", "name": "Monitoring", "type": "App"}, "resource":
             {"name": "switch-core-1", "hostname": "core1.rz.example", "type": "switch", "service":
             "network"}, "type": {"classification": "Monitoring", "eventType": "problem",
             "condition": "PSU failed"}, "severity": 6, "summary":
             "Power supply 2 of core1 failed", "occurrenceTime": "2026-10-01T00:00:00Z",
             "expirySeconds": 0, "deduplicationKey": "core1-psu2"},
             ({"title": "Power supply 2 of core1 failed", "status": "firing", "severity": None,
             "service": "network", "host": "core1.rz.example", "environment": None},), same="ai"),
        Case("resolution",
             {"sender": {"service": "Agent", "name": "Monitoring", "type": "App"}, "resource":
             {"name": "switch-core-1", "hostname": "core1.rz.example", "type": "switch", "service":
             "network"}, "type": {"classification": "Monitoring", "eventType": "resolution",
             "condition": "PSU failed"}, "severity": 6, "summary":
             "Power supply 2 of core1 failed", "occurrenceTime": "2026-10-01T00:00:00Z",
             "expirySeconds": 0, "deduplicationKey": "core1-psu2"},
             ({"title": "Power supply 2 of core1 failed", "status": "resolved", "severity": None,
             "service": "network", "host": "core1.rz.example", "environment": None},), same="ai"),
    ],
    "vmanage": [
        Case("bfd",
             {"devices": [{"system-ip": "172.16.255.14"}], "eventname": "interface-state-change",
             "type": "interface-state-change", "rulename": "interface-state-change", "component":
             "VPN", "entry_time": 1790000000000, "statcycletime": 1790000000000, "message":
             "The interface oper-state changed to down", "severity": "Critical", "severity_number":
             1, "uuid": "b0b1", "values": [{"system-ip": "172.16.255.14", "host-name": "edge-14",
             "vpn-id": "0", "if-name": "ge0/1", "new-state": "down"}], "rule_name_display":
             "Interface_State_Change", "receive_time": 1790000000000, "values_short_display":
             [{"host-name": "edge-14", "if-name": "ge0/1", "new-state": "down"}], "acknowledged":
             False, "active": True},
             ({"title": "interface-state-change", "status": "firing", "severity": "critical",
             "service": "VPN", "host": "edge-14", "environment": None},)),
    ],
    "cloudiq": [
        Case("new issue",
             {"type": "health-score-change", "data": {"systemId": "APM01", "systemName":
             "unity-ber-1", "systemModel": "Unity 480F", "systemType": "UNITY", "currentScore": 70,
             "previousScore": 100, "timestamp": 1790000000000, "newIssues": [{"id": "i-4",
             "category": "CAPACITY", "impact": 30, "ruleId": "CAP_POOL_FULL", "description":
             "Storage pool P0 is 95% full", "resolution": "Add drives"}], "resolvedIssues": []}},
             ({"title": "Storage pool P0 is 95% full", "status": "firing", "severity": None,
             "service": None, "host": "unity-ber-1", "environment": None},), same="ciq"),
        Case("resolved issue",
             {"type": "health-score-change", "data": {"systemId": "APM01", "systemName":
             "unity-ber-1", "systemModel": "Unity 480F", "systemType": "UNITY", "currentScore":
             100, "previousScore": 100, "timestamp": 1790000000000, "newIssues": [],
             "resolvedIssues": [{"id": "i-4", "category": "CAPACITY", "impact": 30, "ruleId":
             "CAP_POOL_FULL", "description": "Storage pool P0 is 95% full", "resolution":
             "Add drives"}]}},
             ({"title": "Storage pool P0 is 95% full", "status": "resolved", "severity": None,
             "service": None, "host": "unity-ber-1", "environment": None},), same="ciq"),
    ],
    "ninjaone": [
        Case("triggered",
             {"id": 551, "activityTime": 1790000000.5, "deviceId": 100, "severity": "MAJOR",
             "priority": "HIGH", "seriesUid": "su-1", "activityType": "CONDITION", "statusCode":
             "TRIGGERED", "status": "Condition triggered", "activityResult": "SUCCESS",
             "sourceConfigUid": "cfg", "sourceName": "Free space below 10 %", "subject":
             "C: on FS-02", "userId": None, "message": "Free space of C: is 4 %", "type":
             "Condition", "data": {}, "device": {"id": 100, "systemName": "FS-02", "dnsName":
             "fs-02.corp.example", "nodeClass": "WINDOWS_SERVER"}},
             ({"title": "C: on FS-02", "status": "firing", "severity": "high", "service": None,
             "host": "FS-02", "environment": None},), same="nj"),
        Case("reset",
             {"id": 552, "activityTime": 1790000000.5, "deviceId": 100, "severity": "MAJOR",
             "priority": "HIGH", "seriesUid": "su-1", "activityType": "CONDITION", "statusCode":
             "RESET", "status": "Condition reset", "activityResult": "SUCCESS", "sourceConfigUid":
             "cfg", "sourceName": "Free space below 10 %", "subject": "C: on FS-02", "userId":
             None, "message": "Free space of C: is 4 %", "type": "Condition", "data": {}, "device":
             {"id": 100, "systemName": "FS-02", "dnsName": "fs-02.corp.example", "nodeClass":
             "WINDOWS_SERVER"}},
             ({"title": "C: on FS-02", "status": "resolved", "severity": "high", "service": None,
             "host": "FS-02", "environment": None},), same="nj"),
    ],
    "rundeck": [
        Case("failure",
             {"trigger": "failure", "status": "failed", "executionId": 771, "execution": {"id":
             771, "href": "https://rd/771", "permalink": None, "status": "failed", "project":
             "dc-ops", "executionType": "scheduled", "user": "cron", "date-started": {"unixtime":
             1790000000000, "date": "2026-10-01T00:00:00Z"}, "date-ended": {"unixtime":
             1790000600000, "date": "2026-10-01T00:10:00Z"}, "job": {"id": "j-1", "name":
             "Rotate firewall logs", "group": "net", "project": "dc-ops", "description": ""},
             "description": "rotate", "argstring": None, "failedNodes": ["fw-9"]}},
             ({"title": "rotate", "status": "firing", "severity": None, "service": None, "host":
             None, "environment": None},)),
    ],
    "uptrace": [
        Case("open",
             {"id": "n-1", "eventName": "created", "payload": {}, "createdAt":
             "2026-10-01T00:00:00Z", "alert": {"id": "1676471814931265794", "url":
             "https://uptrace.example/alerts/1", "name": "P90 of checkout above 2 s", "type":
             "metric", "status": "open", "createdAt": "2026-10-01T00:00:00Z"}},
             ({"title": "P90 of checkout above 2 s", "status": "firing", "severity": None,
             "service": None, "host": None, "environment": None},), same="up"),
        Case("closed",
             {"id": "n-1", "eventName": "status-changed", "payload": {}, "createdAt":
             "2026-10-01T00:00:00Z", "alert": {"id": "1676471814931265794", "url":
             "https://uptrace.example/alerts/1", "name": "P90 of checkout above 2 s", "type":
             "metric", "status": "closed", "createdAt": "2026-10-01T00:00:00Z"}},
             ({"title": "P90 of checkout above 2 s", "status": "resolved", "severity": None,
             "service": None, "host": None, "environment": None},), same="up"),
    ],
    "instatus": [
        Case("incident",
             {"meta": {"unsubscribe": "u", "documentation": "d"}, "page": {"id": "p",
             "status_indicator": "MAJOROUTAGE", "status_description": "Major outage", "url":
             "https://s"}, "incident": {"backfilled": False, "created_at": "2026-10-01T00:00:00Z",
             "impact": "MAJOROUTAGE", "name": "Object storage unreachable", "resolved_at": None,
             "status": "INVESTIGATING", "updated_at": "2026-10-01T00:00:00Z", "id": "in-1", "url":
             "https://s/i", "incident_updates": [{"id": "u1", "incident_id": "in-1", "body":
             "looking", "status": "INVESTIGATING", "created_at": "2026-10-01T00:00:00Z"}]}},
             ({"title": "Object storage unreachable", "status": "firing", "severity": None,
             "service": None, "host": None, "environment": None},), same="ins"),
        Case("incident resolved",
             {"meta": {"unsubscribe": "u", "documentation": "d"}, "page": {"id": "p",
             "status_indicator": "UP", "status_description": "All up", "url": "https://s"},
             "incident": {"backfilled": False, "created_at": "2026-10-01T00:00:00Z", "impact":
             "MAJOROUTAGE", "name": "Object storage unreachable", "resolved_at":
             "2026-10-01T02:00:00Z", "status": "RESOLVED", "updated_at": "2026-10-01T02:00:00Z",
             "id": "in-1", "url": "https://s/i", "incident_updates": [{"id": "u2", "incident_id":
             "in-1", "body": "done", "status": "RESOLVED", "created_at":
             "2026-10-01T02:00:00Z"}]}},
             ({"title": "Object storage unreachable", "status": "resolved", "severity": None,
             "service": None, "host": None, "environment": None},), same="ins"),
    ],
    "sentinel": [
        Case("incident",
             {"eventUniqueId": "x", "objectSchemaType": "Incident", "objectEventType": "Create",
             "workspaceInfo": {"WorkspaceName": "sec"}, "object": {"id":
             "/subscriptions/s/incidents/i9", "name": "i9", "type":
             "Microsoft.SecurityInsights/Incidents", "properties": {"title":
             "Impossible travel of a domain admin", "severity": "Medium", "status": "New",
             "incidentNumber": 44, "createdTimeUtc": "2026-10-01T00:00:00Z",
             "firstActivityTimeUtc": "2026-10-01T00:00:00Z", "labels": [], "alerts": [], "owner":
             {"assignedTo": None}}}},
             ({"title": "Impossible travel of a domain admin", "status": "firing", "severity":
             "medium", "service": None, "environment": None},)),
    ],
    "scc": [
        Case("finding",
             {"notificationConfigName": "organizations/1/n", "finding": {"name":
             "organizations/1/sources/2/findings/3", "category": "OPEN_FIREWALL", "state":
             "ACTIVE", "severity": "HIGH", "resourceName": "//compute/fw-open", "eventTime":
             "2026-10-01T00:00:00Z", "createTime": "2026-10-01T00:00:00Z"}, "resource": {"name":
             "//compute/fw-open", "projectDisplayName": "net-prod"}},
             ({"title": "OPEN_FIREWALL", "status": "firing", "severity": "high", "service": None,
             "host": None, "environment": None},)),
    ],
    "serverdensity": [
        Case("open",
             {"item_name": "web-17", "item_type": "device", "check_field": "Load average",
             "metric_type": "loadAvrg", "comparison": "greater than", "trigger_value": 9.4,
             "alert_url": "https://sd/x", "alert_section": "host", "configured_trigger_value": 4,
             "fixed": False, "recommended": "", "device": "web-17", "uuid": "77", "alert_id":
             "55aa", "time": "2026-10-01 00:00:00"},
             ({"title": "Load average", "status": "firing", "severity": None, "service": None,
             "host": "web-17", "environment": None},), same="sd"),
        Case("fixed",
             {"item_name": "web-17", "item_type": "device", "check_field": "Load average",
             "metric_type": "loadAvrg", "comparison": "greater than", "trigger_value": 9.4,
             "alert_url": "https://sd/x", "alert_section": "host", "configured_trigger_value": 4,
             "fixed": True, "recommended": "", "device": "web-17", "uuid": "77", "alert_id":
             "55aa", "time": "2026-10-01 00:00:00"},
             ({"title": "Load average", "status": "resolved", "severity": None, "service": None,
             "host": "web-17", "environment": None},), same="sd"),
    ],
    "secops": [
        Case("label beside number",
             {"event": {"title": "Rootkit signature found", "severity": 4, "severity_label":
             "High", "status": "new"}, "asset": {"hostname": "lin-88", "os": "linux"}},
             ({"title": "Rootkit signature found", "status": "firing", "severity": "high",
             "service": None, "host": "lin-88", "environment": None},)),
    ],
    "esight": [
        Case("raised",
             {"alarmSN": "88123", "neName": "core-sw-3", "neType": "switch", "alarmName":
             "Fan tray absent", "perceivedSeverity": "Major", "alarmStatus": 1, "occurUtc":
             1790000000000, "additionalInformation": "slot=2", "locationInfo": "chassis 1"},
             ({"title": "Fan tray absent", "status": "firing", "severity": "high", "service": None,
             "host": "core-sw-3", "environment": None},), same="hw"),
        Case("cleared",
             {"alarmSN": "88123", "neName": "core-sw-3", "neType": "switch", "alarmName":
             "Fan tray absent", "perceivedSeverity": "Major", "alarmStatus": 0, "occurUtc":
             1790000000000, "additionalInformation": "slot=2", "locationInfo": "chassis 1"},
             ({"title": "Fan tray absent", "status": "resolved", "severity": "high", "service":
             None, "host": "core-sw-3", "environment": None},), same="hw"),
    ],
    "canary": [
        Case("port scan",
             {"AlertType": "CanaryIncident", "Description": "Host port scan", "IncidentHash": "h1",
             "IncidentKey": "incident:1", "CanaryID": "c1", "CanaryName": "decoy-nas-1",
             "CanaryIP": "10.3.0.9", "CanaryLocation": "Rack 2", "SourceIP": "10.3.0.77",
             "ReverseDNS": "", "Timestamp": "2026-10-01 00:00:00 (UTC)", "State": "New",
             "AdditionalDetails": [["Attempts", "12"]]},
             ({"title": "Host port scan", "status": "firing", "severity": None, "service": None,
             "host": None, "environment": None},)),
    ],
    "kubewatch": [
        Case("pod",
             {"eventmeta": {"kind": "Pod", "name": "api-7d9c8b6f5-x2x9z", "namespace": "shop",
             "reason": "Failed"}, "text":
             "A `Pod` in namespace `shop` has been `Failed`:\n`api-7d9c8b6f5-x2x9z`", "time":
             "2026-10-01T00:00:00Z"},
             ({"title": "A `Pod` in namespace `shop` has been `Failed`: `api-7d9c8b6f5-x2x9z`",
             "status": "firing", "severity": None, "service": None, "host": None, "environment":
             None},)),
    ],
    "redfish": [
        Case("cleared",
             {"@odata.type": "#Event.v1_7_0.Event", "Id": "9", "Name": "Event Array", "Context":
             "node-44", "Events": [{"EventType": "Alert", "EventId": "771", "EventTimestamp":
             "2026-10-01T00:00:00Z", "Severity": "OK", "MessageSeverity": "OK", "Message":
             "The power supply PSU 1 is operating normally.", "MessageId": "IDRAC.2.8.PSU0017",
             "MemberId": "0", "OriginOfCondition": {"@odata.id": "/redfish/v1/Chassis/1"}}]},
             ({"title": "The power supply PSU 1 is operating normally.", "status": "resolved",
             "severity": None, "service": None, "host": None, "environment": None},)),
    ],
    "ntopng": [
        Case("alerts list",
             {"version": "0.1", "sharedsecret": "s", "alerts": [{"is_flow_alert": False,
             "alert_id": 33, "alert_entity": {"entity_id": 1, "label": "host"}, "name": "10.0.0.7",
             "message": "Host 10.0.0.7 exceeds the DNS traffic threshold", "severity": "Error",
             "tstamp": 1790000000, "action": "engaged", "ifid": 1}, {"is_flow_alert": False,
             "alert_id": 34, "name": "10.0.0.8", "message": "Host 10.0.0.8 scans ports",
             "severity": "Warning", "tstamp": 1790000001, "action": "released", "ifid": 1}]},
             ({"title": "10.0.0.7", "status": "firing", "severity": "high", "service": None,
             "host": None, "environment": None}, {"title": "10.0.0.8", "status": "resolved",
             "severity": "medium", "service": None, "host": None, "environment": None})),
    ],
}  # fmt: skip
