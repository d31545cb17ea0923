from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from generators.documents.text import counted, escape, listed, memory, percent, quantity

HOSTILE = [
    "vm|evil",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "{% raw %}",
    "[click](javascript:alert(1))",
    "![x](http://evil.example/x.png)",
    "`code`",
    "**bold** _em_ ~~gone~~",
    "two\nlines\r\nand | a pipe",
    "back\\slash \\| pipe",
    "https://evil.example",
    "www.evil.example",
    "javascript:alert(1)",
    "&lt;b&gt; &amp;",
    "$x^2$",
    "<!-- gone -->",
    "name_with_underscores",
    "_leading and trailing_",
    "\u202egnp.exe",
    "zero\u200bwidth",
    "# no heading",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_shows_as_itself_in_a_cell_and_is_nothing_else(name):
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])

    tokens = parser.parse(f"| a | b |\n| --- | --- |\n| {escape(name)} | second |\n")

    cells = [token for token in tokens if token.type == "inline"][2:]
    assert len(cells) == 2
    kinds = {child.type for child in cells[0].children}
    assert kinds <= {"text", "text_special"}
    shown = "".join(child.content for child in cells[0].children)
    visible = name.translate({0x202E: "\ufffd", 0x200B: "\ufffd"})
    assert shown == " ".join(visible.split())


@pytest.mark.parametrize("name", ["https://evil.example", "www.evil.example", "see http://x.y/z"])
def test_an_address_in_a_name_is_no_link_where_bare_addresses_are(name):
    assert "://" not in escape(name)
    assert "www." not in escape(name)


def test_quotes_stay_plain_since_they_mean_nothing_in_markdown():
    assert escape('"Disk full" on db-01') == '"Disk full" on db-01'
    assert escape('"a" | <b title="x">') == '"a" \\| &lt;b title="x"&gt;'


def test_ordinary_names_are_left_as_they_are():
    assert escape("esx-01.example net_1 (prod) 50 %") == "esx-01.example net_1 (prod) 50 %"


def test_memory_is_exact_where_it_can_be_and_unknown_where_it_is_not_known():
    shown = [memory(size) for size in (None, 512, 1500, 4096, 100_000, 1_048_576)]

    assert shown == ["unknown", "512 MiB", "1,500 MiB", "4 GiB", "97.7 GiB", "1 TiB"]


def test_shares_and_amounts_are_in_peoples_words():
    assert percent(945, 1000) == "94 %"
    assert percent(None, 1000) == "unknown"
    assert quantity(2100, "MHz") == "2.1 GHz"
    assert [counted(1, "host"), counted(1204, "virtual machine")] == [
        "1 host",
        "1,204 virtual machines",
    ]
    assert listed(["a", "b", "c"]) == "a, b and c"
