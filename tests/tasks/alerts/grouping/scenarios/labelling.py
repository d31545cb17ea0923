"""Which labels a tool puts on an alert of a thing."""

from __future__ import annotations

from typing import NamedTuple


class Where(NamedTuple):
    env: str
    cluster: str
    node: str | None
    pod: str | None
    place: str | None


def labels_of(voice, tool, name, kind, where):
    if tool in ("datadog", "sentry"):
        return _of_applications(tool, name, kind, where)
    if tool in ("zabbix", "nagios"):
        return _of_hosts(voice.world, tool, name, kind, where)
    return _of_rules(voice, name, kind, where)


def host_label(world, name):
    return ({"node": name}, {"instance": f"{name}:9100"}, {"host": name})[world.seed % 3]


def _of_applications(tool, name, kind, where):
    kinds = {"host": "host", "vm": "host", "switch": "device"}
    own = kinds.get(kind, "service" if tool == "datadog" else "project")
    return {"env" if tool == "datadog" else "environment": where.env, own: name}


def _of_hosts(world, tool, name, kind, where):
    if kind in ("service", "deployment", "db", "queue"):
        found = (
            {"application": name} if tool == "zabbix" else {"servicegroup": name, "service": name}
        )
    else:
        full = f"{name}.{world.trade}.example" if kind == "route" else name
        found = {"hostname" if tool == "zabbix" else "host_name": full}
    if where.env != "production" or world.seed % 5 == 0:
        found["environment"] = where.env
    return {**found, **({"site": where.place} if where.place else {})}


def _of_rules(voice, name, kind, where):
    world = voice.world
    found = _thing(voice, name, kind, where)
    if kind in ("pod", "deployment", "job") and world.flavour == "kubernetes":
        found["namespace"] = world.trade
    if where.place:
        found["site"] = where.place
    elif kind not in ("db", "route"):
        found["cluster"] = where.cluster
    if kind in ("service", "cluster"):
        found["env"] = where.env
    return found


def _thing(voice, name, kind, where):
    world, node = voice.world, where.node
    return {
        "host": host_label(world, name),
        "vm": {"vm": name},
        "switch": {"device": name} if world.seed % 2 else {"switch": name},
        "datastore": {"datastore": name},
        "service": {"service": name},
        "db": {"service": name, **({"instance": f"{node}:9187"} if node else {})},
        "queue": {"service": name},
        "deployment": {"deployment": name},
        "route": {"instance": f"https://{name}.{world.trade}.example/health"},
        "job": {"job_name": f"{name}-{voice.rng.randrange(28000000, 29999999)}"},
        "cluster": {},
        "pod": {"pod": where.pod or f"{name}-0", "container": name.split("-")[-1], **({"node": node} if node else {})},
    }[kind]  # fmt: skip
