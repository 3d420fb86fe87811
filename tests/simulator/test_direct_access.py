"""What IAM says of invocations: streams need InvokeEndpoint, and a policy may name the container."""

from collections.abc import Iterator
from typing import Any

import pytest

from sagemaker_simulator.access.policy import policy_of
from tests.simulator.running import RunningSimulator
from tests.simulator.several_containers_world import ask
from tests.simulator.world import World, refused

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sagemaker:InvokeEndpoint",
            "Resource": "arn:aws:sagemaker:*:*:endpoint/e1",
            "Condition": {"StringLike": {"sagemaker:TargetContainerHostname": ["common*"]}},
        },
        {"Effect": "Allow", "Action": "sagemaker:InvokeEndpoint", "Resource": "arn:aws:sagemaker:*:*:endpoint/open"},
    ],
}


@pytest.fixture(scope="module")
def policed() -> Iterator[World]:
    simulator = RunningSimulator(settings={}, policy=policy_of(POLICY))
    simulator.start()
    world = World(simulator.url)
    yield world
    world.close()
    simulator.stop()


def test_a_policy_may_allow_some_containers_and_no_others(policed: World) -> None:
    with refused("ValidationError", "Endpoint e1 of account"):  # past the policy
        ask(policed, TargetContainerHostname="commonPlace")
    named: Any = {"TargetContainerHostname": "private"}
    nothing: Any = {}
    for members in (named, nothing):
        with refused("AccessDeniedException", "not authorized to perform: sagemaker:InvokeEndpoint on"):
            ask(policed, **members)


def test_who_may_invoke_may_stream(policed: World) -> None:
    stream = policed.runtime.invoke_endpoint_with_response_stream
    with refused("ValidationError", "Endpoint open of account"):
        stream(EndpointName="open", Body=b"x")
    with refused("AccessDeniedException", "not authorized to perform: sagemaker:InvokeEndpoint on"):
        stream(EndpointName="closed", Body=b"x")
