"""What Application Auto Scaling has for one variant, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.scaling.steps import ScalableResource


@dataclass(frozen=True, kw_only=True)
class LiveTarget:
    """A scalable target; `suspended` names the kinds of scaling that somebody switched off, as AWS calls them."""

    minimum: int
    maximum: int
    suspended: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LivePolicy:
    """`kind` is AWS's PolicyType; `configuration` is the member of DescribeScalingPolicies for that type."""

    name: str
    kind: str
    configuration: Mapping[str, Any] = field(default_factory=dict)
    arn: str | None = None


@dataclass(frozen=True, kw_only=True)
class LiveWakeUpAlarm:
    """The alarm that fires the wake-up policy, whoever made it."""

    name: str
    configuration: Mapping[str, Any] = field(default_factory=dict)
    """Members of PutMetricAlarm that say what it watches, as DescribeAlarms answers them."""
    actions: tuple[str, ...] = ()
    """ARNs of what it fires; none while somebody switched its actions off."""


@dataclass(frozen=True, kw_only=True)
class LiveSchedule:
    """A scheduled action; `limited` is whether it has a start or an end time, which ours never have."""

    name: str
    schedule: str
    timezone: str | None
    minimum: int | None
    maximum: int | None
    limited: bool = False


@dataclass(frozen=True, kw_only=True)
class LiveScaling:
    """Everything about one scalable target; without a target there are no policies and no schedules."""

    target: LiveTarget | None = None
    policies: tuple[LivePolicy, ...] = ()
    schedules: tuple[LiveSchedule, ...] = ()
    wake_up_alarm: LiveWakeUpAlarm | None = None
    """Looked for only where the policy that it fires is there."""


NOT_REGISTERED = LiveScaling()

# What was looked at; a resource that is not in it was not.
KnownScaling = Mapping[ScalableResource, LiveScaling]


@dataclass(frozen=True, kw_only=True)
class ScalingTrouble:
    """Why autoscaling of an endpoint could not be asked or changed lately, and in how many seconds it is tried again.

    Never the spec's fault: that is Stalled and not tried again.
    """

    fault: Fault
    retry_seconds: float
