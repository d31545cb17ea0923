"""Whole scenarios: one or several incidents with what makes them hard."""

from __future__ import annotations

from tests.tasks.alerts.grouping.scenarios import causes
from tests.tasks.alerts.grouping.scenarios.labelling import host_label


def one_cause(cause, noise=8, **more):
    def story(s):
        cause(s, 5, "I1", **more)
        s.noise(70, noise)

    return story


def unrelated(count):
    """Two or three causes in services that share no chain and no host."""

    def story(s):
        world, chosen = s.world, []
        pairs = [
            causes.database_full,
            causes.certificate,
            causes.refused_partner,
            causes.bad_deploy,
            causes.database_lag,
            causes.queue_down,
        ]
        s.rng.shuffle(pairs)
        names = {causes.database_full: "db", causes.database_lag: "db", causes.queue_down: "mq"}
        for cause in pairs:
            kind = names.get(cause, "service")
            fits = [one for one in world.stores(kind) if world.apart(one, chosen)]
            if fits:
                name = s.rng.choice(fits)
                cause(s, 3 + 2.3 * len(chosen), f"I{len(chosen) + 1}", service=name)
                chosen.append(name)
            if len(chosen) == count:
                break
        s.noise(60, 8)

    return story


def flapping(s):
    world = s.world
    host = s.rng.choice([one for one in world.hosts if world.on_host(one)])
    said = s.voice.say("port_flap", host, "host")
    said["labels"]["interface"] = "eth1"
    row = s.root(2, said, "I1")
    at = 4.0
    for _ in range(11):
        s.resolve(row, at, incident="I1")
        s.again(row, at + 1.8, incident="I1")
        at += s.rng.uniform(3.2, 4.5)
    service = world.on_host(host)[0]
    s.emit(21, s.voice.say("agent_down", host, "host"), incident="I1")
    if world.has_topology:
        s.emit(24, s.voice.say("errors", service, "service"), incident="I1")
    s.noise(60, 6)


def late(s):
    """Half of the events of one incident come 10 to 35 minutes late and out of order."""
    world = s.world

    def delay():
        return s.rng.uniform(10, 35) if s.rng.random() < 0.5 else 0

    queue = causes.queue_down(s, 2, "I1", late=delay)
    others = [
        host
        for host in world.hosts
        if world.on_host(host) and all(world.apart(queue, [one]) for one in world.on_host(host))
    ]
    if others:
        causes.host_down(s, 4, "I2", host=s.rng.choice(others), late=delay)
    s.noise(60, 8)


def late_switch(s):
    causes.switch_down(s, 3, "I1", arrives=s.rng.uniform(1, 6))
    s.noise(60, 6)


def duplicates(s):
    """The same memory trouble told by several tools, with changing numbers and wording."""
    world = s.world
    name = s.rng.choice(world.stores("cache") or world.services)
    pod = f"{name}-0"
    kind = "pod" if world.flavour == "kubernetes" else "service"
    row = s.root(0, s.voice.say("pod_oom", name, kind, pod=pod, number=90), "I1")
    for minute in range(5, 40, 5):
        s.again(row, minute, incident="I1", description=f"working set at {90 + minute // 5}%")
    other = s.emit(
        7,
        s.voice.say("pod_oom", name, "service", tool="datadog", number=93),
        incident="I1",
        role="duplicate",
    )
    for minute in (15, 24, 33):
        s.again(
            other,
            minute,
            incident="I1",
            title=f"[Re-Triggered] memory of {name} is at {92 + minute // 8} percent",
        )
    s.emit(21, s.voice.say("process_down", name, "route", tool="zabbix"), incident="I1")
    for up in world.dependents(name)[:1]:
        s.emit(23, s.voice.say("errors", up, "service"), incident="I1")
    s.noise(60, 8)


def maintenance(s):
    """Two overlapping windows; one host does not come back; another incident meanwhile."""
    world = s.world
    patched = [
        host
        for host in world.hosts
        if not any(world.kinds[one] == "db" for one in world.on_host(host))
    ][-4:]
    label = (
        next(iter(host_label(world, "x"))) if s.voice.main in ("prometheus", "grafana") else "host"
    )
    for start, end, hosts in ((0, 90, patched[:3]), (60, 120, patched[2:])):
        s.windows.append({"starts": start, "ends": end, "match": {label: hosts}})
    for number, host in enumerate(patched):
        at = (10, 25, 70, 85)[number]
        down = s.emit(at, s.voice.say("host_down", host, "host"), role="noise", action="suppress")
        s.emit(at + 1, s.voice.say("agent_down", host, "host"), role="noise", action="suppress")
        s.resolve(down, at + 9, incident=None, action="suppress")
    db = s.rng.choice(
        [one for one in world.stores("db") if not set(world.hosts_of(one)) & set(patched)]
    )
    causes.database_lag(s, 40, "I1", service=db)
    s.root(131, s.voice.say("host_down", patched[1], "host"), "I2")
    s.emit(133, s.voice.say("nic", patched[1], "host"), incident="I2")
    s.noise(140, 8)


