"""Incidents over HTTP: who may what, what is refused, and that nothing hostile gets through."""

from __future__ import annotations

import base64
import json

import psycopg
import pytest
from fastapi.testclient import TestClient

from deployments.gateway.app import create_app
from models.records.person import Role
from models.store import incidents, people, transaction
from tests.alerting import T0, an_alert, an_incident

CHANGES = {
    "ack": {},
    "investigate": {},
    "mitigate": {},
    "assign": {"assignee": "Ben"},
    "comment": {"text": "seen"},
    "severity": {"severity": "low", "reason": "a test"},
    "resolve": {},
    "reopen": {},
    "close": {},
    "merge": {"into": "2"},
    "split": {"alerts": ["1"]},
}


@pytest.fixture
def tokens(database):
    """A token of each role, and one that was revoked."""
    with transaction() as conn:
        _, admin = people.add(conn, "Ada", Role.ADMIN)
        made = {"admin": admin}
        for role in (Role.VIEWER, Role.OPERATOR, Role.APPROVER):
            made[role.value] = people.add(conn, f"a {role}", role)[1]
        made["revoked"] = people.add(conn, "Rex", Role.OPERATOR)[1]
        people.revoke(conn, "Rex")
    return made


@pytest.fixture
def number(database):
    with transaction() as conn:
        number = an_incident(conn, title="Disk <script>alert(1)</script> | full")
        an_alert(conn, incident_id=number, title="one")
        an_alert(conn, incident_id=number, title="two")
        an_incident(conn, title="other")
    return number


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def audited():
    with transaction() as conn:
        return conn.execute("SELECT actor, action FROM audit_log").fetchall()


def test_an_incident_is_read_with_its_alerts_and_timeline(client, number):
    listed = client.get("/api/incidents").json()
    shown = client.get(f"/api/incidents/{listed['incidents'][-1]['reference']}").json()

    assert [one["id"] for one in listed["incidents"]] == ["2", "1"]
    assert listed["next"] is None
    assert (shown["id"], shown["status"]) == ("1", "open")
    assert [alert["title"] for alert in shown["alerts"]] == ["one", "two"]
    assert shown["timeline"] == []


def test_reading_is_open_here_until_somebody_is_registered_and_changing_is_not(client, number):
    assert client.get("/api/incidents").status_code == 200

    answer = client.post("/api/incidents/1/ack", json={})

    assert answer.status_code == 401
    assert "nightshift people add" in answer.json()["error"]
    outside = TestClient(create_app(), base_url="http://127.0.0.1:8420", client=("10.0.0.9", 5))
    assert outside.get("/api/incidents").status_code == 401
    passed_on = {"X-Forwarded-For": "10.0.0.9"}
    assert client.get("/api/incidents", headers=passed_on).status_code == 401


@pytest.mark.parametrize("verb", CHANGES)
def test_each_role_may_what_it_may_and_nothing_else(client, number, tokens, verb):
    path, body = f"/api/incidents/{number}/{verb}", CHANGES[verb]

    assert client.post(path, json=body).status_code == 401
    for name, status in (("viewer", 403), ("revoked", 401)):
        assert client.post(path, json=body, headers=bearer(tokens[name])).status_code == status
    assert audited() == []
    for name in ("operator", "approver", "admin"):
        assert client.post(path, json=body, headers=bearer(tokens[name])).status_code in (
            200,
            409,
            422,
        )


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ns_forged",
        "Bearer " + "x" * 5000,
        "bearer ns_\u00ff",
        "Basic !!!",
        "Digest x",
        "ns_forged",
    ],
)
def test_a_forged_token_is_nobody(client, number, tokens, header):
    raw = {"Authorization": header.encode("latin-1")}

    assert client.get("/api/incidents", headers=raw).status_code == 401
    assert client.post("/api/incidents/1/ack", json={}, headers=raw).status_code == 401


def test_a_browser_may_read_with_the_token_as_password_and_not_change(client, number, tokens):
    pair = base64.b64encode(f"Ada:{tokens['operator']}".encode()).decode()
    basic = {"Authorization": f"Basic {pair}"}

    asked = client.get("/incidents", headers={"Accept": "text/html"})
    assert (asked.status_code, asked.headers["www-authenticate"][:5]) == (401, "Basic")
    assert client.get("/incidents", headers=basic).status_code == 200
    assert client.post("/api/incidents/1/ack", json={}, headers=basic).status_code == 401


