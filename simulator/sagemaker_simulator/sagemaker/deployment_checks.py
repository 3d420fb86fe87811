"""What SageMaker refuses of a DeploymentConfig. The rules are AWS's; AWS publishes none of its sentences for them.

Sources: BlueGreenUpdatePolicy, TrafficRoutingConfig and RollingUpdatePolicy in the SageMaker API reference (sizes,
"larger than the total waiting time", "only one update policy"); SageMaker Developer Guide, "Deployment guardrails",
pages "Exclusions" (variant names stay the same; rolling is for one variant) and "Use rolling deployments".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sagemaker_simulator.wire.errors import validation_exception

from .deployment_policy import CapacitySize, Policy, Strategy
from .records import Variant

Document = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What part of a variant's instances a step may be, in per cent, and what SageMaker calls the step."""

    member: str
    lowest: int
    highest: int = 50


_BOUNDS = {
    Strategy.CANARY: Bounds(member="CanarySize", lowest=1),
    Strategy.LINEAR: Bounds(member="LinearStepSize", lowest=10),
    Strategy.ROLLING: Bounds(member="MaximumBatchSize", lowest=5),
}


def check_document(deployment: Document | None) -> None:
    """Raise AwsError for what can be told wrong without an endpoint."""
    if deployment is None:
        return
    blue_green, rolling = deployment.get("BlueGreenUpdatePolicy"), deployment.get("RollingUpdatePolicy")
    if blue_green is not None and rolling is not None:
        raise validation_exception("Only one of BlueGreenUpdatePolicy and RollingUpdatePolicy can be specified.")
    if blue_green is not None:
        _check_routing(blue_green["TrafficRoutingConfiguration"])


def check_fit(policy: Policy, *, wanted: Sequence[Variant], current: Sequence[Variant], shadows: bool) -> None:
    """Raise AwsError for a policy that the endpoint cannot be updated with.

    `wanted` and `current` are the production variants after and before; `shadows` whether either has a shadow.
    """
    _check_time(policy)
    if not policy.is_guarded:
        return
    names, names_before = sorted(each.name for each in wanted), sorted(each.name for each in current)
    if names != names_before:
        raise validation_exception(
            f"Variant names must stay the same in a deployment with a {policy.strategy} policy: the endpoint has "
            f"{', '.join(names_before)}, the new endpoint configuration has {', '.join(names)}."
        )
    if policy.strategy is Strategy.ROLLING:
        _check_rolling(wanted, shadows=shadows)
    bounds = _BOUNDS.get(policy.strategy)
    if bounds is None or policy.step is None:
        return
    for variant in wanted:
        _check_size(policy.step, bounds, variant)


def _check_routing(routing: Document) -> None:
    for strategy in (Strategy.CANARY, Strategy.LINEAR):
        member = _BOUNDS[strategy].member
        if routing["Type"] == strategy and member not in routing:
            raise validation_exception(f"{member} must be specified when the traffic routing type is {strategy}.")
        if routing["Type"] != strategy and member in routing:
            raise validation_exception(
                f"{member} can only be specified when the traffic routing type is {strategy}, not {routing['Type']}."
            )


def _check_time(policy: Policy) -> None:
    waits = policy.wait_seconds + policy.termination_wait_seconds
    if policy.maximum_seconds is not None and policy.maximum_seconds <= waits:
        raise validation_exception(
            f"MaximumExecutionTimeoutInSeconds ({policy.maximum_seconds:g}) must be larger than the total of "
            f"WaitIntervalInSeconds and TerminationWaitInSeconds ({waits:g})."
        )


def _check_rolling(wanted: Sequence[Variant], *, shadows: bool) -> None:
    if len(wanted) > 1:
        raise validation_exception("RollingUpdatePolicy is not supported for endpoints with multiple variants.")
    if shadows:
        raise validation_exception("RollingUpdatePolicy is not supported for endpoints with shadow variants.")


def _check_size(step: CapacitySize, bounds: Bounds, variant: Variant) -> None:
    total = variant.desired_count
    percent = step.value if step.percent else 100 * step.value / total
    if not bounds.lowest <= percent <= bounds.highest:
        asked = f"{step.value} %" if step.percent else f"{step.value} of {total} instance(s)"
        raise validation_exception(
            f"{bounds.member} must be {bounds.lowest}-{bounds.highest} % of the total instance count of variant "
            f"{variant.name}, got {asked}."
        )
