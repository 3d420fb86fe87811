"""Scaling carried out: one activity begun, followed to its end, and remembered."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Final

from sagemaker_simulator.wire.errors import AwsError

from .capacity import Capacity, Count
from .holdings import Holdings
from .records import Activity, Holding, TargetKey

# Activities of the last six weeks are kept (DescribeScalingActivities in the API reference).
_KEPT: Final = timedelta(weeks=6)


class Scaler:
    """Changes counts and keeps the activities."""

    def __init__(self, holdings: Holdings, *, capacity: Capacity) -> None:
        self._holdings = holdings
        self._capacity = capacity

    def look(self, holding: Holding, key: TargetKey) -> Count | None:
        """Return the variant's count, None when there is none; an activity that is over by now is closed first."""
        count = self._capacity.look(
            account=holding.account,
            region=holding.region,
            endpoint=key.endpoint,
            variant=key.variant,
            dimension=key.scalable_dimension,
        )
        activities = holding.activities.get(key, [])
        if activities and activities[-1].ended is None:
            activities[-1] = self._followed(activities[-1], count)
        return count

    def begin(
        self, holding: Holding, key: TargetKey, *, before: int, after: int, cause: str, policy: str | None = None
    ) -> None:
        """Begin to change the count; SageMaker's refusal ends the activity as Failed."""
        now = self._holdings.clock.now()
        activity = Activity(
            id=str(uuid.uuid4()),
            key=key,
            description=f"Setting {key.scaled} to {after}.",
            cause=cause,
            started=now,
            before=before,
            after=after,
            status="InProgress",
            policy=policy,
        )
        try:
            self._capacity.change(
                account=holding.account,
                region=holding.region,
                endpoint=key.endpoint,
                variant=key.variant,
                dimension=key.scalable_dimension,
                count=after,
            )
        except AwsError as refused:
            message = f"Failed to set {key.scaled} to {after}. Reason: {refused.message}"
            activity = replace(activity, status="Failed", ended=now, message=message)
        self.remember(holding, activity)

    def remember(self, holding: Holding, activity: Activity) -> None:
        activities = holding.activities.setdefault(activity.key, [])
        activities.append(activity)
        oldest = self._holdings.clock.now() - _KEPT
        while activities[0].started < oldest:
            activities.pop(0)

    def _followed(self, activity: Activity, count: Count | None) -> Activity:
        now = self._holdings.clock.now()
        if count is None:
            return replace(activity, status="Failed", ended=now, message="The variant is gone.")
        if not count.at_rest:
            return activity
        if count.current == activity.after:
            message = (
                f"Successfully set {activity.key.scaled} to {activity.after}. "
                "Change successfully fulfilled by sagemaker."
            )
            return replace(activity, status="Successful", ended=count.modified, message=message)
        message = (
            f"Failed to set {activity.key.scaled} to {activity.after}: the endpoint came to rest with {count.current}."
        )
        return replace(activity, status="Failed", ended=count.modified, message=message)