def test_changes_are_told_under_the_person_s_name(client, number, tokens):
    operator = bearer(tokens["operator"])

    after = client.post("/api/incidents/1/ack", json={"reason": "on it"}, headers=operator).json()
    refused = client.post("/api/incidents/1/ack", json={}, headers=operator)
    fires = client.post("/api/incidents/1/resolve", json={}, headers=operator)
    stale = client.post(
        "/api/incidents/1/assign", json={"team": "a", "version": 1}, headers=operator
    )

    assert (after["status"], after["version"]) == ("acknowledged", 2)
    assert (refused.status_code, fires.status_code, stale.status_code) == (409, 409, 409)
    assert "still fires" in fires.json()["error"]
    assert audited() == [("a operator", "incident-status")]
    shown = client.get("/api/incidents/1", headers=operator).json()
    assert shown["timeline"][0]["text"] == "a operator acknowledged the incident: on it"


def test_merge_and_split_are_taken_back(client, number, tokens):
    operator = bearer(tokens["operator"])

    def post(path, **body):
        return client.post(f"/api/incidents/{path}", json=body, headers=operator).json()

    assert post("1/merge", into="INC-2026-000002")["id"] == "2"
    assert post("1/merge", undo=True)["id"] == "1"
    new = post("1/split", alerts=["2"])
    assert (new["split_from"], new["alert_count"]) == ("1", 1)
    assert post("1/split", undo=True)["alert_count"] == 2
    both = client.post("/api/incidents/1/merge", json={"into": "2", "undo": True}, headers=operator)
    assert both.status_code == 422


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("1/ack", {"status": "closed"}, 422),
        ("1/ack", {"version": 0}, 422),
        ("1/ack", {"reason": "x" * 10_001}, 422),
        ("1/ack", {"reason": "a\u0000b"}, 422),
        ("1/ack", [], 422),
        ("1/assign", {}, 422),
        ("1/assign", {"assignee": ""}, 422),
        ("1/assign", {"assignee": "Ben", "owner": "root"}, 422),
        ("1/comment", {"text": "\ud800"}, 422),
        ("1/comment", {"text": ""}, 422),
        ("1/severity", {"severity": "sev1", "reason": "x"}, 422),
        ("1/severity", {"severity": "low"}, 422),
        ("1/resolve", {"force": True}, 422),
        ("1/split", {"alerts": ["77"]}, 422),
        ("1/merge", {"into": "1"}, 422),
        ("1/merge", {"into": "INC-2026-999999"}, 422),
        ("999/ack", {}, 404),
        ("..%2f1/ack", {}, 404),
        ("1'--/ack", {}, 404),
        ("1/delete", {}, 404),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(client, number, tokens, path, body, status):
    content = json.dumps(body)

    answer = client.post(
        f"/api/incidents/{path}",
        content=content,
        headers={**bearer(tokens["admin"]), "Content-Type": "application/json"},
    )

    assert answer.status_code == status, answer.text
    assert "Traceback" not in answer.text
    assert audited() == []
    with transaction() as conn:
        assert incidents.incident(conn, number).version == 1


def test_a_body_beyond_the_limit_is_not_read(client, tokens):
    answer = client.post(
        "/api/incidents/1/comment", content=b"x" * 300_000, headers=bearer(tokens["admin"])
    )

    assert answer.status_code == 413


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "before=-1", "since=yesterday", "since=2026-11-20T06:00:00", "status=bad",
     "service=%00", "colour=red", "before=99999999999999999999"],
)  # fmt: skip
def test_a_query_out_of_bounds_is_refused(client, query):
    for path in ("incidents", "alerts"):
        assert client.get(f"/api/{path}?{query}").status_code == 422


def test_lists_go_on_page_by_page(client, database):
    with transaction() as conn:
        for _ in range(5):
            an_alert(conn, incident_id=an_incident(conn))

    for path in ("incidents", "alerts"):
        seen, following = [], ""
        while following is not None:
            page = client.get(f"/api/{path}?limit=2{following and f'&before={following}'}").json()
            seen += [one["id"] for one in page[path]]
            following = page["next"]
        assert seen == ["5", "4", "3", "2", "1"]


def test_alerts_are_filtered_and_explained(client, number):
    with transaction() as conn:
        an_alert(conn, service_name="mail", severity=None, predicted_severity="critical")
        conn.execute(
            "INSERT INTO alert_events (alert_id, delivery_id, position, status, timed, occurred_at,"
            " received_at, action, incident_id, explanation)"
            " VALUES (1, 1, 0, 'firing', true, %s, %s, 'group', 1, %s)",
            (T0, T0, json.dumps({"rule": "new-incident", "policy": "1-x", "sentence": "It opened one.",
                                 "chosen": None, "best_rejected": {"incident": "2", "score": 0.2,
                                 "features": {}, "vetoes": []}, "margin": 0.3})),
        )  # fmt: skip

    def ids(query):
        return [one["id"] for one in client.get(f"/api/alerts?{query}").json()["alerts"]]

    assert (ids("service=mail"), ids("severity=critical"), ids("incident=1")) == (
        ["3"],
        ["3"],
        ["2", "1"],
    )
    why = client.get("/api/alerts/1/why").json()
    assert (why["rule"], why["margin"], why["incident"]) == ("new-incident", 0.3, "INC-2026-000001")
    assert why["best_rejected"]["reference"] == "INC-2026-000002"
    assert client.get("/api/alerts/99/why").status_code == 404
    assert client.get("/api/alerts/3/why").status_code == 404


