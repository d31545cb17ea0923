"""Devices and their daemons: traps, telecom severities, UPS, disks and jobs."""

from tests.collectors.alerts.cases import Case

CASES = {
    "optical": [
        Case("set",
             {"alarm_id": 991, "alarm_text": "LOS on och-1/2/3", "alarm_severity": "CR",
             "alarm_state": "SET", "managed_element": "roadm-fra-2", "probable_cause": "LOS",
             "raised": "2026-10-01T00:00:00Z"},
             ({"title": "LOS on och-1/2/3", "status": "firing", "severity": "critical", "service":
             None, "host": "roadm-fra-2", "environment": None},), same="ol"),
        Case("clear",
             {"alarm_id": 991, "alarm_text": "LOS on och-1/2/3", "alarm_severity": "CR",
             "alarm_state": "CLEAR", "managed_element": "roadm-fra-2", "probable_cause": "LOS",
             "raised": "2026-10-01T00:00:00Z"},
             ({"title": "LOS on och-1/2/3", "status": "resolved", "severity": "critical",
             "service": None, "host": "roadm-fra-2", "environment": None},), same="ol"),
    ],
    "nut": [
        Case("onbatt",
             {"NOTIFYTYPE": "ONBATT", "UPSNAME": "ups1@nut-1", "message":
             "UPS ups1@nut-1 on battery", "date": "2026-10-01T00:00:00Z"},
             ({"title": "UPS ups1@nut-1 on battery", "status": "firing", "severity": None,
             "service": None, "host": None, "environment": None},)),
        Case("online",
             {"NOTIFYTYPE": "ONLINE", "UPSNAME": "ups1@nut-1", "message":
             "UPS ups1@nut-1 on line power", "date": "2026-10-01T00:00:00Z"},
             ({"title": "UPS ups1@nut-1 on line power", "status": "resolved", "severity": None,
             "service": None, "host": None, "environment": None},)),
    ],
    "smartd": [
        Case("script",
             {"SMARTD_DEVICE": "/dev/sdc", "SMARTD_FAILTYPE": "CurrentPendingSector",
             "SMARTD_MESSAGE": "Device: /dev/sdc, 8 Currently unreadable sectors", "hostname":
             "stor-9", "SMARTD_TFIRST": "Thu Oct  1 00:00:00 2026 UTC"},
             ({"title": "Device: /dev/sdc, 8 Currently unreadable sectors", "status": "firing",
             "severity": None, "service": None, "host": "stor-9", "environment": None},)),
    ],
    "icinga_director": [
        Case("notif",
             {"host": {"display_name": "kvm-12", "address": "10.4.0.12"}, "service":
             {"display_name": "Memory"}, "notification": {"type": "RECOVERY", "author": "",
             "comment": ""}, "state": "OK", "output": "42% used"},
             ({"title": "42% used", "status": "resolved", "severity": None, "service": "Memory",
             "host": "kvm-12", "environment": None},)),
    ],
    "bareos": [
        Case("job",
             {"job": "nightly-vm", "jobid": 4411, "client": "vm-host-3-fd", "level": "Full",
             "status": "E", "status_text": "Job failed with error", "server": "bareos-1", "end":
             "2026-10-01 03:00:00"},
             ({"title": "Job failed with error", "status": "firing", "severity": None, "service":
             None, "host": "bareos-1", "environment": None},)),
    ],
    "snmptrap": [
        Case("link down",
             {"trap": "linkDown", "oid": "1.3.6.1.6.3.1.1.5.3", "agent": "10.0.0.254", "varbinds":
             {"ifIndex": "12", "ifDescr": "ge-0/0/12", "ifAdminStatus": "up"}, "received":
             "2026-10-01T00:00:00Z"},
             ({"title": "linkDown", "status": "firing", "severity": None, "service": None, "host":
             "10.0.0.254", "environment": None},), same="lk"),
        Case("link up",
             {"trap": "linkUp", "oid": "1.3.6.1.6.3.1.1.5.4", "agent": "10.0.0.254", "varbinds":
             {"ifIndex": "12", "ifDescr": "ge-0/0/12", "ifAdminStatus": "up"}, "received":
             "2026-10-01T00:00:00Z"},
             ({"title": "linkUp", "status": "resolved", "severity": None, "service": None, "host":
             "10.0.0.254", "environment": None},), same="lk"),
        Case("of another port",
             {"trap": "linkDown", "oid": "1.3.6.1.6.3.1.1.5.3", "agent": "10.0.0.254", "varbinds":
             {"ifIndex": "13", "ifDescr": "ge-0/0/13", "ifAdminStatus": "up"}, "received":
             "2026-10-01T00:00:00Z"},
             ({"title": "linkDown", "status": "firing", "severity": None, "service": None, "host":
             "10.0.0.254", "environment": None},), same="lk13"),
    ],
}  # fmt: skip
