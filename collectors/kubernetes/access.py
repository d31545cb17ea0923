"""Where the clusters of a source are, and how to log in: kubeconfig, token or service account.

Credentials are loaded by the official client. Two things it does are kept from it: programs that a
kubeconfig names for its credentials run here, under a deadline; and `auth-provider`, which
Kubernetes itself dropped in 1.26, is refused, since it may call other servers without one.
"""

from __future__ import annotations

import copy
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from kubernetes.client import Configuration
from kubernetes.config import ConfigException, load_incluster_config
from kubernetes.config.kube_config import KubeConfigLoader

from collectors.kubernetes.credentials import run_program
from collectors.kubernetes.options import Options, check_server
from models.errors import ConfigurationError
from models.sources import wrong

_log = logging.getLogger(__name__)
_SHAPES = (ConfigException, KeyError, TypeError, ValueError, AttributeError, OSError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One cluster to read; `context` is the kubeconfig's, where there is one."""

    name: str
    context: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a source says about its clusters, with its kubeconfig read and checked."""

    options: Options
    targets: tuple[Target, ...]
    kubeconfig: Mapping[str, Any]

    def configuration(self, target: Target) -> Configuration:
        """Return the official client's configuration for a cluster, with credentials loaded.

        Raises:
            ConfigurationError: A file that it names is missing or cannot be read.
            AccessDenied: The program that the kubeconfig names gave no credentials.
            Unavailable: That program did not end in time.
        """
        configuration = Configuration()
        try:
            if target.context is not None:
                self._load_context(configuration, target.context)
            elif self.options.in_cluster:
                load_incluster_config(configuration)
            else:
                self._load_server(configuration)
        except _SHAPES as error:
            raise self._wrong(error) from error
        self._check_token(configuration)
        self._check_certificates(configuration)
        return configuration

    def _check_token(self, configuration: Configuration) -> None:
        token = configuration.api_key.get("BearerToken")
        if token is None:
            return
        token = token.rstrip("\r\n")  # what editors and `echo` put at the end of a file
        if not token.isascii() or not token.isprintable():
            reason = "gives a token with characters that none has, as a line break; copy it anew"
            raise wrong(self.options.name, self._way("token_env"), reason)
        configuration.api_key["BearerToken"] = token

    def _check_certificates(self, configuration: Configuration) -> None:
        # Else the first request would fail, as if it were the network's fault.
        if not str(configuration.host).startswith("https"):
            return
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        option, said = self._way("ca_file"), "its certificate authority is no certificate in PEM"
        try:
            if configuration.ssl_ca_cert:
                context.load_verify_locations(configuration.ssl_ca_cert)
            said = "its client certificate or key is none in PEM, or the key has a password"
            if configuration.cert_file:
                certificate, key = configuration.cert_file, configuration.key_file
                # Without a password of ours the library would ask for one on the terminal.
                context.load_cert_chain(certificate, key, password="")
        except (OSError, ValueError) as error:
            raise wrong(self.options.name, option, f"cannot be used: {said}") from error

    def _way(self, of_server: str) -> str:
        if self.options.in_cluster:
            return "in_cluster"
        return "kubeconfig" if self.options.kubeconfig else of_server

    def _load_server(self, configuration: Configuration) -> None:
        options = self.options
        configuration.host = options.server
        configuration.verify_ssl = options.verify_tls
        if options.ca_file:
            configuration.ssl_ca_cert = options.ca_file
        if options.token:
            token = options.token.get_secret_value()
            configuration.api_key["BearerToken"] = f"Bearer {token}"

    def _load_context(self, configuration: Configuration, context: str) -> None:
        config: dict[str, Any] = copy.deepcopy(dict(self.kubeconfig))
        folder = (self.options.kubeconfig or Path()).resolve().parent
        for user in config.get("users") or []:
            if user.get("name") == _context(config, context).get("user"):
                self._resolve_user(user, context, folder, _cluster(config, context))
        loader = KubeConfigLoader(config, active_context=context, config_base_path=str(folder))
        loader.load_and_set(configuration)
        # It would set the token again with every request, as it stood in the file.
        configuration.refresh_api_key_hook = None

    def _resolve_user(
        self, user: dict[str, Any], context: str, folder: Path, about: dict[str, Any]
    ) -> None:
        said = user.get("user") or {}
        if "auth-provider" in said:
            reason = (
                f"context {context} logs in by auth-provider; use exec, a token or certificates"
            )
            raise wrong(self.options.name, "kubeconfig", reason)
        if "exec" in said:
            user["user"] = run_program(
                said["exec"],
                folder,
                context,
                timeout_seconds=self.options.timeout_seconds,
                cluster=about if said["exec"].get("provideClusterInfo") is True else None,
            )

    def _wrong(self, error: Exception) -> ConfigurationError:
        if self.options.in_cluster:
            reason = "needs a pod with a service account; here is none"
            return wrong(self.options.name, "in_cluster", reason)
        # The library's words quote the file's paths and keys, never their values.
        words = str(error) if isinstance(error, (ConfigException, OSError)) else "its shape is odd"
        return wrong(self.options.name, "kubeconfig", f"cannot be used: {words}")


def read_access(options: Options) -> Access:
    """Read the kubeconfig, where there is one, and choose its contexts; nothing is connected.

    Raises:
        ConfigurationError: It is no kubeconfig, lacks a context, or has no encryption.
    """
    if options.kubeconfig is None:
        return Access(options=options, targets=(Target(name=options.name),), kubeconfig={})
    config = _read(options)
    try:
        targets = _choose(options, config)
    except _SHAPES as error:
        raise wrong(options.name, "kubeconfig", "is not a kubeconfig") from error
    return Access(options=options, targets=targets, kubeconfig=config)


def _read(options: Options) -> dict[str, Any]:
    path = options.kubeconfig
    try:
        config = yaml.safe_load(path.read_text(encoding="utf-8")) if path else None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        # A parser's message quotes the line, which may hold a token.
        raise wrong(options.name, "kubeconfig", f"cannot be read: {str(path)!r}") from error
    if not isinstance(config, dict) or not isinstance(config.get("contexts"), list):
        raise wrong(options.name, "kubeconfig", f"is not a kubeconfig: {str(path)!r}")
    return config


def _choose(options: Options, config: dict[str, Any]) -> tuple[Target, ...]:
    known = [context["name"] for context in config["contexts"]]
    wanted = _wanted(options, config, known)
    names = dict(options.names)
    for context in (*wanted, *names):
        if context not in known:
            there = ", ".join(map(str, known)) or "none"
            option = "names" if context not in wanted else "contexts"
            raise wrong(options.name, option, f"names {context!r}; there are {there}")
    for context in wanted:
        _check_cluster(options, config, context)
    called = [names.get(context, context) for context in wanted]
    if len(set(called)) != len(called):
        raise wrong(options.name, "names", "calls two clusters the same")
    return tuple(
        Target(name=name, context=context) for name, context in zip(called, wanted, strict=True)
    )


def _wanted(options: Options, config: dict[str, Any], known: list[str]) -> tuple[str, ...]:
    if options.contexts:
        return options.contexts
    if options.contexts is not None:
        return tuple(known)
    current = config.get("current-context")
    if not current:
        there = ", ".join(known) or "none"
        reason = f"is missing, and the kubeconfig has no current one; there are {there}"
        raise wrong(options.name, "contexts", reason)
    return (current,)


def _check_cluster(options: Options, config: dict[str, Any], context: str) -> None:
    called = _context(config, context).get("cluster")
    found = [one for one in config.get("clusters") or [] if one.get("name") == called]
    if not found:
        raise wrong(options.name, "kubeconfig", f"has no cluster {called!r} of context {context}")
    check_server(options.name, f"kubeconfig, cluster {called}:", found[0]["cluster"].get("server"))


def _cluster(config: dict[str, Any], context: str) -> dict[str, Any]:
    called = _context(config, context).get("cluster")
    found: dict[str, Any] = next(
        one["cluster"] for one in config["clusters"] if one["name"] == called
    )
    return found


def _context(config: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one["context"] for one in config["contexts"] if one["name"] == name)
