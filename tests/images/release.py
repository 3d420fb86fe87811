"""The words of the tests of pods: the chart installed on a node with the images of this checkout, and what it does."""

import dataclasses
import json
from typing import Any

import boto3
from botocore.config import Config

from devworld.images.recipes import OPERATOR, PACKER, SIMULATOR, TAG, ImageRecipe
from devworld.node.node import Node
from devworld.prerequisites import MAY_WATCH_ROLLOUTS, SAGEMAKER_MAY_ASSUME_IT
from tests.controlplane.deadlines import until
from tests.helm.helm import CHART, Helm
from tests.node.place import answer

NAMESPACE = "operators"
RELEASE = "operator"
FULL_NAME = f"{RELEASE}-sagemaker-endpoint-operator"
ACCOUNT = "123456789012"
REGION = "us-east-1"
ROLE = "sagemaker-execution"
BUCKET = "models"
SOON = 180  # seconds; a pod takes a few on a machine at rest
RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}


@dataclasses.dataclass(frozen=True)
class Release:
    """The operator, two replicas of it, and the simulator as its AWS."""

    node: Node

    @classmethod
    def install(cls, node: Node, helm: Helm) -> "Release":
        """Returns when every pod is Ready."""
        release = cls(node)
        release.make_namespace(NAMESPACE)
        values = {
            "image": {**_image(OPERATOR), "pullPolicy": "Never"},
            "packer": {"image": _image(PACKER)},
            "simulator": {"enabled": True, "image": {**_image(SIMULATOR), "pullPolicy": "Never"}, "timeScale": 600},
            "settings": {"defaultExecutionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"},
        }
        helm.against(node.kubeconfig)(
            *("install", RELEASE, str(CHART), "--namespace", NAMESPACE, "--values", "-"), stdin=json.dumps(values)
        )
        for deployment in ("-simulator", ""):
            release.rolled_out(f"{FULL_NAME}{deployment}")
        release._prepare_account()
        return release

    def kubectl(self, *arguments: str, stdin: str | None = None, namespace: str = NAMESPACE) -> str:
        return self.node.kubectl("--namespace", namespace, *arguments, stdin=stdin, within_seconds=SOON + 10)

    def json(self, *arguments: str, namespace: str = NAMESPACE) -> Any:
        return json.loads(self.kubectl(*arguments, "-o", "json", namespace=namespace))

    def rolled_out(self, deployment: str) -> None:
        self.kubectl("rollout", "status", f"deployment/{deployment}", f"--timeout={SOON}s")

    def make_namespace(self, name: str) -> None:
        """Under the restricted Pod Security standard, as production has them."""
        metadata = {"name": name, "labels": RESTRICTED}
        self.node.kubectl.apply(json.dumps({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}))

    def pods(self, component: str) -> list[dict[str, Any]]:
        """Of the operator or of the simulator, by the name of their container."""
        found: list[dict[str, Any]] = self.json("get", "pods")["items"]
        return [pod for pod in found if pod["spec"]["containers"][0]["name"] == component]

    def python(self, component: str, code: str) -> str:
        """What a line of Python prints in the first pod of it; there is no shell to ask."""
        pod = self.pods(component)[0]["metadata"]["name"]
        return self.kubectl("exec", pod, "--", "python", "-c", code)

    def apply(self, kind: str, name: str, spec: dict[str, Any], *, namespace: str) -> None:
        metadata = {"name": name, "namespace": namespace}
        body = {"apiVersion": "inference.endpoint-operator.dev/v1alpha1", "kind": kind, "metadata": metadata}
        self.node.kubectl.apply(json.dumps({**body, "spec": spec}))

    def becomes_ready(self, kind: str, name: str, *, namespace: str) -> dict[str, Any]:
        """The object, once its status says so of the spec that it has."""

        def ready() -> dict[str, Any]:
            found: dict[str, Any] = self.json("get", kind, name, namespace=namespace)
            conditions = {row["type"]: row for row in found.get("status", {}).get("conditions", [])}
            said = conditions.get("Ready", {})
            current = said.get("observedGeneration") == found["metadata"]["generation"]
            return found if said.get("status") == "True" and current else {}

        return until(
            ready,
            what=f"{kind} {name} Ready",
            within_seconds=SOON,
            seen=lambda: self.json("get", kind, name, namespace=namespace).get("status"),
        )

    def aws(self, service: str) -> Any:
        """A client of the simulator in its pod, from the machine."""
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self._simulator(),
            region_name=REGION,
            aws_access_key_id="user",
            aws_secret_access_key="secret",
            config=Config(proxies={}, retries={"mode": "standard", "total_max_attempts": 5}),
        )

    def _simulator(self) -> str:
        address = self.json("get", "service", f"{FULL_NAME}-simulator")["spec"]["clusterIP"]
        return f"http://{address}:8080"

    def _prepare_account(self) -> None:
        url = f"{self._simulator()}/_sim/faults"
        # A Service answers a moment after its pods are Ready: when kube-proxy has seen to it.
        until(lambda: answer(url), what=f"the simulator's Service answering at {url}", within_seconds=SOON)
        iam = self.aws("iam")
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(SAGEMAKER_MAY_ASSUME_IT))
        iam.put_role_policy(RoleName=ROLE, PolicyName="rollouts", PolicyDocument=json.dumps(MAY_WATCH_ROLLOUTS))
        self.aws("s3").create_bucket(Bucket=BUCKET)


def _image(recipe: ImageRecipe) -> dict[str, str]:
    return {"repository": recipe.repository, "tag": TAG}
