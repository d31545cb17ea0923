"""The stories that the practice datacenter's monitoring can tell, by name.

One that bears the name of a fault of `deployments.practice.faults` speaks of the very assets that
the fault breaks.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from deployments.practice.alerting.reports import Report
from deployments.practice.alerting.scene import Scene
from deployments.practice.alerting.stories import compute, kubernetes, network, noise, storage
from deployments.practice.alerting.stories.telling import later
from models.errors import WrongUse

USUAL = "evening"
_UNRELATED_SECONDS, _REPEATED_SECONDS = 30.0, 150.0
_REPEATED = 8  # what Alertmanager and Zabbix say once more


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One story: what happens, and who tells it."""

    description: str
    tell: Callable[[Scene], list[Report]]


def evening(scene: Scene) -> list[Report]:
    """Return a host's failure, said again and again, with noise and another incident beside it."""
    failure = compute.busiest_host_down(scene)
    repeated = [
        one.again(_REPEATED_SECONDS + number) for number, one in enumerate(failure[:_REPEATED])
    ]
    beside = []
    # A site of a machine or two has neither database nor noise.
    with suppress(WrongUse):
        beside += later(storage.database_disk_full(scene), _UNRELATED_SECONDS)
        beside += noise.noise_of_the_day(scene)
    return [*failure, *repeated, *beside]


def _story(description: str, tell: Callable[[Scene], list[Report]]) -> Story:
    return Story(description=description, tell=tell)


STORIES: dict[str, Story] = {
    USUAL: _story("A host fails, with noise and an unrelated incident beside it.", evening),
    "host-down": _story("A host stops answering, with all that stands on it.", compute.host_down),
    "rack-down": _story(
        "A rack loses its power: hundreds of alerts, one cause.", compute.rack_down
    ),
    "uplink-lost": _story("A host loses a network link.", compute.uplink_lost),
    "path-lost": _story("A host is down to one storage path.", compute.path_lost),
    "vm-powered-off": _story("A running VM is switched off.", compute.vm_powered_off),
    "datastore-full": _story("A datastore is full; its VMs stall.", storage.datastore_full),
    "database-disk-full": _story(
        "The disk of a database is full; its users see errors.", storage.database_disk_full
    ),
    "port-err-disabled": _story("A switch disables the port of a host.", network.port_err_disabled),
    "port-shut": _story("The port of a host is shut.", network.port_shut),
    "device-silent": _story("A switch no longer answers its monitors.", network.device_silent),
    "node-not-ready": _story("A node stops answering, with its pods.", kubernetes.node_not_ready),
    "pod-crash-loop": _story("The pods of a deployment crash.", kubernetes.pod_crash_loop),
    "bad-deploy": _story("A release does not work; customers cannot pay.", kubernetes.bad_deploy),
    "service-without-endpoints": _story(
        "A service selects no pod any more.", kubernetes.service_without_endpoints
    ),
    "certificate-expired": _story(
        "The certificate of the shop has expired.", kubernetes.certificate_expired
    ),
    "tls-certificate-expiring": _story(
        "A certificate of an ingress ends in two days.", kubernetes.certificate_expiring
    ),
    "flapping": _story("A machine's load alert comes and goes.", noise.flapping),
    "watchdog": _story("Heartbeats of the monitoring itself.", noise.watchdog),
    "noise": _story("Small things that nobody is told of.", noise.noise_of_the_day),
}
