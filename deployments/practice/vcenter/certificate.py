"""Certificates of the practice hosts and of the vCenter itself, the same for the same site."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import NameOID

from deployments.practice.site.records import Host

VALID_DAYS = 730


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "VMware Engineering"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _builder(common: str, ends_at: datetime) -> x509.CertificateBuilder:
    digest = hashlib.sha256(f"{common} {ends_at.isoformat()}".encode()).digest()
    return (
        x509.CertificateBuilder()
        .subject_name(_name(common))
        .issuer_name(_name("CA"))
        .serial_number(int.from_bytes(digest[:15], "big") | 1)
        .not_valid_before(ends_at - timedelta(days=VALID_DAYS))
        .not_valid_after(ends_at)
    )


@lru_cache(maxsize=4096)
def host_certificate(host: Host) -> bytes:
    """Return a host's certificate in PEM."""
    key = ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(host.uuid.encode()).digest())
    builder = _builder(host.name, host.certificate_ends_at).public_key(key.public_key())
    return builder.sign(key, None).public_bytes(serialization.Encoding.PEM)


def server_certificate(common: str, seed: int, ends_at: datetime) -> bytes:
    """Return certificate and private key of a vCenter in one PEM, for loopback use only."""
    scalar = int.from_bytes(hashlib.sha256(f"practice {seed}".encode()).digest(), "big") >> 8
    key = ec.derive_private_key(scalar, ec.SECP256R1())
    names = [x509.DNSName(common), x509.DNSName("localhost")]
    builder = (
        _builder(common, ends_at)
        .public_key(key.public_key())
        .add_extension(
            x509.SubjectAlternativeName([*names, x509.IPAddress(IPv4Address("127.0.0.1"))]),
            critical=False,
        )
    )
    certificate = builder.sign(key, hashes.SHA256(), ecdsa_deterministic=True)
    return certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@contextmanager
def as_file(pem: bytes) -> Iterator[Path]:
    """Lend the PEM as a file, which is the only form that `ssl` loads."""
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        file.write(pem)
        file.flush()
        yield Path(file.name)
