"""Which fields of the API this release does not act on yet. A field counts as used when it differs from its default."""

from collections.abc import Callable

from endpoint_operator.api.spec import InferenceEndpointSpec, Mode

_Check = Callable[[InferenceEndpointSpec], bool]

_LATER: tuple[tuple[str, _Check], ...] = (
    ("spec.mode", lambda spec: spec.mode != Mode.REAL_TIME),
    ("spec.containers[1]", lambda spec: len(spec.containers or ()) > 1),
    ("spec.containerInvocation", lambda spec: spec.container_invocation is not None),
)


def not_yet_supported(spec: InferenceEndpointSpec) -> list[str]:
    """Paths of the fields in use that this release does not act on."""
    return [path for path, is_used in _LATER if is_used(spec)]
