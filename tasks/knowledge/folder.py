"""Markdown and text files of a folder, as documents to index."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from stat import S_ISREG

from generators.inference.embedder import Embedder
from models.errors import WrongUse
from models.records.chunk import IndexReport
from models.store import knowledge, transaction
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
    One whose name another argument brought before is taken over where that is gone (a moved
    folder), and refused where it is still there, since one of the two would be lost.

    Raises:
        WrongUse: A path does not exist, or two files would bear the same name; nothing is changed.
    """
    arguments = _arguments(paths)
    with transaction() as conn:
        roots = {
            name: root for name, (root, _) in knowledge.known_documents(conn, collection).items()
        }
    additions = [_addition(path, named, roots) for path, named in arguments.items()]
    total = IndexReport(added=0, updated=0, unchanged=0, removed=0, chunks=0, embedded=0)
    skipped: list[tuple[str, str]] = []
    for addition in additions:
        documents = _read(addition.files, skipped)
        complete = addition.complete
        report = store_chunks(collection, documents, root=addition.root, complete=complete)
        total = _sum(total, report)
    embedded = embed_missing(embedder, on_progress=on_progress)
    return FolderReport(report=replace(total, embedded=embedded), skipped=tuple(skipped))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Addition:
    """Files by name, the root they are kept under, and whether they are all of that root."""

    root: str
    files: dict[str, Path]
    complete: bool


def _arguments(paths: Sequence[Path]) -> dict[Path, dict[str, Path]]:
    """Return the files of each argument by name, each file once.

    One place spelt in several ways (relative, through a link) is one argument. Folders come first,
    so that a file given beside its folder stays the folder's.
    """
    # realpath, since Path.resolve raises on a loop of links up to Python 3.12
    places = dict.fromkeys(Path(os.path.realpath(path)) for path in paths)
    files = {place: dict(_files(place)) for place in sorted(places, key=Path.is_file)}
    seen: dict[str, Path] = {}
    for named in files.values():
        for name, file in list(named.items()):
            if name not in seen:
                seen[name] = file
            elif file.samefile(seen[name]):
                del named[name]
            else:
                raise WrongUse(
                    f"{seen[name]} and {file} would both be called {name}; add their common "
                    "folder instead, or use another --collection"
                )
    return {place: named for place, named in files.items() if named or place.is_dir()}


def _addition(path: Path, files: dict[str, Path], roots: Mapping[str, str]) -> _Addition:
    """Return what is to be stored for an argument; `roots` says where known documents are from."""
    for name, file in files.items():
        root = roots.get(name, str(path))
        if root == str(path) or _is_gone(root, name):
            continue
        if not _is_same(_place(root, name), file):
            raise WrongUse(
                f"{name} was added from {root}, which still has it, and {path} has another one; "
                "add one of them with another --collection, or add their common folder instead"
            )
        if path.is_file():
            return _Addition(root=root, files=files, complete=False)
    return _Addition(root=str(path), files=files, complete=True)


def _place(root: str, name: str) -> Path:
    """Return where a document of a root lies; a root that is a file holds itself only."""
    top = Path(root)
    return top if top.is_file() and top.name == name else top / name


def _is_gone(root: str, name: str) -> bool:
    """Tell whether a root has certainly lost a document; what may not be looked at is there."""
    if not Path(root).is_absolute():
        return False  # brought by a program under a name of its own, not from a folder
    try:
        return not S_ISREG(_place(root, name).stat().st_mode)
    except PermissionError:
        return False
    except OSError:
        return True


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


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
