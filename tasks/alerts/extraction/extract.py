"""What an alert says beyond its sender's fields: its labels first, then texts and inventory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from models.records.alert import Alert, Extraction
from tasks.alerts.extraction.codes import code_in_labels
from tasks.alerts.extraction.known import (
    ANY,
    HOSTS,
    SERVICES,
    SURE,
    WORKLOADS,
    KnownEntities,
    Scope,
)
from tasks.alerts.extraction.places import (
    ENVIRONMENT_LABELS,
    REGION_LABELS,
    environment_in_name,
    region_in_text,
)
from tasks.alerts.extraction.texts import MOST_CHARACTERS, Texts, read_text
from tasks.alerts.extraction.words import bare_host, label_name, workload_of

_SERVICE_LABELS = (
    "service", "service_name", "servicename", "svc", "app_kubernetes_io_name", "k8s_app", "app",
    "application", "app_name", "application_name", "affected_service", "business_service",
    "project", "project_slug",
)  # fmt: skip
_WORKLOAD_LABELS = (
    "deployment", "kube_deployment", "k8s_deployment_name", "statefulset", "kube_stateful_set",
    "k8s_statefulset_name", "daemonset", "kube_daemon_set", "k8s_daemonset_name", "cronjob",
    "k8s_cronjob_name", "workload", "owner_name",
)  # fmt: skip
_POD_LABELS = (
    "pod",
    "pod_name",
    "kube_pod",
    "kubernetes_pod_name",
    "k8s_pod_name",
    "kubernetes_pod",
)
_HOST_LABELS = (
    "host", "hostname", "host_name", "node", "node_name", "nodename", "kubernetes_node",
    "k8s_node_name", "server", "server_name", "machine", "vm", "vm_name", "computer",
    "computer_name", "sysname", "device_name", "exported_instance", "instance", "instance_id",
    "device_ip", "ip", "ip_address", "address", "target", "db_instance_identifier",
)  # fmt: skip
_DATASTORE_LABELS = ("datastore", "datastore_name", "ds_name")
_CLAIM_LABELS = ("persistentvolumeclaim", "pvc", "k8s_persistentvolumeclaim_name")
_VOLUME_LABELS = ("persistentvolume", "pv")
_DEVICE_LABELS = ("switch", "router", "device_name", "sysname", "network_device")
_NAMESPACE_LABELS = (
    "namespace", "kube_namespace", "kubernetes_namespace", "k8s_namespace_name",
    "exported_namespace", "kubernetes_namespace_name",
)  # fmt: skip
_CLUSTER_LABELS = (
    "cluster", "cluster_name", "kube_cluster_name", "k8s_cluster_name", "k8s_cluster", "cluster_id",
)  # fmt: skip
_UID_LABELS = (
    "uid", "k8s_pod_uid", "pod_uid", "asset_id", "entity_id", "instance_uuid", "vm_uuid", "mac",
    "mac_address", "serial_number",
)  # fmt: skip
# Where the entity may stand, the narrowest first, and of which kinds it is then.
_ENTITY_LABELS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (_UID_LABELS, ANY),
    (_CLAIM_LABELS, ("pvc",)),
    (_POD_LABELS, ("pod",)),
    (_WORKLOAD_LABELS, WORKLOADS),
    (("job_name", "k8s_job_name"), ("job", "cronjob")),
    (_VOLUME_LABELS, ("pv",)),
    (_DATASTORE_LABELS, ("datastore",)),
    (_DEVICE_LABELS, ("device",)),
    (_HOST_LABELS, HOSTS),
)
# What is scraped through them is meant, never they: their own pod, host and job stand beside it.
_GO_BETWEENS = (
    "exporter",
    "kube-state-metrics",
    "node-problem-detector",
    "pushgateway",
    "cadvisor",
)
_NO_SERVICE_JOBS = (
    "kubernetes-",
    "integrations/",
    "kubelet",
    "node",
    "prometheus",
    "blackbox",
    "snmp",
)
_LONGEST = 253
_OF_TEXT = 0.85  # factor of the confidence where only a text names the asset
_OF_SERVICE = 0.8  # and where the service is all that is known

Labels = Mapping[str, str]


class _Named(NamedTuple):
    """The host as the sender's field has it, the host and the service that were found."""

    sent_host: str | None
    host: str | None
    service: str | None


def extract(alert: Alert, known: KnownEntities) -> Extraction:
    """Return what an alert's labels and texts say, and the asset of the inventory that it means.

    What the sender's own fields hold stands first and is kept in its spelling. Nothing is raised,
    whatever the alert holds; texts count with their first 2,000 characters.
    """
    texts = read_text(_text(alert))
    labels = _labels(alert.labels, texts)
    host = _host(alert, labels, texts)
    service = _service(alert, labels, texts, known)
    entity, confidence, hint = _entity(labels, texts, _Named(alert.host, host, service), known)
    cluster = _first(labels, _CLUSTER_LABELS)
    environment = (
        alert.environment
        or _first(labels, ENVIRONMENT_LABELS)
        or texts.environment
        or next(
            filter(None, map(environment_in_name, (cluster or "", _namespace(labels) or ""))), None
        )
    )
    return Extraction(
        service=service,
        environment=environment,
        region=alert.region or _region(labels, texts, host),
        host=host,
        error_code=code_in_labels(labels) or texts.error_code,
        entity_id=entity,
        entity_confidence=confidence,
        entity_hint=hint,
    )


