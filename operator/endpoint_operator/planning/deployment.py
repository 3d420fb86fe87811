"""How a new fleet takes over: UpdateEndpoint's DeploymentConfig from `spec.rollout`.

Source of the members and their bounds: SageMaker API reference, DeploymentConfig; Developer Guide, deployment
guardrails.
"""

from collections.abc import Sequence
from typing import Any

from endpoint_operator.api.rollout import Rollout, Step, Strategy
from endpoint_operator.planning.requests import only_set

_ROUTING = {Strategy.ALL_AT_ONCE: "ALL_AT_ONCE", Strategy.CANARY: "CANARY", Strategy.LINEAR: "LINEAR"}
_SIZE = {Strategy.CANARY: "CanarySize", Strategy.LINEAR: "LinearStepSize"}


def is_guarded(rollout: Rollout | None) -> bool:
    """Whether SageMaker moves the traffic in steps."""
    return rollout is not None and rollout.strategy != Strategy.ALL_AT_ONCE


def has_stages(rollout: Rollout | None) -> bool:
    """Whether there is more to tell of the rollout than that it is under way."""
    return rollout is not None and rollout != Rollout()


def deployment_config(rollout: Rollout | None, *, alarm_names: Sequence[str]) -> dict[str, Any] | None:
    """None where the spec asks for nothing but SageMaker's default."""
    if rollout is None or not has_stages(rollout):
        return None
    rolling = rollout.strategy == Strategy.ROLLING
    alarms = [{"AlarmName": name} for name in alarm_names]
    return only_set(
        {
            "RollingUpdatePolicy": _rolling(rollout) if rolling else None,
            "BlueGreenUpdatePolicy": None if rolling else _blue_green(rollout),
            "AutoRollbackConfiguration": {"Alarms": alarms} if alarms else None,
        }
    )


def _rolling(rollout: Rollout) -> dict[str, Any]:
    return only_set(
        {
            "MaximumBatchSize": _capacity(rollout.step),
            "WaitIntervalInSeconds": rollout.wait_seconds,
            "MaximumExecutionTimeoutInSeconds": rollout.max_execution_seconds,
        }
    )


def _blue_green(rollout: Rollout) -> dict[str, Any]:
    size = _SIZE.get(rollout.strategy)
    routing = {
        "Type": _ROUTING[rollout.strategy],
        "WaitIntervalInSeconds": rollout.wait_seconds or 0,
        **({size: _capacity(rollout.step)} if size else {}),
    }
    return only_set(
        {
            "TrafficRoutingConfiguration": routing,
            "TerminationWaitInSeconds": rollout.termination_wait_seconds,
            "MaximumExecutionTimeoutInSeconds": rollout.max_execution_seconds,
        }
    )


def _capacity(step: Step | None) -> dict[str, Any] | None:
    if step is None:
        return None
    if step.percent is not None:
        return {"Type": "CAPACITY_PERCENT", "Value": step.percent}
    return {"Type": "INSTANCE_COUNT", "Value": step.instances}
