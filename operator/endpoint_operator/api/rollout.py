"""`spec.rollout`: how a new revision takes over from the old one (SageMaker deployment guardrails)."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from endpoint_operator.api.schema import ApiModel, atomic_list, rules, text

Wait = Annotated[int, Field(ge=0, le=3600)]


class Strategy(StrEnum):
    ALL_AT_ONCE = "AllAtOnce"
    CANARY = "Canary"
    LINEAR = "Linear"
    ROLLING = "Rolling"


class AlarmFleet(StrEnum):
    NEW = "New"
    BOTH = "Both"


class Step(ApiModel):
    """How much of the fleet moves at once."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            ("has(self.percent) != has(self.instances)", "give either step.percent or step.instances")
        )
    )

    percent: Annotated[int, Field(ge=1, le=100)] | None = None
    """Percent of the fleet: 1-50 for Canary, 10-50 for Linear, 5-50 for Rolling."""
    instances: Annotated[int, Field(ge=1, le=10000)] | None = None
    """Number of instances."""


class Alarm(ApiModel):
    """A CloudWatch alarm that rolls back: one that exists, or one that the operator makes and later removes."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            ("has(self.name) != has(self.metric)", "an alarm is either the name of one that exists or a metric"),
            (
                "has(self.metric) ? has(self.threshold) != has(self.thresholdSeconds) "
                ": !has(self.threshold) && !has(self.thresholdSeconds)",
                "an alarm on a metric takes threshold or thresholdSeconds; an alarm by name takes neither",
            ),
        )
    )

    name: Annotated[str, text(255)] | None = None
    """An alarm that exists."""
    metric: Annotated[str, text(255)] | None = None
    """A metric in AWS/SageMaker to make an alarm for."""
    statistic: Annotated[str, text(8, pattern=r"^(Average|Sum|p\d{1,2}(\.\d)?)$")] | None = None
    """Average, Sum or pNN. Default: Average."""
    threshold: float | None = None
    """The alarm rings above this value, in the metric's own unit."""
    threshold_seconds: Annotated[float, Field(ge=0)] | None = None
    """The same for latencies, in seconds (ModelLatency is in microseconds)."""
    period_seconds: Annotated[int, Field(ge=10, le=86400)] = 60
    """Length of a period."""
    evaluation_periods: Annotated[int, Field(ge=1, le=100)] = 1
    """How many periods in a row."""
    fleet: AlarmFleet = AlarmFleet.NEW
    """New: only what the new fleet does counts. Both: also the old one."""


class Rollout(ApiModel):
    """How a new revision takes over."""

    strategy: Strategy = Strategy.ALL_AT_ONCE
    """AllAtOnce, Canary, Linear or Rolling."""
    step: Step | None = None
    """Size of a step."""
    wait_seconds: Wait | None = None
    """Baking time after each step."""
    termination_wait_seconds: Wait | None = None
    """How long the old fleet is kept after the last step; with AllAtOnce this is the baking time."""
    max_execution_seconds: Annotated[int, Field(ge=600, le=28800)] | None = None
    """The rollout is rolled back when it takes longer."""
    alarms: Annotated[list[Alarm], atomic_list(max_items=10, min_items=1)] | None = None
    """Alarms that roll back."""
