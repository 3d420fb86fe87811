"""What status.autoscaling remembers of each variant, and what follows from it: when to look, when the bounds are ours.

While schedules exist, the bounds that AWS shows say nothing of what the spec asked for, so that an edit of the spec can
only be told from the spec of the time before.
"""

from collections.abc import Sequence
from datetime import datetime

from endpoint_operator.api.scaling_status import ScalingAsked, ScalingStatus
from endpoint_operator.planning.history import timestamp
from endpoint_operator.planning.scaling.live import KnownScaling, LiveScaling
from endpoint_operator.planning.scaling.steps import ScalableResource
from endpoint_operator.planning.scaling.wanted import WantedScaling

# ScalingAsked.instance_type of a serverless variant.
SERVERLESS = "serverless"

# Far above Application Auto Scaling's quotas for one target (50 policies, 200 scheduled actions).
_MOST_POLICIES, _MOST_SCHEDULES = 50, 200


def row_of(rows: Sequence[ScalingStatus], variant: str) -> ScalingStatus | None:
    return next((row for row in rows if row.name == variant), None)


def resource_of(row: ScalingStatus, *, endpoint_name: str) -> ScalableResource:
    return ScalableResource(resource_id=f"endpoint/{endpoint_name}/variant/{row.name}", dimension=row.dimension)


def since_of(asked: ScalingAsked) -> datetime:
    return datetime.fromisoformat(asked.since)


def with_intent(
    wanted: WantedScaling, row: ScalingStatus | None, *, serving_type: str | None, now: datetime
) -> ScalingStatus:
    """The row that says what is asked for now; the same row when it says so already.

    `serving_type` is the instance type of the variant that serves, None where nobody knows it.

    Editing minCount or maxCount puts them until the next schedule runs. Editing schedules does not: of the edited ones
    the last that would have run counts.
    """
    asked = _asked(wanted, row.asked if row is not None else None, serving_type=serving_type, now=now)
    if row is None:
        return ScalingStatus(name=wanted.variant, dimension=wanted.resource.dimension, asked=asked)
    return row if asked == row.asked else row.model_copy(update={"asked": asked})


def _asked(
    wanted: WantedScaling, before: ScalingAsked | None, *, serving_type: str | None, now: datetime
) -> ScalingAsked:
    own = (wanted.spec.min_count, wanted.spec.max_count)
    known_type = before.instance_type if before is not None else None
    same_own = before is not None and own == (before.min_count, before.max_count)
    same_schedules = before is not None and before.schedules_digest == wanted.schedules_digest
    same_policies = before is not None and before.policies_digest == wanted.policies_digest
    return ScalingAsked(
        min_count=own[0],
        max_count=own[1],
        since=before.since if before is not None and same_own else timestamp(now),
        schedules_digest=wanted.schedules_digest,
        policies_digest=wanted.policies_digest,
        instance_type=serving_type or known_type,
        wake_up_alarm=wanted.alarm.name if wanted.alarm is not None else before.wake_up_alarm if before else None,
        bounds_put=before is not None and before.bounds_put and same_own and same_schedules,
        settled=before is not None and before.settled and same_own and same_schedules and same_policies,
    )


def asks_for(row: ScalingStatus, wanted: WantedScaling) -> bool:
    """Whether the row asks for what the spec does."""
    asked = row.asked
    return (asked.min_count, asked.max_count, asked.schedules_digest, asked.policies_digest) == (
        wanted.spec.min_count,
        wanted.spec.max_count,
        wanted.schedules_digest,
        wanted.policies_digest,
    )


def seen(row: ScalingStatus, live: LiveScaling) -> ScalingStatus:
    """The row with what AWS shows."""
    target = live.target
    return row.model_copy(
        update={
            "min_count": target.minimum if target is not None else None,
            "max_count": target.maximum if target is not None else None,
            "policies": sorted(policy.name for policy in live.policies)[:_MOST_POLICIES],
            "schedules": sorted(item.name for item in live.schedules)[:_MOST_SCHEDULES],
            "suspended": sorted(target.suspended) if target is not None else [],
        }
    )


def in_place(row: ScalingStatus) -> ScalingStatus:
    """The row once everything that it asks for was seen."""
    asked = row.asked.model_copy(update={"settled": True, "bounds_put": True})
    return row if asked == row.asked else row.model_copy(update={"asked": asked})


def without_alarm(row: ScalingStatus) -> ScalingStatus:
    """The row once its alarm is removed."""
    return row.model_copy(update={"asked": row.asked.model_copy(update={"wake_up_alarm": None})})


def unsettled(row: ScalingStatus) -> ScalingStatus:
    """The row once something was changed: the next pass looks whether it is in place."""
    return row.model_copy(update={"asked": row.asked.model_copy(update={"settled": False})})


def released(row: ScalingStatus) -> ScalingStatus:
    """The row of a target that was deregistered and is to come back."""
    nothing: dict[str, object] = {
        "min_count": None,
        "max_count": None,
        "policies": [],
        "schedules": [],
        "suspended": [],
    }
    return unsettled(row.model_copy(update=nothing))


def resources_to_look_at(
    wanted: Sequence[WantedScaling], rows: Sequence[ScalingStatus]
) -> tuple[ScalableResource, ...]:
    """What the pass must ask AWS about: what was asked for and not yet seen. Nothing at rest: the hourly lists tell."""
    found = []
    for item in wanted:
        row = row_of(rows, item.variant)
        if row is not None and asks_for(row, item) and not row.asked.settled:
            found.append(item.resource)
    return tuple(found)


def missing_from_lists(
    wanted: Sequence[WantedScaling], rows: Sequence[ScalingStatus], listed: KnownScaling
) -> tuple[ScalableResource, ...]:
    """What was seen of `wanted` and is not in the lists. They come in pages, and what is removed between two pages may
    push something else off both: nothing is put again before a look of its own."""
    return tuple(
        item.resource
        for item in wanted
        if (row := row_of(rows, item.variant)) is not None
        and (live := listed.get(item.resource)) is not None
        and _has_lost(row, live)
    )


def _has_lost(row: ScalingStatus, live: LiveScaling) -> bool:
    now = seen(row, live)
    lost_target = row.min_count is not None and now.min_count is None
    return lost_target or not (set(row.policies) <= set(now.policies) and set(row.schedules) <= set(now.schedules))
