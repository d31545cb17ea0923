"""What monitors say when switches and their ports fail."""

from __future__ import annotations

from deployments.practice.alerting import voices
from deployments.practice.alerting.reports import Report
from deployments.practice.alerting.scene import Scene
from deployments.practice.alerting.stories.telling import one_incident
from deployments.practice.faults_network import PORT, SWITCH
from models.records.severity import Severity

_SHUT = "Ethernet4"


def port_err_disabled(scene: Scene) -> list[Report]:
    """Return what is said when a switch disables the port of a host by itself."""
    words = f"Interface {PORT}: err-disabled, link-flap"
    return one_incident("port-err-disabled", _lost_port(scene, PORT, words))


def port_shut(scene: Scene) -> list[Report]:
    """Return what is said when the port of a host is shut."""
    words = f"Interface {_SHUT}: administratively down"
    return one_incident("port-shut", _lost_port(scene, _SHUT, words))


def _lost_port(scene: Scene, port: str, words: str) -> list[Report]:
    switch = scene.switch(SWITCH)
    item = f"Interface {port}: Operational status"
    reports = [voices.zabbix_on_switch(item, switch, words, Severity.HIGH, 0)]
    host = scene.host_behind(switch, port)
    if host is None:
        return reports
    text = f"Uplink redundancy lost on {host.name}"
    alarm = "Network uplink redundancy lost"
    reports.append(voices.vcenter_on_host(alarm, host, text, Severity.HIGH, 7))
    for number, node in enumerate(scene.nodes_on(host)):
        text = f"Packets are lost on {node.name}: receive errors on its uplink"
        at = 50.0 + number
        rule = "NodeNetworkReceiveErrs"
        reports.append(voices.prometheus_on_node(rule, node, text, Severity.MEDIUM, at))
    for number, vm in enumerate(scene.vms_on(host)[:3]):
        text = f"{vm.name}: 4% packet loss"
        at = 60.0 + number
        reports.append(voices.zabbix_on_vm("ICMP loss", vm, text, Severity.MEDIUM, at))
    return reports


def device_silent(scene: Scene) -> list[Report]:
    """Return what is said when a switch no longer answers, while its ports still carry traffic."""
    switch = scene.switch(SWITCH)
    text = f"{switch.name}: No SNMP data collection"
    reports = [
        voices.zabbix_on_switch("SNMP agent availability", switch, text, Severity.HIGH, 0),
        voices.grafana(
            "Device unreachable", switch.name, f"No metrics of {switch.name} for 5 minutes",
            Severity.MEDIUM, 35, reading=0.0,
        ),
    ]  # fmt: skip
    return one_incident("device-silent", reports)
