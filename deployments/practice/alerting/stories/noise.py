"""What monitors say all the time: heartbeats, small things, and alerts that flap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from deployments.practice.alerting import voices
from deployments.practice.alerting.reports import Report, Role
from deployments.practice.alerting.scene import Scene
from deployments.practice.alerting.stories.telling import noise, one_incident
from models.records.severity import Severity

_HEARTBEATS = 5
_MINUTE = 60.0


def watchdog(scene: Scene) -> list[Report]:
    """Return the heartbeats of each cluster's Prometheus: one a minute, always firing."""
    return noise(
        beat
        for cluster in scene.site.kubernetes
        for beat in _beats(cluster.name, number=_HEARTBEATS)
    )


def _beats(cluster: str, number: int) -> Iterator[Report]:
    first = Report(
        vendor="alertmanager",
        rule="Watchdog",
        subject=cluster,
        text="An alert that always fires, to show that alerting works",
        severity=None,
        labels={"cluster": cluster, "prometheus": "monitoring/prometheus"},
    )
    yield first
    for minute in range(1, number):
        yield first.again(minute * _MINUTE)


def noise_of_the_day(scene: Scene) -> list[Report]:
    """Return small things that nobody is told of: throttling, informational alerts, heartbeats."""
    pods = scene.pods_on(scene.nodes)
    vm = scene.vm("file-srv-prod-02")
    reports = [
        voices.prometheus_on_pod(
            "CPUThrottlingHigh", pod, f"Processes of {pod.name} are throttled", Severity.INFO,
            10.0 + 17 * number,
        )
        for number, pod in enumerate(pods[-3:])
    ]  # fmt: skip
    backup = f"Backup of {vm.name} took 12% longer than usual"
    reports += [
        voices.zabbix_on_vm("Backup duration", vm, backup, Severity.INFO, 25),
        *(beat for one in scene.site.kubernetes[:1] for beat in _beats(one.name, number=2)),
    ]
    return noise(reports)


def flapping(scene: Scene) -> list[Report]:
    """Return an alert that fires and resolves again and again within ten minutes."""
    vm = scene.vm("git-web-prod-01")
    text = f"Load of {vm.name} is high"
    first = voices.zabbix_on_vm("Load average", vm, text, Severity.MEDIUM, 0)
    (first,) = one_incident("flapping", [first])
    reports = []
    for number in range(5):
        began = 120.0 * number
        role = Role.DUPLICATE if number else Role.ROOT
        fired = replace(first, after_seconds=began, role=role)
        reports += [fired, fired.over(began + 55)]
    return reports
