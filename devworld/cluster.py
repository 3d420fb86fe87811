"""What the operator finds in a cluster: the kinds, its namespace, and an account with the rights it ships with."""

from pathlib import Path
from typing import Any

import yaml

from devworld.settings import PROJECT
from tests.controlplane.deadlines import until
from tests.controlplane.kubectl import Kubectl

CRDS = PROJECT / "crds"
RBAC = PROJECT / "config" / "rbac"
OPERATOR_NAMESPACE = "sagemaker-endpoint-operator"
SERVICE_ACCOUNT = "endpoint-operator"


def install_kinds(kubectl: Kubectl) -> None:
    """Applies the CRDs and returns when the API server serves them."""
    files = sorted(CRDS.glob("*.yaml"))
    if not files:
        raise FileNotFoundError(f"{CRDS} holds no *.yaml: run make generate")
    kubectl.apply(CRDS)
    # Not `kubectl wait`: it fails on a CRD so new that it has no conditions, and what is Established may be
    # missing for a moment yet from the list by which kubectl understands `iep`.
    wanted = {document["metadata"]["name"] for document in _documents(CRDS)}
    until(lambda: wanted <= _known_to(kubectl), what=f"the API server serving {', '.join(wanted)}", within_seconds=90)


def install_operator_account(kubectl: Kubectl) -> None:
    """Makes the operator's namespace and ServiceAccount and applies what config/rbac says that it may do."""
    kubectl.apply(yaml.safe_dump_all([_namespace(), _service_account()]))
    if RBAC.is_dir():
        kubectl.apply(RBAC)


def remove(kubectl: Kubectl) -> None:
    """Takes the operator's account and namespace away again.

    The kinds stay: deleting a CRD would delete every object of it, those of other users too.
    """
    for gone in (["-f", str(RBAC)] if RBAC.is_dir() else [], ["namespace", OPERATOR_NAMESPACE]):
        if gone:
            kubectl("delete", *gone, "--ignore-not-found", "--timeout=60s", within_seconds=90)


def rights_exist() -> bool:
    """Whether there is anything in config/rbac; an operator without rights could do nothing."""
    return any(RBAC.glob("*.yaml"))


def service_account() -> str:
    """The name of the operator's ServiceAccount: the one of config/rbac, where it brings one."""
    for document in _documents(RBAC):
        if document.get("kind") == "ServiceAccount":
            return str(document["metadata"]["name"])
    return SERVICE_ACCOUNT


def operator_user() -> str:
    """As the API server's audit log names it."""
    return f"system:serviceaccount:{OPERATOR_NAMESPACE}:{service_account()}"


def _known_to(kubectl: Kubectl) -> set[str]:
    return set(kubectl("api-resources", "-o", "name").split())


def _documents(folder: Path) -> list[dict[str, Any]]:
    files = sorted(folder.glob("*.yaml"))
    return [document for file in files for document in yaml.safe_load_all(file.read_text("utf-8")) if document]


def _namespace() -> dict[str, Any]:
    """Where the operator runs as a pod it does so under the strictest Pod Security Standard."""
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": OPERATOR_NAMESPACE, "labels": labels}}


def _service_account() -> dict[str, Any]:
    metadata = {"name": service_account(), "namespace": OPERATOR_NAMESPACE}
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}
