from __future__ import annotations

from pathlib import Path

import pytest

from deployments.practice.datacenter import Ports, PracticeDatacenter
from deployments.practice.devices import DEVICE_CANARIES
from deployments.practice.site import CANARY_SECRETS, KUBERNETES_CANARIES
from models.sources import load_sources
from tasks.documents.files import documents_folder
from tasks.documents.generate import generate_documents
from tasks.documents.verify import verify_documents
from tasks.inventory.collect import collect_source
from tasks.inventory.health import run_checks
from tasks.inventory.join import join_assets
from tasks.inventory.store import store_snapshot
from tasks.inventory.validate import validate_snapshot

SOURCES = """
[[source]]
name = "vc1"
collector = "vmware"
url = "{url}"
username = "{username}"
password_env = "VC_PASSWORD"
verify_tls = false

[[source]]
name = "k8s"
collector = "kubernetes"
kubeconfig = "{folder}/kubeconfig"
contexts = "all"

[[source]]
name = "net"
collector = "network"
username = "{devices_username}"
password_env = "DEVICES_PASSWORD"
enable_password_env = "DEVICES_ENABLE"
devices_file = "{folder}/devices.toml"
verify_host_key = false
"""


@pytest.fixture
def datacenter(small_practice_site, database, tmp_path, monkeypatch):
    """The whole practice datacenter and a sources file that names all of it."""
    with PracticeDatacenter(small_practice_site, Ports(), {"token": "t"}, tls=False) as practice:
        secrets = practice.secrets
        monkeypatch.setenv("VC_PASSWORD", secrets["password"])
        monkeypatch.setenv("DEVICES_PASSWORD", secrets["devices_password"])
        monkeypatch.setenv("DEVICES_ENABLE", secrets["devices_enable_password"])
        for name, text in (
            ("kubeconfig", practice.kubernetes.kubeconfig()),
            ("devices.toml", practice.devices_file()),
            ("sources.toml", SOURCES.format(folder=tmp_path, **practice.addresses)),
        ):
            file = tmp_path / name
            file.touch(mode=0o600)
            file.write_text(text)
        yield tmp_path / "sources.toml"


def collect_all(sources: Path) -> None:
    for source in load_sources(sources):
        taken = collect_source(source)
        assert validate_snapshot(taken).held is None
        store_snapshot(taken)
    join_assets()
    run_checks()


def test_the_whole_practice_datacenter_is_described_without_a_secret_and_written_once(datacenter):
    collect_all(datacenter)
    first = {report.name: report for report in generate_documents()}

    assert first["kubernetes"].regenerated > 50
    assert first["network"].regenerated > 30
    assert verify_documents().unsupported == ()
    files = [path for path in documents_folder().rglob("*") if path.is_file()]
    assert len([path for path in files if path.parent.name == "configurations"]) == 12
    written = "\n".join(path.read_text() for path in files)
    canaries = (*CANARY_SECRETS, *KUBERNETES_CANARIES.values(), *DEVICE_CANARIES)
    assert [secret for secret in canaries if secret in written] == []
    network = (documents_folder() / "network.md").read_text()
    assert "## Physical topology" in network
    kubernetes = (documents_folder() / "kubernetes.md").read_text()
    assert kubernetes.count("| Network device | certain |") == 2  # each way ends at a switch

    collect_all(datacenter)
    assert {
        report.name: report.changed_sections for report in generate_documents()
    } == dict.fromkeys(first, ())
