"""The cluster's DNS: CoreDNS as a process of the node, behind the Service that pods are told of.

Names outside the cluster do not exist for it: it forwards nothing.
"""

import socket
import struct
from pathlib import Path
from typing import Any

from devworld.node.addresses import Addresses
from devworld.node.agents import CLUSTER_DOMAIN
from devworld.node.keys import DNS_USER, Keys

PORT = 53
RIGHTS = "system:coredns"
COREFILE = """.:53 {{
  bind {node}
  errors
  ready 127.0.0.1:8181
  kubernetes {domain} in-addr.arpa {{
    kubeconfig {kubeconfig} world
    ttl 1
  }}
}}
"""
_HEADER = struct.Struct("!6H")  # RFC 1035, 4.1.1
_ANSWER = struct.Struct("!2HIH")
_RECURSION_DESIRED = 0x0100
_RCODE = 0x000F
_A, _IN = 1, 1


def command(program: Path, *, corefile: Path) -> tuple[str, ...]:
    return (str(program), f"-conf={corefile}")


def corefile(*, keys: Keys, addresses: Addresses) -> str:
    return COREFILE.format(node=addresses.node, domain=CLUSTER_DOMAIN, kubeconfig=keys.kubeconfig("dns"))


def objects(addresses: Addresses) -> list[tuple[str, dict[str, Any]]]:
    """What the cluster must hold for it, each with the path of its collection."""
    name = {"name": "kube-dns", "namespace": "kube-system"}
    ports = [{"name": "dns", "port": PORT, "protocol": "UDP"}, {"name": "dns-tcp", "port": PORT, "protocol": "TCP"}]
    service = {"clusterIP": str(addresses.dns_service), "ports": ports}
    # Without a selector: no pod stands behind it.
    endpoints: dict[str, Any] = {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {**name, "labels": {"kubernetes.io/service-name": name["name"]}},
        "addressType": "IPv4",
        "ports": ports,
        "endpoints": [{"addresses": [str(addresses.node)], "conditions": {"ready": True}}],
    }
    namespace = f"namespaces/{name['namespace']}"
    return [
        *_rights(),
        (f"/api/v1/{namespace}/services", {"apiVersion": "v1", "kind": "Service", "metadata": name, "spec": service}),
        (f"/apis/discovery.k8s.io/v1/{namespace}/endpointslices", endpoints),
    ]


def ask(name: str, *, server: str, within_seconds: float = 0.5) -> list[str]:
    """The IPv4 addresses of a whole name, asked over UDP once; empty when there is none or no answer in time."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    question = _HEADER.pack(1, _RECURSION_DESIRED, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", _A, _IN)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(within_seconds)
        try:
            client.sendto(question, (server, PORT))
            answer = client.recv(512)
        except OSError:
            return []
    _, flags, _, count, _, _ = _HEADER.unpack_from(answer)
    return [] if flags & _RCODE else _addresses(answer, start=len(question), count=count)


def _addresses(answer: bytes, *, start: int, count: int) -> list[str]:
    """Each record begins with a name, which CoreDNS writes whole or as a pointer of two bytes (RFC 1035, 4.1.4)."""
    found = []
    position = start
    for _ in range(count):
        while answer[position] and answer[position] < 0xC0:
            position += answer[position] + 1
        position += 2 if answer[position] else 1
        kind, _, _, length = _ANSWER.unpack_from(answer, position)
        position += _ANSWER.size
        if kind == _A:
            found.append(socket.inet_ntoa(answer[position : position + length]))
        position += length
    return found


def _rights() -> list[tuple[str, dict[str, Any]]]:
    group = "rbac.authorization.k8s.io"
    rules = [
        {"apiGroups": [""], "resources": ["services", "pods", "namespaces"], "verbs": ["list", "watch"]},
        {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": ["list", "watch"]},
    ]
    role = {"apiVersion": f"{group}/v1", "kind": "ClusterRole", "metadata": {"name": RIGHTS}, "rules": rules}
    binding = {
        "apiVersion": f"{group}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": RIGHTS},
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": RIGHTS},
        "subjects": [{"apiGroup": group, "kind": "User", "name": DNS_USER}],
    }
    return [(f"/apis/{group}/v1/clusterroles", role), (f"/apis/{group}/v1/clusterrolebindings", binding)]
