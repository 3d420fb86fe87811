"""The certificates of a node's programs and the kubeconfigs in which they are used."""

import dataclasses
import ipaddress
from pathlib import Path

from cryptography import x509

from devworld.node.addresses import Addresses

# The control plane on the loopback has the same certificates for other names; only their making is shared.
from tests.controlplane.certificates import (
    ADMIN_GROUP,
    CONTROLLER_MANAGER,
    SERVER_NAMES,
    Authority,
    Pair,
    write_pair,
    write_signer,
)
from tests.controlplane.kubeconfig import with_certificate

CLIENTS = {
    "admin": ("kubernetes-admin", ADMIN_GROUP),
    # Not by ServiceAccounts' tokens, as in a real cluster: its controllers start 5 s later then.
    "controllers": (CONTROLLER_MANAGER, ADMIN_GROUP),
    "scheduler": ("system:kube-scheduler", None),
    "proxy": ("system:kube-proxy", None),
    "dns": ("system:coredns", None),
}
DNS_USER = CLIENTS["dns"][0]


@dataclasses.dataclass(frozen=True)
class Keys:
    """Of one node, in one folder."""

    folder: Path
    server: str
    """The API server's URL, as all of them reach it."""

    @classmethod
    def write(cls, folder: Path, *, node_name: str, addresses: Addresses, port: int) -> "Keys":
        """New ones."""
        folder.chmod(0o700)
        keys = cls(folder, f"https://{addresses.node}:{port}")
        authority = Authority()
        write_pair(keys.authority, authority.certificate, authority.key)
        own = [x509.IPAddress(ipaddress.ip_address(str(addresses.node)))]
        server_names: list[x509.GeneralName] = [
            *(x509.DNSName(name) for name in (*SERVER_NAMES, "kubernetes.default.svc.cluster.local")),
            *own,
            x509.IPAddress(addresses.kubernetes_service),
        ]
        write_pair(keys.api_server, *authority.leaf(user="kube-apiserver", names=server_names))
        kubelet = f"system:node:{node_name}"
        write_pair(keys.kubelet, *authority.leaf(user=kubelet, group="system:nodes"))
        write_pair(keys.kubelet_server, *authority.leaf(user=kubelet, names=[x509.DNSName(node_name), *own]))
        for name, (user, group) in CLIENTS.items():
            write_pair(keys.pair(name), *authority.leaf(user=user, group=group))
        write_signer(keys.service_accounts)
        for name in (*CLIENTS, "kubelet"):
            keys.write_kubeconfig(name, keys.kubeconfig(name))
        return keys

    @property
    def authority(self) -> Pair:
        return self.pair("authority")

    @property
    def api_server(self) -> Pair:
        return self.pair("api-server")

    @property
    def kubelet(self) -> Pair:
        return self.pair("kubelet")

    @property
    def kubelet_server(self) -> Pair:
        return self.pair("kubelet-server")

    @property
    def admin(self) -> Pair:
        return self.pair("admin")

    @property
    def service_accounts(self) -> Pair:
        """Signs the tokens of ServiceAccounts; its `certificate` file holds the bare public key."""
        return self.pair("service-accounts")

    def pair(self, name: str) -> Pair:
        return Pair(certificate=self.folder / f"{name}.crt", key=self.folder / f"{name}.key")

    def kubeconfig(self, name: str) -> Path:
        """Of one of CLIENTS, or of the kubelet."""
        return self.folder / f"{name}.kubeconfig"

    def write_kubeconfig(self, name: str, path: Path) -> None:
        with_certificate(path, server=self.server, authority=self.authority.certificate, pair=self.pair(name))
