"""A second AWS, for an operator whose reads are to lag: clock and staleness of the shared one are everybody's."""

import json
import signal
from pathlib import Path

import boto3

from devworld import environment, recipes
from devworld.prerequisites import MAY_WATCH_ROLLOUTS, SAGEMAKER_MAY_ASSUME_IT
from devworld.settings import Settings
from tests.chaos.kill.pace import Pace
from tests.chaos.kill.versions import ANSWERS_BUCKET
from tests.controlplane.part import Part


class AwsOfItsOwn:
    """A simulator in a directory of its own, with the execution role in it, and the bucket for answers."""

    def __init__(self, directory: Path, pace: Pace) -> None:
        directory.mkdir()
        settings = Settings(time_scale=pace.time_scale)
        self._part = Part(recipes.simulator(directory, settings, death_signal=signal.SIGTERM))

    def launch(self) -> None:
        """The first half of starting; call it in the thread that lives longest."""
        self._part.launch()

    def await_ready(self) -> str:
        """Its URL."""
        self._part.await_ready()
        url = recipes.url(self._part.ports[0])
        session = boto3.Session(
            aws_access_key_id=environment.USER_KEY,
            aws_secret_access_key=environment.SECRET,
            region_name=environment.REGION,
        )
        iam, s3 = session.client("iam", endpoint_url=url), session.client("s3", endpoint_url=url)
        try:
            name = recipes.EXECUTION_ROLE.rpartition("/")[2]
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(SAGEMAKER_MAY_ASSUME_IT))
            may = json.dumps(MAY_WATCH_ROLLOUTS)
            iam.put_role_policy(RoleName=name, PolicyName="rollouts", PolicyDocument=may)
            s3.create_bucket(Bucket=ANSWERS_BUCKET)
        finally:
            iam.close()
            s3.close()
        return url

    def stop(self) -> None:
        self._part.stop()
