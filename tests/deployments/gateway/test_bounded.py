"""No route of the API reads a long body, whoever sends it."""

from fastapi.testclient import TestClient

from deployments.gateway.app import create_app

_FIGURES = {"{vendor}": "alertmanager", "{deployment}": "collect-source"}


def posting(paths):
    for path, operations in paths.items():
        for method in operations.keys() & {"post", "put", "patch"}:
            yield method, _filled(path)


def _filled(path):
    for name, value in _FIGURES.items():
        path = path.replace(name, value)
    return path.replace("{", "").replace("}", "")


def test_a_long_body_without_a_token_is_refused_before_it_is_read(database):
    app = create_app()
    read = []

    def body():
        for _ in range(30):
            read.append(1)
            yield b"x" * (1 << 20)

    with TestClient(app, base_url="http://127.0.0.1:8420") as client:
        routes = [one for one in posting(app.pages.openapi()["paths"]) if "/webhook/" not in one[1]]
        long = {"Content-Length": str(30 << 20), "Content-Type": "application/json"}
        answers = {
            path: client.request(method, path, content=body(), headers=long).status_code
            for method, path in routes
        }

    assert len(answers) > 10
    assert {path: code for path, code in answers.items() if code not in (401, 413)} == {}
    assert answers["/api/chat"] == answers["/run/collect-source"] == 413
