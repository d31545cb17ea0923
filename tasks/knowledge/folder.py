"""Markdown and text files of a folder, as documents to index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from generators.inference.embedder import Embedder
from models.errors import WrongUse
from models.records.chunk import IndexReport
from tasks.knowledge.index import Progress, embed_missing, store_chunks

SUFFIXES = frozenset({".md", ".markdown", ".mdx", ".txt", ".text", ".rst", ".adoc"})
LONGEST_BYTES = 8 * 2**20  # a longer text is a log or data, which the log analysis is for


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderReport:
    """What adding paths changed, and the files that were left out with the reason."""

    report: IndexReport
    skipped: tuple[tuple[str, str], ...]


def add_paths(
    paths: Sequence[Path],
    collection: str,
    embedder: Embedder | None = None,
    *,
    on_progress: Progress | None = None,
) -> FolderReport:
    """Index files and folders; a document's name is its path relative to its argument.

    A file that was indexed from the same argument before and is gone is removed from the index.

    Raises:
        WrongUse: A path does not exist, or two files would bear the same name.
    """
    files = {path: dict(_files(path)) for path in map(Path.absolute, paths)}
    _refuse_twins(files)
    total = IndexReport(added=0, updated=0, unchanged=0, removed=0, chunks=0, embedded=0)
    skipped: list[tuple[str, str]] = []
    for path, named in files.items():
        documents = _read(named, skipped)
        total = _sum(total, store_chunks(collection, documents, root=str(path)))
    embedded = embed_missing(embedder, on_progress=on_progress)
    return FolderReport(report=replace(total, embedded=embedded), skipped=tuple(skipped))


def _files(path: Path) -> Iterator[tuple[str, Path]]:
    """Yield name and path of the files of an argument, sorted; hidden ones are left out."""
    if path.is_file():
        yield path.name, path
    elif path.is_dir():
        for file in sorted(path.rglob("*")):
            name = file.relative_to(path)
            hidden = any(part.startswith(".") for part in name.parts)
            if file.suffix.lower() in SUFFIXES and not hidden and file.is_file():
                yield name.as_posix(), file
    else:
        raise WrongUse(f"{path} does not exist; give Markdown or text files, or folders of them")


def _refuse_twins(files: dict[Path, dict[str, Path]]) -> None:
    seen: dict[str, Path] = {}
    for named in files.values():
        for name, file in named.items():
            if name in seen:
                raise WrongUse(
                    f"{seen[name]} and {file} would both be called {name}; add their common "
                    "folder instead, or use another --collection"
                )
            seen[name] = file


def _read(named: dict[str, Path], skipped: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield name and text of each file that is text; note the others."""
    for name, file in named.items():
        try:
            raw = file.read_bytes() if file.stat().st_size <= LONGEST_BYTES else None
        except OSError as error:
            skipped.append((name, error.strerror or "cannot be read"))
            continue
        if raw is None:
            skipped.append((name, f"longer than {LONGEST_BYTES // 2**20} MiB"))
        elif b"\x00" in raw[:8192]:
            skipped.append((name, "not a text file"))
        else:
            yield name, raw.decode("utf-8-sig", "replace")


def _sum(one: IndexReport, other: IndexReport) -> IndexReport:
    return IndexReport(
        added=one.added + other.added,
        updated=one.updated + other.updated,
        unchanged=one.unchanged + other.unchanged,
        removed=one.removed + other.removed,
        chunks=one.chunks + other.chunks,
        embedded=0,
    )
