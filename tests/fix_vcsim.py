"""The outside vSphere server: Debian's govmomi simulator library behind a Go main of our own.

With NIGHTSHIFT_INSTALL_PEERS=1 the two Debian packages are installed where they are absent;
otherwise tests that need the server are skipped by name. The binary is built once and kept in
pytest's cache, by the hash of its source.
"""

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent / "peers" / "vsphere" / "main.go"
LIBRARY = Path("/usr/share/gocode/src/github.com/vmware/govmomi/simulator")
PACKAGES = ("golang-go", "golang-github-vmware-govmomi-dev")
GO_ENVIRONMENT = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": ""}


@dataclass(frozen=True)
class Vcsim:
    host: str
    port: int
    username: str = "user"
    password: str = "pass"

    @property
    def url(self):
        return f"https://{self.host}:{self.port}/sdk"


@pytest.fixture(scope="session")
def vcsim_binary(request):
    """The simulator's executable, built if its source is newer than the last build."""
    kept = request.config.cache.mkdir("vcsim")
    binary = kept / f"vcsim-{hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:16]}"
    if not binary.exists():
        _install_if_asked()
        _build(binary, kept / "go-build")
    return binary


def _install_if_asked():
    if shutil.which("go") and LIBRARY.is_dir():
        return
    if os.environ.get("NIGHTSHIFT_INSTALL_PEERS") != "1":
        pytest.skip(f"vcsim needs {' and '.join(PACKAGES)}; NIGHTSHIFT_INSTALL_PEERS=1 installs")
    apt = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=120"]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*apt, "update"], check=True, env=quiet, timeout=300)
    install = [*apt, "install", "-y", "--no-install-recommends", *PACKAGES]
    subprocess.run(install, check=True, env=quiet, timeout=600)


def _build(binary, cache):
    partial = binary.with_suffix(".partial")
    subprocess.run(
        ["go", "build", "-o", str(partial), SOURCE.name],
        cwd=SOURCE.parent,
        check=True,
        env={**os.environ, **GO_ENVIRONMENT, "GOCACHE": str(cache)},
        timeout=280,
    )
    partial.rename(binary)


@pytest.fixture
def vcsim(vcsim_binary):
    """A running simulator: 1 datacenter, 1 cluster of 3 hosts and a stand-alone one, 8 VMs."""
    with subprocess.Popen([str(vcsim_binary)], stdout=subprocess.PIPE, text=True) as process:
        try:
            ready, address = process.stdout.readline().split()
            assert ready == "READY"
            host, port = address.rsplit(":", 1)
            yield Vcsim(host, int(port))
        finally:
            process.terminate()
            process.wait(20)
