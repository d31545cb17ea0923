import re

import pytest
from fastapi.testclient import TestClient

from deployments.gateway.app import create_app


@pytest.fixture
def gateway(database):
    folder = database / "documents"
    (folder / "csv").mkdir(parents=True, exist_ok=True)
    (folder / "overview.md").write_text("# Overview\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    (folder / "csv" / "vm.csv").write_text("name\nweb-1\n")
    (database / "secret.md").write_text("secret")
    with TestClient(create_app(), base_url="http://127.0.0.1:8420") as client:
        yield client


def test_health_says_which_schema_the_database_has(gateway):
    answer = gateway.get("/health")

    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert answer.json()["schema"] > 0


def test_health_is_503_while_the_database_does_not_answer(gateway, monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_DATABASE_URL", "postgresql://u:p@127.0.0.1:1/none")
    from models.settings import settings

    settings.cache_clear()

    assert gateway.get("/health").status_code == 503


def test_a_document_is_shown_as_a_page_and_as_markdown(gateway):
    assert "<table" in gateway.get("/documents/overview").text
    assert gateway.get("/documents/overview.md").text.startswith("# Overview")
    assert gateway.get("/csv/vm.csv").text == "name\nweb-1\n"
    assert "/documents/overview" in gateway.get("/").text
    for page in ("/", "/documents/overview"):
        row = gateway.get(page).text.partition("<nav>")[2].partition("</nav>")[0]
        assert '<a href="/incidents">Incidents</a>' in row


def test_a_configuration_is_shown_as_plain_text(gateway, database):
    folder = database / "documents/configurations"
    folder.mkdir()
    (folder / "leaf-1.txt").write_text("banner <script>alert(1)</script>\n")

    answer = gateway.get("/documents/configurations/leaf-1.txt")

    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.text == "banner <script>alert(1)</script>\n"


@pytest.mark.parametrize(
    "path",
    [
        "/documents/..%2fsecret.md",
        "/documents/..%2fsecret",
        "/documents/%2e%2e%2fsecret.md",
        "/csv/..%2foverview.md",
        "/csv/..%2f..%2fservices.json",
        "/documents/none",
        "/documents/configurations/..%2f..%2fsecret.md",
        "/documents/configurations/none.txt",
    ],
)
def test_only_what_is_in_the_folder_is_served(gateway, path):
    answer = gateway.get(path)

    assert answer.status_code == 404
    assert "secret" not in answer.text.replace("secret'", "").replace("secret.md'", "")


@pytest.mark.parametrize("path", ["/", "/api/docs", "/documents/overview"])
def test_pages_load_nothing_from_another_host(gateway, path):
    answer = gateway.get(path)

    assert answer.status_code == 200
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', answer.text)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_the_gateway_only_reads(gateway, method):
    assert getattr(gateway, method)("/documents/overview").status_code == 405


@pytest.mark.parametrize("host", ["localhost:8420", "127.0.0.1:8420", "[::1]:8420", "LOCALHOST"])
def test_the_gateway_answers_to_the_names_of_this_machine(gateway, host):
    assert gateway.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8420", ""])
def test_a_page_of_another_host_that_was_made_to_point_here_reads_nothing(gateway, host):
    answer = gateway.get("/documents/overview", headers={"Host": host})

    assert answer.status_code == 400
    assert "Overview" not in answer.text
