"""The house rules: layers, types, style, layout, and a lock that names no address."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("models", "collectors", "generators", "tasks", "flows", "deployments")
BIN = Path(sys.executable).parent
CODE = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def run(*command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("ruff", "check", "."), id="ruff"),
        pytest.param(("ruff", "format", "--check", "."), id="format"),
        pytest.param(("mypy",), id="mypy"),
        pytest.param(("lint-imports",), id="layers"),
    ],
)
def test_the_tools_find_nothing(command):
    done = run(str(BIN / command[0]), *command[1:])

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_no_other_code_folder_stands_at_the_root():
    tracked = run("git", "ls-files").stdout.splitlines()
    folders = {name.split("/")[0] for name in tracked if "/" in name}

    assert folders - {name for name in folders if name.startswith(".")} == {*ROOMS, "tests"}


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_one_room(path):
    text = path.read_text(encoding="utf-8")

    assert len(text.splitlines()) <= 400
    assert text.lstrip().startswith('"""')


def test_the_lock_pins_every_package_by_hash_and_names_no_address():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    packages = re.findall(r"^\S+==\S+.*(?:\n +--hash=sha256:[0-9a-f]{64}(?: \\)?)+", text, re.M)

    assert len(packages) == len(re.findall(r"^[A-Za-z0-9]", text, re.M)) > 100
    assert not re.search(r"https?://|file:|index-url", text)


def test_what_is_installed_is_what_the_lock_says():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", lock, re.M))
    code = "import importlib.metadata as m, sys; print('\\n'.join(f'{n}={m.version(n)}' for n in sys.argv[1:]))"
    names = ("prefect", "fastapi", "psycopg", "pyvmomi", "great-expectations", "onnxruntime")
    done = run(sys.executable, "-c", code, *names)

    assert dict(line.split("=") for line in done.stdout.split()) == {n: locked[n] for n in names}


def test_help_loads_nothing_heavy():
    code = (
        "import sys\n"
        "from deployments.cli.app import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'prefect', 'psycopg', 'pydantic', 'great_expectations', 'pyVmomi', 'onnxruntime', 'numpy', 'httpx'}\n"
        "print('loaded:', sorted(heavy & set(sys.modules)))"
    )
    done = run(sys.executable, "-c", code)

    assert done.stdout.endswith("loaded: []\n"), done.stderr


def test_every_verb_of_the_table_can_be_called():
    from deployments.cli.app import VERBS

    for verb in VERBS:
        done = run(str(BIN / "nightshift"), verb, "--help")
        assert done.returncode == 0, f"{verb}: {done.stderr[-500:]}"


def test_a_verb_that_does_not_exist_is_wrong_use():
    done = run(str(BIN / "nightshift"), "explode")

    assert done.returncode == 2
    assert "explode" in done.stderr


def test_the_example_environment_names_every_setting_with_its_default():
    from models.settings import Settings

    text = (ROOT / ".env.example").read_text(encoding="utf-8")

    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, ()) else str(field.default)
        assert f"# {field.description}\n# NIGHTSHIFT_{name.upper()}={default}\n" in text
