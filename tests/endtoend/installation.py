"""The chart installed with the images of this checkout and the simulator as its AWS, and what is done with it."""

import contextlib
import json
from typing import Any

import boto3
import yaml
from botocore.config import Config

from devworld.images.recipes import OPERATOR, PACKER, SIMULATOR, TAG, ImageRecipe
from devworld.prerequisites import MAY_WATCH_ROLLOUTS, SAGEMAKER_MAY_ASSUME_IT
from devworld.settings import PROJECT
from tests.controlplane.kubectl import Kubectl
from tests.endtoend.forwarding import forwarded
from tests.helm.helm import CHART, Helm

NAMESPACE, RELEASE, TEAM = "operators", "try", "demo"
FULL_NAME = f"{RELEASE}-sagemaker-endpoint-operator"
SIMULATOR_NAME, SIMULATOR_PORT = f"{FULL_NAME}-simulator", 8080
ACCOUNT, REGION, ROLE, BUCKET = "123456789012", "us-east-1", "sagemaker-execution", "demo-models"
EXAMPLE = PROJECT / "examples" / "realtime" / "endpoint.yaml"
# The libraries of AWS's model servers are not in the simulator's image; this one answers in its process.
ANSWERED_AT_ONCE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/sim-null:1"
RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}
SOON_SECONDS = 300  # of two cores that do something else, too; at rest it takes ten
Object = dict[str, Any]


class Installation:
    """Installed, or not: whoever needs it calls `is_there`."""

    def __init__(self, kubectl: Kubectl, helm: Helm) -> None:
        self._kubectl = kubectl
        self._helm = helm.against(kubectl.kubeconfig)
        self._forwarding = contextlib.ExitStack()
        self._aws = ""
        for name in (NAMESPACE, TEAM):
            metadata = {"name": name, "labels": RESTRICTED}
            kubectl.apply(json.dumps({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}))

    def is_there(self) -> None:
        """Returns when all of it is Ready and AWS has what a user has before his first endpoint."""
        if self._aws:
            return
        self._helm(
            *("upgrade", RELEASE, str(CHART), "--install", "--namespace", NAMESPACE, "--values", "-"),
            stdin=json.dumps(_values()),
            within_seconds=SOON_SECONDS,
        )
        for deployment in (SIMULATOR_NAME, FULL_NAME):
            self.kubectl("rollout", "status", f"deployment/{deployment}", f"--timeout={SOON_SECONDS}s")
        self._aws = self._forwarding.enter_context(
            forwarded(self._kubectl, SIMULATOR_NAME, namespace=NAMESPACE, port=SIMULATOR_PORT)
        )
        self._prepare_account()

    def uninstall(self) -> str:
        """What Helm says of it."""
        self.end_forwarding()
        options = ("--namespace", NAMESPACE, "--wait", f"--timeout={SOON_SECONDS}s")
        return "\n".join(self._helm.said("uninstall", RELEASE, *options, within_seconds=SOON_SECONDS + 10))

    def end_forwarding(self) -> None:
        self._aws = ""
        self._forwarding.close()

    def kubectl(self, *arguments: str, stdin: str | None = None, namespace: str = NAMESPACE) -> str:
        within = SOON_SECONDS + 10
        return self._kubectl("--namespace", namespace, *arguments, stdin=stdin, within_seconds=within)

    def json(self, *arguments: str, namespace: str = NAMESPACE) -> Any:
        return json.loads(self.kubectl(*arguments, "-o", "json", namespace=namespace))

    def applies_the_example(self) -> Object:
        """As it stands in examples/, but for the image; when it is Ready."""
        example = yaml.safe_load(EXAMPLE.read_text("utf-8"))
        example["spec"]["containers"][0]["image"] = ANSWERED_AT_ONCE
        self.kubectl("apply", "-f", "-", stdin=json.dumps(example), namespace=TEAM)
        name = str(example["metadata"]["name"])
        # The README's own command: it must not return for an earlier generation, nor fail for one without conditions.
        wait = ("wait", "--for=condition=Ready", f"--timeout={SOON_SECONDS}s", f"iep/{name}")
        self.kubectl(*wait, namespace=TEAM)
        made: Object = self.json("get", "iep", name, namespace=TEAM)
        return made

    def aws(self, service: str) -> Any:
        """A client of the simulator in its pod."""
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self._aws,
            region_name=REGION,
            aws_access_key_id="user",
            aws_secret_access_key="secret",
            config=Config(proxies={}, retries={"mode": "standard", "total_max_attempts": 5}),
        )

    def _prepare_account(self) -> None:
        iam = self.aws("iam")
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(SAGEMAKER_MAY_ASSUME_IT))
        iam.put_role_policy(RoleName=ROLE, PolicyName="rollouts", PolicyDocument=json.dumps(MAY_WATCH_ROLLOUTS))
        s3 = self.aws("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key="churn/model.tar.gz", Body=b"looked at by preflight, unpacked by nobody")


def _values() -> Object:
    return {
        "replicas": 2,
        "image": {**_image(OPERATOR), "pullPolicy": "Never"},
        "packer": {"image": _image(PACKER)},
        "simulator": {"enabled": True, "image": {**_image(SIMULATOR), "pullPolicy": "Never"}, "timeScale": 600},
        "settings": {"defaultExecutionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"},
    }


def _image(recipe: ImageRecipe) -> dict[str, str]:
    return {"repository": recipe.repository, "tag": TAG}
