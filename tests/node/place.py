"""The words of the tests of pods: a namespace of a node, what is put there, and what it answers."""

import dataclasses
import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from devworld.node import cluster_dns
from devworld.node.node import Node
from tests.controlplane.deadlines import until

IMAGE = "registry.example/tests/program:1"
PORT = 8080
SOON = 120  # seconds; a pod takes two on a machine at rest
UNPRIVILEGED = {
    "runAsNonRoot": True,
    "readOnlyRootFilesystem": True,
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}


@dataclasses.dataclass(frozen=True)
class Place:
    """One namespace."""

    node: Node
    namespace: str

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        return self.node.kubectl("--namespace", self.namespace, *arguments, stdin=stdin, within_seconds=SOON + 10)

    def put(self, *manifests: dict[str, Any]) -> None:
        for manifest in manifests:
            self.kubectl("create", "-f", "-", stdin=json.dumps(manifest))

    def serve(self, name: str, *, replicas: int = 1, image: str = IMAGE) -> None:
        """A Deployment and a Service of one name, the pods ready once their probe says so."""
        labels = {"app": name}
        probe = {"httpGet": {"path": "/", "port": PORT}, "periodSeconds": 1}
        template = {
            "metadata": {"labels": labels},
            "spec": {"containers": [container(image) | {"readinessProbe": probe}]},
        }
        deployment = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
        service = {"selector": labels, "ports": [{"port": 80, "targetPort": PORT}]}
        self.put(
            {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": deployment},
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": service},
        )
        self.kubectl("rollout", "status", f"deployment/{name}", f"--timeout={SOON}s")

    def dns_name(self, service: str) -> str:
        return f"{service}.{self.namespace}.svc.cluster.local"

    def address(self, service: str) -> str:
        """Of the Service, as the cluster's DNS tells this machine."""
        server = str(self.node.dns_address)
        found = until(
            lambda: cluster_dns.ask(self.dns_name(service), server=server),
            what=f"the cluster's DNS knowing {service}",
            within_seconds=SOON,
        )
        return found[0]

    def ask(self, service: str, path: str = "/", /, **query: str) -> str:
        """The first answer from behind the Service, whatever its status: what is rolled out answers a moment later."""
        url = f"http://{self.address(service)}{path}?{urllib.parse.urlencode(query)}"
        return until(lambda: answer(url), what=f"an answer of {url}", within_seconds=SOON)


def container(image: str = IMAGE, **more: Any) -> dict[str, Any]:
    return {"name": "it", "image": image, "imagePullPolicy": "Never", "securityContext": UNPRIVILEGED, **more}


def answer(url: str) -> str:
    """The body, of an error too; empty when nobody answers."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=10) as response:
            return str(response.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return error.read().decode()
    except OSError:
        return ""
