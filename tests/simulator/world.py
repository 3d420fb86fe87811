"""The words that the simulator's tests speak: real boto3 clients, the control API, and ready-made resources."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_iam.client import IAMClient
    from mypy_boto3_resourcegroupstaggingapi.client import ResourceGroupsTaggingAPIClient
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sagemaker.client import SageMakerClient
    from mypy_boto3_sagemaker_runtime.client import SageMakerRuntimeClient
    from mypy_boto3_sts.client import STSClient

ACCOUNT = "123456789012"
REGION = "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/execution"
ECR = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
NULL_IMAGE = f"{ECR}/sim-null:1"
DEADLINE_SECONDS = 60.0
T = TypeVar("T")

_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


class World:
    """One simulator, its clients and its control API. Time stands almost still (scale 1) until `advance`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.sagemaker: SageMakerClient = self.client("sagemaker")
        self.runtime: SageMakerRuntimeClient = self.client("sagemaker-runtime")
        self.tagging: ResourceGroupsTaggingAPIClient = self.client("resourcegroupstaggingapi")
        self.iam: IAMClient = self.client("iam")
        self.s3: S3Client = self.client("s3")
        self.sts: STSClient = self.client("sts")

    def client(self, service: str, **settings: Any) -> Any:
        """Return a client that tries once and never waits long."""
        config = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=20)
        defaults: dict[str, Any] = {
            "endpoint_url": self.url,
            "region_name": REGION,
            "aws_access_key_id": "test-key",
            "aws_secret_access_key": "test-secret",
            "config": config,
        }
        return boto3.client(service, **(defaults | settings))  # type: ignore[call-overload]

    def close(self) -> None:
        for client in (self.sagemaker, self.runtime, self.tagging, self.iam, self.s3, self.sts):
            client.close()

    def control(self, method: str, path: str, document: object = None) -> tuple[int, Any]:
        """Call the control API; returns status and JSON (None when the answer is empty)."""
        data = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(f"{self.url}/_sim{path}", data=data, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
                body = response.read()
                return response.status, json.loads(body) if body else None
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.loads(refused.read())

    def do(self, method: str, path: str, document: object = None) -> Any:
        """Call the control API, which must take it."""
        status, answer = self.control(method, path, document)
        assert status < 300, (status, answer)
        return answer

    def settings(self, **members: Any) -> None:
        self.do("PUT", "/settings", members)

    def advance(self, seconds: float) -> None:
        self.do("POST", "/clock", {"advanceSeconds": seconds})

    def next(self, endpoint: str, result: str, **members: Any) -> None:
        self.do("POST", f"/endpoints/{endpoint}/next", {"result": result, **members})

    def fault(self, **document: Any) -> str:
        fault_id: str = self.do("POST", "/faults", document)["id"]
        return fault_id

    def until_held(self, fault: str, what: str) -> None:
        """Waits for a call that the fault (with `hold`) keeps waiting; deleting the fault lets it go."""
        self.until(
            lambda: any(each["id"] == fault and each["held"] for each in self.do("GET", "/faults")["faults"]), what
        )

    def calls(self, *, since: int = 0) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.do("GET", f"/calls?since={since}")["calls"]
        return rows

    def given_role(self, name: str = "execution", trust: object = _TRUST) -> str:
        self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        return f"arn:aws:iam::{ACCOUNT}:role/{name}"

    def given_model(self, name: str = "m1", *, image: str = NULL_IMAGE, **members: Any) -> str:
        """A model; the role is made when it is not there."""
        if not any(role["RoleName"] == "execution" for role in self.iam.list_roles()["Roles"]):
            self.given_role()
        self.sagemaker.create_model(
            **{"ModelName": name, "PrimaryContainer": {"Image": image}, "ExecutionRoleArn": ROLE, **members}
        )
        return name

    def given_config(self, name: str = "c1", *, model: str = "m1", count: int = 1, **members: Any) -> str:
        """A config of one variant, AllTraffic."""
        self.sagemaker.create_endpoint_config(
            **{"EndpointConfigName": name, "ProductionVariants": [variant(model=model, count=count)], **members}
        )
        return name

    def given_endpoint(self, name: str = "e1", *, config: str = "c1") -> str:
        """An endpoint in service, from a model m1 and a config c1 that are made too."""
        self.given_model()
        self.given_config(config)
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config)
        self.finish(name, "InService")
        return name

    def finish(self, name: str, status: str, *, seconds: float = 1000.0) -> None:
        """Let simulated time pass until the endpoint has the status."""
        self.advance(seconds)
        self.until(lambda: self.status(name) == status, f"{name} to be {status}")

    def finish_deletion(self, name: str) -> None:
        self.advance(1000)
        self.until(lambda: self.status(name) is None, f"{name} to be gone")

    def status(self, name: str) -> str | None:
        try:
            return self.sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"]
        except ClientError as refusal:
            if "Could not find endpoint" in refusal.response["Error"]["Message"]:
                return None
            raise

    def describe(self, name: str = "e1") -> dict[str, Any]:
        return dict(self.sagemaker.describe_endpoint(EndpointName=name))

    def until(self, fact: Callable[[], T], what: str) -> T:
        """Wait for the fact; fails after the deadline."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not (value := fact()):
            assert time.monotonic() < deadline, f"waited {DEADLINE_SECONDS} s for {what}"
            time.sleep(0.01)
        return value


def variant(
    name: str = "AllTraffic", *, model: str = "m1", count: int = 1, instance: str = "ml.m5.large", **members: Any
) -> dict[str, Any]:
    """Return a production variant as CreateEndpointConfig takes it."""
    return {
        "VariantName": name,
        "ModelName": model,
        "InitialInstanceCount": count,
        "InstanceType": instance,
        **members,
    }


@contextmanager
def refused(code: str, *fragments: str, status: int | None = None) -> Iterator[None]:
    """Expect a ClientError with the code, a message that holds every fragment, and the HTTP status."""
    with pytest.raises(ClientError) as caught:
        yield
    answer = caught.value.response
    assert answer["Error"]["Code"] == code, answer["Error"]
    for fragment in fragments:
        assert fragment in answer["Error"]["Message"]
    if status is not None:
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == status
