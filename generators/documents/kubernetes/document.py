"""The document `kubernetes`: the as-built description of every cluster."""

from __future__ import annotations

from collections import Counter

from generators.documents.cited import Cited
from generators.documents.described import described
from generators.documents.domains import KUBERNETES
from generators.documents.facts import Facts
from generators.documents.kubernetes import (
    access,
    clusters,
    pods,
    storage,
    traffic,
    way,
    workloads,
)
from generators.documents.kubernetes.view import View
from generators.documents.section import Document, Section
from generators.documents.text import counted, listed, memory, percent


def kubernetes(facts: Facts) -> Document:
    """Return the sections of the description; what is large is split by cluster or namespace."""

    def say(cited: Cited) -> None:
        _say_phases(facts.kubernetes, cited)
        say_requests(facts.kubernetes, cited)

    return described(KUBERNETES, facts, say, lambda: _sections(facts.kubernetes))


def _sections(view: View) -> list[Section]:
    return [
        *clusters.sections(view),
        way.section(view),
        *workloads.sections(view),
        *pods.sections(view),
        *traffic.sections(view),
        *storage.sections(view),
        *access.sections(view),
    ]


def _say_phases(view: View, cited: Cited) -> None:
    """Say how many pods are in which phase, and how many are not well."""
    phases = Counter((pod.record.phase or "unknown").lower() for pod in view.facts.of("pod"))
    if not phases:
        return
    parts = [f"{number:,} {_verb(phase, number)} {phase}" for phase, number in _by(phases)]
    cited.say(
        f"Of the pods {listed(parts)}.",
        *(
            (f"total:pod.{phase}", f"pods that are {phase}: {number}")
            for phase, number in _by(phases)
        ),
    )


def _verb(phase: str, number: int) -> str:
    words = ("has", "have") if phase in ("succeeded", "failed") else ("is", "are")
    return words[number > 1]


def _by(phases: Counter[str]) -> list[tuple[str, int]]:
    return sorted(phases.items(), key=lambda item: (-item[1], item[0]))


def say_requests(view: View, cited: Cited) -> None:
    """Say how much of what the nodes offer is asked for."""
    nodes = view.facts.of("node")
    cpu, room = clusters.offered(nodes)
    asked = view.requests(clusters.placed(view.facts.of("pod")))
    if not cpu or not room:
        return
    shares = percent(asked.cpu_millicores, cpu), percent(asked.memory_mib, room)
    offered = f"{clusters.cores(cpu)} and {memory(room)}"
    least = "at least " if asked.undeclared else ""
    cited.say(
        f"The nodes offer {offered} to pods, of which {least}{shares[0]} of the CPU "
        f"and {least}{shares[1]} of the memory are requested.",
        ("total:node.allocatable", f"the nodes offer to pods: {offered}"),
        ("total:pod.requests", f"requested at least: {shares[0]} of CPU, {shares[1]} of memory"),
    )
    if asked.undeclared:
        number = counted(asked.undeclared, "pod")
        cited.say(
            f"Of {number} it is not known what they request.",
            ("total:pod.undeclared", f"{number}: not known what they request"),
        )
