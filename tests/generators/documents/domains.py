"""Kubernetes and the network in memory for tests of the documents, beside the VMs of `site`."""

from __future__ import annotations

from typing import Any

from generators.documents.facts import Facts
from models.kinds.device import (
    ArpEntry,
    Device,
    IpRoute,
    MacEntry,
    Module,
    Neighbour,
    RawOutput,
    RoutingPeer,
)
from models.kinds.interface import Interface, InterfaceState
from models.kinds.kubernetes.cluster import KubernetesCluster
from models.kinds.kubernetes.common import Container, Port, Selector, Warned
from models.kinds.kubernetes.configuration import Secret
from models.kinds.kubernetes.identity import Role, RoleBinding, Rule, ServiceAccount, Subject
from models.kinds.kubernetes.jobs import CronJob, Job
from models.kinds.kubernetes.namespace import Namespace, Quota
from models.kinds.kubernetes.node import Node
from models.kinds.kubernetes.pod import Pod
from models.kinds.kubernetes.policies import HorizontalPodAutoscaler, PodDisruptionBudget
from models.kinds.kubernetes.storage import (
    PersistentVolume,
    PersistentVolumeClaim,
    StorageClass,
)
from models.kinds.kubernetes.traffic import Ingress, NetworkPolicy, Route, Service
from models.kinds.kubernetes.workloads import DaemonSet, Deployment
from models.kinds.vlan import Vlan
from models.records.asset import asset_id
from models.records.graph import Join
from tests.generators.documents.site import THEN, a_collection, an_asset, records

SHOP: dict[str, Any] = {"cluster": "prod", "namespace": "shop", "namespace_id": "ns-shop"}


def a_container(**changes: Any) -> Container:
    values: dict[str, Any] = {
        "name": "app",
        "image": "registry.example/shop/web:1.4",
        "cpu_request_millicores": 500,
        "memory_request_mib": 256,
        "memory_limit_mib": 512,
        "readiness_probe": True,
        "liveness_probe": True,
    }
    return Container(**{**values, **changes})


def a_node(number: int = 1, **changes: Any) -> Node:
    values: dict[str, Any] = {
        "key": f"n{number}",
        "name": f"worker-{number}",
        "cluster": "prod",
        "cluster_id": "k1",
        "ready": True,
        "roles": ("worker",),
        "ip_addresses": (f"10.10.0.{10 + number}",),
        "pod_cidrs": (f"172.16.{number}.0/24",),
        "kubelet_version": "v1.31.4",
        "cpu_capacity_millicores": 4000,
        "memory_capacity_mib": 16_384,
        "cpu_allocatable_millicores": 4000,
        "memory_allocatable_mib": 16_384,
        "cpu_usage_millicores": 1650,
        "memory_usage_mib": 8_000,
    }
    return Node(**{**values, **changes})


def a_pod(number: int = 1, **changes: Any) -> Pod:
    values: dict[str, Any] = {
        **SHOP,
        "key": f"p{number}",
        "name": f"web-5d4f-{number:05}",
        "phase": "Running",
        "node": "n1",
        "owner": "ReplicaSet/web-5d4f",
        "deployment": "d-web",
        "ready": True,
        "restart_count": 0,
        "qos_class": "Burstable",
    }
    return Pod(**{**values, **changes})


def a_deployment(**changes: Any) -> Deployment:
    values: dict[str, Any] = {
        **SHOP,
        "key": "d-web",
        "name": "web",
        "replicas": 2,
        "ready_replicas": 2,
        "template_labels": (("app", "web"), ("tier", "front")),
        "containers": (a_container(),),
    }
    return Deployment(**{**values, **changes})


def a_service(**changes: Any) -> Service:
    values: dict[str, Any] = {
        **SHOP,
        "key": "s-web",
        "name": "web",
        "type": "ClusterIP",
        "ports": (Port(number=80),),
        "selector": (("app", "web"),),
        "ready_endpoints": 2,
        "unready_endpoints": 0,
    }
    return Service(**{**values, **changes})


