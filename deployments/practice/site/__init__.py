"""One seeded description of a plausible datacenter, shared by every protocol we practise on."""

from deployments.practice.site.build import build_site
from deployments.practice.site.fleet import CANARY_SECRETS
from deployments.practice.site.kubernetes_faults import KUBERNETES_CANARIES
from deployments.practice.site.records import Site

__all__ = ["CANARY_SECRETS", "KUBERNETES_CANARIES", "Site", "build_site"]
