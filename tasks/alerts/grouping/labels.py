"""What senders call their labels: which class of thing each names, and which say only where it is.

Names are compared in lower case without `.`, `-`, `_` and blanks, so that `serviceName` and
`service.name` are one.
"""

from __future__ import annotations

import re

from collectors.alerts.wordlists import listed

_SEPARATORS = re.compile(r"[^a-z0-9]+")
_NAMES = {
    "host": "node nodename kubernetesnode k8snodename host hostname hosts instance server"
    " servername machine computer computername target targethost address ip ipaddress"
    " agenthostname fqdn ci configurationitem devicename entity entityname resourcename url uri"
    " endpoint monitorurl targeturl exportedinstance kubernetesiohostname sysname"
    " member poolmember realserver backendserver broker",
    "hypervisor": "esx esxi esxihost esxhost hypervisor hypervisorhost",
    "vm": "vm vmname virtualmachine guest guestname domainname instanceid instancename",
    "switch": "switch switchname router routername firewall networkdevice netdevice chassis"
    " accesspoint loadbalancer",
    "storage": "datastore datastorename storage storagearray array arrayname volumegroup lun filer"
    " cephpool pool poolname san nas",
    "power": "pdu ups powerfeed feed crac crah chiller cooling generator",
    "service": "service servicename app appname application applicationname project projectname"
    " component appkubernetesioname microservice system workload workloadname ownername"
    " kubernetesservice kubeservice backend upstreamservice k8sapp destinationservice"
    " destinationworkload subsystem svc proxy proxyname virtualserver vserver targetgroup",
    "workload": "deployment deploymentname statefulset statefulsetname daemonset daemonsetname"
    " replicaset cronjob horizontalpodautoscaler hpa kubedeployment kubestatefulset kubedaemonset"
    " k8sdeploymentname k8sstatefulsetname k8sdaemonsetname rollout taskname",
    "job": "jobname kubejob batchjob dag dagid pipeline pipelinename",
    "pod": "pod podname kubernetespodname k8spodname",
    "database": "database databasename db dbname datname dbinstance dbinstanceidentifier",
    "queue": "queue queuename topic topicname vhost consumergroup",
    "volume": "persistentvolumeclaim pvc persistentvolume",
    "container": "container containername k8scontainername",
    "route": "ingress route virtualhost certificatename domain sitename",
}
LABEL_KINDS = {name: kind for kind, words in _NAMES.items() for name in words.split()}
# A port, a disk or a whole switch, which only the value tells.
PARTS = frozenset(("device", "interface", "port", "disk"))
ENVIRONMENTS = listed(
    "environment env environmentname stage deploymentenvironment deploymentenvironmentname tierenv"
)
CLUSTERS = listed(
    "cluster clustername kubernetescluster k8sclustername kubeclustername k8scluster kubecluster"
)
NAMESPACES = listed("namespace kubernetesnamespace k8snamespacename kubenamespace ns namespacename")
# The narrowest come first.
PLACES = listed(
    "rack row room hall floor zone availabilityzone az podsite building colo site datacenter dc"
    " location region segment fabric"
)
REGIONS = frozenset(("location", "region", "segment", "fabric"))  # the widest of them


def canonical(name: str) -> str:
    """Return a label's name in the form in which names are compared."""
    return _SEPARATORS.sub("", name.lower())
