"""The log of a failed container, over HTTP with boto3: the fleet that failed, without environment values."""

import sys

import pytest

from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.container_logs import ContainerLogs
from endpoint_operator.aws.endpoints import EndpointApi
from endpoint_operator.planning.failed_container import FailedContainer
from tests.simulator.world import ECR, World

IMAGE = f"{ECR}/chatty:1"
SECRET = "correct-horse-battery"
CHATTY = (
    "import os, sys\n"
    "for n in range(40): print(f'loading layer {n}')\n"
    "print('the token is ' + os.environ['TOKEN'])\n"
    "print('ValueError: no model in /opt/ml/model', end='')\n"
    "sys.exit(3)\n"
)
DENIED = {"code": "AccessDeniedException", "message": "not authorized", "status": 400}


@pytest.fixture
def world(empty_world: World) -> World:
    """A simulator with an endpoint e1 whose container printed a secret and ended."""
    empty_world.settings(images=[IMAGE], servers={IMAGE: {"command": [sys.executable, "-u", "-c", CHATTY]}})
    container = {"Image": IMAGE, "Environment": {"TOKEN": SECRET}}
    empty_world.given_model(PrimaryContainer=container)
    empty_world.given_config()
    empty_world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    empty_world.finish("e1", "Failed")
    return empty_world


async def container(calls: Calls, *, since: str | None = None, secret: bool = True) -> FailedContainer:
    live = await EndpointApi(calls).describe("e1")
    assert live is not None
    return FailedContainer(
        container=None,
        endpoint_name="e1",
        variant="AllTraffic",
        since=since or live.created,
        model_names=("m1",),
        plain_values=() if secret else (SECRET,),
        has_hidden_values=secret,
    )


@pytest.mark.parametrize("secret", [True, False])
async def test_its_last_lines_are_read_in_two_calls_and_no_value_is_in_them(
    world: World, calls: Calls, *, secret: bool
) -> None:
    lines = await ContainerLogs(calls).last_lines(await container(calls, secret=secret))
    assert lines[-2:] == ("the token is ***", "ValueError: no model in /opt/ml/model")
    assert len(lines) == 20
    asked = [row["operation"] for row in world.calls() if row["accessKey"] == "operator" and row["service"] == "logs"]
    assert asked == ["DescribeLogStreams", "GetLogEvents"]


async def test_the_log_of_an_older_fleet_is_not_told(world: World, calls: Calls) -> None:
    world.advance(3600)
    failed = await container(calls, since="2199-01-01T00:00:00Z")
    assert await ContainerLogs(calls).last_lines(failed) == ()


@pytest.mark.parametrize(
    "match",
    [
        {"operation": "DescribeLogStreams"},
        {"operation": "GetLogEvents"},
        {"operation": "DescribeModel"},  # what must be hidden is not known then
    ],
)
async def test_where_something_may_not_be_read_nothing_is_told(
    world: World, calls: Calls, match: dict[str, str]
) -> None:
    failed = await container(calls)
    world.fault(match=match, error=DENIED)
    assert await ContainerLogs(calls).last_lines(failed) == ()


async def test_an_endpoint_that_never_wrote_a_line_has_no_log(calls: Calls) -> None:
    failed = await container(calls)
    silent = FailedContainer(**{**vars(failed), "endpoint_name": "e2"})
    assert await ContainerLogs(calls).last_lines(silent) == ()
