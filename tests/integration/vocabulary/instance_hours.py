"""How many instances an endpoint really had over time, as Application Auto Scaling remembers what it changed."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.integration.vocabulary.scaling_truth import SERVICE, ScalingTruth
from tests.integration.vocabulary.status_history import hours

if TYPE_CHECKING:
    from tests.integration.vocabulary.endpoint import Endpoint
    from tests.integration.vocabulary.scene import Scene


@dataclass(frozen=True, kw_only=True)
class Count:
    """So many instances from that simulated time on."""

    since: datetime
    instances: int


def counts(scene: "Scene", endpoint: "Endpoint", *, before: Count) -> list[Count]:
    """`before`, and what every scaling activity that ended since then left.

    SageMaker's CurrentInstanceCount changes at the end of an activity, upwards and downwards. `before` is what the last
    activity until then left.
    """
    pages = (
        scene.boto3(SERVICE)
        .get_paginator("describe_scaling_activities")
        .paginate(ServiceNamespace="sagemaker", ResourceId=ScalingTruth(scene, endpoint).resource_id())
    )
    activities = [activity for page in pages for activity in page["ScalingActivities"]]
    assert {activity["StatusCode"] for activity in activities} == {"Successful"}
    left = [Count(since=each["EndTime"], instances=_wanted(each["Description"])) for each in activities]
    left.sort(key=lambda count: count.since)
    earlier = [each.instances for each in left if each.since <= before.since]
    assert earlier[-1:] == [before.instances], f"{before} is not what was there: {left}"
    return [before, *left[len(earlier) :]]


def instance_hours(history: Sequence[Count], *, until: datetime) -> Decimal:
    ends = [*(count.since for count in history[1:]), until]
    return sum(
        (count.instances * hours(count.since, end) for count, end in zip(history, ends, strict=True)), Decimal(0)
    )


def unseen_instance_hours(history: Sequence[Count], lists: Sequence[datetime]) -> Decimal:
    """What may be missed at most by who learns of each change by the second list after it; `lists` oldest first.

    The first may have been answered before the change, the second cannot.
    """
    changes = [(abs(after.instances - before.instances), after.since) for before, after in pairwise(history)]
    return sum((step * hours(at, lists[bisect_right(lists, at) + 1]) for step, at in changes), Decimal(0))


def _wanted(description: str) -> int:
    found = re.search(r"to (\d+)\.$", description)
    assert found is not None, description
    return int(found.group(1))
