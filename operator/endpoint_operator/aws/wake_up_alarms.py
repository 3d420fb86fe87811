"""The alarms that wake asynchronous endpoints from zero: looked at, made and removed in CloudWatch."""

import logging
from collections.abc import Iterable

from endpoint_operator.aws.alarms import AlarmApi, LiveAlarm
from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.errors import is_denied
from endpoint_operator.aws.steps import Pass, StepRefused
from endpoint_operator.planning.async_wake_up import ALARM_PREFIX, alarm_name, watched
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.scaling.live import LiveWakeUpAlarm
from endpoint_operator.planning.scaling.steps import DeleteWakeUpAlarm, PutWakeUpAlarm, ScalableResource

log = logging.getLogger(__name__)


class WakeUpAlarms:
    """One alarm for each endpoint that may sleep; CloudWatch is asked for none where none sleeps."""

    def __init__(self, alarms: AlarmApi) -> None:
        self._alarms = alarms

    async def of(self, sleepers: Iterable[ScalableResource]) -> dict[ScalableResource, LiveWakeUpAlarm]:
        """Those that there are, by what they wake: one call for one sleeper, else one for 100 alarms.

        Raises CallFailed.
        """
        by_alarm = {alarm_name(resource.endpoint_name): resource for resource in sleepers}
        if not by_alarm:
            return {}
        one = list(by_alarm) if len(by_alarm) == 1 else None
        found = await (self._alarms.find_all(one) if one else self._alarms.beginning_with(ALARM_PREFIX))
        return {by_alarm[alarm.name]: _seen(alarm) for alarm in found if alarm.name in by_alarm}

    async def put(self, step: PutWakeUpAlarm, current: Pass, *, fires: str | None) -> None:
        """Make it, or make one of ours what it should be; `fires` is the ARN of its policy.

        Raises CallFailed, and StepRefused where the name is somebody else's or the policy is not visible yet.
        """
        if fires is None:
            raise StepRefused(_not_visible(step))
        there = await self._alarms.find(step.name)
        request = {**step.request, "AlarmActions": [fires]}
        if there is not None:
            current.refuse_foreign(await self._alarms.tags(there), what=f"the alarm {step.name}")
            request.pop("Tags", None)  # PutMetricAlarm leaves those of an alarm that exists as they are
        await self._alarms.put(request)

    async def delete(self, step: DeleteWakeUpAlarm, current: Pass) -> None:
        """Remove it where it is there and ours. Raises CallFailed.

        A deletion ends without the right to: an alarm that is left fires nothing and is named in the log.
        """
        try:
            await self._delete(step, current)
        except CallFailed as error:
            if not (current.endpoint.being_deleted and is_denied(error)):
                raise
            sentence = "the alarm %s may be left in CloudWatch, for the operator may not remove it (%s); delete it"
            log.warning(sentence, step.name, error, extra={"object": current.endpoint.object_name})

    async def _delete(self, step: DeleteWakeUpAlarm, current: Pass) -> None:
        there = await self._alarms.find(step.name)
        if there is None:
            return
        foreign = current.why_foreign(await self._alarms.tags(there), what=f"the alarm {step.name}")
        if foreign is not None:
            log.warning("%s; it is left alone", foreign.message, extra={"object": current.endpoint.object_name})
            return
        await self._alarms.delete(step.name)


def _seen(alarm: LiveAlarm) -> LiveWakeUpAlarm:
    configuration = alarm.configuration
    actions = configuration.get("AlarmActions") or () if configuration.get("ActionsEnabled", True) else ()
    return LiveWakeUpAlarm(name=alarm.name, configuration=watched(configuration), actions=tuple(actions))


def _not_visible(step: PutWakeUpAlarm) -> Fault:
    message = f"Application Auto Scaling does not show the policy {step.policy} yet, which the alarm {step.name} fires"
    return Fault(blame=Blame.WORLD, reason="NotVisibleYet", message=f"{message}; it is tried again")
