"""Alarms of a rollout: made, or found already there and ours; deleted where they are ours."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from endpoint_operator.aws.alarms import AlarmApi
from endpoint_operator.aws.steps import Doer, Pass
from endpoint_operator.planning.steps import DeleteAlarm, PutMetricAlarm

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class AlarmSteps:
    alarms: AlarmApi

    def doers(self) -> Mapping[type, Doer]:
        return {PutMetricAlarm: self._put, DeleteAlarm: self._delete}

    async def _put(self, step: PutMetricAlarm, current: Pass) -> None:
        """Putting an alarm overwrites one of that name: whose it is, is looked at first."""
        there = await self.alarms.find(step.name)
        if there is None:
            await self.alarms.put(step.request)
            return
        current.refuse_foreign(await self.alarms.tags(there), what=f"the alarm {step.name}")

    async def _delete(self, step: DeleteAlarm, current: Pass) -> None:
        there = await self.alarms.find(step.name)
        if there is None:
            return
        foreign = current.why_foreign(await self.alarms.tags(there), what=f"the alarm {step.name}")
        if foreign is not None:
            log.warning("%s; it is left alone", foreign.message, extra={"object": current.endpoint.object_name})
            return
        await self.alarms.delete(step.name)