def kubernetes_records() -> list[Any]:
    return [
        KubernetesCluster(key="k1", name="prod", server="https://10.0.0.9:6443", version="v1.31.4"),
        Namespace(
            key="ns-shop",
            name="shop",
            cluster="prod",
            cluster_id="k1",
            phase="Active",
            quotas=(Quota(name="q", resource="pods", hard="50", used="2"),),
        ),
        Namespace(key="ns-open", name="open", cluster="prod", cluster_id="k1", phase="Active"),
        a_node(1),
        a_node(2),
        StorageClass(key="sc", name="fast", cluster="prod", cluster_id="k1", default=True),
        PersistentVolume(
            key="pv1",
            name="pvc-1",
            cluster="prod",
            cluster_id="k1",
            phase="Bound",
            capacity_mib=10_240,
            claim="shop/data",
        ),
        PersistentVolume(
            key="pv2", name="pvc-2", cluster="prod", cluster_id="k1", phase="Released"
        ),
        PersistentVolumeClaim(**SHOP, key="c1", name="data", phase="Bound", volume="pv1"),
        ServiceAccount(**SHOP, key="sa", name="default"),
        Role(
            key="r1",
            name="breaker",
            cluster="prod",
            cluster_id="k1",
            rules=(Rule(verbs=("*",), api_groups=("*",), resources=("*",)),),
        ),
        RoleBinding(
            key="rb1",
            name="ops",
            cluster="prod",
            cluster_id="k1",
            role_kind="ClusterRole",
            role_name="breaker",
            subjects=(Subject(kind="Group", name="ops"),),
        ),
        Secret(
            **SHOP,
            key="sec",
            name="web-tls",
            type="kubernetes.io/tls",
            certificate_not_after=THEN,
            certificate_source="annotation",
        ),
        a_deployment(),
        DaemonSet(
            key="ds",
            name="agent",
            cluster="prod",
            namespace="open",
            namespace_id="ns-open",
            desired_pods=2,
            ready_pods=1,
            containers=(a_container(image="agent", memory_limit_mib=None, liveness_probe=False),),
        ),
        CronJob(**SHOP, key="cj", name="clean", schedule="0 3 * * *"),
        Job(**SHOP, key="j", name="clean-1", cronjob="cj", outcome="Failed"),
        a_pod(1, claims=("c1",)),
        a_pod(
            2,
            node="n2",
            ready=False,
            restart_count=14,
            waiting_reason="CrashLoopBackOff",
            warnings=(Warned(reason="BackOff", message="back-off 5m0s", count=9),),
        ),
        a_service(),
        Ingress(
            **SHOP,
            key="in",
            name="web",
            hosts=("shop.example",),
            routes=(
                Route(host="shop.example", path="/", service="web", port="80"),
                Route(host="shop.example", path="/old", service="gone", port="80"),
            ),
            services=("s-web",),
        ),
        NetworkPolicy(**SHOP, key="np", name="deny", selector=Selector()),
        HorizontalPodAutoscaler(**SHOP, key="hpa", name="web", min_replicas=2, max_replicas=5),
        PodDisruptionBudget(**SHOP, key="pdb", name="web", disruptions_allowed=0),
    ]


def a_device(number: int = 1, **changes: Any) -> Device:
    name = f"leaf-{number}"
    values: dict[str, Any] = {
        "key": name,
        "name": name,
        "address": f"10.255.0.{number}",
        "platform": "cisco_nxos",
        "site": "FRA",
        "rack": f"R{number}",
        "role": "leaf",
        "model": "N9K",
        "serial_number": f"FDO{number}",
        "os_version": "10.3",
        "modules": (Module(name="PSU 1", serial_number="P1"),),
        "neighbours": (
            Neighbour(
                interface="Ethernet1/1",
                protocol="lldp",
                system_name=f"esx-{number}",
                port="vmnic0",
            ),
            Neighbour(interface="Ethernet1/9", protocol="lldp", system_name="stranger"),
        ),
        "routing_peers": (RoutingPeer(protocol="bgp", address="10.0.0.1", state="idle"),),
        "ntp_servers": ("10.0.0.1",),
        "syslog_servers": (),
        "telnet_enabled": False,
        "running_config": f"hostname {name}\nntp server 10.0.0.1\n",
        "config_saved": False,
        "routes": (IpRoute(prefix="0.0.0.0/0", protocol="static", next_hop="10.0.0.1"),),
        "arp": (ArpEntry(ip_address="10.10.0.50", mac="00:50:56:00:00:50"),),
        "mac_table": (MacEntry(mac="00:50:56:00:00:50", interface="Ethernet1/1"),),
        "uptime_seconds": 500,
    }
    return Device(**{**values, **changes})


