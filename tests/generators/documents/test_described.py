from __future__ import annotations

import pytest

from generators.documents.coverage import collected_line
from generators.documents.kubernetes.document import kubernetes
from generators.documents.network.document import network
from generators.documents.section import assemble, render
from generators.documents.text import slug
from generators.documents.virtualization import virtualization
from models.records.asset import asset_id
from models.records.check import Severity
from tests.generators.documents.domains import all_facts
from tests.generators.documents.site import a_finding
from tests.generators.documents.test_documents import section

LEAF = asset_id("net", "device", "leaf-1")


def with_findings():
    return all_facts(
        findings=(
            a_finding(check="NE-1", title="Telnet on", kind="device", asset_id=LEAF),
            a_finding(check="VM-1", title="Old tools", kind="vm"),
            a_finding(
                check="KU-1",
                title="Pod pending",
                kind="pod",
                asset_id=asset_id("k8s", "pod", "p1"),
            ),
        ),
        counts={check: {Severity.CRIT: 1} for check in ("NE-1", "VM-1", "KU-1")},
        check_kinds={"NE-1": "device", "VM-1": "vm", "KU-1": "pod"},
        check_titles={"NE-1": "Telnet on", "VM-1": "Old tools", "KU-1": "Pod pending"},
    )


@pytest.mark.parametrize(
    ("make", "check"), [(network, "NE-1"), (virtualization, "VM-1"), (kubernetes, "KU-1")]
)
def test_findings_are_counted_first_and_told_in_detail_at_the_end(make, check):
    keys = [each.key for each in make(with_findings()).sections]

    assert keys[:3] == ["summary", "coverage", "findings"]
    assert keys[-2:] == ["findings_in_detail", f"findings:{check}"]
    assert not keys[3].startswith("findings")


def test_a_check_of_the_table_leads_to_its_details():
    document = network(with_findings())

    assert "| [Telnet on](#check-telnet-on) | 1 |" in section(document, "findings")
    sections = [render("network", each, place) for place, each in enumerate(document.sections)]
    assert "](#check-telnet-on)" in assemble("Network", "", sections, {})
    assert slug(document.sections[-1].title) == "check-telnet-on"


def test_of_many_checks_the_worst_stand_first_and_all_at_the_end():
    checks = {f"NE-{number}": f"Check {number:02}" for number in range(20)}
    document = network(
        all_facts(
            findings=tuple(
                a_finding(check=check, title=title, kind="device", asset_id=LEAF)
                for check, title in checks.items()
            ),
            counts={check: {Severity.CRIT: 1} for check in checks},
            check_kinds=dict.fromkeys(checks, "device"),
            check_titles=checks,
        )
    )

    top, all_ = section(document, "findings"), section(document, "findings_in_detail")

    assert top.count("](#check-check-") == 15
    assert "5 more checks found less." in top
    assert all_.count("](#check-check-") == 20


def test_a_site_without_findings_has_no_details_to_tell():
    assert "findings_in_detail" not in {each.key for each in network(all_facts()).sections}


def test_a_document_tells_the_time_of_the_sources_that_feed_it_and_of_no_other():
    found = all_facts()

    assert virtualization(found).sources == {"vc1"}
    assert kubernetes(found).sources == {"k8s", "vc1"}  # its nodes are machines of vc1
    alone = all_facts(joins=())
    assert kubernetes(alone).sources == {"k8s"}
    assert collected_line(alone, kubernetes(alone).sources).startswith("Collected at: k8s ")
    assert "vc1" not in collected_line(alone, kubernetes(alone).sources)
    assert "vc1" in collected_line(alone)


def test_a_domain_of_which_nothing_was_seen_tells_when_the_others_were():
    nothing = kubernetes(all_facts(kubernetes=[]))

    assert "vc1" in collected_line(all_facts(kubernetes=[]), nothing.sources)
