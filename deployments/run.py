"""The two commands of the README, with nothing but Python and pip: `run.py demo` and `run.py test`.

It makes `.venv` in the checkout from the hashes of `requirements.lock`, then becomes the command.
Standard library only, and quiet about what is already there: a second start installs nothing.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "installed-lock"
OLDEST = (3, 11)
# What the services import as they start, and little else: all packages take four times as long.
# Without this each of seven processes compiles them as it starts, where Python is told to write no
# bytecode at every start.
COMPILED = (
    *("prefect", "beartype", "sqlalchemy", "numpy", "pydantic", "psycopg", "redis", "cryptography"),
    *("rich", "fastapi", "griffe", "paramiko", "docket", "opentelemetry", "starlette", "typer"),
    *("websockets", "pendulum", "key_value", "asyncpg", "alembic", "pydantic_settings", "httpx"),
    *("httpcore", "jinja2", "anyio", "pyVmomi", "prometheus_client", "fsspec", "yaml", "click"),
    *("jsonschema",),
)
ROOMS = ("collectors", "deployments", "flows", "generators", "models", "tasks")
# Two files of tests at once, as most of their time is spent waiting for servers to start.
SIDE_BY_SIDE = ("-n", "2", "--dist", "loadfile")
USAGE = "usage: python3 deployments/run.py demo|test|install [options of the command]"


def main(arguments: list[str]) -> None:
    """Install what is missing, then become `nightshift demo`, pytest, or nothing."""
    if sys.version_info < OLDEST:
        _stop("Python 3.11 or newer is needed; call this file with python3.11 or newer")
    command, options = (arguments[0], arguments[1:]) if arguments else ("", [])
    if command not in {"demo", "test", "install"}:
        _stop(USAGE)
    _install()
    if command == "demo":
        _become([str(VENV / "bin" / "nightshift"), "demo", *options])
    if command == "test":
        _become([str(PYTHON), "-m", "pytest", *SIDE_BY_SIDE, *options])


def _install() -> None:
    wanted = hashlib.sha256(LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted:
        return
    began = time.monotonic()
    _say("installing the locked packages into .venv (once, about 1 GB)")
    _make_venv(_interpreter())
    if not _install_with_uv():
        _say("falling back to pip, which takes about a minute longer")
        pip = [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "-qq", "--no-deps"]
        pip.append("--no-compile")
        _call([*pip, "--require-hashes", "-r", str(LOCK)], "pip could not install the packages")
        _call([*pip, "--no-build-isolation", "-e", str(ROOT)], "pip could not install nightshift")
    _compile()
    _make_database()
    STAMP.write_text(wanted, encoding="utf-8")
    _say(f"installed in {time.monotonic() - began:.0f} s")


def _make_venv(python: str) -> None:
    """Make `.venv`, or keep the one that this Python made: venv would mix those of two."""
    config = VENV / "pyvenv.cfg"
    told = config.read_text(encoding="utf-8") if config.exists() else ""
    maker = re.search(r"^executable = (.+)$", told, re.MULTILINE)
    is_another = maker is None or Path(maker[1]).resolve() != Path(python).resolve()
    clear = ["--clear"] if config.exists() and is_another else []
    command = [python, "-m", "venv", "--without-pip", *clear, str(VENV)]
    _call(command, "cannot make .venv")


def _interpreter() -> str:
    """Return the Python for `.venv`: the distribution's, where the one that runs is a slow build.

    Version managers build without profile-guided optimisation, which costs the gateway a tenth
    more CPU for each alert; distributions build with it.
    """
    theirs = f"/usr/bin/python3.{sys.version_info.minor}"
    is_fast = "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
    if is_fast or sys.base_prefix == "/usr" or not Path(theirs).exists():
        return sys.executable
    whole = [theirs, "-c", "import asyncio, bz2, ctypes, lzma, sqlite3, ssl, venv"]
    if subprocess.run(whole, check=False, capture_output=True).returncode:
        return sys.executable
    _say(f".venv is made with {theirs}: {sys.executable} was built without optimisation")
    return theirs


def _compile() -> None:
    """Compile what the services import, on all cores; what fails is compiled as it is imported."""
    packages = VENV / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    wanted = [packages / name for name in COMPILED] + [ROOT / name for name in ROOMS]
    command = [str(PYTHON), "-m", "compileall", "-q", "-j", "0", "-x", r"/tests?/"]
    subprocess.run([*command, *map(str, wanted)], check=False, capture_output=True)


def _make_database() -> None:
    """Make Prefect's tables once; where that fails, each new data folder makes its own."""
    command = [str(PYTHON), "-m", "deployments.services.prefect_database"]
    subprocess.run(command, cwd=ROOT, check=False, capture_output=True)