def a_port(device: str = "leaf-1", number: int = 1, **changes: Any) -> Interface:
    values: dict[str, Any] = {
        "key": f"{device}/Ethernet1/{number}",
        "name": f"Ethernet1/{number}",
        "device": device,
        "admin_up": True,
        "state": InterfaceState.UP,
        "speed_mbps": 25_000,
        "mode": "trunk",
        "trunk_vlans": "10-20",
        "input_errors": 1,
    }
    return Interface(**{**values, **changes})


def a_gateway() -> Interface:
    return a_port(
        "leaf-1",
        10,
        key="leaf-1/Vlan10",
        name="Vlan10",
        mode="routed",
        ip_addresses=("10.10.0.1/24",),
        vlan="FRA/10",
        vrf="blue",
    )


def network_records() -> list[Any]:
    spine = a_device(9, key="spine-1", name="spine-1", role="spine", neighbours=())
    return [
        a_device(1),
        a_device(2, raw_outputs=(RawOutput(command="show inventory", text="?"),)),
        spine,
        *(a_port(name, number) for name in ("leaf-1", "leaf-2") for number in (1, 2)),
        a_port("leaf-1", 3, state=InterfaceState.DOWN),
        a_port("spine-1", 1, speed_mbps=100_000),
        a_port("spine-1", 2, speed_mbps=100_000),
        a_gateway(),
        Vlan(
            key="FRA/10",
            name="servers",
            vlan_id=10,
            site="FRA",
            devices=("leaf-1", "leaf-2"),
            gateways=(("leaf-1", "Vlan10", "10.10.0.1/24"),),
        ),
    ]


def joins() -> tuple[Join, ...]:
    def edge(
        start: tuple[str, str, str], kind: str, end: tuple[str, str, str], sure: float
    ) -> Join:
        return Join(
            from_id=asset_id(*start),
            type=kind,  # type: ignore[arg-type]
            to_id=asset_id(*end),
            confidence=sure,
            reason=f"{start[2]} and {end[2]} agree",
        )

    ports = [("net", "interface", f"{name}/Ethernet1/1") for name in ("leaf-1", "leaf-2")]
    return (
        edge(("k8s", "node", "n1"), "runs_on", ("vc1", "vm", "vm-1"), 1.0),
        edge(("k8s", "node", "n2"), "runs_on", ("vc1", "vm", "vm-2"), 0.8),
        edge(("k8s", "pv", "pv1"), "stored_on", ("vc1", "datastore", "ds-1"), 0.9),
        edge(("vc1", "host", "host-1"), "connected_to", ports[0], 0.95),
        edge(("vc1", "host", "host-1"), "connected_to", ports[1], 0.8),
        edge(("vc1", "host", "host-2"), "connected_to", ports[1], 0.95),
        edge(
            ("net", "interface", "leaf-1/Ethernet1/2"),
            "connected_to",
            ("net", "interface", "spine-1/Ethernet1/1"),
            1.0,
        ),
        edge(
            ("net", "interface", "spine-1/Ethernet1/2"),
            "connected_to",
            ("net", "interface", "leaf-2/Ethernet1/2"),
            1.0,
        ),
        edge(("vc1", "network", "net-1"), "connected_to", ("net", "vlan", "FRA/10"), 0.9),
    )


def all_facts(
    virtual: list[Any] | None = None,
    kubernetes: list[Any] | None = None,
    network: list[Any] | None = None,
    **changes: Any,
) -> Facts:
    by_source = {
        "vc1": ("vmware", records() if virtual is None else virtual),
        "k8s": ("kubernetes", kubernetes_records() if kubernetes is None else kubernetes),
        "net": ("network", network_records() if network is None else network),
    }
    values: dict[str, Any] = {
        "assets": tuple(
            an_asset(record, source) for source, (_, these) in by_source.items() for record in these
        ),
        "snapshots": tuple(
            a_collection(source, collector=collector)
            for source, (collector, these) in by_source.items()
            if these
        ),
        "joins": joins(),
    }
    return Facts(**{**values, **changes})
