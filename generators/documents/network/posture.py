"""How devices are managed, and the state of their configurations."""

from __future__ import annotations

from generators.documents.configurations import configuration_files
from generators.documents.facts import sources_of
from generators.documents.network.view import View
from generators.documents.section import Section, table_section
from generators.documents.table import Table, agreement, show
from generators.documents.text import UNKNOWN, escape, moment
from models.kinds import KINDS
from models.records.asset import Asset

_FIELDS = ("ntp_servers", "syslog_servers", "telnet_enabled", "default_community")


def sections(view: View) -> list[Section]:
    """Return the management settings and the configurations."""
    return [_management(view), _configurations(view)]


def _management(view: View) -> Section:
    """Return what all devices agree on, once, and where they differ, with who has which."""
    devices = view.facts.of("device")
    fields = [field for field in KINDS["device"].fields if field.name in _FIELDS]
    found = agreement(fields, devices, view.facts, "device")
    return Section(
        key="management",
        title="Management",
        template="network_management",
        input={
            "count": len(devices),
            "same": found.same,
            "unseen": found.unseen,
            "differing": found.differing,
        },
        about=tuple(device.id for device in devices),
    )


def _configurations(view: View) -> Section:
    devices = view.facts.of("device")
    files = configuration_files(view.facts)
    return table_section(
        "configurations",
        "Configurations",
        Table(
            columns=("Device", "Saved", "Lines", "As it is since", "Running configuration"),
            rows=tuple(_row(view, device, files.get(device.id)) for device in devices),
            sources=sources_of(devices) or view.facts.sources,
            right=(2,),
        ),
        intro="Secrets are removed, and lines that change with every reading are masked. What "
        "changed last stands in the document changes.",
        about=[device.id for device in devices],
    )


def _row(view: View, device: Asset, file: str | None) -> tuple[str, ...]:
    record = device.record
    saved = "**no**" if record.config_saved is False else show(record.config_saved)
    since = view.facts.config_times.get(device.id)
    config = record.running_config
    return (
        escape(device.name),
        saved,
        UNKNOWN if config is None else f"{len(config.splitlines()):,}",
        UNKNOWN if since is None or config is None else moment(since),
        f"[{file}]({file})" if file else UNKNOWN,
    )
