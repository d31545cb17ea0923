"""How monitoring tools word a trouble: rule, title, text, severity word and labels."""

from __future__ import annotations

import random

from tests.tasks.alerts.grouping.scenarios.labelling import Where, labels_of

# trouble: (rules to choose from, texts to choose from, level 0 information to 3 critical)
TROUBLES = {
    "host_down": (("NodeUnreachable", "HostDown", "ServerNotResponding"), ("{n} is unreachable", "no response to ping from {n} for {v}s"), 3),
    "agent_down": (("AgentMissing", "TargetDown", "ExporterDown"), ("agent on {n} has not reported for {v}s", "target {n} is down"), 2),
    "host_memory": (("NodeMemoryPressure", "HighMemoryUsage"), ("memory usage on {n} is {v} percent", "host {n} is short of memory, {v}% used"), 2),
    "host_disk_io": (("DiskLatencyHigh", "NodeDiskSaturated"), ("disk latency is {v} ms", "IO wait on {n} at {v}%"), 2),
    "disk_filling": (("FilesystemFillingUp", "DiskSpaceLow"), ("file system is filling up, {v}% used", "only {v}% disk space left"), 2),
    "disk_full": (("FilesystemFull", "DiskSpaceCritical"), ("less than 2 percent space left", "file system has no space left"), 3),
    "switch_down": (("SwitchDown", "NetworkDeviceUnreachable", "DeviceNotResponding"), ("{n} does not answer SNMP", "lost contact to {n}"), 3),
    "port_flap": (("InterfaceFlapping", "LinkStateChanges", "PortUpDown"), ("interface changed its state {v} times", "link goes up and down"), 2),
    "datastore_slow": (("DatastoreLatency", "StorageLatencyHigh"), ("latency of datastore {n} is {v} ms", "datastore {n}: all paths degraded"), 3),
    "vm_slow": (("VmDiskLatency", "GuestIoStalled"), ("virtual disk of {n} waits {v} ms", "guest {n} reports stalled IO"), 2),
    "vm_down": (("VmHeartbeatLost", "GuestNotResponding", "VirtualMachineDown"), ("VM {n} lost heartbeat", "guest {n} does not respond"), 3),
    "pod_unready": (("PodNotReady", "KubePodNotReady"), ("pod {p} is not ready", "Pod {p} has been in a non-ready state"), 2),
    "pod_crash": (("PodCrashLooping", "ContainerRestarts"), ("container {n} restarted {v} times", "back-off restarting container in {p}"), 2),
    "pod_oom": (("ContainerOomKilled", "PodMemoryNearLimit"), ("{p} was OOMKilled", "working set of {p} is at {v}%"), 2),
    "bad_image": (("ImagePullFailing", "PodImagePullBackOff"), ("Back-off pulling image {n}:1.{v}", "ErrImagePull for {n}:2.{v}"), 2),
    "replicas": (("DeploymentReplicasMismatch", "WorkloadDegraded"), ("{n} has fewer replicas than wanted", "deployment {n}: replicas unavailable"), 2),
    "rollout": (("DeploymentRolloutStuck", "RolloutNotProgressing"), ("rollout of {n} does not progress", ""), 2),
    "process_down": (("ServiceDown", "ProcessNotRunning", "ServiceUnavailable"), ("{n} does not answer", "process of {n} is gone"), 3),
    "errors": (("HighErrorRate", "Http5xxRatio", "ErrorRatioHigh"), ("{n} answers {v} percent of requests with 5xx", "error ratio of {n} is {v}%"), 3),
    "latency": (("HighLatency", "SlowResponses", "P95LatencyHigh"), ("p95 of {n} is {v} ms", "{n} is slow, {v} ms"), 2),
    "db_errors": (("DatabaseWriteErrors", "DatabaseErrors"), ("{n}: could not extend file", "{n} refuses writes"), 3),
    "db_lag": (("ReplicationLag", "ReplicaBehind"), ("replica of {n} is {v} seconds behind", "replication lag {v}s on {n}"), 2),
    "db_connections": (("ConnectionPoolExhausted", "TooManyConnections"), ("{n}: connection limit reached, {v} in use", "no free connection to {n}"), 2),
    "queue_down": (("BrokerDown", "QueueNodeDown"), ("broker {n} is not running", "{n} lost quorum"), 3),
    "backlog": (("QueueBacklog", "ConsumerLag"), ("{v} messages wait for {n}", "consumers of {n} are behind by {v}"), 2),
    "dns_down": (("DnsFailing", "CoreDNSErrors", "ResolverTimeouts"), ("name resolution fails, {v}% SERVFAIL", "DNS queries time out"), 3),
    "dns_symptom": (("UpstreamErrors", "HighErrorRate"), ("{n}: lookup failed: no such host", "{n} could not resolve host of its backend"), 3),
    "cert": (("CertificateExpired", "TlsCertificateExpiry"), ("certificate of {n} has expired", "x509: certificate has expired"), 3),
    "tls_error": (("TlsHandshakeErrors", "issue"), ("{n}: certificate verify failed", "SSL error: certificate has expired calling {n}"), 2),
    "probe": (("ProbeFailed", "EndpointDown", "HttpCheckFailed"), ("probe of {n} fails", "GET /health of {n} returned {v}"), 3),
    "job_failed": (("JobFailed", "BatchJobFailed", "CronJobFailed"), ("job {n} failed to complete", "nightly run of {n} ended with exit code {v}"), 2),
    "stale": (("DataFreshness", "DataOutdated", "ReportStale"), ("newest row of {n} is older than {v} hours", "data of {n} is stale"), 2),
    "auth": (("issue", "ExternalCallsRefused"), ("provider returned HTTP 401 invalid api key", "token rejected by partner, 403"), 2),
    "etcd": (("etcdHighCommitDurations", "EtcdSlow"), ("etcd commits take {v} ms", "etcd members are slow"), 2),
    "apiserver": (("KubeAPIErrorBudgetBurn", "ApiServerErrors"), ("API server returns errors", "kube-apiserver 5xx {v}%"), 3),
    "scheduler": (("KubeSchedulerDown", "ControllerManagerDown"), ("scheduler has disappeared", "no leader"), 3),
    "hpa": (("HpaReplicasMismatch", "AutoscalerStuck"), ("autoscaler of {n} cannot scale", "hpa has not matched desired replicas"), 2),
    "clock": (("ClockSkew", "ClockNotSynchronised"), ("clock of {n} is {v} ms off", "NTP does not synchronise"), 2),
    "nic": (("BondDegraded", "LinkDown"), ("bond0 on {n} lost a member", "link of {n} is down"), 2),
}  # fmt: skip

