"""The running configurations as files beside the documents, secrets removed, one per device.

They are no sections: a switch has thousands of lines, and the index is for questions in words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

from generators.documents.facts import Facts
from models.records.asset import Asset

FOLDER = "configurations"
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+|^-")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_LONGEST = 80
FIRST_LINE = (
    "! Running configuration as Nightshift read it: secrets removed, volatile lines masked\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """One file before it is written; `path` is below the documents' folder."""

    path: str
    body: str

    @property
    def input_hash(self) -> bytes:
        """What the file's bytes depend on."""
        return blake2b(self.body.encode(), digest_size=16).digest()

    def text(self) -> str:
        """Return the file's text."""
        return self.body


def configuration_files(facts: Facts) -> dict[str, str]:
    """Return the file of each device's id whose configuration is known.

    Names are made of what every file system and link takes; devices whose names become the same
    are told apart by the end of their id.
    """
    devices = [device for device in facts.of("device") if device.record.running_config]
    stems = {device.id: _stem(device) for device in devices}
    taken = Counter(stem.lower() for stem in stems.values())
    found = {}
    for device, stem in stems.items():
        suffix = f"-{device[-8:]}" if taken[stem.lower()] > 1 else ""
        found[device] = f"{FOLDER}/{stem}{suffix}.txt"
    return found


def configurations(facts: Facts) -> Iterator[Configuration]:
    """Yield the file of each device."""
    for device, path in configuration_files(facts).items():
        text = facts.by_id[device].record.running_config
        body = _CONTROLS.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
        body = body.strip("\n") + "\n"
        yield Configuration(path=path, body=f"{FIRST_LINE}{body}")


def _stem(device: Asset) -> str:
    return _UNSAFE.sub("_", device.name)[:_LONGEST] or "device"
