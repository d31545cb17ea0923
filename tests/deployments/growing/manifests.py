"""Strict reading of Kubernetes manifests: the official models take no key that they do not declare."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from kubernetes.client import models
from pydantic import ValidationError

FOLDER = Path(__file__).parents[3] / "deployments"
_MODELS = {
    "v1/Namespace": models.V1Namespace,
    "v1/ServiceAccount": models.V1ServiceAccount,
    "v1/Secret": models.V1Secret,
    "v1/Service": models.V1Service,
    "v1/PersistentVolumeClaim": models.V1PersistentVolumeClaim,
    "apps/v1/Deployment": models.V1Deployment,
    "rbac.authorization.k8s.io/v1/ClusterRole": models.V1ClusterRole,
    "rbac.authorization.k8s.io/v1/ClusterRoleBinding": models.V1ClusterRoleBinding,
    "networking.k8s.io/v1/NetworkPolicy": models.V1NetworkPolicy,
}


def documents(name: str) -> list[dict[str, Any]]:
    """Return the documents of a YAML file below deployments/."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    return [found for found in yaml.safe_load_all(text) if found]


def mistakes(manifest: dict[str, Any]) -> list[str]:
    """Return what the API server would not take, by path; empty for a manifest that is right."""
    name = f"{manifest.get('apiVersion')}/{manifest.get('kind')}"
    if name not in _MODELS:
        return [f"unknown kind {name}"]
    try:
        _MODELS[name].model_validate(manifest)
    except ValidationError as error:
        return [".".join(map(str, wrong["loc"])) for wrong in error.errors()]
    return []
