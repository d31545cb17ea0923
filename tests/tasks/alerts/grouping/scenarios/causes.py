"""Single incidents: one thing fails, and what follows from it."""

from __future__ import annotations


def spread(s, service, at, incident, *, depth=2, late=None, resolve=True):
    """Errors of a service and of who depends on it; returns the rows."""
    rows, wave = [], [service]
    for _ in range(depth):
        for name in wave:
            tool = s.rng.choice((None, None, "datadog"))
            trouble = s.rng.choice(("errors", "errors", "latency"))
            rows.append(
                s.emit(
                    at,
                    s.voice.say(trouble, name, "service", tool=tool),
                    incident=incident,
                    late=late() if late else 0,
                )
            )
            at += s.rng.uniform(0.5, 2.5)
        wave = [up for name in wave for up in s.world.dependents(name)][:2]
        at += s.rng.uniform(0.5, 2)
        if not wave:
            break
    if resolve:
        for row in rows[:2]:
            s.resolve(row, at + s.rng.uniform(8, 20), incident=incident)
    return rows


def host_down(s, at, incident, host=None, late=None):
    world = s.world
    host = host or s.rng.choice([one for one in world.hosts if world.on_host(one)])
    root = s.root(at, s.voice.say("host_down", host, "host"), incident, late=late() if late else 0)
    s.emit(at + 1.2, s.voice.say("agent_down", host, "host"), incident=incident)
    step = at + 2
    for service in world.on_host(host):
        if world.flavour == "kubernetes":
            for _ in range(s.rng.choice((1, 2))):
                s.emit(
                    step,
                    s.voice.say(
                        "pod_unready", service, "pod", node=host, pod=s.voice.pod(service, s.rng)
                    ),
                    incident=incident,
                    late=late() if late else 0,
                )
                step += 0.4
            s.emit(step + 1, s.voice.say("replicas", service, "deployment"), incident=incident)
        elif world.flavour == "vmware":
            vm = next(one for one in world.placed[service] if world.vms[one][0] == host)
            s.emit(
                step,
                s.voice.say("vm_down", vm, "vm"),
                incident=incident,
                late=late() if late else 0,
            )
        spread(s, service, step + 2, incident, depth=2, late=late)
        step += 2.5
    return root


def switch_down(s, at, incident, *, arrives=0.0):
    world = s.world
    switch = s.rng.choice(sorted({own for _, own in world.racks.values()}))
    s.root(at, s.voice.say("switch_down", switch, "switch"), incident, late=arrives)
    step = at + 0.3
    for host in world.behind(switch):
        s.emit(step, s.voice.say("host_down", host, "host"), incident=incident)
        step += s.rng.uniform(0.05, 0.5)
    for host in world.behind(switch)[:3]:
        for service in world.on_host(host)[:1]:
            spread(s, service, step + 2, incident, depth=1)
    return switch


def datastore_slow(s, at, incident):
    world = s.world
    store = s.rng.choice(sorted({own for _, own in world.vms.values()}))
    s.root(at, s.voice.say("datastore_slow", store, "datastore"), incident)
    step = at + 1
    for vm in [one for one, (_, own) in world.vms.items() if own == store][:4]:
        s.emit(step, s.voice.say("vm_slow", vm, "vm"), incident=incident)
        step += s.rng.uniform(0.3, 2)
        service = next(name for name, carriers in world.placed.items() if vm in carriers)
        s.emit(step + 1, s.voice.say("latency", service, "service"), incident=incident)
    return store


def database_full(s, at, incident, service=None):
    world = s.world
    db = service or s.rng.choice(world.stores("db"))
    host = world.placed[db][0]
    kind = "vm" if host in world.vms else "host"
    root = s.root(at, s.voice.say("disk_filling", host, kind), incident)
    s.emit(at + 5, s.voice.say("disk_full", host, kind), incident=incident)
    s.emit(at + 7, s.voice.say("db_errors", db, "db", node=host), incident=incident)
    for up in world.dependents(db):
        spread(s, up, at + 8, incident)
    s.resolve(root, at + 60, incident=incident)
    return db


def database_lag(s, at, incident, service=None):
    db = service or s.rng.choice(s.world.stores("db"))
    s.root(at, s.voice.say("db_lag", db, "db"), incident)
    s.emit(at + 3, s.voice.say("db_connections", db, "db"), incident=incident)
    for up in s.world.dependents(db):
        spread(s, up, at + 5, incident)
    return db


