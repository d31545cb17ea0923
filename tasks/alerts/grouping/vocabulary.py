"""General words of monitoring: what classes of things alerts name, and what classes of trouble.

Nothing here names a site, a service or one product's rule: only words that many tools share.
"""

from __future__ import annotations

import re

from collectors.alerts.wordlists import listed

ENVIRONMENTS: dict[str, str] = {
    **dict.fromkeys(["prod", "production", "prd", "live", "prod1"], "production"),
    **dict.fromkeys(["staging", "stage", "stg", "preprod", "pre-prod", "preproduction"], "staging"),
    **dict.fromkeys(["dev", "development", "devel", "sandbox"], "development"),
    **dict.fromkeys(["test", "testing", "tst", "qa", "uat", "int", "integration", "ci"], "test"),
    **dict.fromkeys(["dr"], "recovery"),
}

# Of these an alert says that it is of them.
NOT_PRODUCTION = frozenset(("staging", "development", "test"))

# Values that say nothing: of labels that are set but empty in meaning.
EMPTY = frozenset(listed("- none null n/a na unknown undefined default localhost 127.0.0.1 * all"))

# `job` of Prometheus is the scrape job; `device` may be a port, a disk or a whole switch.
SCRAPE_JOBS = re.compile(
    r"exporter|blackbox|prometheus|alertmanager|kubelet|cadvisor|kube-state|telegraf|snmp|"
    r"probe|scrape|monitor|node$|agent"
)
PART = re.compile(
    r"^(/dev/\S+|/\S*|[a-z]:\\?|sd[a-z]\d*|vd[a-z]\d*|xvd[a-z]\d*|hd[a-z]\d*|"
    r"nvme\d+\S*|dm-\d+|md\d+|"
    r"(eth|ens|eno|enp|em|bond|br|lo|wlan|vmnic|vmk|veth|tun|tap|team|ib)\d\S*|lo|"
    r"(gi|te|fa|fo|hu|tw|et|xe|ge|po|vlan|port-?channel|ethernet|"
    r"gigabitethernet|tengige\S*)[-\s]?\d\S*|"
    r"\d+(/\d+)*)$"
)

# What checks of host monitoring are called; as a "service" they are no service of anybody.
CHECKS = re.compile(
    r"^(check_\S+|.*\b(ping|ssh|http|https|load|disk|cpu|memory|swap|uptime|"
    r"processes|procs|users|icmp"
    r"|snmp|ntp|time|smtp|drive|partition|interface|file ?system|host ?alive)\b.*)$"
)

# What tools call every rule alike.
GENERAL = frozenset(
    listed("alert alarm trigger monitor issue problem event notification incident check rule")
)

# Segments of the names of what passes messages on; what such a one has when it does not.
BROKERS = frozenset(
    listed("mq rabbit rabbitmq kafka broker brokers nats activemq artemis pulsar redpanda amqp")
)
# Segments of the names of what feeds power, and of what takes heat away.
FEEDS = frozenset(listed("ups pdu rpp sts ats psu feed genset generator busbar"))
COOLERS = frozenset(listed("crac crah chiller"))
FAILED = frozenset(listed("reach crash power memory disk-space disk-io network orchestration"))

# A segment of a name that only says what part something plays.
ROLES = frozenset(
    listed(
        "api app web svc service srv server worker job cron db database cache queue mq "
        "proxy gateway gw backend frontend ui prod production staging stage dev test "
        "nightly hourly daily weekly exporter node host vm pod k8s kube rabbit redis "
        "postgres mysql primary replica master standby slave main sync batch cluster "
        "router switch core edge data store log logs public private internal external "
        "http https tcp grpc east west north south system lb db1 search import export "
        "report backup restic controller manager operator agent ingress health"
    )
)

HEARTBEAT = re.compile(
    r"watch ?dog|dead ?man'?s? ?(switch|snitch)?|heart ?beat|always (be )?firing|keep ?alive|"
    r"info ?inhibitor|\btest (alert|notification|event|message)\b|alerting pipeline is (ok|func)"
)
NOT_A_HEARTBEAT = re.compile(
    r"miss|lost|stop|fail|down|absent|timeout|timed out|late|overdue|\bno\b|not received|expired|"
    r"silent|dead(?! ?man)|flap|unstable|irregular|intermittent|come and go"
)

