"""The vCenter itself: what it says of itself, its certificate and its licences."""

from __future__ import annotations

from typing import Any

from collectors.vmware.parse_certificate import Certificate
from collectors.vmware.reply import Properties
from collectors.vmware.values import flag, integer, many, moment, record, text
from models.kinds.vcenter import Licence, VCenter

_SHOWN = 5  # of a licence key: its last group


def parse_vcenter(
    name: str,
    about: Any,
    certificate: Certificate | None,
    licences: tuple[Licence, ...] | None,
    *,
    key: str,
) -> VCenter:
    """Return the vCenter; `about` is pyvmomi's AboutInfo, which came with the login."""
    return VCenter(
        key=key,
        name=name,
        product=about.name or None,
        version=about.version or None,
        build=about.build or None,
        api_version=about.apiVersion or None,
        os_type=about.osType or None,
        certificate_subject=certificate.subject if certificate else None,
        certificate_issuer=certificate.issuer if certificate else None,
        certificate_not_after=certificate.not_after if certificate else None,
        certificate_sha256=certificate.sha256 if certificate else None,
        licences=licences,
    )


def parse_licences(value: Any) -> tuple[Licence, ...]:
    """Return the licences in a stable order; their keys are masked."""
    found = [_licence(record(item)) for item in many(value)]
    return tuple(sorted(found, key=lambda licence: (licence.name, licence.masked_key)))


def _licence(item: Properties) -> Licence:
    more = {
        pair.get("key"): pair.get("value") for pair in map(record, many(item.get("properties")))
    }
    key = text(item.get("licenseKey")) or ""
    return Licence(
        name=text(item.get("name")) or "",
        masked_key=_mask(key),
        edition=text(item.get("editionKey")),
        total=integer(item.get("total")),
        used=integer(item.get("used")),
        expires_at=moment(more.get("expirationDate")),
        evaluation=item.get("editionKey") == "eval" or flag(more.get("evaluation")) or False,
    )


def _mask(key: str) -> str:
    if len(key) <= _SHOWN:
        return "*" * len(key)
    hidden = "".join("-" if letter == "-" else "*" for letter in key[:-_SHOWN])
    return hidden + key[-_SHOWN:]
