"""What a user has in his account before he applies an endpoint: a bucket, an artifact, an execution role."""

import json

from devworld.recipes import EXECUTION_ROLE
from devworld.world import World

SAGEMAKER_MAY_ASSUME_IT = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}

# SageMaker watches the alarms of a rollout with the execution role.
MAY_WATCH_ROLLOUTS = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "cloudwatch:DescribeAlarms", "Resource": "*"}],
}


def put_artifact(world: World, *, bucket: str, key: str, body: bytes) -> None:
    """The bucket is made too."""
    s3 = world.boto3("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key=key, Body=body)


def make_execution_role(world: World) -> None:
    """The role that the operator of a world passes to SageMaker unless an object names another."""
    iam, name = world.boto3("iam"), EXECUTION_ROLE.rpartition("/")[2]
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(SAGEMAKER_MAY_ASSUME_IT))
    iam.put_role_policy(RoleName=name, PolicyName="rollouts", PolicyDocument=json.dumps(MAY_WATCH_ROLLOUTS))
