"""What IAM says of invocations of multi-model endpoints: a policy may name the models."""

from collections.abc import Iterator

import pytest

from sagemaker_simulator.access.policy import policy_of
from tests.simulator.multi_model_world import ask
from tests.simulator.running import RunningSimulator
from tests.simulator.world import World, refused

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sagemaker:InvokeEndpoint",
            "Resource": "arn:aws:sagemaker:*:*:endpoint/e1",
            "Condition": {"StringLike": {"sagemaker:TargetModel": ["tenant-7/*"]}},
        }
    ],
}


@pytest.fixture
def policed() -> Iterator[World]:
    simulator = RunningSimulator(settings={}, policy=policy_of(POLICY))
    simulator.start()
    world = World(simulator.url)
    yield world
    world.close()
    simulator.stop()


def test_a_policy_may_allow_the_models_of_one_tenant_and_no_others(policed: World) -> None:
    with refused("ValidationError", "Endpoint e1 of account"):  # past the policy
        ask(policed, "tenant-7/a.tar.gz")
    with refused("AccessDeniedException", "not authorized to perform: sagemaker:InvokeEndpoint on"):
        ask(policed, "tenant-8/a.tar.gz")
    with refused("AccessDeniedException", "not authorized to perform: sagemaker:InvokeEndpoint on"):
        policed.runtime.invoke_endpoint(EndpointName="e1", Body=b"x")