def queue_down(s, at, incident, service=None, late=None):
    queue = service or s.rng.choice(s.world.stores("mq"))
    lag = late or (lambda: 0)
    if s.world.flavour == "kubernetes":
        s.root(at, s.voice.say("pod_crash", queue, "pod", pod=f"{queue}-0"), incident)
        s.emit(at + 2, s.voice.say("replicas", queue, "deployment"), incident=incident, late=lag())
    else:
        s.root(at, s.voice.say("queue_down", queue, "queue"), incident)
    for up in s.world.dependents(queue):
        s.emit(at + 4, s.voice.say("backlog", up, "service"), incident=incident, late=lag())
        spread(s, up, at + 6, incident, late=late)
    return queue


def dns_down(s, at, incident):
    world = s.world
    s.root(at, s.voice.say("dns_down", "dns", "cluster", tool="prometheus"), incident)
    step = at + 1.5
    for name in s.rng.sample([one for one in world.services if world.kinds[one] == "service"], 4):
        s.emit(step, s.voice.say("dns_symptom", name, "service"), incident=incident)
        step += s.rng.uniform(0.4, 2)


def certificate(s, at, incident, service=None):
    name = service or s.rng.choice(
        [one for one in s.world.services if s.world.kinds[one] == "service"]
    )
    root = s.root(at, s.voice.say("cert", name, "route"), incident)
    s.emit(at + 1, s.voice.say("probe", name, "route"), incident=incident)
    s.emit(at + 3, s.voice.say("tls_error", name, "service", tool="sentry"), incident=incident)
    s.emit(at + 6, s.voice.say("errors", name, "service"), incident=incident)
    s.resolve(root, at + 40, incident=incident)
    return name


def bad_deploy(s, at, incident, service=None, env="production", cluster=None):
    name = service or s.rng.choice(
        [one for one in s.world.services if s.world.kinds[one] == "service"]
    )
    kind = "pod" if s.world.flavour == "kubernetes" else "service"
    trouble = "bad_image" if kind == "pod" else "process_down"
    say = {"env": env, "cluster": cluster}
    s.root(at, s.voice.say(trouble, name, kind, pod=s.voice.pod(name, s.rng), **say), incident)
    if kind == "pod":
        s.emit(
            at + 1,
            s.voice.say(trouble, name, kind, pod=s.voice.pod(name, s.rng), **say),
            incident=incident,
        )
        s.emit(at + 3, s.voice.say("rollout", name, "deployment", **say), incident=incident)
    s.emit(at + 4, s.voice.say("errors", name, "service", **say), incident=incident)
    if env == "production":
        for up in s.world.dependents(name)[:1]:
            s.emit(at + 6, s.voice.say("errors", up, "service"), incident=incident)
    return name


def refused_partner(s, at, incident, service=None):
    name = service or s.rng.choice(
        [one for one in s.world.services if s.world.kinds[one] == "service"]
    )
    s.root(at, s.voice.say("auth", name, "service", tool="sentry"), incident)
    row = s.emit(at + 1, s.voice.say("errors", name, "service", number=31), incident=incident)
    for minute in (2, 4):
        s.again(row, at + minute, incident=incident)
    return name


def failed_job(s, at, incident, service=None):
    name = service or s.rng.choice(s.world.services)
    job = f"{name}-nightly"
    root = s.root(at, s.voice.say("job_failed", job, "job", tool="prometheus"), incident)
    stale = s.emit(at + 6, s.voice.say("stale", name, "service"), incident=incident)
    s.resolve(root, at + 50, incident=incident)
    s.resolve(stale, at + 52, incident=incident)
    return name


def control_plane(s, at, incident):
    say, name = s.voice.say, s.rng.choice(s.world.services)
    step = at
    for number, (trouble, kind, who, gap) in enumerate((
        ("etcd", "host", "cp-1", 4), ("etcd", "host", "cp-2", 5), ("apiserver", "cluster", "api", 6),
        ("scheduler", "cluster", "scheduler", 9), ("rollout", "deployment", name, 8), ("hpa", "deployment", name, 0),
    )):  # fmt: skip
        said = say(trouble, who, kind, tool="prometheus")
        (s.root if number == 0 else s.emit)(step, said, incident) if number == 0 else s.emit(
            step, said, incident=incident
        )
        step += gap
