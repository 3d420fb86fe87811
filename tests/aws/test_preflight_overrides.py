"""Overrides are held against the API that they go to, each with its path."""

from typing import Any

import pytest

from tests.aws.looker import Looker, one
from tests.simulator.world import NULL_IMAGE, World


@pytest.fixture
def world(empty_world: World) -> World:
    """A simulator with the operator's default role and nothing else."""
    empty_world.given_role("operators-default")
    return empty_world


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (
            one({"image": NULL_IMAGE, "overrides": {"ImageConfig": {"Mode": "Vpc"}}}),
            'spec.containers[0].overrides: Missing required parameter in ImageConfig: "RepositoryAccessMode"',
        ),
        (
            one({"image": NULL_IMAGE, "overrides": {"Nonsense": 1}}),
            'spec.containers[0].overrides: Unknown parameter in input: "Nonsense"',
        ),
        (
            {**one(), "instance": {"type": "ml.m5.large", "overrides": {"EnableSSMAccess": "yes"}}},
            "spec.instance.overrides: Invalid type for parameter EnableSSMAccess",
        ),
        (one(overrides={"model": {"Nonsense": 1}}), 'spec.overrides.model: Unknown parameter in input: "Nonsense"'),
        (
            one(overrides={"endpointConfig": {"ExplainerConfig": []}}),
            "spec.overrides.endpointConfig: Invalid type for parameter ExplainerConfig",
        ),
        (
            one(overrides={"endpoint": {"Nonsense": {}}}),
            'spec.overrides.endpoint: Unknown parameter in input: "Nonsense"',
        ),
    ],
)
async def test_an_override_that_does_not_fit_the_api_is_said_with_its_path(
    operator: Looker, wanted: dict[str, Any], sentence: str
) -> None:
    fault = (await operator.looks(wanted)).fault
    assert fault is not None
    assert (fault.reason, fault.about_inputs) == ("OverrideInvalid", False)
    assert fault.message.startswith(sentence)


async def test_overrides_that_fit_are_silent(operator: Looker) -> None:
    image = {"image": NULL_IMAGE, "overrides": {"ImageConfig": {"RepositoryAccessMode": "Platform"}}}
    environment = [{"name": "A", "value": "1"}]
    wide = {"endpointConfig": {"MetricsConfig": {"EnableEnhancedMetrics": True}}}
    wanted = one({**image, "environment": environment}, overrides=wide)
    wanted["instance"]["overrides"] = {"EnableSSMAccess": True}
    assert await operator.complaint(wanted) is None
