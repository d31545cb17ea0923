"""Reads the network devices of one source, many at once, none at another's cost."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Self

from collectors.network.answers import Transcript
from collectors.network.assemble import Reading, assemble
from collectors.network.devices import Target
from collectors.network.fleet import Fleet, Handle, Outcome
from collectors.network.options import Options, read_options
from collectors.network.outputs import Lack
from collectors.network.reading import read_device
from collectors.network.session import SYSTEM
from collectors.network.vlans import DeviceVlans, put_together
from models.errors import AccessDenied, NightshiftError, Unavailable, UnexpectedReply
from models.kinds.vlan import Vlan
from models.records.asset import Batch, Gap
from models.sources import Source

_log = logging.getLogger(__name__)
COVERED = frozenset({"device", "interface", "vlan"})
_NAMED = 3


class NetworkDevices:
    """The collector of a source's switches and routers; it only sends commands that show."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._covered: frozenset[str] = frozenset()

    @classmethod
    def for_source(cls, source: Source) -> Self:
        """Return the collector of a source.

        Raises:
            ConfigurationError: An option or a device of the list is missing, unknown or wrong.
        """
        return cls(read_options(source))

    def batches(self) -> Generator[Batch, None, None]:
        """Yield each device with its interfaces as it is read, and the VLANs of all at the end.

        A device that fails is a gap and changes nothing for the others. VLANs belong to all devices
        of a site: while one of them is missing those of its site stay as they were.

        Raises:
            AccessDenied: Every device refused the login.
            Unavailable: Every device failed, for this reason or that.
        """
        self._covered = frozenset()
        run = _Run(self._options)
        fleet = Fleet(
            self._options.targets,
            self._read,
            at_once=self._options.at_once,
            timeout_seconds=self._options.timeout_seconds,
        )
        with closing(fleet.outcomes()) as outcomes:
            for outcome in outcomes:
                yield run.batch(outcome)
        run.check()
        yield Batch(records=run.whole_vlans(), gaps=run.field_gaps())
        self._covered = frozenset() if self._options.narrowed else COVERED - run.uncovered

    def covered(self) -> frozenset[str]:
        """Return the kinds that were read of every device; none before `batches` is exhausted.

        A run that the source narrows with `only` covers nothing: the other devices are not gone.
        """
        return self._covered

    def _read(self, target: Target, handle: Handle) -> Transcript:
        return read_device(target, self._options, handle)


class _Run:
    """What one pass over the devices has seen so far."""

    def __init__(self, options: Options) -> None:
        self.uncovered: set[str] = set()
        self._options = options
        self._vlans: list[DeviceVlans] = []
        self._missing: dict[str | None, list[str]] = defaultdict(list)
        self._failed: list[NightshiftError] = []
        self._lacks: dict[Lack, list[str]] = defaultdict(list)
        self._known = frozenset(
            name
            for target in options.targets
            for name in (target.name.lower(), target.name.lower().partition(".")[0])
        )

    def batch(self, outcome: Outcome) -> Batch:
        """Return the records of a device that was read, or the gap of one that failed."""
        error = outcome.error
        if outcome.transcript is not None:
            try:
                return self._seen(
                    assemble(
                        outcome.target,
                        outcome.transcript,
                        known=self._known,
                        now=datetime.now(UTC).replace(microsecond=0),
                    )
                )
            except NightshiftError as caught:
                error = caught
            except Exception as caught:  # noqa: BLE001  whatever it is, it is this device's alone
                # Its words may quote what the device sent, secrets included.
                _log.warning("%s: %s in its answers", outcome.target.name, type(caught).__name__)
                reason = "its answers could not be read"
                error = UnexpectedReply(SYSTEM, outcome.target.name, reason)
        return self._lost(outcome.target, error)

    def _seen(self, reading: Reading) -> Batch:
        self._vlans.append(reading.vlans)
        for lack in reading.lacks:
            self._lacks[lack].append(reading.device.name)
            if lack.field == "*":
                self.uncovered.add(lack.kind)
        return Batch(records=(reading.device, *reading.interfaces))

    def _lost(self, target: Target, error: NightshiftError | None) -> Batch:
        if error is None:
            return Batch()
        self._failed.append(error)
        self._missing[target.site].append(target.name)
        self.uncovered |= COVERED
        reason = getattr(error, "reason", str(error))
        login = "a login to the device" if isinstance(error, AccessDenied) else None
        gap = Gap(kind="device", field="*", reason=f"{target.name}: {reason}", privilege=login)
        return Batch(gaps=(gap,))

    def whole_vlans(self) -> tuple[Vlan, ...]:
        """Return the VLANs of the sites of which every device was read."""
        return put_together(
            self._vlans, without=self._missing.keys() | self._options.narrowed_sites
        )

    def field_gaps(self) -> tuple[Gap, ...]:
        """Return what could not be read of devices that were seen, one gap for each cause."""
        return (*self._vlan_gaps(), *self._field_gaps())

    def _vlan_gaps(self) -> Iterator[Gap]:
        for site in sorted(self._missing.keys() | self._options.narrowed_sites, key=str):
            lost = self._missing.get(site)
            why = f"{_named(lost)} could not be read" if lost else "the run is narrowed with only"
            reason = f"VLANs of {site or 'devices without a site'}: {why}"
            yield Gap(kind="vlan", field="*", reason=reason, count=len(lost or ()) or 1)

    def _field_gaps(self) -> Iterator[Gap]:
        yield from (
            Gap(
                kind=lack.kind,
                field=lack.field,
                reason=f"{lack.reason} ({_named(names)})",
                privilege=lack.privilege,
                count=len(names),
            )
            for lack, names in self._lacks.items()
        )

    def check(self) -> None:
        """Raise where not a single device could be read.

        Raises:
            AccessDenied: Every one refused the login.
            Unavailable: Every one failed, at least one of them otherwise.
        """
        if not self._failed or len(self._failed) < len(self._options.targets):
            return
        by_reason: dict[str, list[str]] = defaultdict(list)
        for error in self._failed:
            name = getattr(error, "target", "a device")
            by_reason[getattr(error, "reason", str(error))].append(name)
        told = (f"{why} ({len(names)}: {_named(names)})" for why, names in by_reason.items())
        reason = f"none of {len(self._failed)} devices could be read; {'; '.join(told)}"
        kind = (
            AccessDenied if all(isinstance(e, AccessDenied) for e in self._failed) else Unavailable
        )
        raise kind(SYSTEM, self._options.name, reason)


def _named(names: list[str]) -> str:
    shown = sorted(names)[:_NAMED]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
