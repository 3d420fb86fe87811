"""DeploymentConfig from spec.rollout, strategy by strategy, and rollouts that SageMaker cannot guard."""

from typing import Any

import pytest

from endpoint_operator.api.rollout import Rollout
from endpoint_operator.planning.decide import make_plan
from endpoint_operator.planning.deployment import deployment_config
from endpoint_operator.planning.plan import Situation
from tests.unit.edits import variants, with_shadow
from tests.unit.given import INPUTS, an_object, facts, known, live, row, spec, status

PERCENT = {"Type": "CAPACITY_PERCENT", "Value": 25}
WAITS = {"waitSeconds": 60, "step": {"percent": 25}}


def blue_green(routing: dict[str, Any], **beside: Any) -> dict[str, Any]:
    return {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing, **beside}}


@pytest.mark.parametrize(
    ("rollout", "expected"),
    [
        ({}, None),
        ({"strategy": "AllAtOnce"}, None),
        (
            {"terminationWaitSeconds": 300},
            blue_green({"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}, TerminationWaitInSeconds=300),
        ),
        (
            {"strategy": "Canary", **WAITS},
            blue_green({"Type": "CANARY", "WaitIntervalInSeconds": 60, "CanarySize": PERCENT}),
        ),
        (
            {"strategy": "Linear", **WAITS, "maxExecutionSeconds": 3600},
            blue_green(
                {"Type": "LINEAR", "WaitIntervalInSeconds": 60, "LinearStepSize": PERCENT},
                MaximumExecutionTimeoutInSeconds=3600,
            ),
        ),
        (
            {"strategy": "Rolling", "waitSeconds": 0, "step": {"instances": 2}},
            {
                "RollingUpdatePolicy": {
                    "MaximumBatchSize": {"Type": "INSTANCE_COUNT", "Value": 2},
                    "WaitIntervalInSeconds": 0,
                }
            },
        ),
    ],
    ids=["nothing", "all at once", "baking", "canary", "linear", "rolling"],
)
def test_each_strategy_has_its_members(rollout: dict[str, Any], expected: dict[str, Any] | None) -> None:
    assert deployment_config(Rollout.model_validate(rollout), alarm_names=()) == expected


@pytest.mark.parametrize("strategy", ["AllAtOnce", "Canary", "Rolling"])
def test_alarms_roll_back_whatever_the_strategy(strategy: str) -> None:
    guard = {} if strategy == "AllAtOnce" else WAITS
    rollout = Rollout.model_validate({"strategy": strategy, **guard, "alarms": [{"name": "a"}]})
    found = deployment_config(rollout, alarm_names=("a", "b"))
    assert found is not None
    assert found["AutoRollbackConfiguration"] == {"Alarms": [{"AlarmName": "a"}, {"AlarmName": "b"}]}


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        (spec(), variants(), "+blue, +green, -AllTraffic"),
        (variants(), variants(name="azure"), "+azure, -blue"),
        (spec(), with_shadow(), "+candidate"),
        (variants(), variants(containers=[{"image": "repo/churn:2"}]), None),
    ],
    ids=["from one to two", "renamed", "a shadow", "the same variants"],
)
@pytest.mark.parametrize("strategy", ["Canary", "AllAtOnce"])
def test_a_guarded_rollout_is_between_the_same_variants(
    before: dict[str, Any], after: dict[str, Any], named: str | None, strategy: str
) -> None:
    guard = {"strategy": strategy, **({} if strategy == "AllAtOnce" else WAITS)}
    settled = status(row(before), endpoint=known(live(before)))
    found = make_plan(an_object({**after, "rollout": guard}, status=settled), facts(live(before)), INPUTS)
    refused = named is not None and strategy == "Canary"
    assert found.situation == (Situation.USER_FAULT if refused else Situation.UPDATING)
    assert (found.reason == "VariantsChanged") == refused
    if named is not None and refused:
        assert named in found.message
        assert "AllAtOnce" in found.message, "the remedy"
