"""The alarm that wakes a variant from zero, wanted and live: when it is put, and when it goes."""

from endpoint_operator.api.scaling_status import ScalingAsked
from endpoint_operator.planning.async_wake_up import WAKE_UP_POLICY, WantedAlarm
from endpoint_operator.planning.scaling.live import LiveScaling
from endpoint_operator.planning.scaling.steps import DeleteWakeUpAlarm, PutWakeUpAlarm, ScalableResource
from endpoint_operator.planning.scaling.wanted import WantedScaling


def alarm_to_put(wanted: WantedScaling, live: LiveScaling) -> tuple[PutWakeUpAlarm, ...]:
    """To be called after what puts the policy: an alarm fires it by its ARN."""
    alarm = wanted.alarm
    because = _why_put_alarm(alarm, live) if alarm is not None else None
    if alarm is None or because is None:
        return ()
    step = PutWakeUpAlarm(
        resource=wanted.resource, name=alarm.name, policy=WAKE_UP_POLICY, request=alarm.request, because=because
    )
    return (step,)


def _why_put_alarm(alarm: WantedAlarm, live: LiveScaling) -> str | None:
    """A policy that was made again has another ARN, and its alarm fires nothing until it is put again too."""
    policy = next((policy for policy in live.policies if policy.name == WAKE_UP_POLICY), None)
    there = live.wake_up_alarm
    if policy is None or there is None:
        return f"the alarm {alarm.name} fires no policy that is there"
    if there.actions != (policy.arn,):
        return f"the alarm {alarm.name} does not fire the policy {policy.name}"
    asked, found = alarm.configuration, there.configuration
    differing = sorted(key for key in {*asked, *found} if asked.get(key) != found.get(key))
    return f"the alarm {alarm.name} has another {', '.join(differing)}" if differing else None


def alarm_to_delete(asked: ScalingAsked, resource: ScalableResource, *, because: str) -> tuple[DeleteWakeUpAlarm, ...]:
    """The alarm goes before what it fires. What was asked for may be there, seen or not."""
    name = asked.wake_up_alarm
    return () if name is None else (DeleteWakeUpAlarm(resource=resource, name=name, because=because),)


def superfluous_alarm(wanted: WantedScaling, asked: ScalingAsked) -> tuple[DeleteWakeUpAlarm, ...]:
    """That of a variant which slept and no longer does."""
    if wanted.alarm is not None:
        return ()
    because = f"the variant {wanted.variant} no longer sleeps at zero"
    return alarm_to_delete(asked, wanted.resource, because=because)