# Classes of trouble, by words in rule, title and description. One alert may be of several.
TOPICS: dict[str, re.Pattern[str]] = {
    name: re.compile(words)
    for name, words in {
        "control": r"etcd|api[ -]?server|kube ?api|kubernetes api|kubectl|kube ?client|"
        r"controller[ -]?manager|kube[ -]?scheduler|scheduler (?:down|leader)|control[ -]?plane|"
        r"admission (?:web ?hook|controller)|"
        r"konnectivity|vcenter|vpxd|raft leader",
        "orchestration": r"roll ?out|replicas? ?(mismatch|unavail)|\bhpa\b|autoscaler|unschedul|"
        r"pending|progress ?deadline|not progressing|"
        r"\b(?:deploy|deployment|update)\b.{0,40}(?:stall|stuck|(?:no|not) progress|hangs)|"
        r"generation ?mismatch|not scheduled|eviction|mis ?scheduled|client errors|reconcil",
        "dns": r"\bdns|core ?dns|name ?server|resolver|no such host|(?:not|cannot|"
        r"unable to|failed to) resolve|name resolution|nxdomain|"
        r"servfail|lookup \S+|getaddrinfo|enotfound|eai again|unknown host",
        "certificate": r"certificat|x509|\btls\b|\bssl|not ?after",
        "credentials": r"api key|credential|password|unauthori[sz]ed|\b401\b|\b403\b|token expired|"
        r"access denied|permission denied|declined",
        "disk-space": r"out of space|disk full|space left|filling up|low disk|disk space|"
        r"almost full|"
        r"disk usage|free space|capacity|file ?system (?:has|is)|volume .{0,20}full|inodes|"
        r"file ?system space|(?:disk|volume|datastore) .{0,20}(?:full|\d+ ?(?:%|percent))|"
        # A directory or a drive that is so full: what an address or a route ends in is none.
        r"(?:(?<![\w/:.])/[\w./-]*|\b[a-z]:\\?|\b(?:partition|mount ?point|mount|drive)) .{0,40}"
        r"\d ?(?:%|percent) (?:full|used|of space)",
        "disk-io": r"\bio\b|disk io|iops|fsync|saturat|disk latency|storage latency|scsi|raid|"
        r"smart|"
        r"disk.{0,30}\b(?:waits|stall|slow)|stalled io|"
        r"\blun\b|all paths|apd|multipath|read only|datastore|\bnfs\b|ceph|osd",
        "memory": r"memory|\boom|out of mem|heap|swap|working set|killed",
        "cpu": r"\bcpu\b|load ?(average|high)|throttl|ready time|steal",
        "reach": r"un-?reach|not ?ready|down\b|no (?:response|reply|answer|contact)|inaccessible|"
        r"(?:not|never) (?:answer|respond|repl|reach)|can ?not (?:be )?(?:reach|contact|ping)|"
        r"offline|"
        r"disappear|lost|disconnect|icmp|\bping|snmp|host ?down|target ?down|unavailable|not "
        r"connected|power(ed)? ?off|readiness|stale ?agent|agent|no data|timeout|timed out|"
        r"clock|bond|degraded|missing|status ?check",
        "network": r"interface|link ?(down|flap|state)|\bport\b|packet|bgp|ospf|\blacp|bond|switch|"
        r"router|network|vlan|carrier|crc|uplink|neighbo|\bmtu|fabric",
        "database": r"postgres|mysql|mariadb|oracle|mongo|sql|replication|replica ?lag|deadlock|"
        r"database|"
        r"connection pool|slow quer|connections? (exhaust|limit|refus)",
        "queue": r"(?s)^(?!.*\b(?:disk|i/?o)\b.{0,20}queue).*?"  # no disk's
        r"(?:queue|consumer|rabbit|kafka|broker|backlog|amqp|messages|\blag\b)",
        "batch": r"\bjob\b|cron|\bimport\b|\bexport\b|\betl\b|pipeline|backup|batch|nightly|"
        r"restic|snapshot "
        r"fail|dag\b",
        "stale": r"fresh|stale|older than|outdated|out of date|not updated|overdue|backup ?missing|"
        r"missing backup|last backup|backup ?age|backup .{0,10}\bnot (?:finish|complete|run)|"
        r"last success|no recent|too old|behind schedule|missed",
        "image": r"image ?pull|pulling image|err ?image|manifest unknown|bad image|image tag|"
        r"back-?off pull",
        "change": r"deploy|roll ?out|new release|new version|config(uration)? ?(change|reload|"
        r"error)|migration",
        "probe": r"\bprobe|black ?box|health ?check|synthetic|uptime check|endpoint ?down",
        "ingress": r"\bingress|load ?balanc|haproxy|reverse prox",
        "crash": r"crash|restart|back-?off|exit code|panic|killed|segfault|fatal|not running|"
        r"is gone|has (?:stopped|died)|quorum",
        "writes": r"(?:could|can) ?not (?:extend|write)|refuses writes|write errors?|writes? fail|"
        r"read[- ]only|no space left",
        "answers": r"layer ?7|wrong status|status code|http status|unexpected (?:status|response)|"
        r"refus(?:es|ed|ing)",
        "spare": r"redundan|lost (?:a |one |1 )?(?:path|leg)|paths? (?:is|are) dead",
        "power": r"power|\bups\b|\bpdu\b|psu|voltage|battery|breaker",
        "heat": r"temperature|overheat|fan\b|thermal|cooling|coolant|chiller|\bcra[ch]\b|\bhvac\b|"
        r"air ?condition|supply water",
        "time": r"\bntp\b|clock|time drift|chrony|time sync",
        "errors": r"error|5xx|\b50\d\b|http|fail(ed|ing|ure)? (?:request|rate)|exception|"
        r"success rate|refus(?:ed|es|ing)|(?:dropped|fell|went|down) to (?:0|zero)\b",
        "latency": r"latency|slow|p9\d|response time|duration|apdex",
        "objective": r"burn|error budget|\bslo\b|availability(?! ?(?:zone|set|group))",
    }.items()
}