LEVELS = {
    "prometheus": ("info", "warning", "warning", "critical"),
    "zabbix": ("Information", "Warning", "High", "Disaster"),
    "datadog": ("P5", "P4", "P3", "P1"),
    "nagios": ("OK", "WARNING", "WARNING", "CRITICAL"),
    "sentry": ("info", "warning", "error", "fatal"),
    "grafana": ("info", "low", "medium", "critical"),
    "vcenter": ("green", "yellow", "yellow", "red"),
}
TOOL_NAMES = {"prometheus": "alertmanager"}


class Voice:
    """One world's monitoring: which tool says what in which words, the same throughout."""

    def __init__(self, world, *, bare_text=False):
        self.world = world
        self.rng = random.Random(f"voice {world.seed}")
        self.main = self.rng.choice(
            {
                "kubernetes": ("prometheus", "grafana"),
                "vmware": ("vcenter", "zabbix", "prometheus"),
                "bare": ("zabbix", "nagios", "prometheus"),
            }[world.flavour]
        )
        self.bare_text = bare_text
        self._chosen = {}

    def say(
        self,
        trouble,
        name,
        kind,
        *,
        env="production",
        cluster=None,
        node=None,
        pod=None,
        tool=None,
        place=None,
        number=None,
    ):
        """Return the fields of an event: source, alertname, severity, title, description, labels."""
        tool = tool or self.main
        key = (tool, trouble)
        if key not in self._chosen:
            rules, texts, _ = TROUBLES[trouble]
            self._chosen[key] = (self.rng.choice(rules), self.rng.choice(texts))
        rule, text = self._chosen[key]
        value = number if number is not None else self.rng.randrange(3, 99)
        text = text.format(n=name, v=value, p=pod or name)
        where = Where(env, cluster or self.world.cluster, node, pod, place)
        labels = {"env": env} if self.bare_text else labels_of(self, tool, name, kind, where)
        titles = {
            "prometheus": rule,
            "grafana": f"{rule} {name}",
            "zabbix": f"{text[:1].upper()}{text[1:]}",
            "datadog": f"[Triggered] {text}",
            "nagios": f"{rule} on {name}",
            "sentry": text,
            "vcenter": f"Alarm '{rule}' on {name}",
        }
        level = LEVELS[tool][TROUBLES[trouble][2]]
        source = TOOL_NAMES.get(tool, tool)
        return {
            "source": source,
            "alertname": {"sentry": "issue", "datadog": "monitor", "zabbix": "trigger"}.get(
                tool, rule
            ),
            "severity": level,
            "title": titles[tool],
            "description": "" if tool in ("sentry", "zabbix") else text,
            "labels": labels,
        }

    def pod(self, service, rng):
        suffix = "".join(rng.choice("bcdfghjklmnpqrstvwxz2456789") for _ in range(5))
        if self.world.kinds.get(service, "service") != "service":
            return f"{service}-{rng.randrange(3)}"
        middle = "".join(rng.choice("0123456789abcdef") for _ in range(9))
        return f"{service}-{middle}-{suffix}"
