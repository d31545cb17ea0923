"""What monitors say when hosts and machines fail."""

from __future__ import annotations

from collections.abc import Iterator

from deployments.practice.alerting import voices
from deployments.practice.alerting.reports import Report
from deployments.practice.alerting.scene import Scene, first
from deployments.practice.alerting.stories.telling import one_incident
from deployments.practice.site.records import Host
from models.records.severity import Severity

_PODS_TOLD = 6  # pods and services that are told of, as the rules wait 15 minutes for the others
_WEB = ("-web-", "-app-")


def host_down(scene: Scene) -> list[Report]:
    """Return what follows when the first host stops answering, as the fault of that name does."""
    return one_incident("host-down", list(lost_host(scene, scene.site.hosts[0])))


def busiest_host_down(scene: Scene) -> list[Report]:
    """Return what follows when the host with most nodes of a cluster stops answering."""
    return one_incident("host-down", list(lost_host(scene, scene.with_most_nodes())))


def rack_down(scene: Scene) -> list[Report]:
    """Return what follows when a whole rack loses its power: hundreds of alerts, one cause."""
    rack = scene.site.hosts[0].rack
    switch = next(switch for switch in scene.site.switches if switch.rack == rack)
    text = f"{switch.name} is unavailable by ICMP"
    reports = [voices.zabbix_on_switch("ICMP ping", switch, text, Severity.CRITICAL, 0)]
    for number, host in enumerate(one for one in scene.site.hosts if one.rack == rack):
        reports += lost_host(scene, host, 5.0 + number)
    return one_incident("rack-down", reports)


def lost_host(scene: Scene, host: Host, after: float = 0.0) -> Iterator[Report]:
    """Yield what is said of a host that does not answer, and of all that stood on it."""
    alarm, text = "Host connection and power state", f"Host {host.name} is not responding"
    yield voices.vcenter_on_host(alarm, host, text, Severity.CRITICAL, after)
    text = f"{host.name} is unavailable by ICMP"
    yield voices.zabbix_on_host("ICMP ping", host, text, Severity.CRITICAL, after + 6)
    nodes = scene.nodes_on(host)
    for number, node in enumerate(nodes):
        text = f"{node.name} has been unready for more than 1 minute"
        at = after + 40 + number
        yield voices.prometheus_on_node("KubeNodeNotReady", node, text, Severity.HIGH, at)
        text = "Kubelet has disappeared from Prometheus target discovery"
        yield voices.prometheus_on_node("KubeletDown", node, text, Severity.CRITICAL, at + 12)
    yield from _machines_of(scene, host, after + 45)
    yield from _services_on(scene, host, after + 90)


def _machines_of(scene: Scene, host: Host, after: float) -> Iterator[Report]:
    nodes = {node.vm for node in scene.nodes_on(host)}
    for number, vm in enumerate(one for one in scene.vms_on(host) if one.moid not in nodes):
        severity = Severity.HIGH if "-prod-" in vm.name else Severity.MEDIUM
        text = f"Zabbix agent on {vm.name} is not available"
        yield voices.zabbix_on_vm("Zabbix agent ping", vm, text, severity, after + number)


def _services_on(scene: Scene, host: Host, after: float) -> Iterator[Report]:
    for number, pod in enumerate(scene.pods_on(scene.nodes_on(host))[:_PODS_TOLD]):
        text = f"Pod {pod.namespace}/{pod.name} has been in a non-ready state"
        at = after + number
        yield voices.prometheus_on_pod("KubePodNotReady", pod, text, Severity.MEDIUM, at)
    web = [vm for vm in scene.vms_on(host) if any(part in vm.name for part in _WEB)]
    for number, vm in enumerate(web[:3]):
        text = f"Service on {vm.name} does not answer its health check"
        at = after + 4 + number
        yield voices.datadog_on_vm("Service check failed", vm, text, Severity.HIGH, at)


def uplink_lost(scene: Scene) -> list[Report]:
    """Return what is said when a host loses a network link."""
    host = _without(scene, "single_uplink", 1)
    pnic = next((one for one in host.pnics if one.name == "vmnic3"), host.pnics[-1])
    switch = scene.switch(pnic.switch)
    alarm, text = "Network uplink redundancy lost", f"Uplink redundancy lost on {host.name}"
    link = f"Interface {pnic.port}({host.name} {pnic.name}): Link down"
    item = f"Interface {pnic.port}: Operational status"
    reports = [
        voices.zabbix_on_switch(item, switch, link, Severity.MEDIUM, 0),
        voices.vcenter_on_host(alarm, host, text, Severity.HIGH, 8),
    ]
    return one_incident("uplink-lost", reports)


def path_lost(scene: Scene) -> list[Report]:
    """Return what is said when a host reaches its storage over one path only."""
    host = _without(scene, "single_path", 2)
    alarm = "Lost storage path redundancy"
    text = f"Path redundancy to storage device is degraded on {host.name}"
    reports = [
        voices.vcenter_on_host(alarm, host, text, Severity.HIGH, 0),
        voices.grafana(
            "Storage latency", host.name, f"Latency of datastores of {host.name} is high",
            Severity.MEDIUM, 45, reading=38.5,
        ),
    ]  # fmt: skip
    return one_incident("path-lost", reports)


def vm_powered_off(scene: Scene) -> list[Report]:
    """Return what is said when a running VM is switched off."""
    taken = {moid for moids in scene.site.planted.values() for moid in moids}
    vm = first(
        [
            one
            for one in scene.site.vms
            if one.power == "poweredOn" and not one.snapshots and one.moid not in taken
            if not one.template
        ]
    )
    ping = f"Zabbix agent on {vm.name} is not available"
    check = f"Service on {vm.name} does not answer its health check"
    reports = [
        voices.zabbix_on_vm("Zabbix agent ping", vm, ping, Severity.HIGH, 0),
        voices.datadog_on_vm("Service check failed", vm, check, Severity.HIGH, 20),
    ]
    return one_incident("vm-powered-off", reports)


def _without(scene: Scene, planted: str, position: int) -> Host:
    taken = set(scene.site.planted.get(planted, ()))
    return [host for host in scene.site.hosts if host.moid not in taken][position]
