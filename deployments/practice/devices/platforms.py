"""The dialect of each platform, by netmiko's name of it."""

from __future__ import annotations

from deployments.practice.devices.cisco import Cisco
from deployments.practice.devices.dialect import Dialect
from deployments.practice.devices.eos import config as eos_config
from deployments.practice.devices.eos.ports import PORTS as EOS_PORTS
from deployments.practice.devices.eos.tables import TABLES as EOS_TABLES
from deployments.practice.devices.frr import tables as frr
from deployments.practice.devices.ios import config as ios_config
from deployments.practice.devices.ios.ports import PORTS as IOS_PORTS
from deployments.practice.devices.ios.tables import TABLES as IOS_TABLES
from deployments.practice.devices.junos.config import CONFIG as JUNOS_CONFIG
from deployments.practice.devices.junos.dialect import Junos
from deployments.practice.devices.junos.ports import PORTS as JUNOS_PORTS
from deployments.practice.devices.junos.tables import TABLES as JUNOS_TABLES
from deployments.practice.devices.nxos import config as nxos_config
from deployments.practice.devices.nxos.ports import PORTS as NXOS_PORTS
from deployments.practice.devices.nxos.tables import TABLES as NXOS_TABLES
from deployments.practice.site.vendors import EOS, FRR, IOS, JUNOS, NXOS

DIALECTS: dict[str, Dialect] = {
    IOS: Cisco(
        shows={**IOS_TABLES, **IOS_PORTS, **ios_config.CONFIG},
        text=ios_config.body,
        unknown="                ^\n% Invalid input detected at '^' marker.\n",
        denied="Command authorization failed.\n",
        entered="Enter configuration commands, one per line.  End with CNTL/Z.",
        saved="Building configuration...\n[OK]",
    ),
    NXOS: Cisco(
        shows={**NXOS_TABLES, **NXOS_PORTS, **nxos_config.CONFIG},
        text=nxos_config.body,
        unknown="                ^\n% Invalid command at '^' marker.",
        denied="% Permission denied for the role",
        entered="Enter configuration commands, one per line. End with CNTL/Z.",
        saved="[########################################] 100%\nCopy complete.",
    ),
    EOS: Cisco(
        shows={**EOS_TABLES, **EOS_PORTS, **eos_config.CONFIG},
        text=eos_config.body,
        unknown="% Invalid input",
        denied="% Authorization denied for command 'configure'",
        saved="Copy completed successfully.",
        context_words=True,
        width_set="Width set to {} columns.",
        paging_off="Pagination disabled.",
    ),
    JUNOS: Junos(shows={**JUNOS_TABLES, **JUNOS_PORTS, **JUNOS_CONFIG}),
    FRR: Cisco(
        shows=frr.TABLES,
        text=frr.body,
        unknown="% Unknown command: ",
        denied="% Command not allowed for this user",
        saved="Building Configuration...\n[OK]",
    ),
}
