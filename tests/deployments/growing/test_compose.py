"""The compose file: one host, pinned images, nothing published but the proxy, no secret inside."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from prefect.settings import Settings as PrefectSettings

from deployments.practice.alerting.vendors import PAYLOADS
from deployments.practice.vcenter.certificate import server_certificate
from deployments.services.environment import base_environment, client_environment
from deployments.services.manifest import pools
from models.settings import Settings, settings
from tests.deployments.growing.manifests import FOLDER, documents


@pytest.fixture(scope="module")
def compose() -> dict:
    (found,) = documents("compose/compose.yaml")
    return found


def test_every_service_names_an_image_with_a_version(compose):
    for name, service in compose["services"].items():
        tag = service["image"].rpartition(":")[2]
        assert re.search(r"\d+\.\d+", tag), f"{name} runs {service['image']}"


def test_prefects_image_is_the_version_of_the_lock(compose):
    lock = (FOLDER.parent / "requirements.lock").read_text(encoding="utf-8")
    version = re.search(r"^prefect==(\S+)", lock, re.MULTILINE)[1]
    images = {
        service["image"]
        for service in compose["services"].values()
        if "prefecthq" in service["image"]
    }
    assert {image.rpartition(":")[2].partition("-")[0] for image in images} == {version}


def test_only_the_proxys_port_is_published_and_on_loopback_unless_asked(compose):
    published = {
        name: service["ports"]
        for name, service in compose["services"].items()
        if "ports" in service
    }
    ports = [f"${{PROXY_ADDRESS:-127.0.0.1}}:{port}:{port}" for port in (8443, 8444)]
    assert published == {"nightshift": ports}
    assert compose["services"]["proxy"]["network_mode"] == "service:nightshift"


def test_databases_and_prefect_have_no_way_out(compose):
    assert compose["networks"]["inside"] == {"internal": True}
    for name in ("database", "redis", "migrate", "prefect", "prefect-services"):
        assert compose["services"][name]["networks"] == ["inside"]


def test_what_a_service_waits_for_exists_and_can_say_that_it_is_ready(compose):
    services = compose["services"]
    for service in services.values():
        for needed, how in service.get("depends_on", {}).items():
            assert needed in services
            if how["condition"] == "service_healthy":
                assert "test" in services[needed]["healthcheck"]


def test_every_variable_is_a_setting_of_ours_or_of_prefect(compose):
    ours = {f"NIGHTSHIFT_{name}".upper() for name in Settings.model_fields}
    known = ours | set(_prefect_variables(PrefectSettings)) | {"POSTGRES_PASSWORD"}
    # Read by databases.sh; Redis' own of prefect-redis, which is not installed here.
    known |= {"NIGHTSHIFT_DATABASE_PASSWORD", "PREFECT_DATABASE_PASSWORD"}
    known |= {"PREFECT_REDIS_MESSAGING_HOST", "PREFECT_REDIS_MESSAGING_DB"}
    for name, service in compose["services"].items():
        assert set(service.get("environment", {})) <= known, name


def test_no_password_stands_in_the_file_and_the_example_has_every_variable(compose):
    text = (FOLDER / "compose/compose.yaml").read_text(encoding="utf-8")
    example = (FOLDER / "compose/example.env").read_text(encoding="utf-8")
    asked = set(re.findall(r"\$\{([A-Z_]+)", text))
    offered = dict(re.findall(r"^([A-Z_]+)=(.*)$", example, re.MULTILINE))
    assert asked == set(offered)
    assert {name: value for name, value in offered.items() if value} == {
        "PROXY_ADDRESS": "127.0.0.1"
    }


def test_a_worker_of_its_own_has_what_a_supervised_one_is_given(compose, monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_PREFECT_AUTH", "user:password")
    settings.cache_clear()
    given = client_environment("http://prefect:4200/api").keys() - base_environment().keys()
    # The last two are about a machine of its own: a port on loopback, and nobody to ask.
    given -= {"PREFECT_WORKER_WEBSERVER_HOST", "PREFECT_CLI_PROMPT"}
    assert given <= set(compose["services"]["worker"]["environment"])


def test_no_nightshift_container_is_given_the_databases_passwords(compose):
    for name in ("nightshift", "worker"):
        service = compose["services"][name]
        assert {"sources.env", "notices.env"} <= set(service["env_file"])
        assert not {"POSTGRES_PASSWORD", "PREFECT_DATABASE_PASSWORD"} & set(service["environment"])


def test_the_senders_secrets_are_the_gateways_alone(compose):
    given = {
        name
        for name, service in compose["services"].items()
        if "webhooks.env" in service.get("env_file", ())
    }
    assert given == {"nightshift"}


def test_the_examples_beside_it_name_settings_and_senders_that_exist():
    known = {f"NIGHTSHIFT_{name}".upper() for name in Settings.model_fields}
    folder = FOLDER / "compose"
    notices = _named(folder / "example.notices.env")
    senders = _named(folder / "example.webhooks.env")

    assert notices
    assert notices <= known
    vendors = {name.removeprefix("NIGHTSHIFT_WEBHOOK_").removesuffix("_SECRET") for name in senders}
    assert vendors <= {vendor.upper() for vendor in PAYLOADS} | {"CHANGE", "HEARTBEAT"}


def _named(path) -> set[str]:
    return set(re.findall(r"^# (NIGHTSHIFT_\w+)=$", path.read_text(encoding="utf-8"), re.MULTILINE))


def test_the_worker_polls_a_pool_that_is_registered(compose):
    command = " ".join(compose["services"]["worker"]["command"])
    assert re.search(r"--pool (\S+)", command)[1] in pools()


def test_the_proxy_asks_for_a_password_in_front_of_all_but_what_proves_itself():
    text = (FOLDER / "compose/proxy.conf").read_text(encoding="utf-8")
    gateway, prefect = text.split("server {")[-2:]
    before, *_ = gateway.partition("location")
    open_to_all = re.findall(r"location (?:= )?(\S+) \{[^}]*auth_basic off", gateway)
    by_token = re.findall(r"location (\S+) \{[^}]*auth_basic \$realm", gateway)
    assert 'auth_basic "Nightshift";' in before
    assert open_to_all == ["/webhook/", "/change", "/heartbeat/", "/health", "@later"]
    assert by_token == ["/run/", "/api/"]
    # Prefect asks for its own.
    assert "127.0.0.1" not in prefect.replace("127.0.0.11", "")


def test_the_proxy_takes_bodies_as_large_as_the_gateway_does_and_keeps_them_in_memory():
    text = (FOLDER / "compose/proxy.conf").read_text(encoding="utf-8")
    sizes = dict(
        re.findall(r"client_(max_body|body_buffer)_size (\d+)m;", text.split("server {")[-2])
    )
    largest = Settings.model_fields["webhook_max_body_bytes"].default
    assert {int(size) << 20 for size in sizes.values()} == {largest}
    assert len(sizes) == 2


def test_the_gateway_believes_the_proxy_alone_about_who_posted(compose):
    given = compose["services"]["nightshift"]["environment"]
    assert given["NIGHTSHIFT_GATEWAY_TRUSTED_PROXIES"] == "127.0.0.1"
    text = (FOLDER / "compose/proxy.conf").read_text(encoding="utf-8")
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_nginx_takes_the_proxys_file(tmp_path):
    folder = tmp_path / "site"
    folder.mkdir()
    pem = server_certificate("localhost", 7, datetime.now(UTC) + timedelta(days=2))
    for name in ("tls.crt", "tls.key"):
        (folder / name).write_bytes(pem)
    (folder / "htpasswd").touch()
    text = (FOLDER / "compose/proxy.conf").read_text(encoding="utf-8")
    (tmp_path / "site.conf").write_text(text.replace("/etc/nginx/site", str(folder)))
    main = tmp_path / "nginx.conf"
    main.write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; include {tmp_path}/site.conf; }}\n"
    )
    done = subprocess.run(
        ["nginx", "-t", "-c", str(main)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def _prefect_variables(settings) -> list[str]:
    """Return the environment variables that Prefect's settings declare, nested ones too."""
    found = []
    for field in settings.model_fields.values():
        if hasattr(field.annotation, "model_fields"):
            found += _prefect_variables(field.annotation)
            continue
        alias = field.validation_alias
        for choice in getattr(alias, "choices", [alias] if alias else []):
            found += [choice.upper()] if isinstance(choice, str) else []
    prefix = settings.model_config.get("env_prefix", "")
    return found + [f"{prefix}{name}".upper() for name in settings.model_fields]