def storm(count):
    def story(s):
        """A core switch fails: very many hosts of one hall at once, two other incidents inside."""
        world = s.world
        s.root(
            0,
            s.voice.say("switch_down", "core-9", "switch", tool="prometheus", place=world.site),
            "I1",
        )
        seen = 0
        while seen < count:
            host = f"{world.site[:2]}x{s.rng.randrange(1, 400):03d}"
            trouble = s.rng.choice(
                ("host_down", "agent_down", "clock", "nic", "probe", "pod_unready")
            )
            said = s.voice.say(trouble, host, "host", tool="prometheus", place=world.site)
            s.emit(min(10, s.rng.expovariate(0.35)) + 0.05, said, incident="I1")
            seen += 1
        name = s.rng.choice([one for one in world.services if world.kinds[one] == "service"])
        causes.refused_partner(s, 4, "I2", service=name)
        others = [one for one in world.services if world.apart(one, [name])]
        if others:
            causes.failed_job(s, 6, "I3", service=s.rng.choice(others))

    return story


def recurrence(s):
    """The same job fails each night; each night is one incident."""
    name = s.rng.choice(s.world.stores("db"))
    for night in range(3):
        at = night * 24 * 60
        row = s.emit(
            at,
            s.voice.say("job_failed", "load-nightly", "job", tool="prometheus"),
            incident=f"I{night + 1}",
            role="root",
            key="job",
        )
        stale = s.emit(
            at + 6, s.voice.say("stale", name, "service"), incident=f"I{night + 1}", key="stale"
        )
        s.resolve(row, at + 80, incident=f"I{night + 1}")
        s.resolve(stale, at + 82, incident=f"I{night + 1}")
    s.noise(120, 10)


def reopening(s):
    """Twice back within the hour, and once after many hours."""
    name = s.rng.choice(s.world.services)
    row = s.root(0, s.voice.say("process_down", name, "service"), "I1")
    for off, on in ((6, 30), (40, 80)):
        s.resolve(row, off, incident="I1")
        s.again(row, on, incident="I1")
    s.resolve(row, 95, incident="I1")
    again = s.again(row, 95 + 60 * 5, incident="I2", role="root")
    s.resolve(again, 95 + 60 * 5 + 9, incident="I2")
    s.noise(90, 6)


def two_environments(s):
    """The same names in staging and production, with different causes."""
    world = s.world
    name = s.rng.choice([one for one in world.services if world.kinds[one] == "service"])
    causes.bad_deploy(
        s,
        0,
        "I1",
        service=name,
        env="staging",
        cluster=world.cluster.replace("prod", "staging").replace("live", "staging"),
    )
    host = world.placed[name][0]
    kind = "vm" if host in world.vms else "host"
    s.root(1.5, s.voice.say("host_memory", host, kind), "I2")
    if world.flavour == "kubernetes":
        s.emit(
            3,
            s.voice.say("pod_oom", name, "pod", node=host, pod=s.voice.pod(name, s.rng)),
            incident="I2",
        )
    if world.has_topology or world.flavour == "kubernetes":
        s.emit(5, s.voice.say("errors", name, "service"), incident="I2")
    s.noise(50, 6)


def partial_resolve(s):
    """Some members resolve, one goes on; later another thing fails, which is not of it."""
    world = s.world
    db = causes.database_lag(s, 0, "I1")
    others = [
        one for one in world.services if world.apart(one, [db]) and world.kinds[one] == "service"
    ]
    if others:
        causes.refused_partner(s, 26, "I2", service=s.rng.choice(others))
    s.noise(60, 6)


def only_noise(s):
    s.noise(120, 15)


def later_again(s):
    """The same host has other trouble four hours after its first was resolved."""
    host = s.rng.choice(s.world.hosts)
    first = s.root(0, s.voice.say("host_memory", host, "host"), "I1")
    second = s.emit(4, s.voice.say("host_disk_io", host, "host"), incident="I1")
    s.resolve(first, 25, incident="I1")
    s.resolve(second, 28, incident="I1")
    s.root(270, s.voice.say("nic", host, "host"), "I2")
    s.emit(273, s.voice.say("agent_down", host, "host"), incident="I2")
    s.noise(60, 6)


STORIES = {
    "host": one_cause(causes.host_down),
    "switch": one_cause(causes.switch_down),
    "database": one_cause(causes.database_full),
    "queue": one_cause(causes.queue_down),
    "dns": one_cause(causes.dns_down),
    "certificate": one_cause(causes.certificate),
    "deploy": one_cause(causes.bad_deploy),
    "control": one_cause(causes.control_plane),
    "two": unrelated(2),
    "three": unrelated(3),
    "flapping": flapping,
    "late": late,
    "late-switch": late_switch,
    "duplicates": duplicates,
    "maintenance": maintenance,
    "storm": storm(400),
    "recurrence": recurrence,
    "reopening": reopening,
    "environments": two_environments,
    "partial": partial_resolve,
    "noise": only_noise,
    "again": later_again,
}
VMWARE = {"datastore": one_cause(causes.datastore_slow)}
