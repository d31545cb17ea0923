"""Files of the documents: each is whole or not there, and unchanged ones are not touched."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path

from generators.documents.configurations import FOLDER as CONFIGURATIONS
from generators.documents.configurations import Configuration, configurations
from generators.documents.facts import Facts
from generators.documents.inventories import Inventory, inventories
from models.errors import ExternalError
from models.records.document import WrittenFile
from models.settings import settings
from models.store import documents, transaction

_UNFINISHED = ".*.unfinished"
Beside = Inventory | Configuration


def documents_folder() -> Path:
    """Return the folder of the documents of this installation."""
    return settings().home / "documents"


def write_whole(path: Path, content: bytes) -> bool:
    """Write a file so that a reader, or a crash, sees the old bytes or the new ones.

    Returns:
        Whether anything was written; a file that holds these bytes is left alone.

    Raises:
        ExternalError: The file system refuses, such as for want of space.
    """
    with _translated(path):
        if path.is_file() and path.read_bytes() == content:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.parent / f".{path.name}.{os.getpid()}.unfinished"
        try:
            with unfinished.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except OSError:
            with suppress(OSError):
                unfinished.unlink()
            raise
    return True


def write_inventories(facts: Facts) -> list[Path]:
    """Write the files beside the documents whose facts changed; remove those that are no more.

    These are the CSV files of all kinds and the running configurations of devices.

    Returns:
        The files that were written.
    """
    folder = documents_folder()
    with transaction() as conn:
        known = documents.files(conn)
    made: list[Beside] = [*inventories(facts), *configurations(facts)]
    changed = [file for file in made if not _is_current(folder, file, known.get(file.path))]
    written = [_write(folder, file) for file in changed]
    gone = sorted(known.keys() - {file.path for file in made})
    for path in gone:
        (folder / path).unlink(missing_ok=True)
    if written or gone:
        with transaction() as conn:
            documents.save_files(conn, written)
            documents.delete_files(conn, gone)
    return [folder / file.path for file in written]


def remove_unfinished() -> None:
    """Remove what writers left that were killed; call it only while nobody else writes."""
    folder = documents_folder()
    for place in (folder, folder / "csv", folder / CONFIGURATIONS):
        for path in place.glob(_UNFINISHED):
            path.unlink(missing_ok=True)


def _is_current(folder: Path, file: Beside, known: WrittenFile | None) -> bool:
    """Tell whether a file was made from this input and still holds what was written."""
    if known is None or known.input_hash != file.input_hash:
        return False
    path = folder / file.path
    return path.is_file() and _hash(path.read_bytes()) == known.content_hash


def _write(folder: Path, file: Beside) -> WrittenFile:
    content = file.text().encode()
    write_whole(folder / file.path, content)
    return WrittenFile(path=file.path, input_hash=file.input_hash, content_hash=_hash(content))


def _hash(content: bytes) -> bytes:
    return blake2b(content, digest_size=16).digest()


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExternalError("file system", str(path), error.strerror or str(error)) from error
