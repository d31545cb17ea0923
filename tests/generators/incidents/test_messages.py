"""Messages on incidents: what they say, and that untrusted texts in them stay texts."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from html.parser import HTMLParser
from importlib.resources import files

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from collectors.alerts import normalize
from generators.incidents.messages import cloud_events, mail, pd_cef, slack
from generators.incidents.messages.rollups import MOST_LISTED, Item, sentences
from generators.incidents.messages.story import address, cause, page_of, tell
from models.records.alert import Alert, AlertStatus
from models.records.incident import Incident, IncidentStatus
from models.records.notice import Briefing, Source, Told
from models.records.severity import Severity
from models.settings import settings
from tasks.alerts.notices.senders.mail import compose
from tests.collectors.alerts import cases

T0 = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
NASTY = st.text(max_size=300) | st.sampled_from(
    [
        "<!channel> <!here> <@U012> @here @channel @everyone",
        "<https://evil.example|your bank> https://evil.example www.evil.example",
        "*bold* _it_ ~no~ `code` ```block```",
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "a\r\nBcc: all@example.org\r\n\r\nbody",
        "{{ 7 * 7 }} {% raw %} ${x}",
        "\u202eevil\u200b \x00 \x1b[31m",
        "x" * 5000,
    ]
)


def an_incident(**changes):
    base = Incident(
        id=7,
        reference="INC-2026-000007",
        title="Datastore ds-01 is full",
        status=IncidentStatus.OPEN,
        severity=Severity.HIGH,
        started_at=T0,
        detected_at=T0,
        updated_at=T0,
        affected_services=("checkout",),
        affected_entities=("vm:1",),
        alert_count=2,
        firing_count=1,
    )
    return replace(base, **changes)


def a_briefing(**changes):
    incident = changes.pop("incident", None) or an_incident()
    base = Briefing(
        incident=incident,
        sources=(Source(name="datadog", alerts=2),),
        entities=("ds-01",),
        evidence="Disk is full on esx-04 (datadog)",
        evidence_url="https://mon.example.org/a",
        changed=("vm web-1 grew by 200 GiB",),
        runbook="https://wiki.example.org/r",
        facts_as_of=T0,
        gateway_url="https://night.example.org",
    )
    return replace(base, **changes)


def everywhere(text):
    """A briefing whose every untrusted text is this one."""
    incident = an_incident(
        title=text,
        affected_services=(text,),
        environment=text,
        owner_team=text,
        assignee=text,
        probable_cause={"text": text, "confidence": text, "evidence_ids": [text]},
    )
    return a_briefing(
        incident=incident,
        sources=(Source(name=text, alerts=1),),
        entities=(text, text),
        evidence=text,
        evidence_url=text,
        changed=(text,),
        runbook=text,
    )


def texts(value):
    """Yield every string that Slack would parse as mrkdwn."""
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            assert value["verbatim"] is True
            yield value["text"]
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


@bounded(deadline=None, max_examples=60)
@given(NASTY)
def test_no_text_pings_links_or_formats_in_slack(text):
    briefing = everywhere(text)
    story = tell(briefing, (Told.OPENED,))
    message = slack.render(story, news=True)
    reply = slack.reply(story)
    listed = slack.rollup([Item(briefing=briefing, kinds=(Told.OPENED,))])

    for written in (message, reply, listed):
        for part in [*texts(written["blocks"]), written["text"]]:
            links = re.findall(r"<([^>]*)>", part)
            assert all(link.startswith(("https://night.example.org/", "http")) for link in links)
            bare = re.sub(r"<[^>]*>", "", part)
            assert "<" not in bare
            assert not re.search(r"(?<!\w)@\w", bare)
            assert not re.search(r"(?i)\bhttps?:", bare)


@bounded(deadline=None, max_examples=60)
@given(NASTY)
def test_a_message_keeps_slacks_limits(text):
    briefing = everywhere(text)
    items = [Item(briefing=briefing, kinds=(Told.OPENED,))] * 210
    for written in (slack.render(tell(briefing, ())), slack.rollup(items)):
        assert len(written["blocks"]) <= 50
        for block in written["blocks"]:
            longest = 150 if block["type"] == "header" else 3000
            if "text" in block:
                assert 0 < len(block["text"]["text"]) <= longest
            assert len(block.get("fields", [])) <= 10
            assert all(len(field["text"]) <= 2000 for field in block.get("fields", []))


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@bounded(deadline=None, max_examples=60)
@given(NASTY)
def test_no_text_becomes_markup_or_a_header_of_an_e_mail(text):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NIGHTSHIFT_NOTIFY_EMAIL_FROM", "night@example.org")
        patch.setenv("NIGHTSHIFT_NOTIFY_EMAIL_TO", "ops@example.org")
        settings.cache_clear()
        parts = mail.render(tell(everywhere(text), (Told.SEVERITY,)), "<a@b>", "<r@b>")
        sent = message_from_bytes(compose(parts).as_bytes(), policy=policy.default)
    settings.cache_clear()

    assert set(sent.keys()) == {
        *("Subject", "From", "To", "Date", "Message-ID", "In-Reply-To", "References"),
        *("Auto-Submitted", "MIME-Version", "Content-Type"),
    }
    tags = _Tags()
    tags.feed(sent.get_body(("html",)).get_content())
    plain = _Tags()
    plain.feed(mail.render(tell(everywhere("x"), (Told.SEVERITY,)), "<a@b>", "<r@b>")["html"])
    known = {tag for tag, _ in plain.found} | {"a"}
    assert {tag for tag, _ in tags.found} <= known
    for _, attributes in tags.found:
        assert not [name for name in attributes if name.startswith("on")]
        assert attributes.get("href", "https:").startswith(("http:", "https:"))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "https://user:secret@evil.example/",
        "http://[::1",
        "file:///etc/passwd",
        "https://" + "x" * 2000,
        "",
        None,
    ],
)
def test_an_address_that_is_not_plain_http_is_no_link(url):
    assert address(url) is None


def test_an_address_keeps_its_query_and_loses_what_could_end_it():
    assert address("https://a.example/x?y=1&z=%20#t") == "https://a.example/x?y=1&z=%20#t"
    assert address('https://a.example/"><b>|c') == "https://a.example/%22%3E%3Cb%3E%7Cc"


def test_a_link_shows_the_host_that_it_leads_to():
    written = json.dumps(slack.render(tell(a_briefing(), ())))

    assert "<https://mon.example.org/a|mon.example.org>" in written


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({}, "No cause found yet."),
        ({"text": "disk"}, "disk (unknown confidence)"),
        ({"text": "disk", "confidence": 0.81}, "disk (high confidence)"),
        ({"text": "disk", "confidence": 0.5}, "disk (medium confidence)"),
        ({"text": "disk.", "confidence": 0.1}, "disk (low confidence)"),
        (
            {"text": "disk", "confidence": "high", "evidence_ids": ["alert:1", "alert:2"]},
            "disk (high confidence) [alert:1, alert:2]",
        ),
    ],
)
def test_a_cause_has_a_word_of_confidence_and_what_it_rests_on(found, said):
    assert cause(found) == said


def test_without_a_gateway_address_there_are_commands_alone():
    story = tell(a_briefing(gateway_url=None), (Told.OPENED,))

    assert page_of(None, "INC-2026-000007") is None
    assert story.commands == ("nightshift incidents ack INC-2026-000007",)
    assert "Open or acknowledge" not in json.dumps(slack.render(story))


def test_a_roll_up_names_so_many_and_says_how_many_more():
    items = [Item(briefing=a_briefing(), kinds=(Told.OPENED,))] * (MOST_LISTED + 5)

    lines = sentences(items)

    assert len(lines) == MOST_LISTED + 2
    assert "and 5 more" in lines


def test_an_event_holds_no_local_times_and_survives_json():
    event = cloud_events.render(a_briefing(), Told.OPENED, "n-1", T0)

    incident = json.loads(json.dumps(event))["data"]["incident"]
    assert (incident["started_at"], incident["id"]) == ("2026-11-20T06:00:00Z", "7")
    assert event["time"] == "2026-11-20T06:00:00Z"
    assert event["type"] == "dev.nightshift.incident.v1.opened"


@pytest.mark.parametrize("kind", [kind for kind in Told if kind not in {Told.ROLLUP, Told.TEST}])
def test_an_event_keeps_to_the_schema_that_it_names(kind):
    schema = json.loads((files(cloud_events.__package__) / "incident-v1.schema.json").read_text())
    items = [Item(briefing=a_briefing(), kinds=(kind,))]
    events = [
        cloud_events.render(a_briefing(), kind, "n-1", T0),
        cloud_events.render(a_briefing(incident=an_incident(severity=None)), kind, "n-1", T0),
        cloud_events.rollup(items, "n-2", T0),
        cloud_events.test("hello", "n-3", T0),
    ]

    for event in events:
        jsonschema.validate(json.loads(json.dumps(event["data"])), schema)
        assert event["dataschema"] == schema["$id"]


SENT = st.builds(
    Alert,
    title=st.text(min_size=1, max_size=100),
    status=st.sampled_from(AlertStatus),
    dedup_key=st.text(min_size=1, max_size=200),
    severity=st.none() | st.sampled_from(Severity),
    severity_raw=st.none() | st.text(max_size=20),
    service=st.none() | st.text(max_size=20),
    host=st.none() | st.text(max_size=20),
    environment=st.none() | st.text(max_size=20),
    rule=st.none() | st.text(max_size=20),
    description=st.text(max_size=100),
    labels=st.dictionaries(st.text(max_size=10), st.text(max_size=10), max_size=5),
    links=st.dictionaries(st.text(max_size=10), st.text(max_size=10), max_size=3),
    event_time=st.none()
    | st.datetimes(
        min_value=datetime(2000, 1, 1),  # noqa: DTZ001  hypothesis adds the zone
        timezones=st.just(UTC),
    ),
    notes=st.lists(st.text(max_size=10), max_size=3).map(tuple),
)


def carried(event):
    return msgspec.convert(event["payload"]["custom_details"]["nightshift"], Alert)


@bounded(deadline=None, max_examples=60)
@given(SENT)
def test_an_alert_goes_to_pd_cef_whole(alert):
    event = json.loads(json.dumps(pd_cef.from_alert(alert)))

    assert carried(event) == alert
    assert event["payload"]["severity"] in {"critical", "error", "warning", "info"}
    assert event["event_action"] in {"trigger", "acknowledge", "resolve"}
    assert 0 < len(event["payload"]["summary"]) <= 1024
    assert event["payload"]["source"]


def test_what_every_adapter_reads_goes_to_pd_cef_whole():
    bodies = [
        (vendor, case.payload if isinstance(case.payload, bytes) else json.dumps(case.payload))
        for vendor, case in cases.every()
    ]
    found = [alert for vendor, body in bodies for alert in _read(vendor, body)]

    assert len(found) > 50
    for alert in found:
        assert carried(json.loads(json.dumps(pd_cef.from_alert(alert)))) == alert


def _read(vendor, body):
    return normalize(vendor, body if isinstance(body, bytes) else body.encode()).alerts


@pytest.mark.parametrize(
    ("severity", "word"),
    [
        (Severity.CRITICAL, "critical"),
        (Severity.HIGH, "error"),
        (Severity.MEDIUM, "warning"),
        (Severity.LOW, "info"),
        (Severity.INFO, "info"),
        (None, "warning"),
    ],
)
def test_each_severity_has_its_word_in_pd_cef(severity, word):
    event = pd_cef.render(a_briefing(incident=an_incident(severity=severity)), Told.OPENED)

    assert event["payload"]["severity"] == word
