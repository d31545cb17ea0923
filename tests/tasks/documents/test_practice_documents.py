from __future__ import annotations

from deployments.practice.devices import DEVICE_CANARIES
from deployments.practice.site import CANARY_SECRETS, KUBERNETES_CANARIES
from tasks.documents.files import documents_folder
from tasks.documents.generate import generate_documents
from tasks.documents.verify import verify_documents
from tests.fix_practice import collect_all


def test_the_whole_practice_datacenter_is_described_without_a_secret_and_written_once(
    practice_sources,
):
    collect_all(practice_sources)
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

    collect_all(practice_sources)
    assert {
        report.name: report.changed_sections for report in generate_documents()
    } == dict.fromkeys(first, ())
