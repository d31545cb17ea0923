from __future__ import annotations

import pytest

from generators.knowledge.wording import (
    embedding_text,
    identified,
    names,
    question_words,
    terms,
    title_from_name,
    words,
)
from models.records.chunk import Chunk


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("KubeletTooManyPods", "Kubelet Too Many Pods KubeletTooManyPods"),
        ("KubeAPIDown", "Kube API Down KubeAPIDown"),
        ("etcdNoLeader", "etcd No Leader etcdNoLeader"),
        ("apiserver_request_total", "apiserver request total"),
        ("node/disk-full.md", "node disk full md"),
        ("Straße öffnen", "Straße öffnen"),
        ("A" * 200, ""),
    ],
)
def test_words_are_split_at_capitals_and_signs(text, found):
    assert words(text) == found


def test_names_are_kept_whole_for_exact_questions():
    assert names("See fs.file-max, 10.0.0.1:443 and KubeAPIDown; not plain words.") == (
        "10.0.0.1:443",
        "fs.file-max",
        "kubeapidown",
    )


def test_a_question_is_reduced_to_what_it_is_about():
    assert question_words("What should I do when the API is down?") == "API down"


def test_a_question_of_common_words_only_keeps_them():
    assert question_words("what is it") == "what is it"


def test_the_path_is_searched_and_not_embedded():
    chunk = Chunk(heading=("NodeDown", "Meaning"), anchor="meaning", text="gone", token_count=1)

    found = terms("kubernetes/NodeDown.md", "Node Down", chunk)
    embedded = embedding_text("Node Down", chunk.heading, chunk.text)

    assert "kubernetes" in found.title
    assert "nodedown" in found.names
    assert embedded == "Node Down > Meaning\ngone"


def test_a_title_is_made_of_a_file_s_name():
    assert title_from_name("a/b/disk_full-onNode.md") == "disk full on Node"


def test_a_table_is_embedded_without_its_bars_and_rules():
    table = "Hosts:\n\n| Name | Power |\n| --- | --: |\n| esx-07 | on |\n\na | b"

    assert embedding_text("T", (), table) == "T\nHosts:\n\nName Power\nesx-07 on\n\na | b"


def test_the_share_of_a_question_that_is_identifiers():
    assert identified("vm billing-db-02", ["billing-db-02"]) == 0.75
    assert identified("billing-db-02", ["billing-db-02"]) == 1
    assert identified("vm billing-db-02", []) == 0