def _install_with_uv() -> bool:
    # uv installs the same lock by the same hashes about ten times as fast as pip.
    with tempfile.TemporaryDirectory() as folder:
        only = Path(folder) / "uv.txt"
        only.write_text(_locked("uv"), encoding="utf-8")
        pip = [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "-qq", "--no-deps"]
        if subprocess.run([*pip, "--require-hashes", "-r", str(only)], check=False).returncode:
            return False
    uv = [str(VENV / "bin" / "uv"), "pip", "install", "--python", str(PYTHON), "--no-deps"]
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", **_index_of_pip(), **_authority()}
    for rest in (["--require-hashes", "-r", str(LOCK)], ["--no-build-isolation", "-e", str(ROOT)]):
        # A person sees its progress; elsewhere pip, which comes next, says better what is wrong.
        quiet = not sys.stderr.isatty()
        command = [*uv, *(["-q"] if quiet else []), *rest]
        if subprocess.run(command, env=environment, check=False, capture_output=quiet).returncode:
            return False
    return True


def _locked(name: str) -> str:
    """Return the lines of one package in the lock: its version and hashes."""
    found = re.search(
        rf"^{name}==[^\n]*(?:\n +--hash[^\n]*)*", LOCK.read_text(encoding="utf-8"), re.MULTILINE
    )
    if found is None:
        raise SystemExit(f"{LOCK.name} does not name {name}")
    return found.group() + "\n"


def _index_of_pip() -> dict[str, str]:
    # uv does not read pip's configuration; a mirror that is set there has to be handed on.
    found = _pip_option("global.index-url") or _pip_option("install.index-url")
    if found:
        return {"UV_DEFAULT_INDEX": found}
    mirror = os.environ.get("PIP_INDEX_URL")
    return {"UV_DEFAULT_INDEX": mirror} if mirror else {}


def _authority() -> dict[str, str]:
    # uv trusts its own list of authorities; a company's own one stands where pip was told of it.
    if "SSL_CERT_FILE" in os.environ:
        return {}
    told = os.environ.get("PIP_CERT") or os.environ.get("REQUESTS_CA_BUNDLE")
    told = told or _pip_option("global.cert") or "/etc/ssl/certs/ca-certificates.crt"
    return {"SSL_CERT_FILE": told} if Path(told).is_file() else {}


def _pip_option(key: str) -> str:
    command = [sys.executable, "-m", "pip", "config", "get", key]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return answer.stdout.strip() if answer.returncode == 0 else ""


def _call(command: list[str], problem: str) -> None:
    if subprocess.run(command, check=False).returncode:
        _stop(f"{problem}; the lines above say why (on Debian, python3-venv and python3-pip)")


def _become(command: list[str]) -> None:
    os.chdir(ROOT)
    os.execv(command[0], command)  # noqa: S606  no shell is wanted


def _say(text: str) -> None:
    sys.stderr.write(f"nightshift: {text}\n")


def _stop(text: str) -> None:
    _say(text)
    sys.exit(2)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        _say("interrupted; start it again, it goes on from there")
        sys.exit(130)
