import pytest

from models.records.alert import AlertStatus
from tasks.alerts.classification.severity_rules import judge, rules
from tasks.alerts.classification.wording import MOST_CHARACTERS, alert_text, masked
from tests.tasks.alerts.extraction.examples import an_alert


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Host web-1 is down for 5 minutes", "Host web-22 is down for 17 minutes"),
        ("Pod checkout-6d5f9c7b8d-k2x9v restarted", "Pod checkout-7f8b9d6c5f-zz4kp restarted"),
        ("Disk 91.5% full on 10.0.0.1", "Disk 93% full on 10.9.9.9:9100"),
        ("Failed at 2026-01-02T03:04:05Z", "Failed at 2025-11-12T13:14:15+01:00"),
        ("Trace 9f86d081884c7d65 failed", "Trace 2c26b46b68ffc68f failed"),
        ("Error on db-1.prod.example.com", "Error on db-2.test.example.org"),
        ("[FIRING:1] Queue grows", "[RESOLVED] Queue grows"),
        ("Queue holds 503 messages", "Queue holds 12 messages"),
    ],
)
def test_occurrences_of_one_condition_have_one_text(one, other):
    assert masked(one) == masked(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Disk 81% full", "Disk 97% full"),
        ("Service answers 503", "Service answers 404"),
        ("Certificate expires in 2 days", "Certificate expires in 25 days"),
        ("exit code 137", "exit code 1"),
    ],
)
def test_what_tells_how_bad_it_is_stays(one, other):
    assert masked(one) != masked(other)


def test_a_resolved_alert_is_as_severe_as_its_condition():
    firing = an_alert("Disk is full")
    over = an_alert("RESOLVED: Disk is full", status=AlertStatus.RESOLVED)

    assert alert_text(over) == alert_text(firing)
    assert judge("It is back to normal").severity == "info"
    assert judge("It is back to normal", resolved=True).severity is None


def test_rule_and_description_are_not_said_twice():
    alert = an_alert("NodeDown", rule="NodeDown", description="NodeDown")

    assert alert_text(alert) == "Node Down"


def test_the_hosts_name_is_masked_however_it_is_spelt():
    assert alert_text(an_alert("blueberry is down", host="blueberry")) == "host is down"


def test_a_text_is_short_whatever_was_sent():
    text = alert_text(an_alert("\x00a\u202eb " * 100_000, description="c" * 1_000_000))

    assert len(text) <= MOST_CHARACTERS
    assert not set(text) & {"\x00", "\u202e"}


def test_rules_have_names_of_their_own_and_bounded_confidence():
    held = rules()

    assert len({rule.name for rule in held}) == len(held)
    assert all(0.5 <= rule.confidence < 1.0 for rule in held)


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("CRITICAL: something odd", "critical"),
        ("P2 - something odd", "high"),
        ("Warning: something odd", "medium"),
        ("Info: something odd", "info"),
        ("Data loss in the ledger", "critical"),
        ("No healthy upstream", "critical"),
        ("The certificate of host has expired", "critical"),
        ("The certificate of host has been renewed successfully", "info"),
        ("This is a test notification", "info"),
        ("CPU usage is high", "medium"),
        ("Agent of host is outdated", "low"),
    ],
)
def test_general_words_tell_how_bad_it_is(text, severity):
    assert judge(text).severity == severity


def test_words_that_say_nothing_give_no_verdict():
    assert judge("the frobnicator is peculiar").severity is None
