"""Which fields of the API this release does not act on yet. A field counts as used when it differs from its default."""

from collections.abc import Callable

from endpoint_operator.api.spec import InferenceEndpointSpec, Mode

_Check = Callable[[InferenceEndpointSpec], bool]

_MODES = frozenset({Mode.REAL_TIME, Mode.ASYNC, Mode.SERVERLESS})

_LATER: tuple[tuple[str, _Check], ...] = (("spec.mode", lambda spec: spec.mode not in _MODES),)


def not_yet_supported(spec: InferenceEndpointSpec) -> list[str]:
    """Paths of the fields in use that this release does not act on."""
    return [path for path, is_used in _LATER if is_used(spec)]
