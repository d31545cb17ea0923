"""Who may do what: bindings to powerful roles, service accounts; and certificates by their end."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from generators.documents.facts import sources_of
from generators.documents.kubernetes.view import View
from generators.documents.section import Section, table_section
from generators.documents.table import Table, few, tally
from generators.documents.text import UNKNOWN, counted, escape, moment, more_than
from models.kinds.kubernetes.identity import Rule, Subject
from models.records.asset import Asset

_MOST_ROWS = 300
_FAR = datetime.max.replace(tzinfo=UTC)
_WRITING = frozenset(("create", "update", "patch", "delete", "*"))


def sections(view: View) -> list[Section]:
    """Return bindings to powerful roles, service accounts and certificates."""
    return [_bindings(view), _accounts(view), _certificates(view)]


def powers(role: Asset) -> list[str]:
    """Return what makes a role powerful, in words; [] for an ordinary one."""
    found = [word for rule in role.record.rules for word in _powers(rule)]
    return list(dict.fromkeys(found))


def _powers(rule: Rule) -> list[str]:
    if rule.urls and not rule.resources:
        return []
    if "*" in rule.verbs and "*" in rule.resources:
        return ["everything"]
    found = ["every verb"] if "*" in rule.verbs else []
    found += ["every resource"] if "*" in rule.resources else []
    if "secrets" in rule.resources and not rule.resource_names:
        found += ["reads secrets"] if {"get", "list", "*"} & set(rule.verbs) else []
    if {"escalate", "bind", "impersonate"} & set(rule.verbs):
        found.append("gives itself rights")
    if "pods/exec" in rule.resources and _WRITING & set(rule.verbs):
        found.append("runs commands in pods")
    return found


def _bindings(view: View) -> Section:
    roles = {
        (role.source, role.record.cluster, role.record.namespace, role.name): powers(role)
        for role in view.facts.of("role")
    }
    found = []
    for binding in view.facts.of("role_binding"):
        record = binding.record
        namespace = record.namespace if record.role_kind == "Role" else None
        known = roles.get((binding.source, record.cluster, namespace, record.role_name or ""))
        if record.role_name == "cluster-admin" and not known:
            known = ["everything"]
        if known:
            found.append((binding, known))
    return table_section(
        "bindings",
        "Bindings to powerful roles",
        Table(
            columns=("Binding", "Cluster", "Where", "Role", "May", "Whom"),
            rows=tuple(_binding(binding, known) for binding, known in found[:_MOST_ROWS]),
            sources=sources_of(binding for binding, _ in found) or view.facts.sources,
            note=more_than(len(found), _MOST_ROWS, "All stand in csv/role_binding.csv."),
        ),
        intro="Roles with wildcards, with secrets to read, or with rights to give themselves more.",
        about=[binding.id for binding, _ in found[:_MOST_ROWS]],
    )


def _binding(binding: Asset, known: list[str]) -> tuple[str, ...]:
    record = binding.record
    return (
        escape(binding.name),
        escape(record.cluster),
        escape(f"namespace {record.namespace}" if record.namespace else "whole cluster"),
        escape(record.role_name or UNKNOWN),
        ", ".join(known),
        few([_subject(subject) for subject in record.subjects]),
    )


def _subject(subject: Subject) -> str:
    name = f"{subject.namespace}/{subject.name}" if subject.namespace else subject.name
    return escape(f"{subject.kind} {name}")


def _accounts(view: View) -> Section:
    accounts = view.facts.of("service_account")
    sources = sources_of(accounts) or view.facts.sources
    mounting = Counter(account.record.automount is not False for account in accounts)
    return Section(
        key="service_accounts",
        title="Service accounts",
        template="tallies",
        input={
            "intro": f"{counted(len(accounts), 'service account')}; the token is mounted into pods "
            f"that do not say otherwise for {mounting[True]:,} of them. All stand in "
            "csv/service_account.csv.",
            "tallies": [
                tally(
                    (f"{each.record.cluster}/{each.record.namespace}" for each in accounts),
                    sources,
                    ("Namespace", "Service accounts"),
                    most=40,
                )
            ],
        },
    )


def _certificates(view: View) -> Section:
    """Return the certificates of which an end is known, the next to end first."""
    secrets = view.facts.of("secret")
    known = [each for each in secrets if each.record.certificate_not_after]
    blind = sum(each.record.type == "kubernetes.io/tls" for each in secrets) - sum(
        each.record.type == "kubernetes.io/tls" for each in known
    )
    order = sorted(known, key=lambda each: (each.record.certificate_not_after or _FAR, each.id))
    intro = f"Of {blind:,} more TLS secrets nobody says when they end." if blind > 0 else ""
    return table_section(
        "certificates",
        "Certificates",
        Table(
            columns=("Secret", "Cluster", "Namespace", "Until", "Known from"),
            rows=tuple(
                (
                    escape(each.name),
                    escape(each.record.cluster),
                    escape(each.record.namespace),
                    moment(each.record.certificate_not_after),
                    escape(each.record.certificate_source or UNKNOWN),
                )
                for each in order[:_MOST_ROWS]
            ),
            sources=sources_of(known) or view.facts.sources,
            note=more_than(len(order), _MOST_ROWS, "All stand in csv/secret.csv."),
        ),
        intro=intro,
        about=[each.id for each in order[:_MOST_ROWS]],
    )
