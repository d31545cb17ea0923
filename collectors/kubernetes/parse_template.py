"""Containers, and what a pod or its template uses."""

from __future__ import annotations

from typing import Any, NamedTuple

from collectors.kubernetes.parse_common import pairs, texts
from collectors.kubernetes.quantities import Quantity, gpus, mebibytes, millicores
from collectors.kubernetes.shapes_pod import (
    Chosen,
    ContainerSpec,
    PodSpec,
    Projected,
    SecurityContext,
    UsedSpec,
    Using,
)
from collectors.kubernetes.shapes_workload import Template
from collectors.kubernetes.surroundings import Place, Surroundings
from models.kinds.kubernetes.common import Container, Port

_NO_CONTEXT = SecurityContext()
_NO_RESOURCES: dict[str, Quantity] = {}


def containers(spec: PodSpec) -> tuple[Container, ...]:
    """Return the containers in their order, those that run before the others first."""
    around = spec.security_context or _NO_CONTEXT
    first = tuple(_container(one, around, init=True) for one in spec.init_containers or ())
    return first + tuple(_container(one, around, init=False) for one in spec.containers or ())


def template(found: Template, namespace: str, around: Surroundings) -> dict[str, Any]:
    """Return the fields that a workload takes from its pod template."""
    spec = found.spec
    used = used_by(spec, namespace, around)
    return {
        "template_labels": around.labels(found.metadata.labels if found.metadata else None),
        "containers": containers(spec),
        "service_account": spec.service_account_name or None,
        "token_mounted": spec.automount_service_account_token,
        "host_network": bool(spec.host_network),
        "node_selector": pairs(spec.node_selector),
        "config_map_names": used.config_maps,
        "secret_names": used.secrets,
        "pull_secret_names": texts(one.name for one in spec.image_pull_secrets or ()),
        "claim_names": used.claims,
    }


class Used(NamedTuple):
    """The names of config maps, secrets and claims that a pod uses.

    Of config maps and secrets that need not exist only those are named that do: of the others
    nothing is missing.
    """

    config_maps: tuple[str, ...]
    secrets: tuple[str, ...]
    claims: tuple[str, ...]


def used_by(spec: PodSpec | UsedSpec, namespace: str, around: Surroundings) -> Used:
    """Return what a pod uses by its volumes and its environment."""
    maps: list[Chosen] = []
    secrets: list[Chosen] = []
    claims: list[str | None] = []
    for volume in spec.volumes or ():
        if volume.persistent_volume_claim is not None:
            claims.append(volume.persistent_volume_claim.claim_name)
        elif volume.config_map is not None:
            maps.append(volume.config_map)
        elif volume.projected is not None:
            _of_projected(volume.projected, maps, secrets)
        elif volume.secret is not None:
            secrets.append(Chosen(volume.secret.secret_name, volume.secret.optional))
    for container in spec.containers or ():
        _of_variables(container, maps, secrets)
    for container in spec.init_containers or ():
        _of_variables(container, maps, secrets)
    return Used(
        _names(maps, namespace, around.config_maps) if maps else (),
        _names(secrets, namespace, around.secrets) if secrets else (),
        texts(claims) if claims else (),
    )


def _of_projected(found: Projected, maps: list[Chosen], secrets: list[Chosen]) -> None:
    for source in found.sources or ():
        if source.config_map is not None:
            maps.append(source.config_map)
        if source.secret is not None:
            secrets.append(source.secret)


def _of_variables(
    container: ContainerSpec | Using, maps: list[Chosen], secrets: list[Chosen]
) -> None:
    for variable in container.env or ():
        origin = variable.value_from
        if origin is not None:
            if origin.config_map_key_ref is not None:
                maps.append(origin.config_map_key_ref)
            if origin.secret_key_ref is not None:
                secrets.append(origin.secret_key_ref)
    for whole in container.env_from or ():
        if whole.config_map_ref is not None:
            maps.append(whole.config_map_ref)
        if whole.secret_ref is not None:
            secrets.append(whole.secret_ref)


def _names(chosen: list[Chosen], namespace: str, known: set[Place]) -> tuple[str, ...]:
    names = {
        one.name
        for one in chosen
        if one.name and (not one.optional or (namespace, one.name) in known)
    }
    return tuple(sorted(names)) if len(names) > 1 else tuple(names)


def _container(found: ContainerSpec, around: SecurityContext, *, init: bool) -> Container:
    own = found.security_context or _NO_CONTEXT
    resources = found.resources
    requests = (resources.requests if resources else None) or _NO_RESOURCES
    limits = (resources.limits if resources else None) or _NO_RESOURCES
    no_root = own.run_as_non_root
    user = own.run_as_user
    return Container(
        name=found.name,
        image=found.image or "",
        init=init,
        ports=tuple(
            Port(number=one.container_port, name=one.name, protocol=one.protocol or "TCP")
            for one in found.ports or ()
        ),
        cpu_request_millicores=millicores(requests.get("cpu")),
        cpu_limit_millicores=millicores(limits.get("cpu")),
        memory_request_mib=mebibytes(requests.get("memory")),
        memory_limit_mib=mebibytes(limits.get("memory")),
        gpu_limit=gpus(limits),
        liveness_probe=found.liveness_probe is not None,
        readiness_probe=found.readiness_probe is not None,
        startup_probe=found.startup_probe is not None,
        privileged=bool(own.privileged),
        run_as_non_root=around.run_as_non_root if no_root is None else no_root,
        run_as_user=around.run_as_user if user is None else user,
        image_pull_policy=found.image_pull_policy,
        env_names=tuple(one.name for one in found.env or ()),
    )
