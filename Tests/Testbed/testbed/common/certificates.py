"""Test certificates, made fresh for every server so that nothing secret or expiring is checked in.

EC keys are used because an RSA-2048 key takes a noticeable part of a second and a set has seven keys.
"""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_NOW = datetime.datetime.now(datetime.timezone.utc)
_DAY = datetime.timedelta(days=1)
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Identity:
    """A certificate with its key, and where both lie as PEM files."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    certificate_path: Path
    key_path: Path

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the DER certificate as 64 upper-case hex digits, the form that clients pin."""
        return self.certificate.fingerprint(hashes.SHA256()).hex().upper()


@dataclass(frozen=True)
class CertificateSet:
    """A private authority with one good leaf and the bad ones that a verifying client must refuse."""

    authority: Identity
    leaf: Identity
    expired: Identity
    wrong_host: Identity
    self_signed: Identity
    client: Identity
    stranger_client: Identity

    def server_context(
        self, identity: Identity, *, client_certificates: bool = False
    ) -> ssl.SSLContext:
        """A TLS server context; with `client_certificates` the peer must show one of this authority."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(identity.certificate_path, identity.key_path)
        if client_certificates:
            context.load_verify_locations(self.authority.certificate_path)
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def strict_contexts(self) -> dict[str, ssl.SSLContext]:
        """What listens for TLS alone and has a fault that clients must see, by the port's name."""
        return {
            "tlsExpired": self.server_context(self.expired),
            "tlsWrongHost": self.server_context(self.wrong_host),
            "tlsSelfSigned": self.server_context(self.self_signed),
            "tlsClientCertificate": self.server_context(self.leaf, client_certificates=True),
        }

    def info(self) -> dict[str, str]:
        """What a test needs to know of them."""
        return {
            "ca": str(self.authority.certificate_path),
            "fingerprint": self.leaf.fingerprint,
            "clientCertificate": str(self.client.certificate_path),
            "clientKey": str(self.client.key_path),
            "strangerCertificate": str(self.stranger_client.certificate_path),
            "strangerKey": str(self.stranger_client.key_path),
        }


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


class _Maker:
    """Writes identities into one directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.authority: Identity | None = None

    def make(
        self,
        label: str,
        *,
        hosts: tuple[str, ...] = (),
        issuer: Identity | None = None,
        authority: bool = False,
        expired: bool = False,
        client: bool = False,
    ) -> Identity:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(f"Tern test {label}")
        start, end = (_NOW - 30 * _DAY, _NOW - _DAY) if expired else (_NOW - _DAY, _NOW + 30 * _DAY)
        usage = ExtendedKeyUsageOID.CLIENT_AUTH if client else ExtendedKeyUsageOID.SERVER_AUTH
        signer = issuer.key if issuer else key
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.certificate.subject if issuer else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
                critical=False,
            )
        )
        if not authority:
            builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        if hosts:
            names = x509.SubjectAlternativeName([_alternative(host) for host in hosts])
            builder = builder.add_extension(names, critical=False)
        return self._write(label, builder.sign(signer, hashes.SHA256()), key)

    def _write(
        self, label: str, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey
    ) -> Identity:
        stem = label.replace(" ", "-")
        certificate_path, key_path = self.directory / f"{stem}.pem", self.directory / f"{stem}.key"
        certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        key_path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        key_path.chmod(0o600)
        return Identity(certificate, key, certificate_path, key_path)


def make_certificates(directory: Path) -> CertificateSet:
    """Makes the whole set in `directory`."""
    maker = _Maker(directory)
    authority = maker.make("authority", authority=True)
    stranger = maker.make("stranger authority", authority=True)
    return CertificateSet(
        authority=authority,
        leaf=maker.make("leaf", hosts=LOCAL_NAMES, issuer=authority),
        expired=maker.make("expired", hosts=LOCAL_NAMES, issuer=authority, expired=True),
        wrong_host=maker.make("wrong host", hosts=("elsewhere.example",), issuer=authority),
        self_signed=maker.make("self signed", hosts=LOCAL_NAMES),
        client=maker.make("client", issuer=authority, client=True),
        stranger_client=maker.make("stranger client", issuer=stranger, client=True),
    )
