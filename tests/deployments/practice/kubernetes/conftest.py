"""The official client's view of a practice cluster."""

import json
import ssl
from http.client import HTTPSConnection
from types import SimpleNamespace

import pytest
from kubernetes import client, config

PRODUCTION, DEVELOPMENT = "fra1-prod", "ber1-dev"


@pytest.fixture
def connect(kubeconfig):
    """Return the official client's APIs for a user and a context."""
    made = []

    def open_client(user="reader", context=PRODUCTION):
        api = config.new_client_from_config(str(kubeconfig(user)), context)
        made.append(api)
        return SimpleNamespace(
            api=api,
            core=client.CoreV1Api(api),
            apps=client.AppsV1Api(api),
            policy=client.PolicyV1Api(api),
            batch=client.BatchV1Api(api),
            custom=client.CustomObjectsApi(api),
            version=client.VersionApi(api),
            groups=client.ApisApi(api),
        )

    yield open_client
    for api in made:
        api.rest_client.pool_manager.clear()


@pytest.fixture
def raw(practice_kubernetes):
    """Return the JSON of a path of production as it comes, whatever its status."""
    practice = practice_kubernetes
    context = ssl.create_default_context(cadata=practice.authority)
    connection = HTTPSConnection(practice.host, practice.port, context=context)

    def get(path, accept="application/json", token=None):
        token = practice.tokens["reader"] if token is None else token
        headers = {"Accept": accept} | ({"Authorization": f"Bearer {token}"} if token else {})
        connection.request("GET", f"/clusters/{PRODUCTION}{path}", headers=headers)
        return json.loads(connection.getresponse().read())

    yield get
    connection.close()
