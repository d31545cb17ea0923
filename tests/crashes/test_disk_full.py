"""A full disk: nothing half-written is kept, and it goes on once there is room again."""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from models.errors import StoreError
from models.settings import settings
from models.store import assets, embedded, transaction
from tests.builders import a_site, a_vm, store

SIZE_MIB = 400


@pytest.fixture
def small_disk(monkeypatch):
    """A home on a file system of its own of 400 MiB; needs the right to mount one."""
    with tempfile.TemporaryDirectory(prefix="ns-") as name:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MIB}m,mode=755", "tmpfs", name]
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            pytest.skip("mounting a small file system needs root and a kernel that lets it")
        monkeypatch.setenv("NIGHTSHIFT_HOME", name)
        settings.cache_clear()
        yield Path(name)
        embedded.stop(Path(name))
        unmount(name)


def unmount(name: str) -> None:
    """Unmount it once the last process of the database has gone."""
    for _ in range(100):
        if not subprocess.run(["umount", name], capture_output=True, check=False).returncode:
            return
        time.sleep(0.1)
    raise AssertionError(f"{name} is still in use")


def fill(folder: Path) -> Path:
    """Take all the space that is left, to the last block."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    return ballast


def test_a_full_disk_keeps_nothing_half_and_loses_nothing(small_disk):
    store(a_site(vms=3))
    ballast = fill(small_disk)
    many = [*a_site(vms=3), *(a_vm(n, annotation="x" * 4000) for n in range(100, 20_000))]

    with pytest.raises(StoreError):
        store(many)

    ballast.unlink()
    with transaction() as conn:
        assert [a.name for a in assets.current_assets(conn, kinds=["vm"])] == [
            "web-01",
            "web-02",
            "web-03",
        ]
    assert store(a_site(vms=4)).created == 1
