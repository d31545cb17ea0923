"""Environments and regions: how people and clouds write them.

Sources: the region names of AWS, Google Cloud, Azure, Oracle and DigitalOcean; the city codes of
IATA, which datacenters are named after.
"""

from __future__ import annotations

import re

_CANONICAL = {
    "production": ("production", "prod", "prd", "live"),
    "staging": (
        "staging",
        "stage",
        "stg",
        "preprod",
        "pre-prod",
        "preproduction",
        "pre-production",
    ),
    "development": ("development", "dev", "devel", "sandbox", "local"),
    "testing": ("testing", "test", "qa", "uat", "integration", "int", "ci"),
    "demo": ("demo",),
    "recovery": ("dr", "disaster-recovery"),
}
_ENVIRONMENTS = {word: name for name, words in _CANONICAL.items() for word in words}
# Words that mean an environment in running text; "live", "test" or "local" mean other things there.
_PLAIN = r"production|prod|prd|staging|stg|preprod|pre-prod|uat|qa"
_IN_TEXT = re.compile(
    rf"\b(?:env(?:ironment)?|stage)\s?[=:]\s?[\"']?([A-Za-z][\w-]{{1,30}})"
    rf"|[\[(](?:[^\])]{{0,20}}[\s,/|])?({_PLAIN}|dev|test)[\])\s,/|]"
    rf"|\b(?:in|on|from|of) (?:the )?({_PLAIN}|development|dev)\b(?!ice)"
    rf"|(?<![\w.-])({_PLAIN})(?![\w.])(?=[\s:/,)\]-]|$)",
    re.I,
)
_IN_NAME = re.compile(
    r"(?:^|[-_./])(production|prod|prd|staging|stg|preprod|uat|qa|dev)(?:$|[-_./\d])", re.I
)

_CITIES = (
    "ams|arn|atl|bcn|ber|blr|bom|bos|bru|bud|cdg|cgk|cph|del|dfw|dub|dus|eze|fra|gru|ham|hel|hkg|hnd"
    "|iad|icn|ist|jfk|jnb|kbp|kul|lax|lhr|lis|lon|mad|man|mel|mia|mil|mrs|muc|nyc|nrt|ord|osl|otp|par"
    "|pdx|prg|rom|sea|sfo|sgp|sin|sjc|sto|syd|tlv|tor|tpe|vie|waw|yul|yyz|zrh|scl|bog|mex|phx|den|slc"
)
_REGION = re.compile(
    # AWS with or without the zone, GovCloud and Local Zones; Oracle's are alike.
    r"(?<![\w-])(?:us-gov|us-iso|us|eu|ap|sa|ca|me|af|il|cn|mx|uk)"
    r"-(?:north|south|east|west|central|northeast|southeast|northwest|southwest|[a-z]{4,12})-\d{1,2}[a-f]?(?![\w-])"
    # Google Cloud.
    r"|(?<![\w-])(?:us|europe|asia|australia|northamerica|southamerica|me|africa)"
    r"-(?:north|south|east|west|central|northeast|southeast|southwest|northwest)\d{1,2}(?:-[a-f])?(?![\w-])"
    # Azure.
    r"|(?<![\w-])(?:(?:east|west|central|northcentral|southcentral|westcentral)us[23]?"
    r"|(?:north|west)europe|(?:uk|france|germany|switzerland|norway|sweden|poland|italy|spain|israel"
    r"|qatar|uae|southafrica|brazil|canada|australia|japan|korea|china)"
    r"(?:south|north|west|east|central|westcentral|southeast)[23]?|(?:east|southeast)asia"
    r"|(?:central|south|west)india)(?![\w-])"
    # Datacenters by city: fra1, ams3, nyc-2.
    rf"|(?<![\w.-])(?:{_CITIES})-?\d{{1,2}}(?![\w])"
)
ENVIRONMENT_LABELS = (
    "environment", "env", "deployment_environment", "deployment_environment_name", "stage",
    "deploy_env", "app_env", "environment_name", "tier_env",
)  # fmt: skip
REGION_LABELS = (
    "region", "aws_region", "cloud_region", "topology_kubernetes_io_region", "gcp_region",
    "azure_region", "location", "datacenter", "data_center", "dc", "site", "availability_zone",
    "cloud_availability_zone", "topology_kubernetes_io_zone", "zone",
)  # fmt: skip


def canonical_environment(name: str) -> str:
    """Return the one name of an environment: `prod`, `PRD` and `production` are `production`.

    Of one that is not known, its lower-case name.
    """
    lowered = name.strip().lower()
    return _ENVIRONMENTS.get(lowered, lowered)


def environment_in_text(text: str) -> str | None:
    """Return the environment that a sentence names, as it is written but in lower case."""
    if found := _IN_TEXT.search(text):
        return next(group for group in found.groups() if group).lower()
    return None


def environment_in_name(name: str) -> str | None:
    """Return the environment that is part of a name: `prod-east`, `k8s.staging.example`."""
    found = _IN_NAME.search(name[:253])
    return found[1].lower() if found else None


def region_in_text(text: str) -> str | None:
    """Return the region, zone or site that a text names, in lower case."""
    found = _REGION.search(text.lower())
    return found[0] if found else None
