"""A namespace for each test, in the world that its worker shares."""

import json
import random
import re
from collections.abc import Iterator

import pytest

from devworld.prerequisites import SAGEMAKER_MAY_ASSUME_IT
from devworld.world import World
from tests.cli.program import Program
from tests.cli.scene import ROLE, Scene


@pytest.fixture(scope="session")
def account(world: World) -> World:
    """The world with an execution role of these tests' own."""
    world.boto3("iam").create_role(
        RoleName=ROLE.rpartition("/")[2], AssumeRolePolicyDocument=json.dumps(SAGEMAKER_MAY_ASSUME_IT)
    )
    return world


@pytest.fixture
def program(account: World) -> Program:
    return Program.of(account)


@pytest.fixture
def scene(account: World, program: Program, request: pytest.FixtureRequest) -> Iterator[Scene]:
    """Its namespace has no hyphens: then the endpoint's name is plainly NAMESPACE-churn."""
    plain = re.sub(r"[^a-z0-9]", "", request.node.name.removeprefix("test_"))[:24]
    namespace = f"t{plain}{random.randrange(16**5):05x}"  # noqa: S311 - no secret
    account.kubectl("create", "namespace", namespace)
    yield Scene(account, program, namespace)
    account.kubectl("delete", "iep", "--all", "-n", namespace, "--wait=false")
