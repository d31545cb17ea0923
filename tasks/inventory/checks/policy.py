"""Thresholds of the health checks: defaults here, a TOML file where a site wants others.

One table a subject, such as `[snapshots]` with `warn_days = 10`; `disabled = ["HO-12"]` at the
top switches checks off. Source of the defaults: AsBuiltReport.VMware.vSphere, RVTools and vCheck.
"""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import msgspec

from models.errors import ConfigurationError
from models.settings import settings

Days = Annotated[int, msgspec.Meta(ge=0)]
Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]
Ratio = Annotated[float, msgspec.Meta(gt=0)]
Count = Annotated[int, msgspec.Meta(ge=1)]


def _ordered(what: str, lower: float, upper: float) -> None:
    if lower > upper:
        raise ValueError(f"{what} must not be above it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshots:
    """Age of the oldest snapshot from which it is a warning and critical."""

    warn_days: Days = 7
    crit_days: Days = 14

    def __post_init__(self) -> None:
        _ordered("warn_days is compared with crit_days and", self.warn_days, self.crit_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatastoreSpace:
    """Used share of a datastore's capacity; `overallocated_percent` counts thin promises too."""

    warn_percent: Percent = 75
    crit_percent: Percent = 90
    overallocated_percent: Ratio = 150

    def __post_init__(self) -> None:
        _ordered(
            "warn_percent is compared with crit_percent and", self.warn_percent, self.crit_percent
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestVolumes:
    """Free share of a file system inside a guest."""

    warn_free_percent: Percent = 10
    crit_free_percent: Percent = 5

    def __post_init__(self) -> None:
        _ordered(
            "crit_free_percent is compared with warn_free_percent and",
            self.crit_free_percent,
            self.warn_free_percent,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PoweredOff:
    """How long a machine may be off before it is a candidate for removal."""

    info_days: Days = 7
    warn_days: Days = 30

    def __post_init__(self) -> None:
        _ordered("info_days is compared with warn_days and", self.info_days, self.warn_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """Days left of a certificate or licence."""

    warn_days: Days = 60
    crit_days: Days = 14

    def __post_init__(self) -> None:
        _ordered("crit_days is compared with warn_days and", self.crit_days, self.warn_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uptime:
    """Days since a host was started, which is how long it went without a patch."""

    warn_days: Days = 275
    crit_days: Days = 365

    def __post_init__(self) -> None:
        _ordered("warn_days is compared with crit_days and", self.warn_days, self.crit_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """Demand in percent of what is left without the largest host, and vCPUs a core."""

    n_plus_one_warn_percent: Percent = 90
    vcpus_per_core: Ratio = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Redundancy:
    """How many there must be of each so that one may fail."""

    storage_paths: Count = 2
    uplinks: Count = 2
    dns_servers: Count = 2
    ntp_servers: Count = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceErrors:
    """Errors of a port since its counters were last cleared, from which they are told."""

    info_count: Count = 100
    warn_count: Count = 1000

    def __post_init__(self) -> None:
        _ordered("info_count is compared with warn_count and", self.info_count, self.warn_count)


@dataclass(frozen=True, slots=True, kw_only=True)
class UplinkUse:
    """Share of a link's speed that the busier direction uses."""

    warn_percent: Percent = 70
    crit_percent: Percent = 90

    def __post_init__(self) -> None:
        _ordered(
            "warn_percent is compared with crit_percent and", self.warn_percent, self.crit_percent
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretCertificates(Expiry):
    """Days left of a certificate in a secret; issuers mostly renew one 30 days before its end."""

    warn_days: Days = 21
    crit_days: Days = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Kubernetes:
    """How long a state may last in Kubernetes, and how full a node may be.

    `restarts` and `restarts_per_day` must both be reached. `cron_days` is how long a new cron job
    may wait for its first run, `cron_success_hours` how long a run may take to succeed.
    `kubelet_minors_behind` is what Kubernetes supports. `requested_percent` and the usage are of
    what a node offers to pods.
    """

    pending_minutes: Count = 10
    not_ready_minutes: Count = 10
    terminating_minutes: Count = 15
    restarts: Count = 10
    restarts_per_day: Ratio = 1
    requested_percent: Percent = 95
    usage_warn_percent: Percent = 85
    usage_crit_percent: Percent = 95
    available_volume_days: Days = 7
    cron_days: Days = 7
    cron_success_hours: Count = 24
    kubelet_minors_behind: Count = 3

    def __post_init__(self) -> None:
        _ordered(
            "usage_warn_percent is compared with usage_crit_percent and",
            self.usage_warn_percent,
            self.usage_crit_percent,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All thresholds; `disabled` names the checks that are not run."""

    snapshots: Snapshots = field(default_factory=Snapshots)
    datastores: DatastoreSpace = field(default_factory=DatastoreSpace)
    guest_volumes: GuestVolumes = field(default_factory=GuestVolumes)
    powered_off: PoweredOff = field(default_factory=PoweredOff)
    certificates: Expiry = field(default_factory=Expiry)
    licences: Expiry = field(default_factory=Expiry)
    uptime: Uptime = field(default_factory=Uptime)
    capacity: Capacity = field(default_factory=Capacity)
    redundancy: Redundancy = field(default_factory=Redundancy)
    interface_errors: InterfaceErrors = field(default_factory=InterfaceErrors)
    uplink_use: UplinkUse = field(default_factory=UplinkUse)
    kubernetes: Kubernetes = field(default_factory=Kubernetes)
    secret_certificates: SecretCertificates = field(default_factory=SecretCertificates)
    disabled: tuple[str, ...] = ()


def load_policy(path: Path | None = None) -> Policy:
    """Read the policy file, by default the one that the settings name; defaults without one.

    Raises:
        ConfigurationError: It cannot be read, names something that there is not, or a value has
            the wrong type or order; the message says which and what there is.
    """
    path = path or settings().check_policy
    if path is None:
        return Policy()
    try:
        return parse_policy(path.read_text(encoding="utf-8"))
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"check policy {path} cannot be read: {error}") from error


def parse_policy(text: str) -> Policy:
    """Return the policy that a TOML text describes; what it does not name keeps its default.

    Raises:
        ConfigurationError: As for `load_policy`.
    """
    try:
        table = tomllib.loads(text)
        _refuse_unknown(table)
        return msgspec.convert(table, Policy)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(str(error)) from error
    except msgspec.ValidationError as error:
        raise ConfigurationError(str(error).replace("`$.", "`")) from error


def _refuse_unknown(table: dict[str, Any]) -> None:
    sections = {item.name: item for item in dataclasses.fields(Policy)}
    _refuse("the policy", table, sections)
    for name, values in table.items():
        section = sections[name].default_factory
        if isinstance(values, dict) and isinstance(section, type):
            _refuse(f"[{name}]", values, [item.name for item in dataclasses.fields(section)])


def _refuse(where: str, given: Any, known: Any) -> None:
    if unknown := [name for name in given if name not in known]:
        raise ConfigurationError(f"{where} has no {unknown[0]!r}; there are {', '.join(known)}")
