"""The practice Kubernetes API on a loopback port: all clusters of a site, each under its path."""

from __future__ import annotations

import ssl
import threading
from base64 import b64encode
from types import TracebackType

import yaml

from deployments.practice.kubernetes.access import users
from deployments.practice.kubernetes.api import Api
from deployments.practice.kubernetes.certificate import authority_and_server
from deployments.practice.kubernetes.control import Control
from deployments.practice.kubernetes.counting import Counters
from deployments.practice.kubernetes.disturb import Disturbances
from deployments.practice.kubernetes.http import Handler, Server
from deployments.practice.kubernetes.load import load
from deployments.practice.site import Site, build_site
from deployments.practice.vcenter.certificate import as_file


class PracticeKubernetes:
    """Kubernetes clusters to practise on; a context manager that serves while it is entered.

    Args:
        site: What they hold; the default site where none is given.
        port: The loopback port, 0 for a free one.
        tls: HTTPS with a certificate of an authority that the kubeconfig carries.
        tokens: Bearer tokens by user; those of users that are not named are drawn. There are
            reader, writer, nosecrets (may not see secrets) and limited (sees namespace shop only).
    """

    def __init__(
        self,
        site: Site | None = None,
        *,
        port: int = 0,
        tls: bool = True,
        tokens: dict[str, str] | None = None,
    ) -> None:
        self.site = site or build_site()
        self.tls = tls
        self.bugs: list[str] = []
        self.counters, self.disturbances = Counters(), Disturbances()
        self._users = users(tokens)
        made = {cluster.name: load(cluster) for cluster in self.site.kubernetes}
        self.worlds = {name: world for name, (world, _) in made.items()}
        self._controllers = [controllers for _, controllers in made.values()]
        self.control = Control(
            self.site, self.worlds, self._users, self.counters, self.disturbances
        )
        authority, server = authority_and_server(self.site.seed, self.site.anchor)
        self.authority = authority.decode()
        self._server = self._bind(port, server)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )

    def _bind(self, port: int, pem: bytes) -> Server:
        server = Server(("127.0.0.1", port), Handler)
        server.apis = {
            name: Api(world, self._users, self.counters) for name, world in self.worlds.items()
        }
        server.disturbances, server.counters = self.disturbances, self.counters
        server.bugs, server.context = self.bugs, None
        if self.tls:
            server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            with as_file(pem) as path:
                server.context.load_cert_chain(path)
        return server

    @property
    def host(self) -> str:
        """The loopback address."""
        return "127.0.0.1"

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """The address that the clusters' paths stand under."""
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}"

    @property
    def clusters(self) -> tuple[str, ...]:
        """The clusters' names, which are their contexts' too."""
        return tuple(self.worlds)

    def cluster_url(self, cluster: str) -> str:
        """Return the address of a cluster's API."""
        return f"{self.url}/clusters/{cluster}"

    @property
    def tokens(self) -> dict[str, str]:
        """The bearer tokens, by user."""
        return {user.name: user.token for user in self._users.values()}

    def kubeconfig(self, user: str = "reader") -> str:
        """Return a kubeconfig with a context for every cluster."""
        return kubeconfig(
            self.url, self.clusters, user, self.tokens[user], self.authority if self.tls else None
        )

    def __enter__(self) -> PracticeKubernetes:
        for controllers in self._controllers:
            controllers.start()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.closing = True
        self.disturbances.clear()
        for world in self.worlds.values():
            world.close()
        for controllers in self._controllers:
            controllers.stop()
            self.bugs += controllers.bugs
        self._server.shutdown()
        self._server.server_close()


def kubeconfig(
    url: str, clusters: tuple[str, ...], user: str, token: str, authority: str | None
) -> str:
    """Return the text of a kubeconfig for clusters below one address."""
    trust = (
        {"certificate-authority-data": b64encode(authority.encode()).decode()} if authority else {}
    )
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": clusters[0] if clusters else "",
            "clusters": [
                {"name": name, "cluster": {"server": f"{url}/clusters/{name}", **trust}}
                for name in clusters
            ],
            "contexts": [
                {"name": name, "context": {"cluster": name, "user": user}} for name in clusters
            ],
            "users": [{"name": user, "user": {"token": token}}],
        },
        sort_keys=False,
    )
