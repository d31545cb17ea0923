"""What an alert says beyond its sender's fields: its labels first, then texts and inventory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from models.records.alert import Alert, Extraction
from tasks.alerts.common_names import MACHINES, VAGUE, Signs
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
_LONGEST_SIGNS = 2000  # of a text, in which words for kinds are looked for
_OF_TEXT = 0.85  # factor of the confidence where only a text names the asset
_OF_SERVICE = 0.8  # and where the service is all that is known
_SAID_BY_SERVICE = frozenset(("service", "deployment", "statefulset", "daemonset", "ingress"))

Labels = Mapping[str, str]


class _Named(NamedTuple):
    """The host as the sender's field has it, the host and the service that were found.

    `told` says that a field or label for services names the service.
    """

    sent_host: str | None
    host: str | None
    service: str | None
    told: bool


class _Mention(NamedTuple):
    """A word that may name the asset, of which kinds, and a factor of the confidence.

    `told` are the kinds that its label says. `whole` is a value of a label, not a word of a text.
    """

    word: str
    kinds: tuple[str, ...]
    factor: float = 1.0
    told: frozenset[str] = frozenset()
    whole: bool = True


def extract(alert: Alert, known: KnownEntities) -> Extraction:
    """Return what an alert's labels and texts say, and the asset of the inventory that it means.

    What the sender's own fields hold stands first and is kept in its spelling. Nothing is raised,
    whatever the alert holds; texts count with their first 2,000 characters.
    """
    text = _text(alert)
    texts = read_text(text)
    labels = _labels(alert.labels, texts)
    scope = _scope(labels, text)
    host = _host(alert, labels, texts)
    service = _service(alert, labels, texts, known, scope)
    named = _Named(alert.host, host, service, told=_tells_service(alert, labels))
    entity, confidence, hint = _entity(labels, texts, named, known, scope)
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


def _scope(labels: Labels, text: str) -> Scope:
    """Return where the alert says that it is, with the signs of its text."""
    namespace, cluster = _namespace(labels), _first(labels, _CLUSTER_LABELS)
    signs = Signs((namespace or "").lower(), (cluster or "").lower(), text[:_LONGEST_SIGNS].lower())
    return Scope(namespace, cluster, signs)


def _service(
    alert: Alert, labels: Labels, texts: Texts, known: KnownEntities, scope: Scope
) -> str | None:
    for found in _services(alert, labels, texts, known, scope):
        if found:
            return found[:_LONGEST]
    return None


def _services(
    alert: Alert, labels: Labels, texts: Texts, known: KnownEntities, scope: Scope
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
        if (found := known.find(name, ("service", *WORKLOADS), scope)) and found[1] >= SURE:
            yield found[0].name
    job = labels.get("job", "")
    yield None if job.lower().startswith(_NO_SERVICE_JOBS) else job


def _tells_service(alert: Alert, labels: Labels) -> bool:
    """Say whether a field or label for services names one; adapters take vague ones for it too."""
    vague = {value for name, value in labels.items() if name.replace("_", "") in VAGUE}
    told = alert.service or _first(labels, _SERVICE_LABELS)
    return bool(told) and told not in vague


def _region(labels: Labels, texts: Texts, host: str | None) -> str | None:
    for name in REGION_LABELS:
        if name in labels:
            return labels[name]
    for value in (*labels.values(), host or ""):
        if "-" in value and (found := region_in_text(value)):
            return found
    return texts.region


def _entity(
    labels: Labels, texts: Texts, named: _Named, known: KnownEntities, scope: Scope
) -> tuple[str | None, float | None, str | None]:
    """Return the id of the asset meant, how sure that is, and the words it was looked up by."""
    hint = None
    for one in _mentions(labels, texts, named):
        hint = hint or one.word
        found = known.find(one.word, one.kinds, _seen(scope, one))
        if found is not None and found[1] * one.factor >= SURE:
            return found[0].id, round(found[1] * one.factor, 3), one.word
    return None, None, hint


def _seen(scope: Scope, one: _Mention) -> Scope:
    signs = replace(scope.signs or Signs(), told=one.told, whole=one.whole)
    return replace(scope, signs=signs)


def _mentions(labels: Labels, texts: Texts, named: _Named) -> Iterator[_Mention]:
    for names, kinds in _ENTITY_LABELS:
        if word := _first(labels, names):
            yield _Mention(word, kinds, told=_told(kinds, word))
    if named.host:
        sent = named.sent_host or _first(labels, _HOST_LABELS)
        told = _told(HOSTS, sent) if sent else frozenset[str]()
        yield _Mention(named.host, ANY, 1.0 if sent else _OF_TEXT, told, whole=bool(sent))
    for name in texts.names:
        yield _Mention(name, ANY, _OF_TEXT, whole=False)
    if named.service:
        told = _SAID_BY_SERVICE if named.told else frozenset()
        yield _Mention(named.service, SERVICES, _OF_SERVICE, told)


def _told(kinds: Sequence[str], word: str) -> frozenset[str]:
    """Return the kinds that a label says by its name; where a link leads to is no machine."""
    if kinds is ANY:  # an id is told apart by its form; where it is a word, it says no kind
        return frozenset()
    if kinds is HOSTS:
        return frozenset() if "://" in word else MACHINES
    return frozenset((*kinds, *WORKLOADS) if "pod" in kinds else kinds)
