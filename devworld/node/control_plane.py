"""How etcd and the programs of the control plane are started inside a node's sandbox, where every port is free.

Unlike the control plane on the loopback, this one stands on an address that pods reach, is found by them under
`kubernetes.default.svc`, and schedules.
"""

from pathlib import Path

from devworld.node.addresses import Addresses
from devworld.node.keys import Keys
from tests.controlplane.apiserver import AUDIT_LOG_MB, ISSUER

API_PORT = 6443
ETCD = "http://127.0.0.1:2379"
ETCD_PEER = "http://127.0.0.1:2380"


def etcd(program: Path, *, data: Path) -> tuple[str, ...]:
    return (
        str(program),
        f"--data-dir={data}",
        f"--listen-client-urls={ETCD}",
        f"--advertise-client-urls={ETCD}",
        f"--listen-peer-urls={ETCD_PEER}",
        f"--initial-advertise-peer-urls={ETCD_PEER}",
        f"--initial-cluster=default={ETCD_PEER}",
        "--unsafe-no-fsync",  # what it holds goes with the node
        "--log-level=warn",
    )


def api_server(
    program: Path, *, keys: Keys, addresses: Addresses, audit_policy: Path, audit_log: Path
) -> tuple[str, ...]:
    return (
        str(program),
        f"--etcd-servers={ETCD}",
        f"--bind-address={addresses.node}",
        f"--advertise-address={addresses.node}",
        f"--secure-port={API_PORT}",
        f"--service-cluster-ip-range={addresses.services}",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--allow-privileged=true",
        f"--client-ca-file={keys.authority.certificate}",
        f"--tls-cert-file={keys.api_server.certificate}",
        f"--tls-private-key-file={keys.api_server.key}",
        f"--service-account-issuer={ISSUER}",
        f"--service-account-key-file={keys.service_accounts.certificate}",
        f"--service-account-signing-key-file={keys.service_accounts.key}",
        "--kubelet-preferred-address-types=InternalIP",
        f"--kubelet-certificate-authority={keys.authority.certificate}",
        f"--kubelet-client-certificate={keys.admin.certificate}",
        f"--kubelet-client-key={keys.admin.key}",
        f"--audit-policy-file={audit_policy}",
        f"--audit-log-path={audit_log}",
        f"--audit-log-maxsize={AUDIT_LOG_MB}",
    )


def controller_manager(program: Path, *, keys: Keys) -> tuple[str, ...]:
    return (
        str(program),
        f"--kubeconfig={keys.kubeconfig('controllers')}",
        "--bind-address=127.0.0.1",
        f"--cert-dir={keys.folder / 'controllers'}",
        "--leader-elect=false",
        # The first ServiceAccount, without which no pod starts, comes seconds earlier.
        "--kube-api-qps=500",
        "--kube-api-burst=1000",
        f"--service-account-private-key-file={keys.service_accounts.key}",
        f"--root-ca-file={keys.authority.certificate}",
        f"--cluster-signing-cert-file={keys.authority.certificate}",
        f"--cluster-signing-key-file={keys.authority.key}",
    )


def scheduler(program: Path, *, keys: Keys) -> tuple[str, ...]:
    return (
        str(program),
        f"--kubeconfig={keys.kubeconfig('scheduler')}",
        "--bind-address=127.0.0.1",
        f"--cert-dir={keys.folder / 'scheduler'}",
        "--leader-elect=false",
    )
