"""What is asked for of autoscaling and what AWS has of it, as plain data."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from endpoint_operator.api.autoscaling import Autoscaling
from endpoint_operator.api.scaling_status import ScalingAsked, ScalingStatus
from endpoint_operator.planning.scaling.live import (
    LivePolicy,
    LiveScaling,
    LiveSchedule,
    LiveTarget,
)
from endpoint_operator.planning.scaling.plan import (
    ScalingDecision,
    ScalingQuestion,
    decide_scaling,
)
from endpoint_operator.planning.scaling.steps import TARGET_TRACKING
from endpoint_operator.planning.scaling.wanted import WantedScaling, scalable_resource, wanted_scaling

# A Sunday evening in Seoul; Friday's morning and evening have run.
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
THURSDAY = "2026-11-19T01:00:00Z"
OFFICE_HOURS = [
    {"name": "morning", "schedule": "cron(0 8 ? * MON-FRI *)", "timezone": "Asia/Seoul", "minCount": 4, "maxCount": 12},
    {"name": "evening", "schedule": "cron(0 19 ? * MON-FRI *)", "timezone": "Asia/Seoul", "minCount": 2, "maxCount": 5},
]
RESOURCE = scalable_resource(endpoint_name="ml-churn", variant="blue")


def wanted(*, variant: str = "blue", instance_type: str | None = "ml.m5.large", **fields: Any) -> WantedScaling:
    spec = Autoscaling.model_validate({"minCount": 1, "maxCount": 4, "invocationsPerInstance": 500, **fields})
    return wanted_scaling(spec, endpoint_name="ml-churn", variant=variant, instance_type=instance_type, tags={})


def in_aws(item: WantedScaling, *, low: int = 1, high: int = 4, **changes: Any) -> LiveScaling:
    """What AWS has once all was put; `changes` are members of LiveScaling."""
    live = LiveScaling(
        target=LiveTarget(minimum=low, maximum=high),
        policies=tuple(
            LivePolicy(name=policy.name, kind=TARGET_TRACKING, configuration=policy.configuration)
            for policy in item.policies
        ),
        schedules=tuple(
            LiveSchedule(
                name=action.name,
                schedule=action.schedule,
                timezone=action.timezone,
                minimum=action.minimum,
                maximum=action.maximum,
            )
            for action in item.schedules
        ),
    )
    return replace(live, **changes)


def row(item: WantedScaling, *, since: str = THURSDAY, live: LiveScaling | None = None, **asked: Any) -> ScalingStatus:
    """The row of a variant whose autoscaling was put and seen; `asked` are members of ScalingAsked."""
    shown = live or in_aws(item)
    remembered = ScalingAsked(
        min_count=item.spec.min_count,
        max_count=item.spec.max_count,
        since=since,
        schedules_digest=item.schedules_digest,
        policies_digest=item.policies_digest,
        instance_type=item.instance_type,
        bounds_put=True,
        settled=True,
    )
    return ScalingStatus(
        name=item.variant,
        dimension=item.resource.dimension,
        min_count=shown.target.minimum if shown.target else None,
        max_count=shown.target.maximum if shown.target else None,
        policies=sorted(policy.name for policy in shown.policies),
        schedules=sorted(action.name for action in shown.schedules),
        asked=remembered.model_copy(update=asked),
    )


def question(*items: WantedScaling, **members: Any) -> ScalingQuestion:
    names = frozenset(item.variant for item in items)
    given = {
        "endpoint_name": "ml-churn",
        "wanted": items,
        "rows": (),
        "known": {},
        "spec_variants": names,
        "live_variants": names,
        "serves_wanted": True,
        "update_follows": False,
        "now": NOW,
        **members,
    }
    return ScalingQuestion(**given)


def decided(*items: WantedScaling, **members: Any) -> ScalingDecision:
    decision = decide_scaling(question(*items, **members))
    assert decision is not None
    return decision


def calls(decision: ScalingDecision) -> list[str]:
    return [type(step).__name__ for step in decision.steps]
