"""Which fields of the API this release does not act on yet. A field counts as used when it differs from its default."""

from collections.abc import Callable

from endpoint_operator.api.containers import Container
from endpoint_operator.api.spec import InferenceEndpointSpec, Mode
from endpoint_operator.planning.desired_variants import desired_variants

_Check = Callable[[InferenceEndpointSpec], bool]

_LATER: tuple[tuple[str, _Check], ...] = (
    ("spec.mode", lambda spec: spec.mode != Mode.REAL_TIME),
    ("spec.containers[1]", lambda spec: len(spec.containers or ()) > 1),
    ("spec.containerInvocation", lambda spec: spec.container_invocation is not None),
    ("spec.autoscaling", lambda spec: spec.autoscaling is not None),
    ("spec.rolloutOnInputChange", lambda spec: spec.rollout_on_input_change),
    ("spec.export", lambda spec: spec.export is not None),
)


def not_yet_supported(spec: InferenceEndpointSpec) -> list[str]:
    """Paths of the fields in use that this release does not act on."""
    fields = [path for path, is_used in _LATER if is_used(spec)]
    if spec.mode == Mode.REAL_TIME:
        for container in (container for variant in desired_variants(spec) for container in variant.containers):
            fields.extend(f"{container.field}.{field}" for field in _later_in_container(container.spec))
    return fields


def _later_in_container(container: Container) -> list[str]:
    fields = []
    if container.framework is not None:
        fields.append("framework")
    for index, variable in enumerate(container.environment or ()):
        if variable.value_from is not None:
            fields.append(f"environment[{index}].valueFrom")
    return fields
