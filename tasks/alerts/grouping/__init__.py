"""Grouping: alert events become incidents, by one pure engine for live triage and replay.

It imports neither Prefect nor the store. `Memory` holds what is remembered, `Context` what is read
beside it; `group` places events, `advance` does what time alone does.
"""

from tasks.alerts.grouping.context import Context
from tasks.alerts.grouping.engine import group
from tasks.alerts.grouping.explaining import why, why_not
from tasks.alerts.grouping.memory import (
    AlertMemory,
    Changes,
    Contender,
    EntityMemory,
    IncidentMemory,
    Memory,
)
from tasks.alerts.grouping.passing import advance
from tasks.alerts.grouping.policy import Policy, load_policy
from tasks.alerts.grouping.roots import certainty_of
from tasks.alerts.grouping.scoring import compare
from tasks.alerts.grouping.tokens import tokens_of
from tasks.alerts.grouping.topology import Topology
from tasks.alerts.grouping.topology_file import read_topology, topology_from
from tasks.alerts.grouping.topology_graph import topology_of
from tasks.alerts.grouping.topology_written import written

__all__ = [
    "AlertMemory",
    "Changes",
    "Contender",
    "Context",
    "EntityMemory",
    "IncidentMemory",
    "Memory",
    "Policy",
    "Topology",
    "advance",
    "certainty_of",
    "compare",
    "group",
    "load_policy",
    "read_topology",
    "tokens_of",
    "topology_from",
    "topology_of",
    "why",
    "why_not",
    "written",
]
