"""What leads to a quoted line goes with it: without it, a prohibition reads as an instruction."""

import pytest

from generators.answers.extract import extract_answer
from generators.answers.units import units
from generators.inference.embedder import embedder
from models.records.chunk import Passage
from models.settings import settings


@pytest.fixture(autouse=True)
def weights(shared_home, monkeypatch):
    """The embedder writes its graph into a home."""
    monkeypatch.setenv("NIGHTSHIFT_HOME", str(shared_home))
    settings.cache_clear()


def a_passage(text, heading="Notes"):
    return Passage(
        document="notes.md",
        heading=heading,
        chunk_id="1",
        score=1.0,
        text=text,
        collection="runbooks",
        anchor="notes",
    )


def first_quote(question, text, heading="Notes"):
    passage = a_passage(text, heading)
    return extract_answer(question, [passage], embedder().embed).statements[0].text


def leads_of(text, heading="Notes"):
    return {unit.text: unit.leads for unit in units([a_passage(text, heading)])}


FAILOVER = "How do I force the failover of the core switch?"
REBUILD = (
    "The array rebuilds by itself.\n\nNever do this while the array rebuilds:\n\n"
    "- Restart the database primary\n- Pull the failed disk of the array\n"
)


def test_an_item_below_a_prohibition_is_quoted_with_it():
    quote = first_quote(
        "Can I restart the database primary while the array rebuilds?",
        REBUILD,
        heading="RAID rebuild",
    )

    assert quote.splitlines()[:2] == [
        "Never do this while the array rebuilds:",
        "- Restart the database primary",
    ]


@pytest.mark.parametrize(
    ("text", "heading", "quote"),
    [
        (
            "Do not:\n\n- Force the failover of the core switch\n",
            "Core switch",
            "Do not:\n- Force the failover of the core switch",
        ),
        (
            "Never do this by hand.\n\n- Force the failover of the core switch\n",
            "Core switch",
            "Never do this by hand.\n- Force the failover of the core switch",
        ),
        (
            "- Force the failover of the core switch\n",
            "Core switch > What not to do",
            "What not to do\n- Force the failover of the core switch",
        ),
        (
            "Force the failover of the core switch.\n",
            "Never",
            "Never\nForce the failover of the core switch.",
        ),
        (
            "- On call:\n  - Do not:\n    - Force the failover of the core switch\n",
            "Core switch",
            "On call:\nDo not:\n- Force the failover of the core switch",
        ),
    ],
)
def test_a_prohibition_goes_with_what_it_forbids_wherever_it_stands(text, heading, quote):
    assert first_quote(FAILOVER, text, heading) == quote


def test_items_that_stand_beside_a_nested_prohibition_are_not_forbidden():
    assert leads_of("Do:\n\n- Never:\n  - Pull the disk\n- Call the owner\n") == {
        "Pull the disk": ("Do:", "Never:"),
        "Call the owner": ("Do:",),
    }
    quote = first_quote(
        "What do I do to call the owner?", "Do:\n\n- Never:\n  - Pull the disk\n- Call the owner\n"
    )
    assert quote == "Do:\n- Call the owner"


def test_an_item_that_forbids_leads_to_the_command_that_is_indented_below_it():
    text = "- Never run this on a live site\n\n  ```\n  wipe --all\n  ```\n"
    assert leads_of(text)["  wipe --all"] == ("Never run this on a live site",)
    below = "- Never reboot it\n\n```\nuptime --pretty\n```\n"
    assert leads_of(below)["uptime --pretty"] == ()


def test_a_heading_that_only_says_not_forbids_nothing():
    assert leads_of("- Drain the node\n", heading="Node not ready") == {"Drain the node": ()}


def test_a_long_command_is_quoted_whole():
    command = f"dd if=/dev/zero of=/dev/disk/by-id/{'x' * 500}-spare bs=1M"

    quote = first_quote(
        "How do I wipe the spare disk?", f"To wipe it run:\n\n```\n{command}\n```\n"
    )

    assert quote == f"To wipe it run:\n{command}"


def test_a_block_without_end_is_cut_between_commands_and_says_so():
    commands = [f"wipe --disk {n} \\\n  --passes 3" for n in range(100)]
    (unit,) = units([a_passage("```\n" + "\n".join(commands) + "\n```\n")])

    *quoted, mark = unit.text.split("\n")
    assert mark == "…"
    assert len(quoted) % 2 == 0
    assert quoted == "\n".join(commands).split("\n")[: len(quoted)]


def test_a_command_that_is_longer_than_any_answer_is_left_out():
    assert units([a_passage(f"```\nwipe {'x' * 3000}\n```\n")]) == []
