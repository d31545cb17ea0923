"""What is answered at all: the names of a question and the thing asked for stand in what is quoted."""

import pytest

from generators.answers.extract import extract_answer
from generators.answers.wanted import wanted
from generators.inference.embedder import embedder
from models.records.chunk import Passage
from models.settings import settings


@pytest.fixture(autouse=True)
def weights(shared_home, monkeypatch):
    """The embedder writes its graph into a home."""
    monkeypatch.setenv("NIGHTSHIFT_HOME", str(shared_home))
    settings.cache_clear()


def a_passage(text, *, document, heading, chunk="1", score=1.0):
    return Passage(
        document=document,
        heading=heading,
        chunk_id=chunk,
        score=score,
        text=text,
        collection="datacenter",
        anchor=heading,
    )


SWITCHES = a_passage(
    "| Name | Model | Serial number | Rack |\n| --- | --- | --- | --- |\n"
    "| leaf-01-a | DCS-7050 | JPEZ3GDT | r01 |\n| leaf-01-b | DCS-7050 | JPENJHN2 | r01 |\n",
    document="network#devices",
    heading="Network > Devices",
)
MACHINES = a_passage(
    "| Name | vCPU | Memory | Host |\n| --- | --- | --- | --- |\n"
    "| shop-db-01 | 4 | 16 GiB | esx02.example.net |\n| crm-db-01 | 8 | 32 GiB | esx02.example.net |\n"
    "| git-web-01 | 2 | 4 GiB | esx01.example.net |\n",
    document="virtualization#vms",
    heading="Virtualization > Virtual machines",
    chunk="2",
    score=0.9,
)
INCIDENT = a_passage(
    "A driver of the storage adapter stopped the host esx02.example.net at 02:11 UTC. "
    "The team platform patched it. Twenty machines were gone for 47 minutes.",
    document="psod.md",
    heading="A host stopped with a purple screen",
    chunk="3",
    score=0.8,
)
QUEUE = a_passage(
    "Do:\n\n1. Restart the consumer of the cluster\n2. Tell the team data\n",
    document="queue.md",
    heading="The queue of the cluster grows",
    chunk="4",
    score=0.7,
)
ALL = [SWITCHES, MACHINES, INCIDENT, QUEUE]


def answered(question, passages=ALL, **given):
    return extract_answer(question, passages, embedder().embed, **given)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("When does the warranty of leaf-01-a end?", '"warranty"'),
        ("What is the purchase date of leaf-01-a?", '"purchase"'),
        ("What is the serial number of leaf-07-a?", '"leaf-07-a"'),
        ("How much memory has shop-db-99?", '"shop-db-99"'),
        ("How do I restart the RabbitMQ cluster?", '"RabbitMQ"'),
        ("How do I restart the cluster of an Oracle database?", '"Oracle"'),
        ("Who bought the switch leaf-01-a?", '"bought"'),
        ("Which customers are served by shop-db-01?", '"customers"'),
        ("What did the purple screen of the host cost?", "names no price"),
        ("When did the queue of the cluster grow?", "names no date or time"),
        ("Which VMs run on esx02?", 'does not list all that belongs to "esx02"'),
    ],
)
def test_what_nobody_recorded_is_not_answered_and_the_refusal_says_what_is_missing(question, told):
    found = answered(question)

    assert not found.answered
    assert told in found.text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What is the serial number of leaf-01-b?", "JPENJHN2"),
        ("How much memory has crm-db-01?", "32 GiB"),
        ("Which host does git-web-01 run on?", "esx01.example.net"),
        ("How many CPUs does shop-db-01 have?", "vCPU: 4"),
        ("When did esx02 stop?", "02:11"),
        ("Who patched the host that stopped with a purple screen?", "team platform"),
        ("What do I do when the queue of the cluster grows?", "Restart the consumer"),
    ],
)
def test_what_stands_beside_the_name_is_answered(question, said):
    found = answered(question)

    assert found.answered
    assert said in found.statements[0].text


def test_a_row_about_another_asset_is_not_quoted_for_the_one_that_is_named():
    found = answered("How much memory has crm-db-01?")

    assert "shop-db-01" not in found.text
    assert "git-web-01" not in found.text


def test_a_row_about_the_one_that_is_named_does_not_list_what_belongs_to_it():
    table = (
        "Virtual machines lie on these.\n\n| Name | Type | Capacity |\n| --- | --- | --- |\n"
        "| vmfs-01 | VMFS | 6,245 GiB |\n"
    )
    datastores = a_passage(table, document="datastores", heading="Datastores")

    assert answered("What capacity does vmfs-01 have?", [datastores]).answered
    assert not answered("Which VMs lie on vmfs-01?", [datastores]).answered


def test_letters_that_are_the_initials_of_words_name_the_same():
    text = "The horizontal pod autoscaler is at its maximum: raise the maximum by half."
    passage = a_passage(text, document="cart.md", heading="Autoscaler at its maximum")

    assert answered(
        "By how much do I raise the maximum of the HPA of the pods?", [passage]
    ).answered
    assert not answered(
        "By how much do I raise the maximum of the HPB of the pods?", [passage]
    ).answered


def test_a_question_that_points_at_another_is_about_the_names_of_both():
    both = "What is the model of leaf-01-a? And its serial number?"
    found = answered(both, asked="And its serial number?")
    stranger = "What is the model of leaf-09-a? And its serial number?"

    assert "JPEZ3GDT" in found.statements[0].text
    assert not answered(stranger, asked="And its serial number?").answered


@pytest.mark.parametrize(
    ("question", "identifiers", "proper"),
    [
        ("Is esx02.fra1 full at 95% after 24h, twice a day?", ("esx02.fra1",), ()),
        ("What does KubeNodeNotReady mean for the SLA?", ("KubeNodeNotReady",), ("SLA",)),
        ("Disk latency is high. Which GB value is OK in May?", (), ()),
        ("How many GiB at 2 GHz are free?", (), ()),
        ("Who reads pg_stat_replication of 2026-06-15?", ("pg_stat_replication", "2026-06-15"), ()),
        ("PLEASE!!! ANSWERNOW is the Munich office on 10.0.0.7 up?", ("10.0.0.7",), ("Munich",)),
        ("WHICH DISK OF THE NODE IS FULL?", (), ()),
        ("", (), ()),
    ],
)
def test_names_are_told_from_measures_and_from_first_words(question, identifiers, proper):
    found = wanted(question)

    assert (found.identifiers, found.proper) == (identifiers, proper)


@pytest.mark.parametrize(
    ("question", "focus"),
    [
        ("Which Slack channel gets the alert?", ("slack",)),
        ("The disk is full. What is the power draw of the host?", ("draw",)),
        ("Where are the spare optics bought?", ("spare", "optics", "bought")),
        ("What availability is promised to customers?", ("availability",)),
        ("What do I do when the disk is full?", ()),
        ("Which command shows it?", ()),
        ("Why is it slow?", ()),
    ],
)
def test_the_focus_is_the_thing_that_is_asked_for(question, focus):
    assert wanted(question).focus == focus
