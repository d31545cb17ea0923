"""What monitors say when space runs out."""

from __future__ import annotations

from deployments.practice.alerting import voices
from deployments.practice.alerting.reports import Report
from deployments.practice.alerting.scene import Scene, service_of
from deployments.practice.alerting.stories.telling import one_incident
from models.records.severity import Severity

_MACHINES_TOLD = 8


def datastore_full(scene: Scene) -> list[Report]:
    """Return what is said when a datastore has no space left: its machines cannot write."""
    taken = set(scene.site.planted.get("datastore_full", ()))
    store = [one for one in scene.site.datastores if one.moid not in taken][1]
    text = f"Datastore {store.name} is 97% full"
    reports = [
        voices.grafana(
            "Datastore usage", store.name, text, Severity.MEDIUM, 0, reading=97.0, label="datastore"
        ),
        voices.vcenter_on_store(
            "Datastore usage on disk", store, f"Datastore {store.name} has no space left",
            Severity.CRITICAL, 20,
        ),
    ]  # fmt: skip
    for number, vm in enumerate(scene.vms_stored_on(store)[:_MACHINES_TOLD]):
        text = f"{vm.name}: disk writes stall, I/O wait above 80%"
        after = 40.0 + 2 * number
        reports.append(voices.zabbix_on_vm("CPU iowait time", vm, text, Severity.HIGH, after))
    return one_incident("datastore-full", reports)


def database_disk_full(scene: Scene) -> list[Report]:
    """Return what is said when a database's own disk is full."""
    vm = scene.database_away_from(scene.with_most_nodes())
    service = service_of(vm)
    disk = f"/var/lib/postgresql on {vm.name} is 99% full"
    wal = f"PostgreSQL on {vm.name} cannot write: No space left on device (SQLSTATE 53100)"
    check = f"Writes to {service} fail on {vm.name}"
    reports = [
        voices.zabbix_on_vm("FS [/var/lib/postgresql]: Space", vm, disk, Severity.HIGH, 0),
        voices.zabbix_on_vm("PostgreSQL: log errors", vm, wal, Severity.CRITICAL, 25),
        voices.datadog_on_vm("Database errors", vm, check, Severity.HIGH, 40),
        voices.pagerduty(service, f"Users see errors of {service}", Severity.HIGH, 70),
    ]
    return one_incident("database-disk-full", reports)
