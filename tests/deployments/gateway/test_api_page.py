"""The API description as people read it."""

from __future__ import annotations

import re

import pytest


@pytest.fixture
def page(client):
    return client.get("/api/docs").text


def part(page, title):
    return re.search(rf">{re.escape(title)}</h3>(.*?)<h[23]", page, re.DOTALL)[1]


def test_it_has_every_route_in_the_documents_design(client, page):
    for path, methods in client.get("/api/openapi.json").json()["paths"].items():
        for method, operation in methods.items():
            assert f"<code>{method.upper()} {path}</code>" in page
            assert f">{operation['summary']}</h3>" in page
    assert '<span class="brand">Nightshift</span>' in page
    assert not re.search(r"https?://|<script|<link|@import|src=", page)


def test_what_programs_read_is_marked_and_no_sign_of_markup_is_left(page):
    words = re.sub(r"<(style|code)\b.*?</\1>|<[^>]+>", "", page, flags=re.DOTALL)

    assert "`" not in words
    assert "Successful Response" not in words
    assert "<code>{incidents, next}</code>" in page


def test_a_route_tells_its_fields_and_only_the_answers_of_its_own(page):
    merge = part(page, "Let it live on in another one")

    assert "with a token" in merge
    assert "<td><code>into</code></td>" in merge
    assert "<td>no</td>" in merge
    assert "<td>409</td>" not in merge
    assert "<td>409</td>" in page


def test_health_tells_what_it_answers_while_the_database_is_away(page):
    health = part(page, "Whether the database answers and deliveries are written")

    assert "<td>503</td>" in health
    assert "The database does not answer: <code>{status, reason, writer, queue}</code>." in health
