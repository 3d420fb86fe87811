"""What a data scientist has in the account before a client is opened: a role, a bucket, and two versions of a model."""

import dataclasses
import json
from typing import Any

import boto3

from devworld import environment
from devworld.churn import ASKED_ABOUT, ChurnModel
from devworld.prerequisites import SAGEMAKER_MAY_ASSUME_IT
from devworld.recipes import EXECUTION_ROLE
from devworld.simulator_control import SimulatorControl

BUCKET = "client-models"
FEWER_ROUNDS = 10
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"

# The SDK's 3.x asks IAM whether the role may do what serving needs, and refuses a role that may not.
MAY_SERVE = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["ecr:GetAuthorizationToken", "s3:GetObject", "s3:ListBucket"], "Resource": "*"},
        {"Effect": "Allow", "Action": ["logs:*", "cloudwatch:PutMetricData"], "Resource": "*"},
    ],
}


@dataclasses.dataclass(frozen=True)
class Version:
    """A model, and where its artifact lies."""

    model: ChurnModel
    artifact: str
    """An s3:// URL of a model.tar.gz in BUCKET."""

    @property
    def key(self) -> str:
        return self.artifact.removeprefix(f"s3://{BUCKET}/")

    @property
    def prediction(self) -> float:
        """Its own answer to the customer that every client asks about."""
        return self.model.predict(ASKED_ABOUT)


@dataclasses.dataclass(frozen=True)
class Account:
    """An account of the simulator; `first` and `second` answer differently, so that an update can be seen."""

    url: str
    first: Version
    second: Version
    role: str = EXECUTION_ROLE
    image: str = IMAGE

    @classmethod
    def opened(cls, url: str) -> "Account":
        """Makes the role, the bucket and the artifacts."""
        trained = ChurnModel.train()
        account = cls(
            url,
            first=Version(trained, f"s3://{BUCKET}/first/model.tar.gz"),
            second=Version(ChurnModel(trained.booster[:FEWER_ROUNDS]), f"s3://{BUCKET}/second/model.tar.gz"),
        )
        iam, role = account.boto3("iam"), EXECUTION_ROLE.rpartition("/")[2]
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(SAGEMAKER_MAY_ASSUME_IT))
        iam.put_role_policy(RoleName=role, PolicyName="serving", PolicyDocument=json.dumps(MAY_SERVE))
        s3 = account.boto3("s3")
        s3.create_bucket(Bucket=BUCKET)
        for version in (account.first, account.second):
            s3.put_object(Bucket=BUCKET, Key=version.key, Body=version.model.as_artifact())
        return account

    @property
    def variables(self) -> dict[str, str]:
        """What a client's environment holds so that it talks to the simulator."""
        return environment.aws_variables(endpoint_url=self.url, access_key=environment.USER_KEY)

    def boto3(self, service: str) -> Any:
        session = boto3.Session(
            aws_access_key_id=environment.USER_KEY,
            aws_secret_access_key=environment.SECRET,
            region_name=environment.REGION,
        )
        return session.client(service, endpoint_url=self.url)  # type: ignore[call-overload]

    @property
    def control(self) -> SimulatorControl:
        return SimulatorControl(self.url)

    def not_modelled(self) -> list[str]:
        """Every call so far that the simulator answered with 501, as service:operation."""
        return [f"{row['service']}:{row['operation']}" for row in self.control.calls() if row["status"] == 501]

    def answered_well(self, service: str, operation: str) -> int:
        """How many calls of it were answered with 200, or 202 where the work is done later."""
        asked = [row for row in self.control.calls() if (row["service"], row["operation"]) == (service, operation)]
        return sum(row["status"] in (200, 202) for row in asked)

    def what_is_left(self) -> dict[str, list[str]]:
        """Names of SageMaker's objects that are still there."""
        estate = self.control.state()["sagemaker"][f"{environment.ACCOUNT}/{environment.REGION}"]
        kinds = ("models", "endpointConfigs", "endpoints")
        return {kind: sorted(estate[kind]) for kind in kinds if estate[kind]}