# How likely such trouble stands at the beginning (1) or at the end (0) of a chain.
CAUSE: dict[str, float] = {
    "power": 1.0,
    "heat": 0.9,
    "disk-space": 0.9,
    "disk-io": 0.85,
    "certificate": 0.9,
    "credentials": 0.85,
    "image": 0.9,
    "change": 0.75,
    "memory": 0.8,
    "network": 0.8,
    "dns": 0.75,
    "control": 0.7,
    "time": 0.6,
    "database": 0.65,
    "reach": 0.65,
    "batch": 0.6,
    "crash": 0.55,
    "cpu": 0.6,
    "queue": 0.45,
    "broker": 0.65,
    "orchestration": 0.3,
    "stale": 0.2,
    "ingress": 0.65,
    "probe": 0.2,
    "latency": 0.15,
    "errors": 0.1,
    "objective": 0.05,
}

# Trouble of what others stand on.
FOUNDATIONS = frozenset(
    listed("disk-space disk-io database broker network dns control power reach writes")
)
# What a whole cluster depends on, and what stands in no topology.
PLATFORM = frozenset(("dns", "control", "ingress"))
# Words that say it only in a name or title: in the prose of a description they mean less.
TITLE_TOPICS = frozenset(("control", "orchestration", "change", "batch"))
# Trouble that has its cause in itself: what stands upstream does not explain it.
INTRINSIC = frozenset(("certificate", "credentials", "image", "disk-space", "heat"))
# Of these, trouble of one service that hardly anybody else has.
CONFINED = frozenset(("certificate", "credentials"))
# What answers wrongly, or has only lost what it holds in reserve, is seen.
SEEN = frozenset(("answers", "spare"))
# Trouble that grows over hours, so that one alert after the other tells of it.
CREEPING = frozenset(("disk-space", "memory", "heat", "queue", "certificate"))
# Trouble of a host that very many have at once when what they share fails.
WIDE = frozenset(("reach", "network", "power", "time", "heat", "probe"))
# Trouble by which a host is not seen any more.
LOST = frozenset(("reach", "power", "probe"))
# Trouble that may well come from something that failed below.
SUFFERING = frozenset(
    listed(
        "reach disk-io errors latency network crash database stale objective orchestration memory"
        " batch control dns queue time probe"
    )
)
LAST = frozenset(("stale", "objective"))  # what hardly ever brings anything else
SYMPTOMS = frozenset(("errors", "latency", "objective", "stale", "orchestration", "queue", "probe"))

# Of two kinds of trouble the first is known to bring the second, without a common name.
BRINGS: tuple[tuple[str, str], ...] = (
    ("control", "orchestration"),
    ("control", "control"),
    ("batch", "stale"),
    ("dns", "dns"),
    ("ingress", "ingress"),
    ("certificate", "certificate"),
    ("time", "time"),
)

# As these, but only where one incident alone may have brought it: of many things of the first kind
# an alert of the second does not tell which.
EXPECTED: tuple[tuple[str, str], ...] = (("broker", "queue"), ("disk-space", "writes"))

# Kinds nearer to the ground come first: their failures bring those of the later ones.
GROUND = listed(
    "power place switch network storage hypervisor host vm volume database queue container pod "
    "job workload service route infra"
)

STOP = frozenset(
    listed(
        "a an and are as at be been by for from has have in is it its of on or that the "
        "this to was were will with not no more than over under above below last all "
        "any some per out up down high low value current threshold alert alerts "
        "alerting triggered re-triggered retriggered recovered resolved firing warning "
        "critical error errors minutes minute min seconds hours percent answers "
        "requests request when while after before within next gets get got does do "
        "service host node instance pod state status check problem ok detected times "
        "time"
    )
)
