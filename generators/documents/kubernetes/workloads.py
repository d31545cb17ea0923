"""Workloads by namespace, jobs, what scales and protects them, and the images that they run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from generators.documents.facts import Facts, sources_of
from generators.documents.kubernetes import namespaces
from generators.documents.kubernetes.view import WORKLOADS, Scope, View
from generators.documents.section import Section, table_section
from generators.documents.table import Table, few, inventory_table, show, tally
from generators.documents.text import UNKNOWN, counted, escape, more_than
from models.kinds import KINDS
from models.kinds.kubernetes.common import Container
from models.records.asset import Asset

_MOST_ROWS = 300
_MOST_NAMESPACES = 400  # of a cluster that have a section of their own
_COLUMNS = ("Workload", "Kind", "Ready", "Images", "Not declared", "Service account")
_BAD_OUTCOMES = ("Failed", "Suspended")


def sections(view: View) -> list[Section]:
    """Return namespaces and their workloads, then jobs, autoscalers, budgets and images."""
    found = [_fleet(view), *namespaces.sections(view)]
    for scope in view.scopes:
        found += _by_namespace(view, scope)
    return [*found, *_jobs(view), _autoscalers(view), _budgets(view), _images(view)]


def _fleet(view: View) -> Section:
    facts = view.facts
    workloads = [asset for kind in WORKLOADS for asset in facts.of(kind)]
    sources = sources_of(workloads) or facts.sources
    return Section(
        key="workloads",
        title="Namespaces and workloads",
        template="tallies",
        input={
            "intro": f"{counted(len(workloads), 'workload')}, listed by namespace below.",
            "tallies": [
                tally((KINDS[each.kind].title for each in workloads), sources, ("Kind", "Number")),
                tally((_standing(each) for each in workloads), sources, ("Pods", "Workloads")),
            ],
        },
    )


def _standing(workload: Asset) -> str | None:
    ready, wanted = numbers(workload)
    if ready is None or wanted is None:
        return None
    if wanted == 0:
        return "none wanted"
    return "all ready" if ready >= wanted else "some not ready" if ready else "none ready"


def numbers(workload: Asset) -> tuple[int | None, int | None]:
    """Return how many pods of a workload are ready, and how many it wants."""
    record = workload.record
    if workload.kind == "daemonset":
        return record.ready_pods, record.desired_pods
    return record.ready_replicas, record.replicas


def _by_namespace(view: View, scope: Scope) -> list[Section]:
    """Return one section per namespace, so that a changed workload touches one small table."""
    spaces = view.in_namespaces(scope, *WORKLOADS)
    shown = dict(list(spaces.items())[:_MOST_NAMESPACES])
    found = [_of_namespace(view, scope, name, these) for name, these in shown.items()]
    if rest := len(spaces) - len(shown):
        note = f"{counted(rest, 'more namespace')}: see the CSV files of the workloads."
        empty = Table(columns=_COLUMNS, rows=(), sources=(scope.source,), note=note)
        title = view.title(scope, "Further namespaces")
        found.append(table_section(f"workloads:{scope.id}:rest", title, empty, level=3))
    return found


def _of_namespace(view: View, scope: Scope, name: str, workloads: list[Asset]) -> Section:
    shown = workloads[:_MOST_ROWS]
    where = "All stand in csv/deployment.csv, csv/statefulset.csv and csv/daemonset.csv."
    return table_section(
        f"workloads:{scope.id}:{name}",
        view.title(scope, f"Workloads in namespace {name}"),
        Table(
            columns=_COLUMNS,
            rows=tuple(_workload(each) for each in shown),
            sources=sources_of(workloads),
            note=more_than(len(workloads), len(shown), where),
        ),
        about=[each.id for each in shown],
        level=3,
    )


def _workload(workload: Asset) -> tuple[str, ...]:
    record = workload.record
    return (
        escape(workload.name),
        KINDS[workload.kind].title,
        ready_words(workload),
        show(tuple(dict.fromkeys(each.image for each in record.containers))),
        _undeclared(record.containers),
        escape(record.service_account or "default"),
    )


def ready_words(workload: Asset) -> str:
    """Return how many pods are ready of those wanted, in bold where some are not."""
    ready, wanted = numbers(workload)
    if wanted is None:
        return UNKNOWN
    if ready is None:
        return f"{UNKNOWN} of {wanted:,}"
    words = f"{ready:,} of {wanted:,}"
    return words if ready >= wanted else f"**{words}**"


def _undeclared(containers: Sequence[Container]) -> str:
    """Return what the containers that stay leave out: requests, limits, probes."""
    staying = [each for each in containers if not each.init]
    if not staying:
        return UNKNOWN
    parts = (
        ("CPU request", [each.cpu_request_millicores for each in staying]),
        ("memory request", [each.memory_request_mib for each in staying]),
        ("memory limit", [each.memory_limit_mib for each in staying]),
        ("readiness probe", [each.readiness_probe or None for each in staying]),
        ("liveness probe", [each.liveness_probe or None for each in staying]),
    )
    return ", ".join(label for label, values in parts if None in values) or "-"


def _jobs(view: View) -> list[Section]:
    facts = view.facts
    cronjobs, jobs = facts.of("cronjob"), facts.of("job")
    bad = [job for job in jobs if job.record.outcome in _BAD_OUTCOMES]
    cron = table_section(
        "cronjobs",
        "Cron jobs",
        inventory_table(
            KINDS["cronjob"],
            cronjobs[:_MOST_ROWS],
            facts,
            note=more_than(len(cronjobs), _MOST_ROWS, "All stand in csv/cronjob.csv."),
        ),
        about=[asset.id for asset in cronjobs[:_MOST_ROWS]],
    )
    outcomes = (job.record.outcome or "running" for job in jobs)
    note = more_than(len(bad), _MOST_ROWS, "All stand in csv/job.csv.")
    listed = Section(
        key="jobs",
        title="Jobs",
        template="kubernetes_jobs",
        input={
            "outcomes": tally(outcomes, sources_of(jobs) or facts.sources, ("Outcome", "Jobs")),
            "bad": inventory_table(KINDS["job"], bad[:_MOST_ROWS], facts, note=note),
        },
        about=tuple(job.id for job in bad[:_MOST_ROWS]),
    )
    return [cron, listed]


def _autoscalers(view: View) -> Section:
    return _with_state(view.facts, "horizontal_pod_autoscaler", "Autoscalers", "Can scale", _scales)


def _scales(scaler: Asset) -> str:
    record = scaler.record
    if record.scaling_active is False:
        return f"**no**: {escape(record.scaling_reason or UNKNOWN)}"
    return show(record.scaling_active)


def _budgets(view: View) -> Section:
    title = "Disruption budgets"
    return _with_state(view.facts, "pod_disruption_budget", title, "May be evicted", _evicts)


def _evicts(budget: Asset) -> str:
    allowed = budget.record.disruptions_allowed
    return UNKNOWN if allowed is None else "yes" if allowed else "**none now**"


def _with_state(
    facts: Facts, kind: str, title: str, column: str, state: Callable[[Asset], str]
) -> Section:
    """Return the inventory of a kind with one word on how each stands now."""
    assets = facts.of(kind)
    shown = assets[:_MOST_ROWS]
    inventory = inventory_table(KINDS[kind], shown, facts)
    return table_section(
        kind,
        title,
        replace(
            inventory,
            columns=(*inventory.columns, column),
            rows=tuple(
                (*row, state(asset)) for row, asset in zip(inventory.rows, shown, strict=True)
            ),
            note=more_than(len(assets), len(shown), f"All stand in csv/{kind}.csv."),
        ),
        about=[asset.id for asset in shown],
    )


def _images(view: View) -> Section:
    """Return each image with its tags and how many workloads run it."""
    tags: dict[str, set[str]] = defaultdict(set)
    users: dict[str, set[str]] = defaultdict(set)
    kinds = (*WORKLOADS, "cronjob")
    workloads = [asset for kind in kinds for asset in view.facts.of(kind)]
    for asset in workloads:
        for container in asset.record.containers:
            image, tag = split_image(container.image)
            tags[image].add(tag)
            users[image].add(asset.id)
    order = sorted(users, key=lambda image: (-len(users[image]), image))
    return table_section(
        "images",
        "Images in use",
        Table(
            columns=("Image", "Tags", "Workloads"),
            rows=tuple(
                (escape(image), few([_tag(tag) for tag in sorted(tags[image])]), f"{users_:,}")
                for image, users_ in ((each, len(users[each])) for each in order[:_MOST_ROWS])
            ),
            sources=sources_of(workloads) or view.facts.sources,
            right=(2,),
            note=more_than(
                len(order), _MOST_ROWS, "All stand in csv/deployment-containers.csv and beside it."
            ),
        ),
        intro="A tag that moves, such as latest, or none at all, is in bold.",
    )


def split_image(image: str) -> tuple[str, str]:
    """Return an image's name and its tag or digest, "" where it has none."""
    name, at, digest = image.partition("@")
    if at:
        return name, digest
    head, colon, tag = name.rpartition(":")
    return (head, tag) if colon and "/" not in tag else (name, "")


def _tag(tag: str) -> str:
    if not tag:
        return "**no tag**"
    shown = escape(tag if len(tag) <= 24 else f"{tag[:20]}\u2026")  # noqa: PLR2004  a digest
    return f"**{shown}**" if tag == "latest" else shown
