"""Two real FRR routers in network namespaces of their own, each behind a port of one OpenSSH server.

They speak BGP over a veth pair that a test may cut. With NIGHTSHIFT_INSTALL_PEERS=1 the Debian
packages are installed where they are absent; without them, or without the right to make network
namespaces, tests that need the routers are skipped by name. Source: FRRouting's manual on path
spaces (`-N`), which give each router its own configuration and sockets.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PACKAGES = ("frr", "openssh-server", "iproute2")
DAEMONS = Path("/usr/lib/frr")
CONFIGURATIONS, RUNTIME = Path("/etc/frr"), Path("/var/run/frr")
SSHD = "/usr/sbin/sshd"
PATIENCE_SECONDS = 60
CONFIGURATION = """\
frr defaults traditional
hostname {name}
log syslog informational
!
interface {port}
 description to {other}
 ip address 192.0.2.{own}/31
!
interface lo
 ip address 198.51.100.{asn}/32
!
router bgp 6500{asn}
 no bgp ebgp-requires-policy
 timers bgp 1 3
 neighbor 192.0.2.{far} remote-as 6500{far_asn}
 neighbor 192.0.2.{far} description {other}
 neighbor 192.0.2.{far} password c4nary-frr-peer-2290
 neighbor 192.0.2.{far} timers connect 1
 address-family ipv4 unicast
  redistribute connected
"""
SSHD_CONFIGURATION = """\
ListenAddress 127.0.0.1:{ports[0]}
ListenAddress 127.0.0.1:{ports[1]}
HostKey {folder}/host_key
PidFile {folder}/sshd.pid
AuthorizedKeysFile {folder}/login_key.pub
PermitRootLogin prohibit-password
PasswordAuthentication no
UsePAM no
StrictModes no
SetEnv VTYSH_PAGER=cat
Match LocalPort {ports[0]}
  ForceCommand vtysh -N {names[0]}
Match LocalPort {ports[1]}
  ForceCommand vtysh -N {names[1]}
"""


@dataclass
class Router:
    """One router: its path space and namespace share its name."""

    name: str
    ssh_port: int
    cable: str

    def vtysh(self, command):
        return _run("vtysh", "-N", self.name, "-c", command)

    def bgp(self):
        """Return the state of each BGP session by the peer's address."""
        found = json.loads(self.vtysh("show bgp summary json") or "{}")
        peers = found.get("ipv4Unicast", {}).get("peers", {})
        return {address: peer["state"] for address, peer in peers.items()}

    def link(self, state):
        """Set its end of the cable `up` or `down`."""
        _run("ip", "-n", self.name, "link", "set", self.cable, state)


@dataclass
class Frr:
    """The pair, and the key that logs in to both as `username`."""

    routers: list[Router]
    key_file: Path
    username: str = "root"
    processes: list[subprocess.Popen] = field(default_factory=list)

    def run(self, *words):
        """Start a process that ends with the pair."""
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.processes.append(subprocess.Popen(words, **quiet))

    def wait_until_established(self):
        """Wait until the routers' session is up and has brought a route."""
        first = self.routers[0]
        until(lambda: set(first.bgp().values()) == {"Established"}, "no session")
        until(lambda: '"bgp"' in first.vtysh("show ip route json"), "no route")

    def wait_until_broken(self):
        """Wait until the first router knows that the session is down."""
        first = self.routers[0]
        until(lambda: "Established" not in first.bgp().values(), "the session stays up")


def until(happened, otherwise):
    """Wait for something that takes as long as it takes."""
    last = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < last, otherwise
        time.sleep(0.1)


def _run(*words):
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def _ready():
    return shutil.which("vtysh") and Path(SSHD).exists() and shutil.which("ip")


def _install_if_asked():
    if _ready():
        return
    if os.environ.get("NIGHTSHIFT_INSTALL_PEERS") != "1":
        pytest.skip(f"FRR needs {', '.join(PACKAGES)}; NIGHTSHIFT_INSTALL_PEERS=1 installs")
    apt = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=120"]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*apt, "update"], check=True, env=quiet, timeout=300)
    install = [*apt, "install", "-y", "--no-install-recommends", *PACKAGES]
    subprocess.run(install, check=True, env=quiet, timeout=600)


def _require_rights():
    if os.geteuid() != 0:
        pytest.skip("FRR routers need network namespaces, and these need root")
    probe = f"ns-probe-{os.getpid()}"
    try:
        _run("ip", "netns", "add", probe)
    except RuntimeError as error:
        pytest.skip(f"FRR routers need the right to make network namespaces: {error}")
    _run("ip", "netns", "del", probe)


@pytest.fixture
def frr():
    """Two routers whose BGP session is established; all of it is gone afterwards."""
    if os.geteuid() == 0:
        _install_if_asked()
    _require_rights()
    folder = Path(tempfile.mkdtemp(prefix="ns-frr-"))
    names = [f"ns{os.getpid()}{side}" for side in "ab"]
    pair = Frr([], folder / "login_key")
    try:
        _cable(names)
        for number, name in enumerate(names):
            _start_router(pair, name, number, names[1 - number])
        ports = _free_ports()
        _start_sshd(pair, folder, names, ports)
        pair.routers = [
            Router(name, port, f"cable{side}")
            for name, port, side in zip(names, ports, "ab", strict=True)
        ]
        pair.wait_until_established()
        yield pair
    finally:
        _clean(names, pair.processes, folder)


def _cable(names):
    for name in names:
        _run("ip", "netns", "add", name)
        _run("ip", "-n", name, "link", "set", "lo", "up")
    ends = ("cablea", "netns", names[0], "type", "veth", "peer", "cableb", "netns", names[1])
    _run("ip", "link", "add", *ends)
    for name, side in zip(names, "ab", strict=True):
        _run("ip", "-n", name, "link", "set", f"cable{side}", "up")


def _start_router(pair, name, number, other):
    text = CONFIGURATION.format(
        name=name,
        other=other,
        port=f"cable{'ab'[number]}",
        own=number,
        far=1 - number,
        asn=number + 1,
        far_asn=2 - number,
    )
    for folder in (CONFIGURATIONS / name, RUNTIME / name):
        folder.mkdir(parents=True)
        shutil.chown(folder, "frr", "frr")
    (CONFIGURATIONS / name / "frr.conf").write_text(text)
    (CONFIGURATIONS / name / "vtysh.conf").write_text("service integrated-vtysh-config\n")
    for daemon in ("zebra", "staticd", "bgpd"):
        pair.run("ip", "netns", "exec", name, str(DAEMONS / daemon), "-N", name)
        until((RUNTIME / name / f"{daemon}.vty").exists, f"{daemon} did not start")
    _run("vtysh", "-N", name, "-b")


def _free_ports():
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(2)]
        return [one.getsockname()[1] for one in held]


def _start_sshd(pair, folder, names, ports):
    for key in ("host_key", "login_key"):
        _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / key))
    configuration = folder / "sshd_config"
    configuration.write_text(SSHD_CONFIGURATION.format(folder=folder, names=names, ports=ports))
    Path("/run/sshd").mkdir(exist_ok=True)
    pair.run(SSHD, "-D", "-f", str(configuration))
    until((folder / "sshd.pid").exists, "sshd did not start")


def _clean(names, processes, folder):
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for name in names:
        subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True, timeout=60)
        for root in (CONFIGURATIONS, RUNTIME):
            shutil.rmtree(root / name, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
