"""The condition Undocumented: what the spec asks for that AWS's documentation neither promises nor rules out.

Nothing is stopped by it: SageMaker's answer decides. Sources for multi-model endpoints: SageMaker Developer Guide, the
feature matrix of model deployment (deployment guardrails are left blank), "Supported algorithms, frameworks, and
instances for multi-model endpoints" (GPUs: instance types with a single one, and Triton); the API's enumeration of
predefined metrics for the high-resolution ones.
"""

from collections.abc import Iterator, Mapping, Sequence

from endpoint_operator.api.conditions import Condition, ConditionStatus, merged
from endpoint_operator.api.containers import Container
from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.spec import InferenceEndpointSpec, Mode
from endpoint_operator.api.status import InferenceEndpointStatus
from endpoint_operator.planning.deployment import is_guarded
from endpoint_operator.planning.instance_memory import InstanceMemory

UNDOCUMENTED = "Undocumented"

_TRITON = ("triton", "sagemaker-tritonserver")


def with_undocumented(
    endpoint: InferenceEndpoint,
    status: InferenceEndpointStatus,
    memory: Mapping[str, InstanceMemory],
    *,
    now: str,
) -> InferenceEndpointStatus:
    """The status with the condition where the spec asks for something of the kind, and without it elsewhere."""
    if endpoint.being_deleted:
        return status
    before = [each for each in status.conditions if each.type == UNDOCUMENTED]
    others = [each for each in status.conditions if each.type != UNDOCUMENTED]
    doubts = list(undocumented(endpoint.spec, memory))
    new = [_condition(doubts, generation=endpoint.generation, now=now)] if doubts else []
    return status.model_copy(update={"conditions": [*others, *merged(before if new else [], new)]})


def undocumented(spec: InferenceEndpointSpec, memory: Mapping[str, InstanceMemory]) -> Iterator[str]:
    """A sentence for each, with its field."""
    if spec.mode != Mode.MULTI_MODEL:
        return
    if is_guarded(spec.rollout) and spec.rollout is not None:
        yield (
            f"spec.rollout.strategy: {spec.rollout.strategy.value} is not documented for multi-model endpoints; "
            "SageMaker may replace all instances at once"
        )
    if spec.autoscaling is not None and spec.autoscaling.concurrent_requests_per_model is not None:
        yield (
            "spec.autoscaling.concurrentRequestsPerModel: its metric is not documented for multi-model endpoints; "
            "invocationsPerInstance is what AWS recommends for them"
        )
    yield from _of_gpus(spec, memory)


def _of_gpus(spec: InferenceEndpointSpec, memory: Mapping[str, InstanceMemory]) -> Iterator[str]:
    known = memory.get(spec.instance.type) if spec.instance is not None else None
    if spec.instance is None or known is None or not known.gpu_count:
        return
    if known.gpu_count > 1:
        yield (
            f"spec.instance.type: {spec.instance.type} has {known.gpu_count} GPUs, and multi-model endpoints are "
            "documented for types with one"
        )
    for index, container in enumerate(spec.containers or ()):
        if _is_another_framework(container):
            yield (
                f"spec.containers[{index}].framework.name: GPUs of multi-model endpoints are documented for triton only"
            )


def _is_another_framework(container: Container) -> bool:
    return container.framework is not None and container.framework.name not in _TRITON


def _condition(doubts: Sequence[str], *, generation: int, now: str) -> Condition:
    return Condition(
        type=UNDOCUMENTED,
        status=ConditionStatus.TRUE,
        observed_generation=generation,
        last_transition_time=now,
        reason="NotInAWSDocumentation",
        message="; ".join(doubts),
    )
