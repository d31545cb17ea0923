"""Assets: what a collector saw, and what the store knows of it over time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, Literal

import msgspec

from models.kinds import Kind, kind_of

Change = Literal["created", "changed", "deleted"]
Direction = Literal["out", "in"]
_NO_VALUES: tuple[Any, ...] = (None, "", "unknown", [], {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that could not be seen: the coverage line of a document is made of these.

    `kind` is the kind it concerns; `field` the field, or "*" for the kind as a whole (then its
    assets were not covered and none of them may be taken for gone). `privilege` is what the
    account lacks, where the system said so; `cure` what else would show it, as far as is known.
    """

    kind: str
    field: str
    reason: str
    privilege: str | None = None
    count: int = 1
    cure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one page of a collection holds: kind records (`Vm`, `Host`, ...) and gaps."""

    records: tuple[Any, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One asset as one collection saw it, ready to be staged.

    `attributes` and `volatile` are canonical JSON; equal facts give equal bytes.
    """

    asset_id: str
    kind: str
    key: str
    name: str
    attributes: bytes
    content_hash: bytes
    volatile: bytes
    volatile_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """An asset as it was known at some time; `record` is of the kind's own type."""

    id: str
    kind: str
    name: str
    source: str
    record: Any
    first_seen: datetime
    last_seen: datetime
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field of one asset before and after."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetChange:
    """One entry of the change report; created and deleted assets have no field.

    `at` is when the collection began that saw it, `unseen_at` when the one before it did, which had
    not seen it yet: it happened between them. It is None where nobody asked, or none came before.
    """

    asset_id: str
    kind: str
    name: str
    change: Change
    at: datetime
    field: str | None = None
    before: Any = None
    after: Any = None
    unseen_at: datetime | None = None

    @property
    def lost(self) -> bool:
        """Whether a field that had a value has none, as much of what has failed is not seen."""
        return self.field is not None and self.after in _NO_VALUES

    def may_precede(self, moment: datetime) -> bool:
        """Tell whether it may have happened before: it was seen by then, or by what came next."""
        unseen = self.unseen_at is not None and self.unseen_at <= moment
        return self.at <= moment or unseen


def asset_id(source: str, kind: str, key: str) -> str:
    """Return the stable id of an asset: its kind and 64 bits of its identity, in hex."""
    digest = blake2b(f"{source}\0{kind}\0{key}".encode(), digest_size=8).hexdigest()
    return f"{kind}-{digest}"


def observe(source: str, record: Any) -> Observation:
    """Turn a kind's record into an observation; references become asset ids."""
    kind = kind_of(record)
    values: dict[str, Any] = msgspec.to_builtins(record)
    for field in kind.references:
        values[field.name] = _resolve(source, field.fact.reference.kind, values[field.name])  # type: ignore[union-attr]
    volatile = {field.name: values.pop(field.name) for field in kind.volatile}
    stable_bytes, volatile_bytes = _canonical(values), _canonical(volatile)
    return Observation(
        asset_id=asset_id(source, kind.name, record.key),
        kind=kind.name,
        key=record.key,
        name=record.name,
        attributes=stable_bytes,
        content_hash=_digest(stable_bytes),
        volatile=volatile_bytes,
        volatile_hash=_digest(volatile_bytes),
    )


def restore(kind: Kind, attributes: dict[str, Any], volatile: dict[str, Any] | None = None) -> Any:
    """Return the kind's record from stored attributes; reference fields hold asset ids.

    Fields that the stored row lacks (it is older than the field) take their default.
    """
    return msgspec.convert({**(volatile or {}), **attributes}, kind.type, strict=False)


def _resolve(source: str, kind: str, value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [asset_id(source, kind, key) for key in value]
    return asset_id(source, kind, value) if value else value


def _canonical(values: dict[str, Any]) -> bytes:
    return msgspec.json.encode(values, order="deterministic")


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=16).digest()
