"""The kinds of a Kubernetes cluster; of most the key is the object's `metadata.uid`."""

from models.kinds.kubernetes.cluster import KUBERNETES_CLUSTER
from models.kinds.kubernetes.configuration import CONFIG_MAP, SECRET
from models.kinds.kubernetes.identity import ROLE, ROLE_BINDING, SERVICE_ACCOUNT
from models.kinds.kubernetes.jobs import CRONJOB, JOB
from models.kinds.kubernetes.namespace import NAMESPACE
from models.kinds.kubernetes.node import NODE
from models.kinds.kubernetes.pod import POD
from models.kinds.kubernetes.policies import HORIZONTAL_POD_AUTOSCALER, POD_DISRUPTION_BUDGET
from models.kinds.kubernetes.storage import PV, PVC, STORAGE_CLASS
from models.kinds.kubernetes.traffic import INGRESS, NETWORK_POLICY, SERVICE
from models.kinds.kubernetes.workloads import DAEMONSET, DEPLOYMENT, STATEFULSET

# In an order in which what is referred to mostly stands before what refers to it.
KUBERNETES_KINDS = (
    KUBERNETES_CLUSTER,
    NAMESPACE,
    NODE,
    STORAGE_CLASS,
    PV,
    PVC,
    SERVICE_ACCOUNT,
    ROLE,
    ROLE_BINDING,
    CONFIG_MAP,
    SECRET,
    DEPLOYMENT,
    STATEFULSET,
    DAEMONSET,
    CRONJOB,
    JOB,
    POD,
    SERVICE,
    INGRESS,
    NETWORK_POLICY,
    HORIZONTAL_POD_AUTOSCALER,
    POD_DISRUPTION_BUDGET,
)

__all__ = ["KUBERNETES_KINDS"]
