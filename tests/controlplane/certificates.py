"""The keys and certificates of a control plane that lives for a test run or a few days: one CA, one leaf per program.

Python 3.13 refuses a CA without a keyUsage extension and leaves without an authority key identifier; both are here.
"""

import dataclasses
import datetime
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID_FOR = datetime.timedelta(days=365)
SERVER_NAMES = ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")
ADMIN_GROUP = "system:masters"  # what the API server lets do everything, whatever RBAC says
CONTROLLER_MANAGER = "system:kube-controller-manager"  # bound to its role by the API server itself


@dataclasses.dataclass(frozen=True)
class Pair:
    """A certificate and its key, PEM files."""

    certificate: Path
    key: Path


@dataclasses.dataclass(frozen=True)
class Certificates:
    """Everything that the programs of one control plane prove themselves with."""

    authority: Pair
    server: Pair
    admin: Pair
    controllers: Pair
    service_accounts: Pair
    """Signs the tokens of ServiceAccounts; its `certificate` file holds the bare public key."""

    @classmethod
    def of(cls, folder: Path) -> "Certificates":
        """Those in `folder`, made now if there are none."""
        wanted = cls(**{field.name: _pair(folder, field.name) for field in dataclasses.fields(cls)})
        if not wanted.service_accounts.key.exists():  # written last
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
            _write_all(wanted)
        return wanted


def _pair(folder: Path, name: str) -> Pair:
    return Pair(certificate=folder / f"{name}.crt", key=folder / f"{name}.key")


def _write_all(wanted: Certificates) -> None:
    authority = Authority()
    write_pair(wanted.authority, authority.certificate, authority.key)
    loopback = [x509.DNSName(name) for name in SERVER_NAMES]
    server = authority.leaf(user="kube-apiserver", names=[*loopback, x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    write_pair(wanted.server, *server)
    write_pair(wanted.admin, *authority.leaf(user="kubernetes-admin", group=ADMIN_GROUP))
    write_pair(wanted.controllers, *authority.leaf(user=CONTROLLER_MANAGER))
    write_signer(wanted.service_accounts)


class Authority:
    """A certificate authority of its own, which signs for as long as the object lives."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "development-control-plane")])
        self.certificate = (
            _unsigned(self.name, self.name, self.key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )

    def leaf(
        self, *, user: str, group: str | None = None, names: list[x509.GeneralName] | None = None
    ) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        """A client's certificate, in which Kubernetes reads CN as user and O as group; a server's if it has names."""
        key = ec.generate_private_key(ec.SECP256R1())
        who = [x509.NameAttribute(NameOID.COMMON_NAME, user)]
        if group:
            who.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, group))
        purpose = ExtendedKeyUsageOID.SERVER_AUTH if names else ExtendedKeyUsageOID.CLIENT_AUTH
        leaf = (
            _unsigned(x509.Name(who), self.name, key.public_key())
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        if names:
            leaf = leaf.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return leaf.sign(self.key, hashes.SHA256()), key


def write_pair(pair: Pair, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
    """Both files; the key is for its owner's eyes only."""
    pair.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    _write_key(pair.key, key)


def write_signer(pair: Pair) -> None:
    """A new key that signs tokens; the `certificate` file holds the bare public key."""
    signer = ec.generate_private_key(ec.SECP256R1())
    public = signer.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    pair.certificate.write_bytes(public)
    _write_key(pair.key, signer)


def _unsigned(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))  # clocks of containers differ
        .not_valid_after(now + VALID_FOR)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
