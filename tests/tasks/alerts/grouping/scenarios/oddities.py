"""Scenarios of other habits than the stories': other label names, texts, forms of topology."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2024, 11, 4, 22, 0, tzinfo=UTC)
ERP = {
    "sites": {"vie": {"switches": ["agg-1", "agg-2"]}},
    "switches": {"agg-1": {"uplink": "spine-a"}, "agg-2": {"uplink": "spine-a"}, "spine-a": {}},
    "hypervisors": {
        "esx-a1": {"switch": "agg-1", "datastores": ["lun-7", "lun-8"]},
        "esx-a2": {"switch": "agg-1", "datastores": ["lun-7"]},
        "esx-b1": {"switch": "agg-2", "datastores": ["lun-9"]},
        "esx-b2": {"switch": "agg-2", "datastores": ["lun-9", "lun-8"]},
    },
    "datastores": {"lun-7": {"array": "arr-1"}, "lun-8": {"array": "arr-1"}, "lun-9": {"array": "arr-2"}},
    "vms": {
        "ora-1": {"host": "esx-a1", "datastore": "lun-7"}, "sap-app1": {"host": "esx-a1", "datastore": "lun-7"},
        "sap-app2": {"host": "esx-b1", "datastore": "lun-9"}, "mail-1": {"host": "esx-b2", "datastore": "lun-8"},
        "print-1": {"host": "esx-b2", "datastore": "lun-9"}, "file-1": {"host": "esx-a2", "datastore": "lun-7"},
        "ad-1": {"host": "esx-a2", "datastore": "lun-8"}, "mes-1": {"host": "esx-b1", "datastore": "lun-9"},
    },
    "services": {
        "sap": {"vms": ["sap-app1", "sap-app2"], "depends_on": ["oracle"]}, "oracle": {"vms": ["ora-1"]},
        "mail": {"vms": ["mail-1"], "depends_on": ["directory"]}, "directory": {"vms": ["ad-1"]},
        "mes": {"vms": ["mes-1"], "depends_on": []}, "printing": {"vms": ["print-1"]}, "files": {"vms": ["file-1"]},
    },
}  # fmt: skip


class Book:
    """Rows and gold of one set; times are minutes, severities in each sender's words."""

    def __init__(self, seed):
        self.rng, self.events, self.gold, self.windows = random.Random(f"odd {seed}"), [], [], []
        self.scenario, self.day = "", 0

    def begin(self, name):
        self.scenario, self.day = name, self.day + 3

    def add(
        self,
        at,
        incident,
        source,
        severity,
        title,
        labels,
        *,
        role="symptom",
        action="group",
        status="firing",
        text="",
        rule="",
        late=0.0,
        key=None,
    ):
        began = START + timedelta(days=self.day, minutes=at)
        came = began + timedelta(seconds=late * 60 or self.rng.uniform(3, 40))
        number = len(self.events)
        self.events.append({
            "event_id": f"odd-{number:05d}", "scenario": self.scenario, "starts_at": _iso(began), "received_at": _iso(came),
            "source": source, "status": status, "alertname": rule or title, "severity": severity, "title": title,
            "description": text, "labels": labels, "source_fingerprint": key or f"{source}/{rule or title}/{sorted(labels.items())}",
        })  # fmt: skip
        self.gold.append(
            {
                "event_id": f"odd-{number:05d}",
                "scenario": self.scenario,
                "incident": incident,
                "role": role,
                "action": action,
            }
        )


def _iso(at):
    return at.isoformat(timespec="seconds")


def array_fails(book):
    book.begin("array")
    book.add(
        0,
        "A",
        "netapp",
        "critical",
        "Controller failover on arr-1",
        {"array": "arr-1"},
        role="root",
    )
    book.add(0.5, "A", "vcenter", "red", "Datastore lun-7 inaccessible", {"datastore": "lun-7"})
    book.add(
        0.7,
        "A",
        "vcenter",
        "red",
        "All paths down to lun-8",
        {"datastore": "lun-8", "host": "esx-a1.corp.example"},
    )
    for vm in ("ora-1", "sap-app1", "file-1"):
        book.add(
            1.5,
            "A",
            "vcenter",
            "yellow",
            f"Virtual machine {vm}: disk latency",
            {"vm": vm, "host": "esx-a1.corp.example" if vm != "file-1" else "esx-a2.corp.example"},
        )
    book.add(
        3, "A", "zabbix", "High", "Oracle: session wait time is too high", {"application": "oracle"}
    )
    book.add(
        4,
        "A",
        "dynatrace",
        "ERROR",
        "Failure rate increase on sap",
        {"service": "sap", "managementZone": "erp"},
    )
    book.add(
        2,
        "B",
        "zabbix",
        "Average",
        "Toner low on print-1 queue",
        {"hostname": "print-1"},
        role="root",
    )
    for at in (0, 5, 10):
        book.add(
            at,
            None,
            "zabbix",
            "Information",
            "Zabbix agent heartbeat",
            {"hostname": "ad-1"},
            role="noise",
            action="ignore",
        )


