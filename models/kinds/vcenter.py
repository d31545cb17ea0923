"""The kind `vcenter`: the management server itself. The key is its instance UUID."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from models.kinds.common import Key, Name
from models.kinds.declaration import Fact, declare


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """A licence; the key is masked but for its last five characters. A total of 0 is unlimited."""

    name: str
    masked_key: str
    edition: str | None = None
    total: int | None = None
    used: int | None = None
    expires_at: datetime | None = None
    evaluation: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VCenter:
    """A vCenter server; `licences` is None where the account may not see them.

    Source of the property paths: vSphere Web Services API, `ServiceContent.about`,
    `LicenseManager.licenses`; the certificate is the one that its TLS port presents.
    """

    key: Key
    name: Name
    product: Annotated[str | None, Fact(label="Product", table=True)] = None
    version: Annotated[str | None, Fact(label="Version", table=True)] = None
    build: Annotated[str | None, Fact(label="Build", table=True)] = None
    api_version: Annotated[str | None, Fact(label="API version")] = None
    os_type: Annotated[str | None, Fact(label="Operating system")] = None
    certificate_subject: Annotated[str | None, Fact(label="Certificate subject")] = None
    certificate_issuer: Annotated[str | None, Fact(label="Certificate issuer")] = None
    certificate_not_after: Annotated[
        datetime | None, Fact(label="Certificate until", table=True)
    ] = None
    certificate_sha256: Annotated[str | None, Fact(label="Certificate SHA-256")] = None
    licences: Annotated[tuple[Licence, ...] | None, Fact(label="Licences")] = None


VCENTER = declare(VCenter, name="vcenter", title="vCenter", plural="vCenters", filtered=True)
