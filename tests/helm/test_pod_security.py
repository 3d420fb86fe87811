"""The Pods pass the Pod Security Standard "restricted": the API server's own admission is asked."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.controlplane.controlplane import ControlPlane
from tests.controlplane.deadlines import until
from tests.controlplane.kubectl import Kubectl, KubectlError
from tests.helm.helm import Helm, Manifest, of_kind

NAMESPACE = "helm-restricted"
MATRIX = Path(__file__).with_name("values")


@pytest.fixture
def restricted(control_plane: ControlPlane) -> Iterator[Kubectl]:
    """A namespace that takes only such Pods."""
    kubectl = control_plane.kubectl
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    kubectl.apply(
        yaml.safe_dump({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}})
    )
    yield kubectl
    kubectl("delete", "namespace", NAMESPACE, "--wait=false")
    until(lambda: not kubectl.find("get", "namespace", NAMESPACE), what="the namespace gone", within_seconds=60)


def take(kubectl: Kubectl, manifests: list[Manifest]) -> int:
    """Offer the Pods of all Deployments as Pods; how many there were. Raises KubectlError when one is refused."""
    accounts = [each for each in manifests if each["kind"] == "ServiceAccount"]
    kubectl.apply(yaml.safe_dump_all(accounts))
    deployments = of_kind(manifests, "Deployment")
    for deployment in deployments:
        template = deployment["spec"]["template"]
        metadata = {
            "name": deployment["metadata"]["name"],
            "namespace": NAMESPACE,
            "labels": template["metadata"]["labels"],
        }
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}
        kubectl("create", "--dry-run=server", "-f", "-", stdin=json.dumps(pod))
    return len(deployments)


def values_of(name: str) -> dict[str, Any]:
    values: dict[str, Any] = yaml.safe_load((MATRIX / f"{name}.yaml").read_text("utf-8"))
    return values


@pytest.mark.parametrize(("name", "pods"), [("least", 1), ("kind", 2), ("eks-irsa", 1), ("everything", 1)])
def test_restricted_namespaces_take_the_pods(helm4: Helm, restricted: Kubectl, name: str, pods: int) -> None:
    assert take(restricted, helm4.template(values_of(name), namespace=NAMESPACE)) == pods


@pytest.mark.parametrize(
    ("loosened", "complaint"),
    [
        ({"securityContext": {"allowPrivilegeEscalation": True}}, "allowPrivilegeEscalation"),
        ({"securityContext": {"capabilities": None}}, "capabilities"),
        ({"podSecurityContext": {"seccompProfile": None}}, "seccompProfile"),
        ({"podSecurityContext": {"runAsNonRoot": None}}, "runAsNonRoot"),
    ],
)
def test_the_namespace_would_refuse_what_is_looser(
    helm4: Helm, restricted: Kubectl, loosened: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(KubectlError, match=complaint):
        take(restricted, helm4.template(values_of("least") | loosened, namespace=NAMESPACE))


def test_the_root_is_read_only_and_the_user_is_a_number(helm4: Helm) -> None:
    """What the standard does not ask for and the kubelet needs to judge runAsNonRoot without the image."""
    for deployment in of_kind(helm4.template(values_of("kind")), "Deployment"):
        spec = deployment["spec"]["template"]["spec"]
        assert spec["securityContext"]["runAsUser"] >= 10000
        assert [each["securityContext"]["readOnlyRootFilesystem"] for each in spec["containers"]] == [True]
