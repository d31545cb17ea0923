"""How `nightshift demo` words what changed, and what its monitoring is given and tells."""

import io
import json
import os
import stat
import subprocess
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from rich.console import Console

from deployments.cli import demo, demo_alerts, demo_breaking, demo_runs
from deployments.practice import client
from deployments.practice.alerting.sender import Sent
from deployments.practice.alerting.stories import STORIES
from deployments.practice.faults import FAULTS
from deployments.services import demo as practice
from deployments.services import demo_alerts as monitoring
from deployments.services import watching
from deployments.services.home import prepare_home
from deployments.services.stack import GATEWAY, PRACTICE, Stack
from deployments.services.state import Installation, Mode
from deployments.services.supervisor import Service, running
from models.errors import WrongUse
from models.processes import start_time
from models.records.incident import Incident, IncidentStatus
from models.records.severity import Severity
from models.settings import settings
from models.store import transaction
from tests.inbox import plain, triage

AT = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


def test_a_long_list_says_how_much_of_it_is_left_out_and_where_it_is():
    lines = list(demo_runs.first([str(number) for number in range(13)], "checks run"))

    assert lines[:10] == [str(number) for number in range(10)]
    assert lines[10:] == ["  and 3 more: `nightshift checks run`"]
    assert list(demo_runs.first(["one"], "checks run")) == ["one"]


def an_incident(number, severity=Severity.HIGH, **values):
    return Incident(
        id=number,
        reference=f"INC-2026-{number:06d}",
        title=f"Host {number} does not [respond]",
        status=IncidentStatus.OPEN,
        severity=severity,
        started_at=AT,
        detected_at=AT,
        updated_at=AT,
        alert_count=10 * number,
        **values,
    )


def told(*incidents, **statuses):
    sent = Sent(
        deliveries=51,
        alerts=60,
        statuses=Counter(statuses or {"accepted": 51}),
        vendors=Counter(zabbix=40, alertmanager=11),
        answers=Counter(accepted=50, duplicate=10),
    )
    return monitoring.Told(sent=sent, incidents=incidents)


def test_many_alerts_and_few_incidents_are_told_with_where_to_look():
    lines = list(
        demo_alerts.lines_of(
            told(
                an_incident(1, summary="A host failed."), an_incident(2), accepted=43, duplicate=8
            ),
            "http://127.0.0.1:8420",
        )
    )

    assert lines[0] == (
        "60 alerts in, 2 incidents out (51 deliveries: alertmanager 11, zabbix 40; "
        "8 of the deliveries are repeats that stop at the door)"
    )
    assert "INC-2026-000001  high" in lines[1]
    assert "Host 1 does not [respond]" in lines[1]
    assert lines[2].strip() == "A host failed."
    assert lines[-2].endswith("incidents show INC-2026-000001")
    assert lines[-1].strip() == "http://127.0.0.1:8420/incidents"


def test_one_incident_is_one_and_where_none_is_nothing_is_pointed_at():
    assert "1 incident out" in next(iter(demo_alerts.lines_of(told(an_incident(1)), "http://x")))
    assert list(demo_alerts.lines_of(told(), "http://x")) == [
        "60 alerts in, 0 incidents out (51 deliveries: alertmanager 11, zabbix 40)"
    ]


def test_an_incident_of_one_alert_says_one_alert():
    lines = demo_alerts.lines_of(told(replace(an_incident(1), alert_count=1)), "http://x")

    assert any(line.endswith("(1 alert, open)") for line in lines)


def test_of_many_incidents_the_worst_are_named_and_the_others_counted():
    lines = list(demo_alerts.lines_of(told(*map(an_incident, range(1, 15))), "http://x"))

    assert sum("INC-2026-" in line for line in lines) == 11  # ten, and where to look
    assert "  and 4 more" in lines


def test_what_a_story_became_is_one_json_value():
    record = demo_alerts.as_record(told(an_incident(1, severity=None)))

    assert (record["alerts"], record["deliveries"]) == (60, 51)
    assert record["incidents"] == [
        {
            "id": "1",
            "reference": "INC-2026-000001",
            "severity": None,
            "status": "open",
            "title": "Host 1 does not [respond]",
            "alerts": 10,
            "summary": "",
        }
    ]


COUNTS = {"assets": 5, "relations": 4, "documents": 3, "sections": 2, "chunks": 1}
INSTALLATION = Installation(
    mode=Mode.DEMO, supervisor_pid=1, supervisor_started="", api_url="http://a/api",
    ui_url="http://a", gateway_url="http://g",
)  # fmt: skip


def test_the_demo_reports_alerts_and_incidents_beside_what_it_always_did(monkeypatch, home):
    monkeypatch.setattr(demo, "_counts", lambda: COUNTS)
    record = demo._record(INSTALLATION, told(an_incident(1)), 12.34)

    assert record == {
        **COUNTS,
        "alerts": 60,
        "incidents": 1,
        "seconds": 12.3,
        "ui_url": "http://a",
        "gateway_url": "http://g",
        "documents_dir": str(home / "documents"),
    }


