"""Autoscalers and disruption budgets, service accounts, roles and their bindings."""

from __future__ import annotations

from collectors.kubernetes.parse_common import (
    api_versions,
    condition,
    namespaced,
    scoped,
    selector,
    truth,
)
from collectors.kubernetes.shapes_traffic import AccountItem, BindingItem, RoleItem, RuleItem
from collectors.kubernetes.shapes_workload import AutoscalerItem, AutoscalerStatus, BudgetItem
from collectors.kubernetes.surroundings import Surroundings
from models.kinds.kubernetes.identity import Role, RoleBinding, Rule, ServiceAccount, Subject
from models.kinds.kubernetes.policies import HorizontalPodAutoscaler, PodDisruptionBudget


def parse_autoscaler(item: AutoscalerItem, around: Surroundings) -> HorizontalPodAutoscaler:
    """Return an autoscaler."""
    meta, spec, status = item.metadata, item.spec, item.status
    target = spec.scale_target_ref
    kind, name = (target.kind, target.name) if target else ("", "")
    at = (meta.namespace or "", name)
    return HorizontalPodAutoscaler(
        **namespaced(meta, around),
        target=f"{kind}/{name}" if target else None,
        deployment=around.deployments.get(at) if kind == "Deployment" else None,
        statefulset=around.stateful_sets.get(at) if kind == "StatefulSet" else None,
        # The API's default, which it does not always write down.
        min_replicas=1 if spec.min_replicas is None else spec.min_replicas,
        max_replicas=spec.max_replicas,
        api_versions=api_versions(meta),
        current_replicas=status.current_replicas,
        desired_replicas=status.desired_replicas,
        scaling_active=truth(condition(status.conditions, "ScalingActive")),
        scaling_reason=_why_not(status, around),
        warnings=around.warnings.get(meta.uid, ()),
    )


def parse_budget(item: BudgetItem, around: Surroundings) -> PodDisruptionBudget:
    """Return a disruption budget."""
    meta, spec, status = item.metadata, item.spec, item.status
    return PodDisruptionBudget(
        **namespaced(meta, around),
        min_available=_limit(spec.min_available),
        max_unavailable=_limit(spec.max_unavailable),
        selector=selector(spec.selector),
        api_versions=api_versions(meta),
        expected_pods=status.expected_pods,
        healthy_pods=status.current_healthy,
        disruptions_allowed=status.disruptions_allowed,
        warnings=around.warnings.get(meta.uid, ()),
    )


def parse_account(item: AccountItem, around: Surroundings) -> ServiceAccount:
    """Return a service account."""
    automount = item.automount_service_account_token
    return ServiceAccount(**namespaced(item.metadata, around), automount=automount)


def parse_role(item: RoleItem, around: Surroundings) -> Role:
    """Return a role or cluster role."""
    return Role(**scoped(item.metadata, around), rules=tuple(map(_rule, item.rules or ())))


def parse_binding(item: BindingItem, around: Surroundings) -> RoleBinding:
    """Return a role binding or cluster role binding."""
    return RoleBinding(
        **scoped(item.metadata, around),
        role_kind=item.role_ref.kind,
        role_name=item.role_ref.name,
        subjects=tuple(
            Subject(kind=one.kind, name=one.name, namespace=one.namespace or None)
            for one in item.subjects or ()
        ),
    )


def _why_not(status: AutoscalerStatus, around: Surroundings) -> str | None:
    found = condition(status.conditions, "ScalingActive")
    if found is None or truth(found) is True:
        return None
    return around.text(": ".join(filter(None, (found.reason, found.message))) or None)


def _limit(found: int | str | None) -> str | None:
    return None if found is None else str(found)


def _rule(found: RuleItem) -> Rule:
    return Rule(
        verbs=tuple(found.verbs or ()),
        api_groups=tuple(found.api_groups or ()),
        resources=tuple(found.resources or ()),
        resource_names=tuple(found.resource_names or ()),
        urls=tuple(found.non_resource_urls or ()),
    )