def test_fifty_incidents_cost_no_more_statements_than_one(client, database, monkeypatch):
    counted = []
    execute = psycopg.Cursor.execute

    def counting(self, query, *arguments, **options):
        counted.append(query)
        return execute(self, query, *arguments, **options)

    monkeypatch.setattr(psycopg.Cursor, "execute", counting)

    def cost(path):
        counted.clear()
        assert client.get(path).status_code == 200
        return len(counted)

    with transaction() as conn:
        an_alert(conn, incident_id=an_incident(conn))
    one = {path: cost(path) for path in ("/api/incidents", "/api/alerts", "/incidents")}
    with transaction() as conn:
        for _ in range(49):
            an_alert(conn, incident_id=an_incident(conn))

    assert {path: cost(path) for path in one} == one


def test_the_pages_show_hostile_titles_as_text(client, number):
    listed, one = client.get("/incidents"), client.get("/incidents/INC-2026-000001")

    for page in (listed, one):
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;alert(1)&lt;/script&gt; | full" in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
    assert 'href="/incidents/1"' in listed.text
    assert client.get("/incidents/INC-2026-000099").status_code == 404
    assert client.get("/api/incidents/1/report").text.startswith(
        "# INC-2026-000001: Disk &lt;script"
    )


def test_the_page_marks_a_severity_that_nobody_sent(client, number):
    with transaction() as conn:
        only = an_incident(conn, title="Odd", severity="low")
        an_alert(conn, incident_id=only, severity=None, predicted_severity="low")

    text = client.get("/incidents").text

    assert text.count("(predicted)") == 1
    assert "low (predicted)" in text


def test_the_page_tells_the_team_apart_from_the_person(client, number):
    with transaction() as conn:
        conn.execute("UPDATE incidents SET owner_team = 'storage', assignee = 'Ada' WHERE id = 1")

    text = client.get("/incidents").text

    assert "<th>Team</th>\n<th>Assignee</th>" in text
    assert "<td>storage</td>\n<td>Ada</td>" in text
    assert "<aside>" not in text  # the table needs the whole width


def test_the_pages_lead_from_a_merged_incident_to_the_one_it_lives_on_in(client, number):
    with transaction() as conn:
        gone = an_incident(conn, title="Also full", status="merged", merged_into=number)

    link = '<a href="/incidents/1">INC-2026-000001</a>'
    assert f"merged into {link}" in client.get("/incidents").text
    assert (
        f"Merged into {link}, which holds its alerts now." in client.get(f"/incidents/{gone}").text
    )
    back = '<a href="/incidents/3">INC-2026-000003</a>'
    assert back in client.get(f"/incidents/{number}").text


def test_people_are_managed_by_admins_alone(client, tokens):
    for name in ("viewer", "operator", "approver"):
        assert client.get("/api/people", headers=bearer(tokens[name])).status_code == 403
        wanted = {"name": "Eve", "role": "admin"}
        assert (
            client.post("/api/people", json=wanted, headers=bearer(tokens[name])).status_code == 403
        )
    admin = bearer(tokens["admin"])

    made = client.post("/api/people", json={"name": "Cid", "role": "operator"}, headers=admin)
    assert made.status_code == 201
    assert (
        client.post(
            "/api/incidents/1/ack", json={}, headers=bearer(made.json()["token"])
        ).status_code
        == 404
    )
    listed = client.get("/api/people", headers=admin)
    assert "ns_" not in listed.text
    assert [one["name"] for one in listed.json()["people"]][-1] == "Cid"
    gone = client.delete(f"/api/people/{made.json()['person_id']}", headers=admin)
    assert gone.json()["revoked_at"]
    assert client.get("/api/incidents", headers=bearer(made.json()["token"])).status_code == 401
    assert client.delete("/api/people/Ada", headers=admin).status_code == 409
    extra = {"name": "Dan", "role": "viewer", "id": "person-1"}
    assert client.post("/api/people", json=extra, headers=admin).status_code == 422


def test_the_api_description_says_which_routes_need_a_token(client):
    described = client.get("/api/openapi.json").json()["paths"]

    for verb in CHANGES:
        assert described["/api/incidents/{name}/" + verb]["post"]["security"] == [
            {"HTTPBearer": []}
        ]
    assert "/api/incidents/{name}/merge" in client.get("/api/docs").text


def test_nobody_registers_the_first_person_over_http(client):
    answer = client.post("/api/people", json={"name": "Eve", "role": "admin"})

    assert answer.status_code == 401
