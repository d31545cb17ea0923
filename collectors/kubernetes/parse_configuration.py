"""Config maps and secrets, from metadata and what the server prints beside it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from collectors.kubernetes.parse_common import namespaced, place
from collectors.kubernetes.quantities import count
from collectors.kubernetes.resources import Printed
from collectors.kubernetes.shapes import Bare, Meta
from collectors.kubernetes.surroundings import Surroundings, plain_value
from models.kinds.kubernetes.configuration import ConfigMap, Secret

# Who signs service certificates in OpenShift leaves their end in an annotation.
_EXPIRIES = ("auth.openshift.io/certificate-not-after", "service.beta.openshift.io/expiry")


def parse_config_map(item: Printed | Bare, around: Surroundings) -> ConfigMap:
    """Return a config map."""
    meta: Meta = item.metadata
    around.config_maps.add(place(meta))
    return ConfigMap(**namespaced(meta, around), key_count=_count(item))


def parse_secret(item: Printed | Bare, around: Surroundings) -> Secret:
    """Return a secret."""
    meta: Meta = item.metadata
    around.secrets.add(place(meta))
    until, source = _certificate(meta, around)
    printed = _column(item, "Type")
    return Secret(
        **namespaced(meta, around),
        type=printed if isinstance(printed, str) else None,
        key_count=_count(item),
        certificate_not_after=until,
        certificate_source=source,
    )


def _count(item: Printed | Bare) -> int | None:
    printed = _column(item, "Data")
    return None if isinstance(printed, bool) else count(printed)


def _column(item: Printed | Bare, name: str) -> Any:
    return item.columns.get(name) if isinstance(item, Printed) else None


def _certificate(meta: Meta, around: Surroundings) -> tuple[datetime | None, str | None]:
    found = around.certificates.get(place(meta))
    if found is not None:
        return found, "cert-manager"
    for key in _EXPIRIES:
        if (until := _moment(plain_value(meta.annotations, key))) is not None:
            return until, f"annotation {key}"
    return None, None


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
