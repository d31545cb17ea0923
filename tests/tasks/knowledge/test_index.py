"""The index in a real Postgres, with the real embedder."""

from __future__ import annotations

from pathlib import Path

import pytest

from generators.inference.embedder import embedder
from models.errors import WrongUse
from models.store import knowledge, transaction
from tasks.knowledge.folder import add_paths
from tasks.knowledge.index import embed_missing, index_documents, store_chunks
from tasks.knowledge.search import Mode, search

DISK = "# Disk full\n\n## Meaning\n\nNo space is left.\n\n## Cure\n\nDelete old snapshots.\n"
CLOCK = "# Clock skew\n\n## Meaning\n\nThe time of the host is wrong.\n\n## Cure\n\nStart NTP.\n"
DOCUMENTS = [("node/DiskFull.md", DISK), ("node/ClockSkew.md", CLOCK)]


class Counting:
    """The real embedder, which counts what it was given."""

    def __init__(self) -> None:
        self.inner = embedder()
        self.model_id, self.dimensions = self.inner.model_id, self.inner.dimensions
        self.texts: list[str] = []

    def embed(self, texts):
        self.texts.extend(texts)
        return self.inner.embed(texts)


@pytest.fixture
def counting(database):
    return Counting()


def written(conn):
    """Return what tells one version of every row from another."""
    tables = ("knowledge_documents", "knowledge_chunks", "knowledge_embeddings")
    return [
        conn.execute(f"SELECT xmin::text, ctid::text FROM {table} ORDER BY 2").fetchall()
        for table in tables
    ]


def found(question, **options):
    with transaction() as conn:
        return [hit.document for hit in search(conn, question, embedder, **options)]


def test_documents_are_stored_embedded_and_found_both_ways(counting):
    report = index_documents("default", DOCUMENTS, counting)

    assert (report.added, report.chunks, report.embedded) == (2, 4, 4)
    for mode in Mode:
        assert found("the disk has no space", mode=mode)[0] == "node/DiskFull.md"
        assert found("wrong time", mode=mode)[0] == "node/ClockSkew.md"


def test_a_second_run_writes_nothing_and_embeds_nothing(counting):
    index_documents("default", DOCUMENTS, counting)
    with transaction() as conn:
        before = written(conn)

    report = index_documents("default", DOCUMENTS, counting)

    assert (report.added, report.updated, report.unchanged, report.embedded) == (0, 0, 2, 0)
    assert report.chunks == 4
    assert len(counting.texts) == 4
    with transaction() as conn:
        assert written(conn) == before


def test_one_changed_section_embeds_one_text_and_the_other_chunks_keep_their_ids(counting):
    index_documents("default", DOCUMENTS, counting)
    with transaction() as conn:
        before = {hit.heading: hit.chunk_id for hit in search(conn, "disk space", embedder)}

    changed = [("node/DiskFull.md", DISK.replace("old snapshots", "old logs")), DOCUMENTS[1]]
    report = index_documents("default", changed, counting)

    assert (report.updated, report.unchanged, report.embedded) == (1, 1, 1)
    with transaction() as conn:
        after = {hit.heading: hit.chunk_id for hit in search(conn, "disk space", embedder)}
    assert after["Disk full > Meaning"] == before["Disk full > Meaning"]
    assert after["Disk full > Cure"] != before["Disk full > Cure"]


def test_a_moved_document_needs_no_new_vectors(counting):
    index_documents("default", DOCUMENTS, counting)

    moved = [("elsewhere/renamed.md", DISK), DOCUMENTS[1]]
    report = index_documents("default", moved, counting)

    assert (report.added, report.removed, report.embedded) == (1, 1, 0)
    assert found("disk space", mode=Mode.VECTOR)[0] == "elsewhere/renamed.md"


def test_documents_of_another_root_or_collection_stay(counting):
    index_documents("default", DOCUMENTS[:1], counting, root="/one")
    index_documents("default", DOCUMENTS[1:], counting, root="/two")
    index_documents("other", DOCUMENTS[1:], counting, root="/one")

    with transaction() as conn:
        counts = {row["collection"]: row["documents"] for row in knowledge.counts(conn)}
    assert counts == {"default": 2, "other": 1}
    assert found("disk", collection="other") == ["node/ClockSkew.md"] * 2