def test_a_demo_that_ends_at_once_names_only_what_works_then(monkeypatch, home, capsys):
    monkeypatch.setattr(demo, "_counts", lambda: COUNTS)
    monkeypatch.setenv("NIGHTSHIFT_HOME", str(home))
    run = {"state_name": "Completed"}

    demo._report(INSTALLATION, run, told(an_incident(1)), 12.0, once=True)
    once = capsys.readouterr().out
    demo._report(INSTALLATION, run, told(an_incident(1)), 12.0, once=False)
    lasting = capsys.readouterr().out

    for needs_services in ("http://", "demo break", "demo alerts", "status", "curl", "Ctrl-C"):
        assert needs_services in lasting
        assert needs_services not in once
    assert f"NIGHTSHIFT_HOME={home} nightshift incidents show INC-2026-000001" in once
    assert f"NIGHTSHIFT_HOME={home} nightshift incidents show INC-2026-000001" in lasting
    assert once.rstrip().endswith("nightshift demo")


def test_the_demo_says_first_what_it_does_and_how_long_that_takes(home):
    plan = demo._plan(240, once=False)

    assert plan.count("\n") == 1
    assert "240 VMs" in plan
    assert "minutes" in plan
    assert "until Ctrl-C" in plan
    assert "then all of it stops" in demo._plan(240, once=True)


def test_what_is_broken_is_named_with_how_to_heal_it():
    lines = list(demo_breaking.broken_lines({"host-down": "host esx01 does not respond"}))

    assert lines[1:] == [
        "  host-down: host esx01 does not respond",
        "Heal all    nightshift demo heal",
    ]
    assert list(demo_breaking.broken_lines({})) == []


def test_a_practice_datacenter_that_is_mended_has_no_fault_left(home, monkeypatch):
    for name in ("NIGHTSHIFT_SOURCES", *practice.PASSWORD_VARIABLES):
        monkeypatch.setenv(name, "")  # so that what a demo sets there ends with the test
    prepare_home()
    with running(ours_now(), [practice.practice(60).service]) as supervisor:
        supervisor.wait_for([PRACTICE], 60)
        found, control = practice.running_demo()
        moid, name = next(iter(client.call(control.url, control.token, "names").items()))
        client.call(control.url, control.token, "rename_vm", vm=moid, name="renamed")
        client.break_it(control.url, control.token, "sessions-lost")
        assert client.broken(control.url, control.token) == {}
        client.break_it(control.url, control.token, "host-down")
        assert list(client.broken(control.url, control.token)) == ["host-down"]

        practice.mend(found)

        _, control = practice.running_demo()
        assert client.broken(control.url, control.token) == {}
        assert client.call(control.url, control.token, "names")[moid] == name


def ours_now():
    pid = os.getpid()
    return msgspec.structs.replace(
        INSTALLATION, supervisor_pid=pid, supervisor_started=start_time(pid) or ""
    )


def test_stories_are_listed_and_runbooks_written_without_a_running_demo(entry, home, tmp_path):
    status, out, _ = entry("demo", "stories", "--json")
    assert (status, json.loads(out).keys()) == (0, STORIES.keys())

    status, out, _ = entry("demo", "runbooks", tmp_path / "new", "--json")
    assert status == 0
    assert all((tmp_path / "new" / name).is_file() for name in json.loads(out))


def test_what_can_be_broken_is_listed_with_what_can_be_told(entry, home):
    _, out, _ = entry("demo", "faults")

    for name in (*FAULTS, *STORIES):
        assert name in out


def test_alerts_need_a_running_demo_and_say_so(entry, home):
    status, out, err = entry("demo", "alerts")

    assert (status, out) == (2, "")
    assert "no demo runs" in err
    assert "nightshift demo" in err


def a_stack():
    found = Installation(
        mode=Mode.DEMO, supervisor_pid=1, supervisor_started="", api_url="", ui_url=""
    )
    services = [
        Service(name=name, arguments=(), environment={"PATH": "/bin"})
        for name in (GATEWAY, "worker-default", "triage", "practice")
    ]
    return Stack(installation=found, services=services)


def test_the_gateway_alone_is_given_the_senders_secrets(home):
    keys = monitoring.practice_keys()
    stack = monitoring.with_keys(a_stack())
    secrets = set(keys.secrets.values())

    for service in stack.services:
        holds = secrets & set(service.environment.values())
        assert holds == (secrets if service.name == GATEWAY else set()), service.name


def test_keys_are_drawn_once_and_their_owners_alone_can_read_them(home):
    first = monitoring.practice_keys()

    assert monitoring.practice_keys() == first
    files = [path for path in home.rglob("*") if path.is_file() and "PRIVATE" in path.read_text()]
    assert [stat.S_IMODE(path.stat().st_mode) for path in files] == [0o600]


