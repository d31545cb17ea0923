"""Health checks of services and ingresses, and of the certificates that ingresses serve."""

from __future__ import annotations

from models.kinds.kubernetes.common import Selector
from models.kinds.kubernetes.configuration import Secret
from models.kinds.kubernetes.traffic import Ingress, Route, Service
from models.records.asset import Asset
from models.records.check import Severity
from tasks.inventory.checks.declaration import (
    Context,
    Verdict,
    check,
    crit,
    info,
    ok,
    unknown,
    warn,
)
from tasks.inventory.checks.expiry import judge_expiry
from tasks.inventory.checks.kubernetes.objects import listed, named, selects_a_pod

INFO, WARN, CRIT = Severity.INFO, Severity.WARN, Severity.CRIT
_SLICES = "list endpointslices.discovery.k8s.io"
TLS = "kubernetes.io/tls"


def _selects(service: Service) -> bool:
    """Without a selector somebody else keeps the endpoints; ExternalName has none."""
    return bool(service.selector) and service.type != "ExternalName"


@check(
    "K8-40",
    "Service without endpoints",
    kinds=("service",),
    levels=(CRIT,),
    when=_selects,
    needs=("ready_endpoints",),
    privilege=_SLICES,
    remedy="Bring the pods that it selects to ready, or remove a service that nobody needs.",
)
def endpoints(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """Whoever connects is refused."""
    service: Service = asset.record
    if service.ready_endpoints:
        return ok("it has ready endpoints")
    text = "no endpoint is ready" if service.unready_endpoints else "it has no endpoint"
    return crit(text, ready=0)


@check(
    "K8-41",
    "Service with a single endpoint",
    kinds=("service",),
    levels=(INFO,),
    when=_selects,
    needs=("ready_endpoints",),
    privilege=_SLICES,
    remedy="Run a second replica of what it selects.",
)
def single_endpoint(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """None at all is K8-40."""
    if asset.record.ready_endpoints == 1:
        return info("a single endpoint serves it", ready=1)
    return ok("it does not hang on a single endpoint")


@check(
    "K8-42",
    "Service selects no pod",
    kinds=("service",),
    levels=(WARN,),
    when=_selects,
    beside=("pod",),
    privilege="list pods",
    remedy="Bring spec.selector and the pods' labels together, or remove the service.",
)
def selected_pods(asset: Asset, context: Context) -> Verdict:
    """Its selector against the labels of the pods of its namespace that run or wait."""
    selector = Selector(labels=asset.record.selector)
    text = listed(f"{key}={value}" for key, value in selector.labels)
    if selects_a_pod(context, asset, selector):
        return ok("its selector matches pods", selector=text)
    return warn(f"no pod has the labels {text}", selector=text)


@check(
    "K8-43",
    "Ingress names a missing service or port",
    kinds=("ingress",),
    levels=(CRIT,),
    when=lambda ingress: any(route.service for route in ingress.routes),
    beside=("service",),
    privilege="list services",
    remedy="Name a service of the same namespace and one of its ports in the ingress's backend.",
)
def backends(asset: Asset, context: Context) -> Verdict:
    """What a rule names by number or name must be among the service's ports."""
    ingress: Ingress = asset.record
    missing = [text for route in ingress.routes if (text := _missing(asset, route, context))]
    if missing:
        return crit(f"it leads to nothing: {listed(missing)}", missing_names=sorted(set(missing)))
    return ok("every service and port that it names is there")


def _missing(asset: Asset, route: Route, context: Context) -> str:
    if route.service is None:  # a backend that is no service
        return ""
    found = named(context, asset, "service", route.service)
    if found is None:
        return f"service {route.service}"
    ports = {one.name for one in found.record.ports} | {
        str(one.number) for one in found.record.ports
    }
    if route.port is None or route.port in ports or found.record.type == "ExternalName":
        return ""
    return f"port {route.port} of service {route.service}"


@check(
    "K8-44",
    "TLS secret missing",
    kinds=("ingress",),
    levels=(WARN,),
    when=lambda ingress: bool(ingress.tls_secret_names),
    beside=("secret",),
    privilege="list secrets (metadata)",
    remedy="Create the secret of type kubernetes.io/tls, or see why its issuer did not.",
)
def tls_secrets(asset: Asset, context: Context) -> Verdict:
    """Without it the ingress controller serves a certificate of its own making."""
    wanted = sorted(set(asset.record.tls_secret_names))
    if missing := [name for name in wanted if named(context, asset, "secret", name) is None]:
        return warn(f"TLS secret missing: {listed(missing)}", missing_names=missing)
    return ok("every TLS secret that it names is there", names=wanted)


@check(
    "K8-45",
    "Certificate of a secret near its end",
    kinds=("secret",),
    levels=(WARN, CRIT),
    when=lambda secret: secret.type in {TLS, None},
    thresholds=("secret_certificates.warn_days", "secret_certificates.crit_days"),
    privilege="list certificates.cert-manager.io",
    remedy="Renew the certificate, or see why its issuer does not.",
)
def certificate(asset: Asset, context: Context) -> Verdict:
    """The secret's contents are never read, so the date is known from its issuer alone."""
    secret: Secret = asset.record
    if secret.type is None:
        return unknown("type could not be seen", missing="type")
    if secret.certificate_not_after is None:
        return unknown(
            "until when its certificate holds is not known",
            missing="certificate_not_after",
            cure="Let cert-manager issue it, whose Certificate says until when; contents of "
            "secrets are never read.",
        )
    return judge_expiry(
        "the certificate",
        "certificate_not_after",
        secret.certificate_not_after,
        context,
        context.policy.secret_certificates,
    )
