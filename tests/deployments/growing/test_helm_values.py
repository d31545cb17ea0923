"""The values for Prefect's charts: they fit one another, the lock and our deployments."""

from __future__ import annotations

import re

from prefect.settings import Settings as PrefectSettings

from deployments.services.manifest import pools
from models.settings import Settings
from tests.deployments.growing.manifests import FOLDER, documents
from tests.deployments.growing.test_compose import _prefect_variables

WORKERS = ("helm/prefect-worker.yaml", "helm/prefect-worker-gpu.yaml")


def _values(file: str) -> dict:
    (found,) = documents(file)
    return found


def test_the_servers_image_is_the_version_of_the_lock():
    lock = (FOLDER.parent / "requirements.lock").read_text(encoding="utf-8")
    version = re.search(r"^prefect==(\S+)", lock, re.MULTILINE)[1]
    tag = _values("helm/prefect-server.yaml")["global"]["prefect"]["image"]["prefectTag"]
    assert tag.startswith(f"{version}-")


def test_several_servers_share_messages_over_redis_and_not_in_memory():
    values = _values("helm/prefect-server.yaml")
    variables = {item["name"]: item["value"] for item in values["global"]["prefect"]["env"]}
    assert values["server"]["replicaCount"] > 1
    assert values["backgroundServices"]["runAsSeparateDeployment"] is True
    assert values["backgroundServices"]["messaging"]["broker"] == "prefect_redis.messaging"
    assert variables["PREFECT_SERVER_DOCKET_URL"].startswith("redis://")
    assert variables["PREFECT_SERVER_DATABASE_MIGRATE_ON_START"] == "false"
    assert values["migrations"]["enabled"] is True


def test_the_bundled_databases_are_off_and_passwords_come_from_secrets():
    values = _values("helm/prefect-server.yaml")
    assert not any(values[name]["enabled"] for name in ("postgresql", "redis", "sqlite"))
    assert values["secret"] == {"create": False, "name": "prefect-database"}
    assert values["server"]["basicAuth"]["existingSecret"]
    assert "authString" not in values["server"]["basicAuth"]


def test_every_variable_of_the_values_is_a_setting_that_exists():
    known = set(_prefect_variables(PrefectSettings))
    known |= {f"NIGHTSHIFT_{name}".upper() for name in Settings.model_fields}
    named = [
        item["name"] for item in _values("helm/prefect-server.yaml")["global"]["prefect"]["env"]
    ]
    named += [item["name"] for item in _values(WORKERS[0])["worker"]["extraEnvVars"]]
    assert set(named) <= known


def test_workers_poll_pools_that_are_registered_with_a_limit_of_runs():
    for file in WORKERS:
        config = _values(file)["worker"]["config"]
        assert config["workPool"] in pools()
        assert int(config["limit"]) >= 1


def test_workers_have_no_rights_in_the_cluster_and_find_the_server_of_the_other_chart():
    values = _values(WORKERS[0])
    assert values["role"] == values["rolebinding"] == {"create": False}
    server = values["worker"]["selfHostedServerApiConfig"]
    assert server["apiUrl"] == "http://prefect-server.prefect:4200/api"
    assert server["basicAuth"] == {"enabled": True, "existingSecret": "prefect-auth"}


def test_every_mounted_volume_of_a_worker_is_declared():
    worker = _values(WORKERS[0])["worker"]
    declared = {volume["name"] for volume in worker["extraVolumes"]}
    assert {mount["name"] for mount in worker["extraVolumeMounts"]} == declared
