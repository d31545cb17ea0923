"""The document `virtualization`: the as-built description of every vCenter."""

from __future__ import annotations

from generators.documents import (
    capacity,
    hosts,
    machines,
    networking,
    overview,
    topology,
)
from generators.documents.described import described
from generators.documents.diagram import diagrams
from generators.documents.domains import VIRTUALIZATION
from generators.documents.facts import Facts, sources_of
from generators.documents.section import Document, Section
from generators.documents.table import Table, formatter, inventory_table
from generators.documents.text import UNKNOWN, escape, moment
from models.kinds import KINDS
from models.kinds.vcenter import Licence
from models.records.asset import Asset


def virtualization(facts: Facts) -> Document:
    """Return the sections of the description; large inventories are split by cluster."""
    return described(
        VIRTUALIZATION,
        facts,
        lambda cited: overview.say_power(facts, cited),
        lambda: _sections(facts),
    )


def _sections(facts: Facts) -> list[Section]:
    return [
        _vcenters(facts),
        _clusters(facts),
        _topology(facts),
        *hosts.sections(facts),
        _pools(facts),
        _datastores(facts),
        _storage(facts),
        *networking.sections(facts),
        *machines.sections(facts),
    ]


def _vcenters(facts: Facts) -> Section:
    vcenters = facts.of("vcenter")
    return Section(
        key="vcenter",
        title="vCenter, licences and certificate",
        template="virtualization_vcenter",
        input={
            "vcenters": inventory_table(KINDS["vcenter"], vcenters, facts),
            "certificates": _certificates(vcenters, facts),
            "licences": _licences(vcenters, facts),
            "hidden": [
                escape(vcenter.name) for vcenter in vcenters if vcenter.record.licences is None
            ],
        },
        about=tuple(asset.id for asset in vcenters),
    )


def _certificates(vcenters: tuple[Asset, ...], facts: Facts) -> Table:
    fields = [field for field in KINDS["vcenter"].fields if field.name.startswith("certificate_")]
    formats = [(field.name, formatter(field, facts)) for field in fields]
    return Table(
        columns=("vCenter", *(field.fact.label for field in fields)),
        rows=tuple(
            (escape(item.name), *(show(getattr(item.record, name)) for name, show in formats))
            for item in vcenters
        ),
        sources=sources_of(vcenters) or facts.sources,
    )


def _licences(vcenters: tuple[Asset, ...], facts: Facts) -> Table:
    return Table(
        columns=("vCenter", "Licence", "Key", "Used", "Total", "Expires"),
        rows=tuple(
            _licence(vcenter, licence)
            for vcenter in vcenters
            for licence in vcenter.record.licences or ()
        ),
        sources=sources_of(vcenters) or facts.sources,
        right=(3, 4),
        note="Keys are masked.",
    )


def _licence(vcenter: Asset, licence: Licence) -> tuple[str, ...]:
    totals = {None: UNKNOWN, 0: "unlimited"}
    never = "evaluation" if licence.evaluation else "never"
    return (
        escape(vcenter.name),
        escape(licence.name),
        escape(licence.masked_key),
        UNKNOWN if licence.used is None else f"{licence.used:,}",
        totals.get(licence.total) or f"{licence.total:,}",
        moment(licence.expires_at) if licence.expires_at else never,
    )


def _clusters(facts: Facts) -> Section:
    clusters = facts.of("cluster")
    fields = [
        field
        for field in KINDS["cluster"].stable
        if field.scalar and not field.fact.table and not field.fact.unique and not field.many
    ]
    formats = [
        (field.name, formatter(field, facts)) for field in fields if not field.fact.reference
    ]
    labels = [field.fact.label for field in fields if not field.fact.reference]
    return Section(
        key="clusters",
        title="Clusters, HA and DRS",
        template="virtualization_clusters",
        input={
            "clusters": inventory_table(KINDS["cluster"], clusters, facts),
            "settings": Table(
                columns=("Cluster", *labels),
                rows=tuple(
                    (
                        escape(item.name),
                        *(show(getattr(item.record, name)) for name, show in formats),
                    )
                    for item in clusters
                ),
                sources=sources_of(clusters) or facts.sources,
            ),
            "capacity": capacity.cluster_table(facts),
        },
        about=tuple(asset.id for asset in clusters),
    )


def _topology(facts: Facts) -> Section:
    return Section(
        key="topology",
        title="Topology",
        template="diagrams",
        input={
            "intro": "Datacenters, their clusters and hosts.",
            "diagrams": diagrams(topology.host_paths(facts)),
            "sources": Table(columns=(), rows=(), sources=facts.sources),
        },
        about=tuple(
            asset.id for kind in ("datacenter", "cluster", "host") for asset in facts.of(kind)
        ),
    )


def _pools(facts: Facts) -> Section:
    pools = facts.of("resource_pool")
    return Section(
        key="pools",
        title="Resource pools",
        template="table",
        input={
            "intro": "A limit of `unlimited` is what vCenter shows as -1.",
            "content": inventory_table(KINDS["resource_pool"], pools, facts),
        },
        about=tuple(asset.id for asset in pools),
    )


def _datastores(facts: Facts) -> Section:
    stores = facts.of("datastore")
    return Section(
        key="datastores",
        title="Datastores",
        template="table",
        input={"intro": "The fullest first.", "content": capacity.datastore_table(stores, facts)},
        about=tuple(asset.id for asset in stores),
    )


def _storage(facts: Facts) -> Section:
    paths, labels = topology.storage_paths(facts)
    return Section(
        key="storage",
        title="Virtual machines on datastores",
        template="diagrams",
        input={
            "intro": "Clusters and the datastores that their virtual machines lie on.",
            "diagrams": diagrams(paths, labels),
            "sources": Table(columns=(), rows=(), sources=facts.sources),
        },
        about=tuple(asset.id for kind in ("cluster", "datastore") for asset in facts.of(kind)),
    )
