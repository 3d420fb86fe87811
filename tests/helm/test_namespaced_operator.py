"""The rights of namespaced mode are enough: the operator itself, under the ServiceAccount that the chart made.

Those of cluster mode are equal to config/rbac, under which every other test of the project runs.
"""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml

from devworld import environment, recipes
from devworld.cluster import OPERATOR_NAMESPACE
from devworld.prerequisites import SAGEMAKER_MAY_ASSUME_IT
from devworld.settings import Settings
from endpoint_operator.api.crd import NOT_LOOKED_AT
from tests.controlplane.controlplane import ControlPlane
from tests.controlplane.deadlines import until
from tests.controlplane.kubectl import Kubectl
from tests.controlplane.part import Part
from tests.helm.helm import CHART, Helm

TIME_SCALE = 600.0
OURS, FOREIGN = "helmours", "helmforeign"
IMAGE = f"{environment.ACCOUNT}.dkr.ecr.{environment.REGION}.amazonaws.com/sim-null:1"


@pytest.fixture
def namespaces(control_plane: ControlPlane) -> Iterator[Kubectl]:
    kubectl = control_plane.kubectl
    names = (OURS, FOREIGN, OPERATOR_NAMESPACE)
    kubectl.apply(
        yaml.safe_dump_all([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in names])
    )
    yield kubectl
    for name in (OURS, FOREIGN):
        for left in kubectl("get", "iep", "-n", name, "-o", "name").split():  # of a test that failed
            kubectl("patch", "-n", name, left, "--type=merge", "-p", '{"metadata":{"finalizers":null}}')
    for name in names:
        kubectl("delete", "namespace", name, "--wait=false")
    until(lambda: not any(kubectl.find("get", "namespace", name) for name in names), what="gone", within_seconds=60)


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Part]:
    (tmp_path / "logs").mkdir()
    part = Part(recipes.simulator(tmp_path, Settings(time_scale=TIME_SCALE), death_signal=signal.SIGTERM))
    try:
        part.start()
        make_execution_role(recipes.url(part.ports[0]))
        yield part
    finally:
        part.stop()


def make_execution_role(url: str) -> None:
    session = boto3.Session(
        aws_access_key_id=environment.USER_KEY,
        aws_secret_access_key=environment.SECRET,
        region_name=environment.REGION,
    )
    name = recipes.EXECUTION_ROLE.rpartition("/")[2]
    policy = json.dumps(SAGEMAKER_MAY_ASSUME_IT)
    session.client("iam", endpoint_url=url).create_role(RoleName=name, AssumeRolePolicyDocument=policy)


@pytest.fixture
def operator(
    control_plane: ControlPlane, namespaces: Kubectl, simulator: Part, helm4: Helm, tmp_path: Path
) -> Iterator[Part]:
    """Started as the chart starts it, but for its address and for where AWS is."""
    values = ("--set", "image.repository=unused,serviceAccount.name=operator,crds.enabled=false")
    watched = ("--set", f"watchNamespaces={{{OURS}}}")
    helm4.against(control_plane.kubeconfig)("install", "ours", str(CHART), "-n", OPERATOR_NAMESPACE, *values, *watched)
    kubeconfig = control_plane.kubeconfig_of("operator", namespace=OPERATOR_NAMESPACE, path=tmp_path / "kubeconfig")
    deployment = namespaces.json("get", "deployments", "-n", OPERATOR_NAMESPACE)["items"][0]
    arguments = deployment["spec"]["template"]["spec"]["containers"][0]["args"]
    recipe = recipes.operator(
        tmp_path,
        Settings(operator_args=tuple(word for word in arguments if word.startswith("--namespaces="))),
        kubeconfig=kubeconfig,
        simulator_url=lambda: recipes.url(simulator.ports[0]),
        death_signal=signal.SIGTERM,
    )
    part = Part(recipe)
    try:
        part.start()
        yield part
    finally:
        part.stop()


def manifests(namespace: str) -> str:
    """An endpoint that needs every right: a Secret's value, and an exported ConfigMap."""
    value = {"secretKeyRef": {"name": "token", "key": "word"}}
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "token", "namespace": namespace},
        "stringData": {"word": "something"},
    }
    endpoint = {
        "apiVersion": "inference.endpoint-operator.dev/v1alpha1",
        "kind": "InferenceEndpoint",
        "metadata": {"name": "churn", "namespace": namespace},
        "spec": {
            "mode": "RealTime",
            "executionRoleArn": recipes.EXECUTION_ROLE,
            "preflight": "Off",
            "containers": [{"image": IMAGE, "environment": [{"name": "WORD", "valueFrom": value}]}],
            "instance": {"type": "ml.m5.large", "count": 1},
            "export": {"configMapName": "for-callers"},
        },
    }
    return yaml.safe_dump_all([secret, endpoint])


def endpoint(kubectl: Kubectl, namespace: str) -> dict[str, Any]:
    found: dict[str, Any] = kubectl.json("get", "iep", "churn", "-n", namespace)
    return found


def ready(kubectl: Kubectl, namespace: str) -> bool:
    conditions = endpoint(kubectl, namespace).get("status", {}).get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def test_they_are_enough_in_its_namespaces_and_nothing_else_is_touched(namespaces: Kubectl, operator: Part) -> None:
    namespaces.apply(manifests(FOREIGN))
    namespaces.apply(manifests(OURS))
    log = operator.log

    def seen() -> str:
        return f"{endpoint(namespaces, OURS).get('status')}\n{log.read_text('utf-8')[-3000:]}"

    until(lambda: "watching" in log.read_text("utf-8"), what="the operator at work", within_seconds=90, seen=seen)
    until(lambda: ready(namespaces, OURS), what="Ready", within_seconds=90, seen=seen)
    until(
        lambda: (namespaces.find("get", "configmap", "for-callers", "-n", OURS) or {}).get("data"),
        what="the exported ConfigMap",
        within_seconds=90,
        seen=seen,
    )
    assert endpoint(namespaces, FOREIGN)["status"] == NOT_LOOKED_AT
    assert "finalizers" not in endpoint(namespaces, FOREIGN)["metadata"]
    namespaces("delete", "iep", "churn", "-n", OURS, "--timeout=60s", within_seconds=90)
    refused = [line for line in log.read_text("utf-8").splitlines() if "forbidden" in line.lower() or " 403 " in line]
    assert refused == []
