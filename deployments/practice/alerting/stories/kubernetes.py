"""What monitors say when nodes and workloads of the clusters fail."""

from __future__ import annotations

from deployments.practice.alerting import voices
from deployments.practice.alerting.reports import Report
from deployments.practice.alerting.scene import Node, Pod, Scene, first
from deployments.practice.alerting.stories.telling import one_incident
from deployments.practice.faults_kubernetes import CLUSTER
from models.records.severity import Severity

_PODS_TOLD = 6


def node_not_ready(scene: Scene) -> list[Report]:
    """Return what is said when a worker falls silent: the one that the fault of that name takes."""
    node = _healthy_worker(scene)
    reports = [
        voices.prometheus_on_node(
            "KubeNodeNotReady", node, f"{node.name} has been unready", Severity.HIGH, 0
        ),
        voices.prometheus_on_node(
            "KubeletDown", node, "Kubelet has disappeared from target discovery",
            Severity.CRITICAL, 15,
        ),
    ]  # fmt: skip
    for number, pod in enumerate(scene.pods_on([node])[:_PODS_TOLD]):
        text = f"Pod {pod.namespace}/{pod.name} has been in a non-ready state"
        at = 45.0 + number
        reports.append(voices.prometheus_on_pod("KubePodNotReady", pod, text, Severity.MEDIUM, at))
    return one_incident("node-not-ready", reports)


def _healthy_worker(scene: Scene) -> Node:
    taken = {place for places in scene.site.planted.values() for place in places}
    workers = [
        node
        for node in scene.node_records(CLUSTER)
        if f"{CLUSTER}/Node/{node.name}" not in taken
        if not node.control_plane
    ]
    found = first(workers or scene.node_records(CLUSTER)[::-1])
    return Node(cluster=CLUSTER, name=found.name, vm=found.vm)


def pod_crash_loop(scene: Scene) -> list[Report]:
    """Return what is said when the pods of shop/checkout crash."""
    pods = scene.pods_of(CLUSTER, "shop", "checkout")
    reports = []
    for number, pod in enumerate(pods):
        text = f"Pod {pod.namespace}/{pod.name} is restarting: back-off of container checkout"
        reports.append(
            voices.prometheus_on_pod("KubePodCrashLooping", pod, text, Severity.HIGH, float(number))
        )
    return one_incident("pod-crash-loop", reports + _failing_app(first(pods), 30))


def bad_deploy(scene: Scene) -> list[Report]:
    """Return what is said after a release of shop/checkout that does not work."""
    pod = first(scene.pods_of(CLUSTER, "shop", "checkout"))
    error = "KeyError: 'payment_method' in release 2026.11.2"
    stuck = "Rollout of deployment shop/checkout does not finish"
    reports = [
        voices.sentry_on_app(error, pod, Severity.HIGH, 0),
        voices.prometheus_on_app("KubeDeploymentRolloutStuck", pod, stuck, Severity.MEDIUM, 30),
        *_failing_app(pod, 35),
        voices.pagerduty("checkout", "Customers cannot pay (checkout)", Severity.CRITICAL, 80),
    ]
    return one_incident("bad-deploy", reports)


def _failing_app(pod: Pod, after: float) -> list[Report]:
    missing = f"Deployment {pod.namespace}/{pod.app} has not matched the expected replicas"
    errors = f"Share of failed requests of {pod.app} is above 5%"
    slow = f"95th percentile of {pod.app} is above 2 s"
    rule = "KubeDeploymentReplicasMismatch"
    return [
        voices.prometheus_on_app(rule, pod, missing, Severity.MEDIUM, after),
        voices.datadog_on_app("Error rate", pod, errors, Severity.HIGH, after + 10),
        voices.datadog_on_app("Latency", pod, slow, Severity.MEDIUM, after + 20),
        voices.sentry_on_app(
            f"ConnectionError: {pod.app} refused the connection", pod, Severity.HIGH, after + 25
        ),
    ]


def service_without_endpoints(scene: Scene) -> list[Report]:
    """Return what is said when the service shop/checkout selects no pod any more."""
    pod = first(scene.pods_of(CLUSTER, "shop", "checkout"))
    text = "Service shop/checkout has no ready endpoint"
    reports = [
        voices.prometheus_on_app("KubeServiceNoEndpoints", pod, text, Severity.HIGH, 0),
        *_failing_app(pod, 20)[1:],
    ]
    return one_incident("service-without-endpoints", reports)


def certificate_expired(scene: Scene) -> list[Report]:
    """Return what is said when the certificate of the shop has ended."""
    cluster, found = scene.certificate("shop")
    labels = {"cluster": cluster, "namespace": found.namespace, "name": found.name}
    expired = Report(
        vendor="alertmanager",
        rule="CertManagerCertExpirySoon",
        subject=found.name,
        text=f"Certificate {found.namespace}/{found.name} of {found.host} has expired",
        severity=Severity.CRITICAL,
        labels={**labels, "exported_namespace": found.namespace, "dns_name": found.host},
    )
    outside = f"Health check of https://{found.host} fails from outside"
    reports = [
        expired,
        voices.cloudwatch(f"{found.host}-https", found.host, outside, 20),
        voices.grafana(
            "Certificate lifetime", found.host, f"The certificate of {found.host} has expired",
            Severity.HIGH, 30, reading=0.0,
        ),
    ]  # fmt: skip
    return one_incident("certificate-expired", reports)


def certificate_expiring(scene: Scene) -> list[Report]:
    """Return what is said when the certificate of billing's ingress ends in two days."""
    cluster, found = scene.certificate("billing")
    report = Report(
        vendor="alertmanager",
        rule="CertManagerCertExpirySoon",
        subject=found.name,
        text=f"Certificate {found.namespace}/{found.name} of {found.host} ends in 2 days",
        severity=Severity.MEDIUM,
        labels={
            "cluster": cluster,
            "namespace": found.namespace,
            "name": found.name,
            "dns_name": found.host,
        },
        reading=2.0,
    )
    return one_incident("tls-certificate-expiring", [report])
