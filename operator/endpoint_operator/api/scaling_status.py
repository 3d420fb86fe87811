"""`status.autoscaling`: what is registered for each variant, and what of it must outlive a restart."""

from typing import Annotated

from pydantic import Field

from endpoint_operator.api.schema import atomic_list
from endpoint_operator.api.status_model import StatusModel, Text, Time


class ScalingAsked(StatusModel):
    """What was last asked of Application Auto Scaling; written before the first call of a change."""

    min_count: int
    """autoscaling.minCount then."""
    max_count: int
    """autoscaling.maxCount then."""
    since: Time
    """When these two became the bounds; only schedules that ran later have changed them."""
    schedules_digest: Text
    """Digest of the schedules."""
    policies_digest: Text
    """Digest of the scaling policies."""
    instance_type: Text | None = None
    """What the fleet runs on, which cannot change while it is registered; unknown where an older revision serves."""
    wake_up_alarm: Text | None = None
    """The alarm that wakes the variant from zero; from before it is made until it is removed."""
    bounds_put: bool = False
    """Whether the bounds were put since they or the schedules changed; from then on they are the schedules'."""
    settled: bool = False
    """Whether everything was seen in place since it was asked for."""


class ScalingStatus(StatusModel):
    """One variant that is, or is about to be, registered with Application Auto Scaling."""

    name: Text
    """Name of the variant."""
    dimension: Text
    """What is scaled: Application Auto Scaling's scalable dimension."""
    min_count: int | None = None
    """Lower bound as last seen; none while nothing is registered."""
    max_count: int | None = None
    """Upper bound as last seen."""
    policies: Annotated[list[Text], atomic_list(max_items=50)] = Field(default_factory=list)
    """Names of the scaling policies as last seen, those made by hand among them."""
    schedules: Annotated[list[Text], atomic_list(max_items=200)] = Field(default_factory=list)
    """Names of the scheduled actions as last seen, those made by hand among them."""
    suspended: Annotated[list[Text], atomic_list(max_items=3)] = Field(default_factory=list)
    """Kinds of scaling that somebody switched off."""
    asked: ScalingAsked
    """What was last asked for."""

    @property
    def registered(self) -> bool:
        return self.min_count is not None
