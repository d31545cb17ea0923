"""Devices by site, their parts and software, and what could not be read as a table."""

from __future__ import annotations

from collections import Counter

from generators.documents.facts import sources_of
from generators.documents.network.view import NO_SITE, View
from generators.documents.section import Section, table_section
from generators.documents.table import Table, few, inventory_table, show, tally
from generators.documents.text import UNKNOWN, counted, escape, more_than
from models.kinds import KINDS
from models.records.asset import Asset

_DEVICE = KINDS["device"]
_MOST_ROWS = 400
_MORE = ("role", "rack", "vendor")


def sections(view: View) -> list[Section]:
    """Return the software in use, the devices by site, and their parts."""
    by_site = [_of_site(view, site, these) for site, these in view.by_site.items()]
    return [_software(view), *by_site, _modules(view), *_raw(view)]


def _software(view: View) -> Section:
    devices = view.facts.of("device")
    sources = sources_of(devices) or view.facts.sources
    versions = Counter(
        (show(each.record.model), show(each.record.os_version), show(each.record.platform))
        for each in devices
    )
    return Section(
        key="devices",
        title="Devices",
        template="tallies",
        input={
            "intro": f"{counted(len(devices), 'device')}, listed by site below.",
            "tallies": [
                Table(
                    columns=("Model", "Software", "Platform", "Devices"),
                    rows=tuple((*key, f"{number:,}") for key, number in sorted(versions.items())),
                    sources=sources,
                    right=(3,),
                ),
                tally((each.record.role for each in devices), sources, ("Role", "Devices")),
            ],
        },
        about=tuple(each.id for each in devices),
    )


def site_title(site: str, noun: str) -> str:
    """Return the heading for what belongs to a site."""
    return f"{noun} outside sites" if site == NO_SITE else f"{noun} of site {site}"


def _of_site(view: View, site: str, devices: list[Asset]) -> Section:
    inventory = inventory_table(_DEVICE, devices, view.facts, omit=("site",))
    fields = [field for field in _DEVICE.fields if field.name in _MORE]
    return table_section(
        f"devices:{site or 'none'}",
        site_title(site, "Devices"),
        Table(
            columns=(*inventory.columns, *(field.fact.label for field in fields)),
            rows=tuple(
                (*row, *(show(getattr(device.record, field.name)) for field in fields))
                for row, device in zip(inventory.rows, devices, strict=True)
            ),
            sources=inventory.sources,
            note="All fields stand in csv/device.csv.",
        ),
        about=[device.id for device in devices],
        level=3,
    )


def _modules(view: View) -> Section:
    rows = []
    devices = view.facts.of("device")
    for device in devices:
        parts = (
            (part.description, part.name, part.part_number, part.serial_number)
            for part in device.record.modules or ()
        )
        rows += [(escape(device.name), *(show(cell) for cell in part)) for part in parts]
    unseen = [escape(device.name) for device in devices if device.record.modules is None]
    return table_section(
        "modules",
        "Modules and parts",
        Table(
            columns=("Device", "Description", "Place", "Part number", "Serial number"),
            rows=tuple(rows[:_MOST_ROWS]),
            sources=sources_of(devices) or view.facts.sources,
            note=more_than(len(rows), _MOST_ROWS, "All stand in csv/device-modules.csv."),
        ),
        intro=f"Not known of {few(unseen)}." if unseen else "",
        about=[device.id for device in devices if device.record.modules],
        level=3,
    )


def _raw(view: View) -> list[Section]:
    """Return which outputs no template could read; nothing where all could be read."""
    rows = [
        (escape(device.name), escape(device.record.platform), escape(command))
        for device in view.facts.of("device")
        for command in sorted({output.command for output in device.record.raw_outputs})
    ]
    if not rows:
        return []
    return [
        table_section(
            "raw",
            "Outputs that no template reads",
            Table(
                columns=("Device", "Platform", "Command"),
                rows=tuple(rows[:_MOST_ROWS]),
                sources=sources_of(view.facts.of("device")),
                note=more_than(len(rows), _MOST_ROWS, ""),
            ),
            intro=f"Their text is kept as it is; what they hold is {UNKNOWN} above.",
            level=3,
        )
    ]