def test_chunks_are_found_by_words_before_they_are_embedded(counting):
    report = store_chunks("default", DOCUMENTS)

    assert report.embedded == 0
    assert found("snapshots")[0] == "node/DiskFull.md"
    assert embed_missing(counting, limit=3) == 3
    assert embed_missing(counting) == 1
    assert embed_missing(counting) == 0


def test_progress_ends_at_all_texts(counting):
    seen: list[tuple[int, int]] = []

    index_documents(
        "default", DOCUMENTS, counting, on_progress=lambda done, total: seen.append((done, total))
    )

    assert seen == [(0, 4), (4, 4)]


def test_an_identifier_is_found_whole_and_by_its_words(counting):
    index_documents("default", DOCUMENTS, counting)

    for question in ("ClockSkew", "clock skew", "clockskew"):
        assert found(question, mode=Mode.TEXT)[0] == "node/ClockSkew.md"


def test_of_many_names_alike_the_one_asked_for_comes_first(counting):
    texts = [(f"{n}.md", f"# Host\n\nThe vm billing-db-dev-{n:02} runs.") for n in range(40)]
    index_documents("default", texts, counting)

    for n in (2, 12, 21):
        assert found(f"vm billing-db-dev-{n:02}")[0] == f"{n}.md"
    assert found("vm billing-db-dev-99"), "a name that stands nowhere is searched by its parts"


@pytest.mark.parametrize(
    "question", ["", "'", "\\", "a' & b | !c", "%s %(x)s", "日本語", "x" * 5000]
)
def test_any_question_can_be_asked(question, counting):
    index_documents("default", DOCUMENTS, counting)

    for mode in Mode:
        assert set(found(question, mode=mode)) <= {name for name, _ in DOCUMENTS}


def test_an_empty_index_finds_nothing(counting):
    assert found("disk") == []


def test_a_secret_is_neither_stored_nor_embedded(counting):
    secret = "hunter2-canary-9f3a"
    text = f"# Login\n\npassword: {secret}\n\nurl postgres://app:{secret}@db/app\n"

    index_documents("default", [("login.md", text)], counting)

    with transaction() as conn:
        rows = str(conn.execute("SELECT c::text FROM knowledge_chunks c").fetchall())
    assert "Login" in rows
    assert "canary" not in rows + " ".join(counting.texts)


def test_vectors_of_removed_texts_are_pruned_after_their_days(counting):
    index_documents("default", DOCUMENTS, counting)
    index_documents("default", DOCUMENTS[:1], counting)

    with transaction() as conn:
        assert knowledge.prune_embeddings(conn, days=1) == 0
        assert knowledge.prune_embeddings(conn, days=0) == 2


def test_above_the_limit_the_vector_index_answers_as_the_exact_scan_does(counting, monkeypatch):
    documents = [
        (f"{n}.md", f"# Host esx-{n}\n\nHost esx-{n} has {n * 7} alarms.") for n in range(60)
    ]
    index_documents("default", documents, counting)
    exact = found("alarms of host esx-31", mode=Mode.VECTOR)
    monkeypatch.setattr(knowledge, "HNSW_FROM_CHUNKS", 10)

    with transaction() as conn:
        assert knowledge.ensure_vector_index(conn, counting.model_id, 384)
        assert not knowledge.ensure_vector_index(conn, counting.model_id, 384)

    assert found("alarms of host esx-31", mode=Mode.VECTOR) == exact
    assert len(found("alarms", mode=Mode.VECTOR, collection="default")) == 10
    assert found("alarms", mode=Mode.VECTOR, collection="nowhere") == []


def test_a_folder_is_indexed_by_relative_names_and_follows_its_files(counting, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / "a" / "disk.md").write_text(DISK)
    (tmp_path / "notes.txt").write_text("Clock notes")
    (tmp_path / ".git" / "hidden.md").write_text("hidden")
    (tmp_path / "image.png").write_bytes(b"\x89PNG")
    (tmp_path / "binary.txt").write_bytes(b"\x00\x01")

    first = add_paths([tmp_path], "default", counting)
    (tmp_path / "a" / "disk.md").unlink()
    second = add_paths([tmp_path], "default", counting)

    assert (first.report.added, first.skipped) == (2, (("binary.txt", "not a text file"),))
    assert (second.report.removed, second.report.unchanged) == (1, 1)
    assert found("disk") == ["notes.txt"]


