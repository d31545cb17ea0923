"""Which of an alert's labels name its service, host, environment and region.

Source: the OpenTelemetry resource attributes, the label conventions of Prometheus exporters and
Kubernetes, and the tags of Datadog. Nothing is guessed: where no label says it, it is None.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence

from collectors.alerts import reading
from collectors.alerts.wordlists import listed

SERVICE = listed(
    "service service_name servicename svc service_id app application app_name application_name "
    "app_kubernetes_io_name kubernetes_io_app k8s_app microservice"
)
HOST = listed(
    "host hostname host_name fqdn server server_name servername node nodename node_name "
    "kubernetes_node k8s_node_name k8s_node machine machine_name computer computer_name vm vm_name "
    "esxi_host esx_host device_hostname instance instance_name instance_id instanceid"
)
ENVIRONMENT = listed(
    "environment env deployment_environment deployment_environment_name environment_name "
    "env_name stage"
)
REGION = listed(
    "region aws_region cloud_region gcp_region azure_region cloudwatch_region datacenter "
    "data_center dc zone availability_zone cloud_availability_zone az "
    "topology_kubernetes_io_region topology_kubernetes_io_zone location site"
)
# The scrape target of these is the exporter itself, never what the alert speaks of.
_ABOUT_OTHERS = frozenset({"kube-state-metrics", "blackbox", "pushgateway", "federate"})

_PORT = re.compile(r"^(?P<host>[^:\s/\[\]]+):\d{1,5}$")
_BRACKET = re.compile(r"^\[(?P<host>[0-9A-Fa-f:.]+)\](?::\d{1,5})?$")
_URL = re.compile(r"^[a-z][a-z0-9+.-]{1,15}://(?:[^@/\s]*@)?(?P<rest>[^/?#\s]+)", re.IGNORECASE)
_LONGEST_HOST = 255


def service(labels: Mapping[str, str]) -> str | None:
    """Return the service that a label names."""
    return _first(labels, SERVICE)


def environment(labels: Mapping[str, str]) -> str | None:
    """Return the environment that a label names, as it is written there."""
    return _first(labels, ENVIRONMENT)


def region(labels: Mapping[str, str]) -> str | None:
    """Return the region, or zone, or datacenter that a label names."""
    return _first(labels, REGION)


def host(labels: Mapping[str, str]) -> str | None:
    """Return the host that a label names, without port and scheme."""
    for name in HOST:
        if name not in labels or (name == "instance" and _is_exporter(labels)):
            continue
        found = host_name(labels[name])
        if found is not None:
            return found
    return None


def host_name(value: object) -> str | None:
    """Return the host of `name:port`, `[v6]:port` or a URL; None where it can be no host's name."""
    found = reading.word(value)
    if found is None or len(found) > _LONGEST_HOST:
        return None
    url = _URL.match(found)
    if url:
        found = url["rest"]
    bracket = _BRACKET.match(found) or _PORT.match(found)
    found = bracket["host"] if bracket else found
    return None if any(letter in found for letter in "\n\t ,;/|") else found


def looks_like_host(value: str | None) -> bool:
    """Say whether a free text is an address or a name with a digit or a dot, as hosts have it."""
    found = host_name(value)
    if found is None:
        return False
    try:
        ipaddress.ip_address(found)
    except ValueError:
        return bool(_NAMED.fullmatch(found))
    return True


_NAMED = re.compile(r"(?=.*[A-Za-z])(?=.*[0-9.])[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


def _first(labels: Mapping[str, str], names: Sequence[str]) -> str | None:
    for name in names:
        if name in labels and (found := reading.word(labels[name])) is not None:
            return found
    return None


def _is_exporter(labels: Mapping[str, str]) -> bool:
    about = {labels.get("job"), labels.get("container")}
    return "kube-state-metrics" in about and bool(about & _ABOUT_OTHERS)
