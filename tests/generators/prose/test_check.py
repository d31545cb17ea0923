from __future__ import annotations

import pytest

from generators.prose.check import check_sentence
from generators.prose.quantities import quantities
from generators.prose.sentences import split_sentences
from models.records.document import CitedFact, Sentence

FACTS = {
    fact.id: fact
    for fact in (
        CitedFact(id="hosts", text="hosts: 4"),
        CitedFact(id="memory", text="memory of host esx-01.example: 524288 MiB"),
        CitedFact(
            id="full",
            text="warn finding on datastore ds-prod-1: Datastore filling up: 87 % used; remedy: free space",
        ),
        CitedFact(id="time", text="last change of vc1: 2026-11-20T19:00:00Z"),
        CitedFact(id="version", text="host esx-01.example runs version 8.0.3 build 24022510"),
        CitedFact(id="mib", text="memory of virtual machine web-1: 1500 MiB"),
        CitedFact(id="vms", text="virtual machines: 1204"),
    )
}


def lacks(text, *ids):
    return check_sentence(
        Sentence(text=text, fact_ids=ids), FACTS, {"web-1", "mercury", "ds-prod-1"}
    )


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("The site has 4 hosts.", ["hosts"]),
        ("The site has four hosts.", ["hosts"]),
        ("There are 1,204 virtual machines.", ["vms"]),
        ("Host esx-01.example has 512 GiB of memory.", ["memory"]),
        ("Host esx-01.example has 0.5 TiB of memory.", ["memory"]),
        ("Datastore ds-prod-1 is 87% full; free space there soon.", ["full"]),
        ("Consider freeing space on `ds-prod-1`.", ["full"]),
        ("The last change was on 20 November 2026.", ["time"]),
        ("The last change was on November 20th, 2026.", ["time"]),
        ("It changed on 2026-11-20.", ["time"]),
        ("Host esx-01.example runs version 8.0.3.", ["version"]),
        ("Overall, the 4 hosts need attention.", ["hosts"]),
        ("Read-only access does not change N+1 redundancy.", ["hosts"]),
    ],
)
def test_a_sentence_that_its_facts_bear_out_is_kept(text, ids):
    assert lacks(text, *ids) == ()


@pytest.mark.parametrize(
    ("text", "ids", "missing"),
    [
        pytest.param("The site has 5 hosts.", ["hosts"], "5", id="invented number"),
        pytest.param("The site has five hosts.", ["hosts"], "five", id="invented number in words"),
        pytest.param("Datastore ds-prod-1 is 88 % full.", ["full"], "88 %", id="rounded percent"),
        pytest.param("Host esx-02.example has 512 GiB.", ["memory"], "esx-02.example", id="name"),
        pytest.param("Datastore mars is 87 % full.", ["full"], "mars", id="plain invented name"),
        pytest.param("Mars is 87 % full.", ["full"], "Mars", id="invented name at the start"),
        pytest.param("The VM mars-db is slow.", ["vms"], "mars-db", id="hyphenated name"),
        pytest.param("It runs on 10.0.0.7.", ["hosts"], "10.0.0.7", id="address"),
        pytest.param("It runs version 8.0.4.", ["version"], "8.0.4", id="version"),
        pytest.param("It changed on 21 November 2026.", ["time"], "2026-11-21", id="date in words"),
        pytest.param("It changed on 2026-11-21.", ["time"], "2026-11-21", id="date"),
        pytest.param("The VM web-1 has 1.5 GiB.", ["mib"], "1.5 GiB", id="not exactly derivable"),
        pytest.param("Each host has 4 GB.", ["hosts"], "4 GB", id="a unit that the fact has not"),
        pytest.param("Half of the hosts are down.", ["hosts"], "Half", id="amount in a word"),
        pytest.param("The site has 1,204 hosts.", ["hosts"], "1,204", id="wrong citation"),
        pytest.param("The machine mercury is down.", ["vms"], "mercury", id="known but not cited"),
        pytest.param('It said "all is well here".', ["hosts"], "all is well here", id="quotation"),
        pytest.param("The site has 4 hosts.", [], "it cites no fact", id="no citation"),
        pytest.param("The site has 4 hosts.", ["f9"], "unknown fact f9", id="unknown citation"),
    ],
)
def test_a_sentence_is_dropped_with_what_its_facts_lack(text, ids, missing):
    assert missing in lacks(text, *ids)


def test_numbers_are_read_with_their_units_and_not_out_of_names():
    assert quantities("web-01 vmx-19 10.0.0.1 8.0.3 2026-11-20T19:00:00Z N+1") == set()
    assert quantities("1,024 MiB") == quantities("1 GiB") != quantities("1 GB")
    assert quantities("90 minutes") == quantities("1.5 hours")


def test_sentences_end_where_people_end_them():
    text = "Host vc.example runs 8.0.3. It is old, e.g. the build. Is it?  Yes!\nDone."

    assert split_sentences(text) == [
        "Host vc.example runs 8.0.3.",
        "It is old, e.g. the build.",
        "Is it?",
        "Yes!",
        "Done.",
    ]
