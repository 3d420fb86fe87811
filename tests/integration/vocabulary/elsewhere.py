"""Another account or region than the operator's own, as the one who looks after it sees it."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import boto3

from devworld import environment
from devworld.prerequisites import SAGEMAKER_MAY_ASSUME_IT
from tests.integration.vocabulary.sagemaker_truth import SageMakerTruth
from tests.integration.vocabulary.scene import Scene

OTHER_ACCOUNT = "222222222222"
OTHER_REGION = "eu-west-1"
# Every account of an organization has it, and it trusts the first one.
WAY_IN = "OrganizationAccountAccessRole"


class Elsewhere:
    """One account and region; `sagemaker` is what the test has there."""

    def __init__(self, world: Scene, *, account: str = environment.ACCOUNT, region: str = environment.REGION) -> None:
        self._world = world
        self.account, self.region = account, region
        self.sagemaker = SageMakerTruth(world.simulator, prefix=world.namespace, account=account, region=region)

    @contextlib.contextmanager
    def client(self, service: str) -> Iterator[Any]:
        """A client with all rights there, for the length of a block: credentials of a role end in simulated time."""
        url = self._world.shared.world.simulator_url
        made = self._session().client(service, endpoint_url=url)  # type: ignore[call-overload]
        try:
            yield made
        finally:
            made.close()

    def make_role(self, name: str, *, trust: object) -> str:
        """Its ARN; the name is the test's own."""
        full = f"{self._world.namespace}-{name}"
        with self.client("iam") as iam:
            made = iam.create_role(RoleName=full, AssumeRolePolicyDocument=json.dumps(trust))
        return str(made["Role"]["Arn"])

    def make_execution_role(self) -> str:
        """One that SageMaker may assume; its ARN."""
        return self.make_role("execution", trust=SAGEMAKER_MAY_ASSUME_IT)

    def change_trust(self, role: str, *, trust: object) -> None:
        """Who may assume the role of that ARN from now on."""
        with self.client("iam") as iam:
            iam.update_assume_role_policy(RoleName=role.rpartition("/")[2], PolicyDocument=json.dumps(trust))

    def _session(self) -> boto3.Session:
        if self.account == environment.ACCOUNT:
            return boto3.Session(
                region_name=self.region,
                aws_access_key_id=environment.USER_KEY,
                aws_secret_access_key=environment.SECRET,
            )
        way_in = f"arn:aws:iam::{self.account}:role/{WAY_IN}"
        got = self._world.boto3("sts").assume_role(RoleArn=way_in, RoleSessionName="test")["Credentials"]
        return boto3.Session(
            region_name=self.region,
            aws_access_key_id=got["AccessKeyId"],
            aws_secret_access_key=got["SecretAccessKey"],
            aws_session_token=got["SessionToken"],
        )


def trusting(*principals: str) -> dict[str, Any]:
    """A trust policy that lets these assume the role."""
    allow = {"Effect": "Allow", "Principal": {"AWS": list(principals)}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [allow]}