def test_two_files_of_one_name_are_refused(counting, tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.md").write_text(DISK)

    with pytest.raises(WrongUse, match="both be called same"):
        add_paths([tmp_path / "a", tmp_path / "b"], "default", counting)
    with pytest.raises(WrongUse, match="does not exist"):
        add_paths([tmp_path / "c"], "default", counting)


def two_folders(top):
    for folder, text in (("a", DISK), ("b", CLOCK)):
        (top / folder).mkdir()
        (top / folder / "README.md").write_text(text)
    return top / "a", top / "b"


def roots(collection="default"):
    with transaction() as conn:
        known = knowledge.known_documents(conn, collection)
    return {name: root for name, (root, _) in known.items()}


def test_a_name_that_another_folder_still_has_is_refused_and_nothing_changes(counting, tmp_path):
    one, two = two_folders(tmp_path)
    (two / "other.md").write_text(CLOCK)
    add_paths([one], "default", counting)

    with pytest.raises(WrongUse, match="--collection") as refused:
        add_paths([two], "default", counting)

    assert str(one) in str(refused.value)
    assert str(two) in str(refused.value)
    assert roots() == {"README.md": str(one)}
    assert found("disk")[0] == "README.md"
    assert add_paths([two], "other", counting).report.added == 2


@pytest.mark.parametrize("text", [DISK, CLOCK], ids=["unchanged", "changed"])
def test_a_moved_folder_takes_its_documents_over_and_notices_later_deletions(
    text, counting, tmp_path
):
    one, _ = two_folders(tmp_path)
    (one / "kept.md").write_text(CLOCK)
    add_paths([one], "default", counting)
    moved = one.rename(tmp_path / "moved")
    (moved / "README.md").write_text(text)

    first = add_paths([moved], "default", counting)

    assert first.report.unchanged == (2 if text == DISK else 1)
    assert set(roots().values()) == {str(moved)}
    (moved / "README.md").unlink()
    assert add_paths([moved], "default", counting).report.removed == 1
    assert roots() == {"kept.md": str(moved)}


def test_the_same_folder_by_another_spelling_is_the_same_folder(counting, tmp_path, monkeypatch):
    one, _ = two_folders(tmp_path)
    (tmp_path / "link").symlink_to(one)
    monkeypatch.chdir(tmp_path)
    add_paths([one], "default", counting)

    for spelling in ("a", "./a/", "b/../a", "link", f"{one}/"):
        report = add_paths([Path(spelling)], "default", counting).report
        assert (report.unchanged, report.added, report.removed) == (1, 0, 0), spelling
    both = add_paths([Path("a"), Path("link")], "default", counting)

    assert both.report.unchanged == 1
    assert roots() == {"README.md": str(one)}


def test_a_file_given_alone_stays_with_its_folder(counting, tmp_path):
    one, two = two_folders(tmp_path)
    (one / "kept.md").write_text(CLOCK)
    add_paths([one / "README.md"], "default", counting)
    assert roots() == {"README.md": str(one / "README.md")}

    add_paths([one], "default", counting)
    (one / "README.md").write_text("# Something else")
    alone = add_paths([one / "README.md"], "default", counting)
    together = add_paths([one / "README.md", one], "default", counting)

    assert (alone.report.updated, alone.report.removed) == (1, 0)
    assert (together.report.unchanged, together.report.removed) == (2, 0)
    assert set(roots().values()) == {str(one)}
    with pytest.raises(WrongUse, match=r"README\.md was added from"):
        add_paths([two / "README.md"], "default", counting)


def test_documents_that_a_program_brought_are_not_taken_over(counting, tmp_path):
    index_documents("default", [("README.md", CLOCK)], counting, root="documents")
    one, _ = two_folders(tmp_path)

    with pytest.raises(WrongUse, match="from documents"):
        add_paths([one], "default", counting)
