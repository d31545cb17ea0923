"""Names that are words as well, and what tells that an alert means the asset that is called so.

`backup`, `runner` or `mail-store` name assets and stand in sentences about something else. One that
a sentence or a label gives is taken for the asset only by a second sign: a word for its kind beside
it, a label whose name says the kind, or its namespace or cluster.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from collectors.alerts.wordlists import listed

# What many call some part of theirs. A name made only of such words is nobody's own.
_PARTS = frozenset(
    listed(
        "agent api app apps auth backend backup batch build cache cert check ci client cluster"
        " config controller core cron data database db deploy dev dns edge event events export"
        " exporter external file files frontend gateway git health host http image import index"
        " ingress internal job jobs lb load log logger logging login logs mail main manager master"
        " message metrics monitor monitoring network node notification operator order pod primary"
        " print private prod production proxy public queue registry replica report reports restore"
        " router runner scan scheduler search security server service site stage staging static"
        " status storage store stream svc switch sync system test time tool ui user users vm vpn"
        " web worker"
    )
)
# Products and norms whose names have a number, which is none of a machine.
_NUMBERED = frozenset(
    listed(
        "route53 ec2 s3 k8s k3s db2 log4j neo4j auth0 oauth2 x509 ipv4 ipv6 http2 http3 h264"
        " office365 m365 o365 d3 b2b b2c i18n l10n utf8 sha1 sha256 md5 base64 amd64 arm64 x86"
        " win32 win64 mp3 mp4 gp2 gp3 e2e p95 p99 r2 java11 java17 python3 php8 web3 level3 pop3"
        " imap4 nfs3 nfs4 smb2 smb3 c3p0 u2f f5 fail2ban"
    )
)
_OPERATED = frozenset(listed("deployment statefulset daemonset cronjob job workload pod service"))
_SERVING = frozenset(
    listed("service deployment statefulset daemonset workload ingress database queue")
)
MACHINES = frozenset(
    listed(
        "host vm node hypervisor device switch router power storage datastore distributed_switch"
    )
)
# What a word for a kind may mean, as the inventory and a file's topology call it.
_KINDS: dict[str, frozenset[str]] = {
    **dict.fromkeys(listed("service app application microservice"), _SERVING),
    **dict.fromkeys(listed("deployment workload pod"), _OPERATED),
    **dict.fromkeys(listed("statefulset daemonset cronjob"), _OPERATED - {"deployment"}),
    **dict.fromkeys(listed("host server machine node instance"), MACHINES),
    **dict.fromkeys(listed("vm guest"), frozenset(("vm", "node"))),
    **dict.fromkeys(listed("switch router firewall device"), frozenset(("switch", "device"))),
    **dict.fromkeys(listed("hypervisor esx esxi"), frozenset(("hypervisor", "host"))),
    **dict.fromkeys(listed("datastore lun"), frozenset(("datastore", "storage"))),
    **dict.fromkeys(listed("pvc persistentvolumeclaim volume"), frozenset(("pvc", "pv"))),
    **{kind: frozenset((kind,)) for kind in listed("ingress database queue")},
}
# What the label says whose values grouping takes to be of a kind.
_SAID = {
    **dict.fromkeys(MACHINES, MACHINES),
    "service": _SERVING,
    "workload": _OPERATED,
    "job": frozenset(("job", "cronjob", "workload")),
    "volume": frozenset(("pvc", "pv")),
    "route": frozenset(("ingress",)),
}
# Labels whose name does not say that a value is one service or one job: it may be any part of any
# company. Without separators.
VAGUE = frozenset(
    listed(
        "component project projectname projectslug system subsystem taskname job pipeline batchjob"
        " entity entityname resourcename backend"
    )
)
# Words that people say for much else: "service status", "server backup". Only `service: mail`,
# `service/mail` and `service "mail"` name something.
_LOOSE = frozenset(
    listed(
        "service app application microservice workload host server machine node instance device"
        " volume database queue"
    )
)
# So do they with what follows other kinds: "VM backup failed", "deployment status unknown".
_FOLLOWS = frozenset(
    listed(
        "status state health backup report restore snapshot sync job log logs metrics export import"
        " test update build network storage image check event events config data time"
    )
)
_STRICT = frozenset(listed("statefulset daemonset cronjob datastore lun ingress pvc"))
_SPELLED = sorted((*_KINDS, "cron job", "virtual machine"), key=len, reverse=True)
_WORD = rf"(?P<word>{'|'.join(_SPELLED)})s?"
# Bounded, so that a hostile text costs no more than its length.
_BETWEEN = r"(?:\.[a-z0-9]{1,63}){0,4}(?P<sign>\s?[:=/]\s?[\"'`]?|\s[\"'`(]|\s)(?:[\w-]{1,63}/)?"


@dataclass(frozen=True, slots=True)
class Signs:
    """What an alert tells beside a name; all in lower case.

    `told` are the kinds that the label says which holds the name. `whole` is a value of a label or
    field, in contrast to a word of a text.
    """

    namespace: str = ""
    cluster: str = ""
    text: str = ""
    told: frozenset[str] = frozenset()
    whole: bool = False

    def mean(self, kind: str, name: str, namespace: str = "", cluster: str = "") -> bool:
        """Say whether an asset of this name is meant; one that is no common word always is."""
        if not is_common(name):
            return True
        if _differ(self.namespace, namespace) or _differ(self.cluster, cluster):
            return False
        if kind in self.told or (not kind and self.told) or self._in_place(namespace, cluster):
            return True
        path = f"{namespace}/{name}"  # as kubectl and many alerts write it
        return kind in said_beside(name, self.text) or bool(namespace and path in self.text)

    def _in_place(self, namespace: str, cluster: str) -> bool:
        if namespace and self.namespace:  # they do not differ
            return True
        # All of a cluster's alerts tell it: of a word in a sentence it says nothing where there is
        # a namespace that would.
        return bool(cluster and self.cluster) and (self.whole or not namespace)


def kinds_said(kind: str) -> frozenset[str]:
    """Return the kinds of assets that a label names which is for things of this kind."""
    return _SAID.get(kind) or frozenset((kind,))


@lru_cache(maxsize=16384)
def is_common(name: str) -> bool:
    """Say whether a name is one word, a product's, or made of words for parts alone."""
    if name in _NUMBERED:
        return True
    parts = [part for part in re.split(r"[-_.\s/]+", name.lower()) if part]
    if any(map(_tells, parts)):
        return False
    return len(parts) < 2 or all(part in _PARTS or part in _NUMBERED for part in parts)  # noqa: PLR2004