def uplink_fails(book):
    book.begin("uplink")
    for minute, vm, title in (
        (0.2, "sap-app2", "Host unreachable: sap-app2"),
        (0.3, "mes-1", "Host unreachable: mes-1"),
        (0.35, "mail-1", "Host unreachable: mail-1"),
    ):
        book.add(minute, "A", "nagios", "CRITICAL", title, {"host_name": vm, "service": "PING"})
    book.add(
        0.0,
        "A",
        "snmp",
        "major",
        "linkDown trap",
        {"sysName": "agg-2", "ifDescr": "Te1/49"},
        role="root",
        late=4,
        text="agg-2 Te1/49 is down",
    )
    book.add(
        1.5,
        "A",
        "nagios",
        "CRITICAL",
        "esx-b1 connection lost",
        {"host_name": "esx-b1", "service": "PING"},
    )
    book.add(
        2.5, "A", "appdynamics", "ERROR", "Business transaction errors", {"application": "mes"}
    )
    book.add(
        3,
        "B",
        "backup",
        "error",
        "Backup of file-1 failed: VSS snapshot error",
        {"vm_name": "file-1"},
        role="root",
    )
    book.add(
        1,
        "A",
        "nagios",
        "OK",
        "Host unreachable: mes-1",
        {"host_name": "mes-1", "service": "PING"},
        role="resolve",
        status="resolved",
        late=12,
    )


def text_only(book):
    book.begin("text-only")
    book.add(0, "A", "mail", "critical", "ora-1: tablespace USERS 99% full", {}, role="root")
    book.add(4, "A", "mail", "critical", "ORA-01653 unable to extend table on ora-1", {})
    book.add(6, "A", "mail", "error", "sap-app1 work processes waiting for database ora-1", {})
    book.add(5, "B", "mail", "error", "directory replication error 8606 on ad-1", {}, role="root")
    book.add(7, "B", "mail", "warning", "mail cannot bind to directory", {})


def two_sites(book):
    book.begin("two-sites")
    for site, incident, at in (("vie", "A", 0), ("muc", "B", 1)):
        book.add(
            at,
            incident,
            "grafana",
            "critical",
            "Ingress 502 rate",
            {"app": "portal", "k8s_cluster": f"{site}-prod"},
            role="root",
        )
        book.add(
            at + 1,
            incident,
            "grafana",
            "warning",
            "portal pods restarting",
            {"app": "portal", "k8s_cluster": f"{site}-prod", "pod": "portal-6c5d8f7b9-abcde"},
        )
        book.add(
            at + 3,
            incident,
            "grafana",
            "critical",
            "Ingress 502 rate",
            {"app": "portal", "k8s_cluster": f"{site}-prod"},
            role="duplicate",
        )


def rolling(book):
    book.begin("symptom-first")
    book.add(0, "A", "dynatrace", "ERROR", "Response time degradation of sap", {"service": "sap"})
    book.add(2, "A", "dynatrace", "ERROR", "Failure rate increase on sap", {"service": "sap"})
    book.add(
        3,
        "A",
        "zabbix",
        "Disaster",
        "Oracle: listener down",
        {"application": "oracle"},
        role="root",
    )
    book.add(4, "A", "zabbix", "High", "ora-1: process ora_pmon not running", {"hostname": "ora-1"})
    book.add(
        20,
        "A",
        "zabbix",
        "Disaster",
        "Oracle: listener down",
        {"application": "oracle"},
        role="resolve",
        status="resolved",
    )
    book.add(
        24,
        "A",
        "dynatrace",
        "ERROR",
        "Failure rate increase on sap",
        {"service": "sap"},
        role="resolve",
        status="resolved",
    )
    book.add(
        30,
        "B",
        "zabbix",
        "High",
        "print-1: spooler not running",
        {"hostname": "print-1"},
        role="root",
    )


def planned(book):
    book.begin("planned")
    start = START + timedelta(days=book.day)
    book.windows.append(
        {
            "scenario": "planned",
            "starts_at": _iso(start),
            "ends_at": _iso(start + timedelta(minutes=60)),
            "match": {"host": ["esx-a*"]},
            "reason": "firmware",
        }
    )
    book.add(
        5,
        None,
        "vcenter",
        "red",
        "Host connection lost",
        {"host": "esx-a1.corp.example"},
        role="noise",
        action="suppress",
    )
    book.add(
        20,
        None,
        "vcenter",
        "green",
        "Host connection lost",
        {"host": "esx-a1.corp.example"},
        role="noise",
        action="suppress",
        status="resolved",
    )
    book.add(
        30,
        None,
        "vcenter",
        "red",
        "Host connection lost",
        {"host": "esx-a2.corp.example"},
        role="noise",
        action="suppress",
    )
    book.add(
        12,
        "A",
        "vcenter",
        "red",
        "Host hardware: fan failure",
        {"host": "esx-b2.corp.example"},
        role="root",
    )
    book.add(14, "A", "vcenter", "red", "Host temperature", {"host": "esx-b2.corp.example"})


def quiet(book):
    book.begin("quiet")
    for at, title in ((0, "DeadMansSwitch"), (3, "Heartbeat from probe"), (9, "InfoInhibitor")):
        book.add(
            at,
            None,
            "grafana",
            "none",
            title,
            {"cluster": "vie-prod"},
            role="noise",
            action="ignore",
        )
    book.add(
        12,
        None,
        "zabbix",
        "Information",
        "Operating system description has changed",
        {"hostname": "mes-1"},
        role="noise",
        action="ignore",
    )
    book.add(
        20,
        "A",
        "grafana",
        "critical",
        "Heartbeat missing from collector-7",
        {"host": "collector-7"},
        role="root",
    )


ODDITIES = (array_fails, uplink_fails, text_only, two_sites, rolling, planned, quiet)


def write_odd(folder: Path, seed=0):
    """Write the set; returns the folder."""
    book = Book(seed)
    for scenario in ODDITIES:
        scenario(book)
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (("events", book.events), ("gold", book.gold), ("maintenance", book.windows)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "topology.json").write_text(json.dumps(ERP))
    return folder
