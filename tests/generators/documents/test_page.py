from __future__ import annotations

import re
from html.parser import HTMLParser

from generators.documents.coverage import collected_line
from generators.documents.overview import overview
from generators.documents.page import render_page
from generators.documents.section import assemble, render
from models.records.check import Severity
from tests.generators.documents.site import a_finding, facts


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.seen, self.ids, self.targets = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        found = dict(attrs)
        self.ids += [found["id"]] if "id" in found else []
        self.targets += [found[name] for name in ("href", "src") if name in found]


def a_page():
    found = facts(findings=(a_finding(),), counts={"DS-01": {Severity.CRIT: 1}})
    document = overview(found)
    sections = [render("overview", each, 0) for each in document.sections]
    return render_page(
        "Site overview", assemble("Site overview", collected_line(found), sections, {})
    )


def test_a_page_needs_nothing_from_anywhere():
    text = a_page()

    tags = Tags(text)
    assert not {"script", "link", "img", "iframe"} & set(tags.seen)
    assert all(target.startswith(("#", "csv/")) for target in tags.targets)
    assert "http" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)


def test_every_entry_of_the_outline_has_its_heading():
    tags = Tags(a_page())

    anchors = {target[1:] for target in tags.targets if target.startswith("#")}
    assert anchors <= set(tags.ids)
    assert {"summary", "health", "topology"} <= anchors


def test_a_diagram_is_drawn_with_its_source_and_severities_are_badges():
    text = a_page()

    assert text.count("<svg") == 1
    assert "Mermaid source" in text
    assert '<span class="badge crit">crit</span>' in text


def test_html_and_scripts_in_markdown_are_shown_as_text():
    text = render_page("x", "# x\n\n<script>alert(1)</script> [a](javascript:alert(1))\n")

    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert 'href="javascript' not in text


def test_a_diagram_of_another_hand_is_shown_as_its_source():
    text = render_page("x", "# x\n\n```mermaid\npie\n  <b>\n```\n")

    assert "<svg" not in text
    assert "&lt;b&gt;" in text
