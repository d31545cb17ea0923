"""Health checks of Kubernetes clusters.

Source of the list: popeye's linters, and what its users ask for beside them. The checks read
records alone and ask a cluster nothing.
"""

from tasks.inventory.checks.kubernetes import (
    access,
    cluster,
    jobs,
    namespaces,
    nodes,
    pods,
    references,
    scaling,
    storage,
    templates,
    traffic,
    workloads,
)

MODULES = (
    *(templates, references, workloads, pods, traffic, scaling),
    *(jobs, nodes, cluster, storage, namespaces, access),
)

__all__ = ["MODULES"]
