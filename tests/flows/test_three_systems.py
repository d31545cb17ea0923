"""All three systems through real processes, twice: no secret stays anywhere, nothing is written twice."""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from deployments.practice.devices import DEVICE_CANARIES
from deployments.practice.site import CANARY_SECRETS, KUBERNETES_CANARIES
from models.store import embedded
from tests.fix_llm import LlmServer

pytestmark = [pytest.mark.prefect, pytest.mark.timeout(2400)]
CANARIES = (*CANARY_SECRETS, *KUBERNETES_CANARIES.values(), *DEVICE_CANARIES)
GROWING = (
    "asset_versions",
    "relations",
    "document_sections",
    "document_prose",
    "document_sentences",
    "knowledge_chunks",
    "knowledge_embeddings",
)


def run_demo(home, llm_url):
    environment = {
        **os.environ,
        "NIGHTSHIFT_HOME": str(home),
        "NIGHTSHIFT_LLM_URL": f"{llm_url}/v1",
        "NIGHTSHIFT_LLM_MODEL": "practice",
    }
    command = [sys.executable, "-m", "deployments.cli", "demo", "--once", "--json", "--vms", "60"]
    done = subprocess.run(
        command, env=environment, cwd=home, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def tables(home):
    """Yield every table of the product's database with its rows as text."""
    with psycopg.connect(embedded.ensure_running(home)) as conn:
        names = conn.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        ).fetchall()
        for (name,) in names:
            yield name, [row[0] for row in conn.execute(f'SELECT t::text FROM "{name}" t')]


@pytest.fixture(scope="module")
def ran_twice():
    with LlmServer() as llm_server:
        yield from _ran_twice(llm_server)


def _ran_twice(llm_server):
    home = Path(tempfile.mkdtemp(prefix="ns-"))
    home.chmod(0o755)
    told = run_demo(home, llm_server.url)
    first = dict(tables(home))
    run_demo(home, llm_server.url)
    yield home, told, first, dict(tables(home)), list(llm_server.prompts)
    embedded.stop(home)
    shutil.rmtree(home, ignore_errors=True)


def forms(secret):
    """How a secret may be written: as it is, encoded for a URL, and in base64."""
    return {secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode().rstrip("=")}


def planted_in(text):
    return [secret for secret in CANARIES if any(form in text for form in forms(secret))]


def test_all_three_systems_are_documented(ran_twice):
    home, told, *_ = ran_twice
    names = {path.stem for path in (home / "documents").glob("*.md")}
    assert names == {"overview", "virtualization", "kubernetes", "network", "changes"}
    assert told["documents"] == len(names)


def test_no_planted_secret_is_in_any_table(ran_twice):
    _, _, _, rows, _ = ran_twice
    assert len(rows) > len(GROWING)
    for name, texts in rows.items():
        assert planted_in("\n".join(texts)) == [], name


def test_no_planted_secret_is_in_any_file_of_the_home(ran_twice):
    home, *_ = ran_twice
    # The database's own files are compressed; its tables are searched above. In practice.json the
    # practice datacenter keeps its own passwords.
    files = [
        path
        for path in home.rglob("*")
        if path.is_file() and "postgres" not in path.parts and path.name != "practice.json"
    ]
    assert any(path.suffix == ".log" for path in files)
    for path in files:
        text = path.read_bytes().decode("utf-8", "replace")
        assert planted_in(text) == [], path


def test_no_planted_secret_is_in_any_prompt(ran_twice):
    *_, prompts = ran_twice
    assert prompts
    assert planted_in("\n".join(prompts)) == []


def test_a_second_run_of_an_unchanged_site_adds_no_row(ran_twice):
    _, _, first, second, _ = ran_twice
    for name in GROWING:
        assert len(second[name]) == len(first[name]), name


def test_a_second_run_changes_no_version_edge_section_or_chunk(ran_twice):
    _, _, first, second, _ = ran_twice
    for name in GROWING:
        assert sorted(second[name]) == sorted(first[name]), name