def _text(alert: Alert) -> str:
    rule = "" if alert.rule is None or alert.rule in alert.title else f"{alert.rule[:_LONGEST]}\n"
    title = alert.title[: MOST_CHARACTERS // 2]
    return f"{title}\n{rule}{alert.description}"[:MOST_CHARACTERS]


def _labels(labels: Labels, texts: Texts) -> Labels:
    """Return labels by names in one spelling; `key=value` in a text stands where no label does."""
    found = {label_name(name): value[:_LONGEST] for name, value in labels.items() if value}
    for name, value in texts.pairs.items():
        found.setdefault(label_name(name), value)
    job = found.get("job", "").lower()
    pod = _first(found, _POD_LABELS) or ""
    if any(part in job or pod.startswith(part) for part in _GO_BETWEENS):
        return _without_go_between(found, pod, job)
    return found


def _without_go_between(labels: dict[str, str], pod: str, job: str) -> Labels:
    """Return labels without those that name the exporter itself instead of what it tells of."""
    own = {name for name in (*_POD_LABELS, "container", "endpoint", "job") if name in labels}
    if not any(part in pod.lower() for part in _GO_BETWEENS):
        own -= set(_POD_LABELS)
    own |= {
        name
        for name in (*_SERVICE_LABELS, *_WORKLOAD_LABELS)
        if any(part in labels.get(name, "").lower() for part in _GO_BETWEENS)
    }
    if "kube-state-metrics" in job or pod.startswith("kube-state-metrics"):
        own.add("instance")
    return {name: value for name, value in labels.items() if name not in own}


def _first(labels: Labels, names: Sequence[str]) -> str | None:
    return next((labels[name] for name in names if name in labels), None)


def _namespace(labels: Labels) -> str | None:
    return _first(labels, _NAMESPACE_LABELS)


def _host(alert: Alert, labels: Labels, texts: Texts) -> str | None:
    if alert.host:
        return alert.host[:_LONGEST]
    labelled = _first(labels, _HOST_LABELS)
    if labelled:
        return bare_host(labelled) or None
    return None if texts.host and ".svc" in texts.host else texts.host


def _service(alert: Alert, labels: Labels, texts: Texts, known: KnownEntities) -> str | None:
    for found in _services(alert, labels, texts, known):
        if found:
            return found[:_LONGEST]
    return None


def _services(
    alert: Alert, labels: Labels, texts: Texts, known: KnownEntities
) -> Iterator[str | None]:
    """Yield what may be the service, the surest first."""
    yield alert.service
    yield _first(labels, _SERVICE_LABELS)
    yield _first(labels, _WORKLOAD_LABELS)
    yield texts.service
    if texts.host and ".svc" in texts.host:
        yield texts.host.partition(".")[0]
    pod = _first(labels, _POD_LABELS)
    yield workload_of(pod) or pod if pod else None
    for name in texts.names:
        if (found := known.find(name, ("service", *WORKLOADS))) and found[1] >= SURE:
            yield found[0].name
    job = labels.get("job", "")
    yield None if job.lower().startswith(_NO_SERVICE_JOBS) else job


def _region(labels: Labels, texts: Texts, host: str | None) -> str | None:
    for name in REGION_LABELS:
        if name in labels:
            return labels[name]
    for value in (*labels.values(), host or ""):
        if "-" in value and (found := region_in_text(value)):
            return found
    return texts.region


def _entity(
    labels: Labels, texts: Texts, named: _Named, known: KnownEntities
) -> tuple[str | None, float | None, str | None]:
    """Return the id of the asset meant, how sure that is, and the words it was looked up by."""
    scope = Scope(_namespace(labels), _first(labels, _CLUSTER_LABELS))
    hint = None
    for word, kinds, factor in _mentions(labels, texts, named):
        hint = hint or word
        found = known.find(word, kinds, scope)
        if found is not None and found[1] * factor >= SURE:
            return found[0].id, round(found[1] * factor, 3), word
    return None, None, hint


def _mentions(
    labels: Labels, texts: Texts, named: _Named
) -> Iterator[tuple[str, tuple[str, ...], float]]:
    """Yield words that may name the asset, their kinds, and a factor of the confidence."""
    for names, kinds in _ENTITY_LABELS:
        if word := _first(labels, names):
            yield word, kinds, 1.0
    if named.host:
        yield named.host, ANY, 1.0 if named.sent_host or _first(labels, _HOST_LABELS) else _OF_TEXT
    for name in texts.names:
        yield name, ANY, _OF_TEXT
    if named.service:
        yield named.service, SERVICES, _OF_SERVICE