@lru_cache(maxsize=2048)
def said_beside(name: str, text: str) -> Collection[str]:
    """Return the kinds by which a text, in lower case, calls a name."""
    found: set[str] = set()
    own = rf"(?P<own>{re.escape(name)})(?![\w-]|\.\w)"
    for one in re.finditer(rf"\b{_WORD}{_BETWEEN}{own}", text):
        word = _kind_word(one["word"])
        bare = not one["sign"].strip()
        if bare and (word in _LOOSE or (word not in _STRICT and name in _FOLLOWS)):
            continue
        found |= _KINDS[word]
    for one in re.finditer(rf"(?<![\w./-]){own}[\"'`)]?\s{_WORD}\b", text):
        word = _kind_word(one["word"])
        if word not in _LOOSE:
            found |= _KINDS[word]
    return frozenset(found)


def _tells(part: str) -> bool:
    return not part.isalpha() and part not in _NUMBERED


def _kind_word(word: str) -> str:
    if word == "virtual machine":
        return "vm"
    return word.replace(" ", "")


def _differ(said: str, own: str) -> bool:
    """Say whether two names of a place contradict; `gke_shop_prod-a` is `prod-a`."""
    if not said or not own or said == own:
        return False
    return own not in re.split(r"[_/:@.]", said) and said not in re.split(r"[_/:@.]", own)
