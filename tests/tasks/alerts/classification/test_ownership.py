import pytest

from models.errors import ConfigurationError
from models.records.alert import Extraction
from tasks.alerts.classification import Ownership
from tests.tasks.alerts.extraction.examples import an_alert

RULES = """
fallback = "duty"

[[rule]]
team = "payments"
match = { service = ["checkout", "pay-*"], environment = "production" }

[[rule]]
team = "edge"
match = { rule = "BGP*", labels = { "Site-Name" = "fra*" } }

[[rule]]
team = "web"
match = { namespace = "shop", source = "sentry" }

[[rule]]
team = "payments-dev"
match = { service = "pay-*" }
"""


def a_file(tmp_path, text):
    path = tmp_path / "ownership.toml"
    path.write_text(text)
    return path


def owner(tmp_path, alert, read=None, kind=None, source=None):
    return Ownership.load(a_file(tmp_path, RULES)).owner(alert, read or Extraction(), kind, source)


def test_the_first_rule_that_matches_wins(tmp_path):
    live = owner(tmp_path, an_alert("x", service="PAY-api", environment="prod"))
    other = owner(tmp_path, an_alert("x", service="pay-api", environment="qa"))

    assert (live.team, live.confidence, live.source) == ("payments", 1.0, "rule 1")
    assert (other.team, other.source) == ("payments-dev", "rule 4")


def test_a_rule_may_ask_for_labels_and_for_the_sender(tmp_path):
    assert (
        owner(tmp_path, an_alert("x", rule="BGPDown", labels={"site_name": "FRA1"})).team == "edge"
    )
    shop = an_alert("x", labels={"kube_namespace": "shop"})
    assert owner(tmp_path, shop, source="sentry").team == "web"
    assert owner(tmp_path, shop, source="zabbix").team == "duty"


def test_what_was_read_out_of_the_alert_counts_as_what_was_sent(tmp_path):
    read = Extraction(service="checkout", environment="prd")

    assert owner(tmp_path, an_alert("x"), read).team == "payments"


def test_without_a_rule_the_senders_label_counts_then_the_kind_then_words(tmp_path):
    read = Extraction(entity_id="device-1", entity_confidence=1.0)
    labelled = owner(
        tmp_path, an_alert("Link down", labels={"Squad": " blue\n team "}), read, "device"
    )
    by_kind = owner(tmp_path, an_alert("postgres is slow"), read, "device")
    by_word = owner(tmp_path, an_alert("PostgresReplicationLag"))
    nobody = owner(tmp_path, an_alert("it is odd"))

    assert (labelled.team, labelled.source) == ("blue team", "label squad")
    assert (by_kind.team, by_kind.source) == ("network", "kind device")
    assert (by_word.team, by_word.source) == ("database", "word postgres")
    assert (nobody.team, nobody.confidence, nobody.source) == ("duty", 0.0, "fallback")
    sure = [one.confidence for one in (labelled, by_kind, by_word, nobody)]
    assert sure == sorted(sure, reverse=True)


def test_a_word_counts_as_a_word_and_not_inside_another():
    packaged = Ownership.load()

    assert packaged.owner(an_alert("The sandbox is odd"), Extraction()).team == "unassigned"
    assert packaged.owner(an_alert("Loss on the san"), Extraction()).team == "storage"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[rule]\n", "line 1"),
        ('[[rule]]\nmatch = { service = "a" }', "`team`"),
        ('[[rule]]\nteam = ""\nmatch = { service = "a" }', "length >= 1"),
        ('[[rule]]\nteam = "a"\nmatch = { servce = "a" }', "servce"),
        ('[[rule]]\nteam = "a"\nmatch = { }', "rule 1 matches nothing"),
        ('[[rule]]\nteam = "a"\nmatch = { service = 5 }', "service"),
        ('[kinds]\nnetwork = ["swich"]', "'swich'"),
        ('falback = "a"', "falback"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_one_line(text, words, tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        Ownership.load(a_file(tmp_path, text))

    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("NIGHTSHIFT_OWNERSHIP: ")


def test_a_file_that_is_not_there_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("NIGHTSHIFT_OWNERSHIP", str(tmp_path / "gone.toml"))

    with pytest.raises(ConfigurationError, match="No such file"):
        Ownership.configured()
