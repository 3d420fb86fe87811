"""The condition ModelCapacity: whether the models of a multi-model endpoint can all be loaded at once.

A warning and no more. SageMaker unloads the models that were used least when memory runs out, and the next caller of
one of them waits while it is loaded again (SageMaker Developer Guide, "Multi-model endpoints"); how much room a model
takes once it is loaded only its server knows, and it is seldom less than its archive.
"""

from dataclasses import dataclass

from endpoint_operator.api.conditions import Condition, ConditionStatus
from endpoint_operator.planning.instance_memory import InstanceMemory
from endpoint_operator.planning.model_counts import ModelCounts

MODEL_CAPACITY = "ModelCapacity"

_GIB = 1024**3
_MIB = 1024**2


@dataclass(frozen=True, kw_only=True)
class Room:
    """What the models have to fit into; `memory` is None where nothing is known of the type."""

    instance_type: str
    count: int
    memory: InstanceMemory | None


def capacity_condition(counts: ModelCounts, room: Room, *, generation: int, now: str) -> Condition:
    status, reason, message = _verdict(counts, room)
    return Condition(
        type=MODEL_CAPACITY,
        status=status,
        observed_generation=generation,
        last_transition_time=now,
        reason=reason,
        message=message,
    )


def _verdict(counts: ModelCounts, room: Room) -> tuple[ConditionStatus, str, str]:
    models = f"the archives of {counts.published} models are {_size(counts.published_bytes)} together"
    if room.memory is None:
        message = f"{models}, and how much memory {room.instance_type} has is not known to this release"
        return ConditionStatus.UNKNOWN, "MemoryUnknown", message
    there = f"{room.count} × {room.instance_type} with {room.memory} each"
    if counts.published_bytes <= room.count * room.memory.for_models_mib * _MIB:
        return ConditionStatus.TRUE, "ModelsFit", f"{models}, on {there}"
    message = (
        f"{models}, more than {there} can hold: SageMaker unloads those used least, and their next caller waits for "
        "them to be loaded; raise spec.instance.count, choose a larger spec.instance.type, or spread the models over "
        "several endpoints"
    )
    return ConditionStatus.FALSE, "ModelsExceedMemory", message


def _size(count: int) -> str:
    return f"{count / _GIB:.1f} GiB" if count >= _GIB else f"{max(1, round(count / _MIB))} MiB"