def test_a_secret_that_somebody_set_for_a_sender_holds_beside_the_demos(home):
    stack = a_stack()
    own = {"NIGHTSHIFT_WEBHOOK_GRAFANA_SECRET": "mine"}
    services = [
        Service(name=one.name, arguments=(), environment={**one.environment, **own})
        for one in stack.services
    ]
    changed = monitoring.with_keys(Stack(installation=stack.installation, services=services))
    (gateway,) = (one for one in changed.services if one.name == GATEWAY)

    practice = monitoring.practice_keys().secrets["grafana"]
    assert gateway.environment["NIGHTSHIFT_WEBHOOK_GRAFANA_SECRET"] == f"mine,{practice}"


def test_a_damaged_file_of_keys_names_itself_and_the_cure(home):
    monitoring.practice_keys()
    path = settings().home / "demo" / "webhooks.json"
    path.write_text("{}")

    with pytest.raises(WrongUse, match=r"webhooks\.json cannot be read .*remove it"):
        monitoring.practice_keys()


def test_an_unknown_story_is_wrong_use_and_names_those_there_are(home):
    with pytest.raises(WrongUse, match="no story 'x'; there are evening"):
        monitoring.tell("http://127.0.0.1:1", "x")


def test_stories_that_burn_are_remembered_until_they_end(home):
    one = monitoring.Begun(story="flapping", starts_at=AT)
    monitoring._remember(one)
    monitoring._remember(monitoring.Begun(story="noise", starts_at=AT))

    assert [begun.story for begun in monitoring._remembered()] == ["flapping", "noise"]
    (settings().home / "demo" / "stories.json").write_text("damaged")
    assert monitoring._remembered() == []


def counting(**counts):
    became = monitoring.Became(**counts)
    return list(demo_alerts.lines_of(replace(told(), became=became, ended=("noise",)), "http://x"))


def test_the_sum_of_what_came_in_closes_and_earlier_stories_are_named_as_ended():
    _, whole, ended = counting(grouped=38, ignored=7, resolves=5)
    assert whole.strip() == "60 in = 38 grouped + 10 repeats at the door + 7 ignored + 5 resolves"
    assert ended.strip().startswith("Ended before it: noise; what they had led to is resolved")
    assert "NIGHTSHIFT_TOKEN" in ended
    assert demo_alerts.ended_words(["noise"], "Ada") == "noise; Ada closed what they had led to"

    assert counting(grouped=38, ignored=7)[1].endswith("+ 0 resolves + 5 known before")
    others = counting(grouped=50, ignored=7)[1].strip()
    assert others.startswith("67 in (7 of them from other senders) = 50 grouped + 10 repeats")


def test_only_incidents_of_alerts_that_came_since_are_of_the_story(database):
    began = datetime.now(UTC)
    triage(plain("Disk full", host="a", dedup_key="a"), vendor="acme")
    triage(plain("Mail queue grows", host="b", dedup_key="b"), vendor="acme", minute=600)
    with transaction() as conn:
        # An earlier one is looked at again only now, as when its summary is written late.
        conn.execute("UPDATE incidents SET updated_at = now(), summary = 'x'")
        late = "UPDATE alert_events SET received_at = now() WHERE id = 2"
        conn.execute("UPDATE alert_events SET received_at = %s", (began - timedelta(hours=1),))
        conn.execute(late)

    became = monitoring._became_since(began)
    (found,) = monitoring._summarised(became.incidents)

    assert (became.grouped, became.events) == (1, 1)
    assert found.title.startswith("Mail queue grows")


def test_the_command_for_an_own_alert_reads_the_secret_and_does_not_show_it(home):
    keys = monitoring.practice_keys()
    text = "\n".join(demo_alerts.own_alert("http://127.0.0.1:1", monitoring.keys_path()))

    assert not any(secret in text for secret in keys.secrets.values())
    shell = text.partition("\n")[2].replace("curl", "printf '%s\\n'")
    said = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=True).stdout
    assert f"Authorization: Bearer {keys.secrets['generic']}" in said
    assert "http://127.0.0.1:1/webhook/generic" in said


def test_in_a_log_each_step_is_one_plain_line():
    log = Console(file=io.StringIO(), width=40)
    shown = {"type": "progress", "created": 1, "data": 5}
    with watching.saying("Starting [server]...", log):
        pass
    with watching.RunDisplay(log) as display:
        for words in ("vc1: 0 read", "vc1: 5 read"):
            display.wait("waiting for the worker")
            source = {**shown, "id": "1", "key": "collect-vc1", "description": words}
            display.show(
                [source, {**shown, "id": "2", "key": "progress", "description": "reading"}]
            )
        display.show([{**shown, "id": "2", "key": "progress", "description": "writing"}])

    lines = [line.strip() for line in log.file.getvalue().splitlines() if line.strip()]
    for line in ("Starting [server]...", "waiting for the worker", "vc1: 0 read", "reading"):
        assert lines.count(line) == 1
    assert "writing" in lines
