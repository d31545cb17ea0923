from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from generators.inference.embedder.weights import count_tokens
from generators.knowledge.chunking import TARGET_TOKENS, chunk_document

PARAGRAPH = "The disk of the host is full and its datastore refuses another snapshot. "


def test_each_section_is_a_chunk_under_its_path_of_headings():
    text = "# Disks\n\nIntro.\n\n## Full\n\nFree space.\n\n### Fast\n\nDelete.\n\n## Slow\n\nWait."

    document = chunk_document("node/disk.md", text)

    assert document.title == "Disks"
    assert [(chunk.heading, chunk.anchor, chunk.text) for chunk in document.chunks] == [
        (("Disks",), "disks", "Intro."),
        (("Disks", "Full"), "full", "Free space."),
        (("Disks", "Full", "Fast"), "fast", "Delete."),
        (("Disks", "Slow"), "slow", "Wait."),
    ]


def test_a_repeated_heading_has_an_anchor_of_its_own():
    document = chunk_document("a.md", "# A\n\n## Steps\n\none\n\n# B\n\n## Steps\n\ntwo")

    assert [chunk.anchor for chunk in document.chunks] == ["steps", "steps-1"]


def test_markup_in_a_heading_is_not_in_its_path():
    document = chunk_document("a.md", "# See [`etcd`](http://x) *now* {#see}\n\ntext")

    assert document.chunks[0].heading == ("See etcd now",)


def test_a_yaml_head_gives_the_title_and_is_no_text():
    document = chunk_document("a.md", "---\ntitle: 'Node Down'\nweight: 20\n---\n\n# X\n\nbody")

    assert document.title == "Node Down"
    assert [chunk.text for chunk in document.chunks] == ["body"]


def test_a_document_without_headings_is_named_by_its_file():
    assert chunk_document("x/NodeDiskFull.md", "text").title == "Node Disk Full"


def test_a_heading_inside_code_opens_no_section():
    document = chunk_document("a.md", "# A\n\n```shell\n# not a heading\nls\n```\n")

    assert [chunk.heading for chunk in document.chunks] == [("A",)]
    assert "# not a heading" in document.chunks[0].text


def test_a_long_table_is_cut_between_rows_and_repeats_its_head():
    rows = "\n".join(f"| web-{n} | {PARAGRAPH} |" for n in range(40))

    document = chunk_document("a.md", f"# VMs\n\n| name | note |\n|---|---|\n{rows}\n")

    assert len(document.chunks) > 2
    assert all(
        chunk.text.startswith("| name | note |\n|---|---|\n| web-") for chunk in document.chunks
    )
    assert sum(chunk.text.count("| web-") for chunk in document.chunks) == 40


def test_code_that_fits_stays_whole_and_longer_code_stays_code():
    short = "```\n" + "echo one\n" * 20 + "```"
    long = "```yaml\n" + "key: some value of it\n" * 100 + "```"

    chunks = chunk_document("a.md", f"# A\n\n{PARAGRAPH * 12}\n\n{short}\n\n# B\n\n{long}\n").chunks

    assert any(short in chunk.text for chunk in chunks)
    assert all(
        chunk.text.startswith("```yaml\n") and chunk.text.endswith("```")
        for chunk in chunks
        if chunk.heading == ("B",)
    )
    assert sum(chunk.text.count("key:") for chunk in chunks) == 100


def test_no_chunk_is_longer_than_the_target_even_for_one_endless_line():
    document = chunk_document("a.md", "# A\n\n" + PARAGRAPH * 60)

    assert len(document.chunks) > 3
    assert all(chunk.token_count <= TARGET_TOKENS for chunk in document.chunks)


def test_a_text_file_is_cut_at_blank_lines_and_has_no_headings():
    document = chunk_document("notes.txt", "# not a heading\n\nsecond part")

    assert [(chunk.heading, chunk.text) for chunk in document.chunks] == [
        ((), "# not a heading\n\nsecond part")
    ]


def test_headings_without_any_text_are_one_chunk():
    document = chunk_document("a.md", "# Power\n\n## Supply\n")

    assert [(chunk.heading, chunk.text) for chunk in document.chunks] == [
        (("Power",), "Power\nSupply")
    ]


def test_an_empty_document_has_no_chunks():
    assert chunk_document("a.md", " \n").chunks == ()
    assert chunk_document("a.md", "#").chunks == ()


@settings(max_examples=40, deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=400), st.sampled_from(["md", "txt"])
)
def test_any_text_gives_the_same_chunks_twice_and_none_is_blank(text, suffix):
    first, second = chunk_document(f"a.{suffix}", text), chunk_document(f"a.{suffix}", text)

    assert first == second
    assert all(chunk.text.strip() for chunk in first.chunks)
    assert all(chunk.token_count == count_tokens(chunk.text) for chunk in first.chunks)


def test_a_short_lead_stays_with_the_table_that_it_leads_to():
    rows = "".join(f"| host-{n} | esx-{n}.example.net | {n} |\n" for n in range(40))
    text = f"# Hosts\n\nOf site A.\n\n| Name | Address | Rack |\n| --- | --- | --- |\n{rows}"

    first, *others = chunk_document("hosts.md", text).chunks

    assert first.text.startswith("Of site A.\n\n| Name |")
    assert "host-0 " in first.text
    assert others
