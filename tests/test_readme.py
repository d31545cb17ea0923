"""What the README tells people to type names things that the demo has."""

import re
from pathlib import Path

from deployments.practice.faults import FAULTS
from deployments.practice.site import build_site
from tasks.inventory.checks import CHECKS

TEXT = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_the_assets_that_it_shows_are_in_the_practice_datacenter():
    site = build_site()
    # A stateful set numbers its pods; one of that name in one cluster alone can be asked for by name.
    sets = [work for cluster in site.kubernetes for work in cluster.workloads]
    vms = {vm.name for vm in site.vms}
    shown = re.findall(r"nightshift assets show (\S+)", TEXT)
    silenced = re.findall(r"checks suppress (\S+) (\S+)", TEXT)

    assert shown
    assert silenced
    for pod in shown:
        workload, _, number = pod.rpartition("-")
        numbered = [work for work in sets if work.name == workload and work.replicas > int(number)]
        assert len(numbered) == 1
    assert {name for _, name in silenced} <= vms
    assert {check for check, _ in silenced} <= CHECKS.keys()


def test_the_faults_that_it_plants_are_there():
    named = re.findall(r"demo break (\S+)", TEXT)

    assert named
    assert set(named) <= FAULTS.keys()


def test_every_file_that_it_links_to_is_there():
    root = Path(__file__).parent.parent
    links = re.findall(r"\]\(([^)#:]+)\)", TEXT)

    assert links
    assert [link for link in links if not (root / link).exists()] == []
