"""The condition AutoscalingReady, told from the spec and status.autoscaling alone, so that it is the same each pass."""

from collections.abc import Sequence
from datetime import datetime

from endpoint_operator.api.conditions import Condition, ConditionStatus
from endpoint_operator.api.scaling_status import ScalingStatus
from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.history import timestamp
from endpoint_operator.planning.scaling.compare import is_ours
from endpoint_operator.planning.scaling.memory import asks_for, row_of
from endpoint_operator.planning.scaling.wanted import WantedScaling

AUTOSCALING_READY = "AutoscalingReady"

_NOT_REGISTERED, _CHANGING = "NotRegistered", "Changing"
UNDER_WAY = frozenset({_NOT_REGISTERED, _CHANGING})

_Told = tuple[ConditionStatus, str, str]


def autoscaling_condition(
    wanted: Sequence[WantedScaling],
    rows: Sequence[ScalingStatus],
    *,
    fault: Fault | None,
    generation: int,
    now: datetime,
) -> Condition | None:
    """The condition after a pass; None when there is nothing to be said, and an older one goes.

    `fault` is why a step on autoscaling failed in this pass.
    """
    if not wanted and not rows:
        return None
    status, reason, message = _told(wanted, rows, fault)
    return Condition(
        type=AUTOSCALING_READY,
        status=status,
        observed_generation=generation,
        last_transition_time=timestamp(now),
        reason=reason,
        message=message[:32768],
    )


def _told(wanted: Sequence[WantedScaling], rows: Sequence[ScalingStatus], fault: Fault | None) -> _Told:
    if fault is not None:
        return ConditionStatus.FALSE, fault.reason, fault.message
    pairs = [(item, row_of(rows, item.variant)) for item in wanted]
    waiting = [item.variant for item, row in pairs if row is None or not row.registered]
    if waiting:
        message = f"{', '.join(waiting)}: not registered; that is done when the endpoint is InService"
        return ConditionStatus.FALSE, _NOT_REGISTERED, message
    changing = [item.variant for item, row in pairs if row and not (asks_for(row, item) and row.asked.settled)]
    leaving = [row.name for row in rows if all(item.variant != row.name for item in wanted)]
    if changing or leaving:
        message = f"{', '.join([*changing, *leaving])}: autoscaling is not yet as the spec asks"
        return ConditionStatus.FALSE, _CHANGING, message
    return _in_place([(item, row) for item, row in pairs if row is not None])


def _in_place(pairs: list[tuple[WantedScaling, ScalingStatus]]) -> _Told:
    suspended = [f"{row.name}: {', '.join(row.suspended)}" for _, row in pairs if row.suspended]
    if suspended:
        message = (
            f"{'; '.join(suspended)}: somebody suspended it in Application Auto Scaling, and it is left so; "
            "resume it with register-scalable-target --suspended-state"
        )
        return ConditionStatus.FALSE, "Suspended", message
    serverless = any(item.instance_type is None for item, _ in pairs)
    whose = CONCURRENCY_IS_NOT_YOURS if serverless else COUNT_IS_NOT_YOURS
    message = f"{'; '.join(_bounds(item, row) for item, row in pairs)}. {whose}"
    foreign = [_foreign(item, row) for item, row in pairs]
    told = "; ".join(sentence for sentence in foreign if sentence)
    if told:
        return ConditionStatus.TRUE, "RegisteredWithOthers", f"{message}. {told}"
    return ConditionStatus.TRUE, "Registered", message


# What who runs `kubectl scale`, or points KEDA or an HPA at the scale subresource, must know.
COUNT_IS_NOT_YOURS = (
    "Autoscaling sets the number of instances; instance.count is only the first number, and scaling it has no effect"
)

CONCURRENCY_IS_NOT_YOURS = (
    "Autoscaling sets the provisioned concurrency; serverless.provisionedConcurrency is only the first number"
)


def _bounds(item: WantedScaling, row: ScalingStatus) -> str:
    of = ", as its schedules say" if item.schedules else ""
    woken = f"; the alarm {item.alarm.name} wakes it from 0" if item.alarm is not None else ""
    return f"{row.name} scales between {row.min_count} and {row.max_count}{of}{woken}"


def _foreign(item: WantedScaling, row: ScalingStatus) -> str:
    told = []
    policies = [name for name in row.policies if not is_ours(name)]
    schedules = [name for name in row.schedules if not is_ours(name)]
    if policies:
        told.append(
            f"on {row.name} there are policies made by hand ({', '.join(policies)}), which scale too and are left alone"
        )
    if schedules:
        effect = "they change its bounds" if item.schedules else "its bounds are put back within the hour"
        told.append(f"on {row.name} there are scheduled actions made by hand ({', '.join(schedules)}): {effect}")
    return "; ".join(told)
