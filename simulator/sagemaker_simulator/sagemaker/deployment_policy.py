"""What a DeploymentConfig asks for: the one place that knows its members and its defaults.

Sources: DeploymentConfig and what it holds in the SageMaker API reference; SageMaker Developer Guide, "Deployment
guardrails for updating models in production".
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Strategy(StrEnum):
    """How traffic comes to the new fleet; the first three are blue/green and written as TrafficRoutingConfig.Type."""

    ALL_AT_ONCE = "ALL_AT_ONCE"
    CANARY = "CANARY"
    LINEAR = "LINEAR"
    ROLLING = "ROLLING"


@dataclass(frozen=True, kw_only=True)
class CapacitySize:
    """A part of a variant's instances, as a number of them or in per cent."""

    value: int
    percent: bool

    def instances(self, total: int) -> int:
        """Return how many of `total` instances that is: rounded up, so at least one; at most all."""
        wanted = math.ceil(total * self.value / 100) if self.percent else self.value
        return min(wanted, total)

    def share(self, total: int) -> float:
        """Return which part (0 to 1) of `total` instances was asked for, before any rounding to whole instances."""
        return min(1.0, self.value / 100 if self.percent else self.value / total)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A deployment as it is carried out. Seconds are simulated; `maximum_seconds` None: it may take for ever.

    `step` is the canary, the linear step or the batch; `rollback_step` the batch of a rolling rollback, None for all
    at once.
    """

    strategy: Strategy = Strategy.ALL_AT_ONCE
    step: CapacitySize | None = None
    rollback_step: CapacitySize | None = None
    wait_seconds: float = 0.0
    termination_wait_seconds: float = 0.0
    maximum_seconds: float | None = None
    alarms: tuple[str, ...] = ()

    @property
    def is_guarded(self) -> bool:
        """Tell whether the old and the new fleet ever answer side by side, or somebody watches."""
        return (
            self.strategy is not Strategy.ALL_AT_ONCE
            or bool(self.alarms)
            or self.wait_seconds + self.termination_wait_seconds > 0
        )


_STEP = {Strategy.CANARY: "CanarySize", Strategy.LINEAR: "LinearStepSize"}


def policy_of(deployment: Mapping[str, Any] | None) -> Policy:
    """Return the policy; without a DeploymentConfig, or without a policy in it, all at once.

    The document has passed `deployment_checks.check_document`.
    """
    document = deployment or {}
    alarms = document.get("AutoRollbackConfiguration", {}).get("Alarms", ())
    names = tuple(alarm["AlarmName"] for alarm in alarms if "AlarmName" in alarm)
    rolling = document.get("RollingUpdatePolicy")
    if rolling is not None:
        return Policy(
            strategy=Strategy.ROLLING,
            step=_size(rolling["MaximumBatchSize"]),
            rollback_step=_size(rolling.get("RollbackMaximumBatchSize")),
            wait_seconds=rolling["WaitIntervalInSeconds"],
            maximum_seconds=rolling.get("MaximumExecutionTimeoutInSeconds"),
            alarms=names,
        )
    blue_green = document.get("BlueGreenUpdatePolicy", {})
    routing = blue_green.get("TrafficRoutingConfiguration", {})
    strategy = Strategy(routing.get("Type", Strategy.ALL_AT_ONCE))
    return Policy(
        strategy=strategy,
        step=_size(routing.get(_STEP.get(strategy, ""))),
        wait_seconds=routing.get("WaitIntervalInSeconds", 0),
        termination_wait_seconds=blue_green.get("TerminationWaitInSeconds", 0),
        maximum_seconds=blue_green.get("MaximumExecutionTimeoutInSeconds"),
        alarms=names,
    )


def _size(document: Mapping[str, Any] | None) -> CapacitySize | None:
    if document is None:
        return None
    return CapacitySize(value=document["Value"], percent=document["Type"] == "CAPACITY_PERCENT")
