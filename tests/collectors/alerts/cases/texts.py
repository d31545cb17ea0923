"""Alerts within one text, numbers of somebody's scale, and lists of any name."""

from tests.collectors.alerts.cases import Case

CASES = {
    "siemfwd": [
        Case("cef",
             {"message": "CEF:0|Acme|NetGuard|3.1|4012|Port scan from guest network|8|src=10.0.0"
             ".5 dvchost=fw-3 dpt=22 rt=1790000000000"},
             ({"title": "Port scan from guest network", "status": "firing", "severity": "high",
             "service": None, "host": "fw-3", "environment": None},)),
    ],
    "kvtext": [
        Case("logfmt",
             {"text":
             "level=critical host=web-9 service=nginx state=firing msg=\"502 rate is high\""},
             ({"title": "502 rate is high", "status": "firing", "severity": "critical", "service":
             "nginx", "host": "web-9", "environment": None},)),
    ],
    "qradarfwd": [
        Case("leef",
             {"raw": "<13>Oct 1 00:00:00 fw-7 LEEF:1.0|Acme|Wall|2.0|PORT_SCAN|src=10.0.0.1\t"
             "dst=10.0.0.2\tsev=9\tmsg=Many ports probed"},
             ({"title": "PORT_SCAN", "status": "firing", "severity": "critical", "service": None,
             "host": None, "environment": None},)),
    ],
    "promtailfwd": [
        Case("logfmt",
             {"stream": "stderr", "log":
             "ts=2026-10-01T00:00:00Z level=error msg=\"snapshot failed: no space lef"
             "t\" host=etcd-2 component=backup", "env": "prod"},
             ({"title": "snapshot failed: no space left", "status": "firing", "severity": "high",
             "service": "backup", "host": "etcd-2", "environment": "prod"},)),
    ],
    "cefarr": [
        Case("cef in list",
             [{"message":
             "CEF:0|Sec|Box|1|55|Admin login from new country|Very-High|duser=root dhost=jump-1"},
             {"message": "CEF:0|Sec|Box|1|56|Policy changed|3|dhost=jump-2"}],
             ({"title": "Admin login from new country", "status": "firing", "severity": "critical",
             "service": None, "host": "jump-1", "environment": None}, {"title": "Policy changed",
             "status": "firing", "severity": "low", "service": None, "host": "jump-2",
             "environment": None})),
    ],
    "journald": [
        Case("entry",
             {"PRIORITY": "3", "_HOSTNAME": "ceph-3", "SYSLOG_IDENTIFIER": "kernel",
             "_SYSTEMD_UNIT": "ceph-osd@4.service", "MESSAGE":
             "blk_update_request: I/O error, dev sdf", "__REALTIME_TIMESTAMP": "1790000000000000"},
             ({"title": "blk_update_request: I/O error, dev sdf", "status": "firing", "severity":
             "high", "service": None, "host": "ceph-3", "environment": None},)),
    ],
    "naemonfwd": [
        Case("state 2",
             {"host_name": "gw-2", "service_description": "BGP peers", "state": 2, "state_type":
             "HARD", "current_attempt": 3, "plugin_output": "2 of 4 peers established"},
             ({"title": "BGP peers", "status": "firing", "severity": "critical", "service": None,
             "host": "gw-2", "environment": None},), same="nc"),
        Case("state 0",
             {"host_name": "gw-2", "service_description": "BGP peers", "state": 0, "state_type":
             "HARD", "current_attempt": 3, "plugin_output": "4 of 4 peers established"},
             ({"title": "BGP peers", "status": "resolved", "severity": None, "service": None,
             "host": "gw-2", "environment": None},), same="nc"),
    ],
    "pino": [
        Case("json log",
             {"level": 50, "time": 1790000000000, "pid": 7, "hostname": "edge-9", "name": "agentd",
             "msg": "Write to /var failed"},
             ({"title": "Write to /var failed", "status": "firing", "severity": "high", "service":
             None, "host": "edge-9", "environment": None},)),
    ],
    "winlog": [
        Case("event",
             {"EventID": 7, "Level": 2, "LevelDisplayName": "Error", "Channel": "System",
             "Computer": "win-12.corp.example", "ProviderName": "disk", "Message":
             "The device, \\Device\\Harddisk1\\DR1, has a bad block.", "TimeCreated":
             "2026-10-01T00:00:00Z"},
             ({"title": "The device, \\Device\\Harddisk1\\DR1, has a bad block.", "status":
             "firing", "severity": "high", "service": None, "host": "win-12.corp.example",
             "environment": None},)),
    ],
    "checkloop": [
        Case("checks",
             {"host": "web-3", "time": 1790000000, "checks": [{"name": "http", "status":
             "critical", "message": "503 from backend"}, {"name": "disk", "status": "ok",
             "message": "12 % used"}]},
             ({"title": "503 from backend", "status": "firing", "severity": "critical", "service":
             None, "host": "web-3", "environment": None}, {"title": "12 % used", "status":
             "resolved", "severity": None, "service": None, "host": "web-3", "environment": None})),
    ],
    "backupscript": [
        Case("result list",
             {"run": "2026-10-01", "server": "veeam-1", "results": [{"job": "sql-prod", "result":
             "Failed", "error": "Snapshot timed out"}, {"job": "files", "result": "Success",
             "error": ""}]},
             ({"title": "Snapshot timed out", "status": "firing", "severity": None, "service":
             None, "host": "veeam-1", "environment": None}, {"title": "files", "status":
             "resolved", "severity": None, "service": None, "host": "veeam-1", "environment":
             None})),
    ],
    "bms": [
        Case("alarm 1",
             {"name": "temp-rack4", "alarm": 1, "value": 38.2, "unit": "C", "ts": 1790000000},
             ({"title": "temp-rack4", "status": "firing", "severity": None, "service": None,
             "host": None, "environment": None},), same="bz"),
        Case("alarm 0",
             {"name": "temp-rack4", "alarm": 0, "value": 38.2, "unit": "C", "ts": 1790000000},
             ({"title": "temp-rack4", "status": "resolved", "severity": None, "service": None,
             "host": None, "environment": None},), same="bz"),
    ],
    "ntpwatch": [
        Case("status object",
             {"status": {"code": 2, "text": "CRITICAL"}, "target": "10.1.1.1", "plugin":
             "check_ntp", "output": "Offset 3.2 s"},
             ({"title": "Offset 3.2 s", "status": "firing", "severity": "critical", "service":
             None, "host": "10.1.1.1", "environment": None},)),
    ],
    "ipmitool": [
        Case("sel",
             {"sel_record": {"sensor": "P1_DIMM_B2", "event":
             "Correctable ECC logging limit reached", "direction": "Asserted"}, "bmc_host":
             "node-71-bmc", "priority": "P3"},
             ({"title": "Correctable ECC logging limit reached", "status": "firing", "severity":
             "medium", "service": None, "environment": None},)),
    ],
    "tempsensor": [
        Case("threshold",
             {"sensor": {"name": "hall-b-17", "type": "temperature"}, "reading": {"value": 34.1,
             "unit": "C"}, "threshold": {"max": 30}, "alert_level": 2, "alert_text":
             "Temperature above limit", "since": 1790000000},
             ({"title": "Temperature above limit", "status": "firing", "severity": None, "service":
             None, "host": None, "environment": None},)),
    ],
    "nrpe2json": [
        Case("crit",
             {"id": "chk-88", "svc": "dns-resolver", "srv": "ns2", "state": "CRIT", "prev": "OK",
             "output": "3 of 5 queries failed", "env": "prod"},
             ({"title": "3 of 5 queries failed", "status": "firing", "severity": "critical",
             "service": "dns-resolver", "host": "ns2", "environment": "prod"},), same="st"),
        Case("ok",
             {"id": "chk-88", "svc": "dns-resolver", "srv": "ns2", "state": "OK", "prev": "CRIT",
             "output": "3 of 5 queries failed", "env": "prod"},
             ({"title": "3 of 5 queries failed", "status": "resolved", "severity": None, "service":
             "dns-resolver", "host": "ns2", "environment": "prod"},), same="st"),
    ],
    "pdu": [
        Case("asserted",
             {"device": {"label": "PDU A4", "ip": "10.2.0.4"}, "sensor": {"label":
             "Inlet I1 RMS current", "reading": 31.5, "unit": "A", "state": "aboveUpperCritical"},
             "event": "asserted", "severity": "critical", "time": 1790000000},
             ({"title": "Inlet I1 RMS current", "status": "firing", "severity": "critical",
             "service": None, "host": None, "environment": None},), same="ra"),
        Case("deasserted",
             {"device": {"label": "PDU A4", "ip": "10.2.0.4"}, "sensor": {"label":
             "Inlet I1 RMS current", "reading": 31.5, "unit": "A", "state": "normal"}, "event":
             "deasserted", "severity": "critical", "time": 1790000000},
             ({"title": "Inlet I1 RMS current", "status": "resolved", "severity": "critical",
             "service": None, "host": None, "environment": None},), same="ra"),
    ],
}  # fmt: skip
