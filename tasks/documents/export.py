"""Copies of the documents in a folder of the user's choice, and in their git history."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from generators.documents.configurations import FIRST_LINE
from models.errors import ConfigurationError, ExternalError, WrongUse
from models.records.document import Sentence, Writer
from models.store import documents, transaction
from tasks.documents.files import documents_folder, write_whole

_COLLECTED = re.compile(r"^Collected at: .*$", re.MULTILINE)
_MOVING = ("-usage.csv", "-now.csv")  # inventories of what changes by itself
_OURS = re.compile(r"^(?:\w+_)?id,source,\w+")
_BESIDE = ("csv/*.csv", "configurations/*.txt")
_GIT_SECONDS = 120
_LONGEST_SUBJECT = 72
_MOST_NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReport:
    """What an export wrote; `commit` is the new commit's id, None where nothing changed."""

    folder: str
    files: int
    written: tuple[str, ...]
    removed: tuple[str, ...] = ()
    commit: str | None = None
    message: str | None = None


def export_documents(folder: Path, *, git: bool = False) -> ExportReport:
    """Copy the documents and inventories into a folder, with git as one commit per change.

    With git, usage figures stay out and a file that differs in nothing but its time of collection
    is left as it is, so that the history shows changes alone. The repository is made where there
    is none; nobody's settings are changed.

    Raises:
        WrongUse: There are no documents yet, or the folder is a file.
        ConfigurationError: git is wanted and not installed.
        ExternalError: git, or the file system, refuses.
    """
    source = documents_folder()
    if not any(source.glob("*.md")):
        raise WrongUse("there are no documents yet; run `nightshift docs generate` first")
    if folder.exists() and not folder.is_dir():
        raise WrongUse(f"{folder} is a file; name a folder")
    if folder.resolve().is_relative_to(source.resolve()):
        raise WrongUse(f"{folder} is where the documents are kept; name another folder")
    if git:
        _prepare(folder)
    names = _exported(source, with_usage=not git)
    written = [name for name in names if _copy(source / name, folder / name, quietly=git)]
    removed = _remove_stale(source, folder, names) if git else []
    report = ExportReport(
        folder=str(folder), files=len(names), written=tuple(written), removed=tuple(removed)
    )
    return _committed(folder, report, names) if git else report


def _exported(source: Path, *, with_usage: bool) -> list[str]:
    """Return the files to copy, relative to the documents' folder."""
    found = [path for pattern in ("*.md", *_BESIDE) for path in source.glob(pattern)]
    names = sorted(str(path.relative_to(source)) for path in found)
    return [name for name in names if with_usage or not name.endswith(_MOVING)]


def _copy(source: Path, target: Path, *, quietly: bool) -> bool:
    """Copy a file whole; quietly means not for the sake of the time of collection."""
    content = source.read_bytes()
    if quietly and target.is_file() and source.suffix == ".md":
        before = target.read_text(encoding="utf-8", errors="replace")
        if _COLLECTED.sub("", before, count=1) == _COLLECTED.sub("", content.decode(), count=1):
            return False
    return write_whole(target, content)


def _remove_stale(source: Path, folder: Path, names: list[str]) -> list[str]:
    """Remove what an earlier export committed beside the documents and that is made no more."""
    tracked = _git(folder, "ls-files", "-z", "--", "csv", "configurations").split("\0")
    ours = {name for name in tracked if _is_beside(name) and _is_ours(folder, name)}
    stale = sorted(ours - set(names))
    for name in stale:
        (folder / name).unlink(missing_ok=True)
    return [name for name in stale if not (source / name).exists()]


def _is_beside(name: str) -> bool:
    return any(PurePosixPath(name).match(pattern) for pattern in _BESIDE)


def _is_ours(folder: Path, name: str) -> bool:
    path = folder / name
    if not path.is_file():
        return False
    with path.open(encoding="utf-8", errors="replace") as file:
        first = file.readline()
    return bool(_OURS.match(first)) if name.endswith(".csv") else first == FIRST_LINE


def _prepare(folder: Path) -> None:
    """Find or make the repository."""
    if shutil.which("git") is None:
        raise ConfigurationError("git is not installed; install it, or export without --git")
    folder.mkdir(parents=True, exist_ok=True)
    inside = _call(folder, "rev-parse", "--is-inside-work-tree")
    if inside.returncode or inside.stdout.strip() != "true":
        _git(folder, "init", "--quiet")


def _committed(folder: Path, report: ExportReport, names: list[str]) -> ExportReport:
    """Commit exactly our files, if any of them differs from the last commit."""
    paths = [*names, *report.removed]
    _git(folder, "add", "--", *names)
    if report.removed:
        _git(folder, "rm", "--quiet", "--cached", "--ignore-unmatch", "--", *report.removed)
    status = _git(folder, "diff", "--cached", "--name-only", "-z", "--relative", "--", *paths)
    changed = sorted(name for name in status.split("\0") if name)
    if not changed:
        return report
    message = _message(folder, changed)
    identity = () if _has_identity(folder) else _IDENTITY
    unsigned = ("-c", "commit.gpgsign=false")  # nobody is there to type a passphrase
    _git(folder, *identity, *unsigned, "commit", "--quiet", "-m", message, "--", *paths)
    commit = _git(folder, "rev-parse", "HEAD").strip()
    return ExportReport(
        folder=report.folder,
        files=report.files,
        written=report.written,
        removed=report.removed,
        commit=commit,
        message=message,
    )


_IDENTITY = ("-c", "user.name=Nightshift", "-c", "user.email=nightshift@localhost")


def _has_identity(folder: Path) -> bool:
    return not _call(folder, "config", "user.email").returncode


def _message(folder: Path, changed: list[str]) -> str:
    """Return what changed in words: the newest change, then the sections that tell of it."""
    with transaction() as conn:
        said = documents.sentences(conn, "changes")
    first = _first(said.get(("summary", Writer.TEMPLATE), []))
    subject = first if len(first) <= _LONGEST_SUBJECT else f"{first[: _LONGEST_SUBJECT - 1]}\u2026"
    lines = [line for name in changed for line in _lines(folder, name)]
    rest = len(lines) - _MOST_NAMED
    more = [f"- and {rest} more"] if rest > 0 else []
    return "\n".join([subject, "", *lines[:_MOST_NAMED], *more])


def _first(said: list[Sentence]) -> str:
    return said[0].text.rstrip(".") if said else "Documents brought up to date"


def _lines(folder: Path, name: str) -> list[str]:
    """Return a line per changed section of a document, or one for a file."""
    path = folder / name
    if not name.endswith(".md") or not path.is_file():
        return [f"- {name}" + ("" if path.is_file() else " removed")]
    before = _call(folder, "show", f"HEAD:./{name}")
    if before.returncode:
        return [f"- {name} added"]
    old, new = _by_heading(before.stdout), _by_heading(path.read_text(encoding="utf-8"))
    headings = dict.fromkeys((*new, *old))
    return [f"- {name}: {title}" for title in headings if old.get(title) != new.get(title)]


def _by_heading(text: str) -> dict[str, str]:
    parts = re.split(r"^##+ (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _git(folder: Path, *arguments: str) -> str:
    done = _call(folder, *arguments)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["it gave no reason"]
        raise ExternalError("git", str(folder), said[-1])
    return done.stdout


def _call(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=_GIT_SECONDS,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ExternalError("git", str(folder), f"no end within {_GIT_SECONDS} s") from error
