"""Which fields of the API this release does not act on yet. A field counts as used when it differs from its default."""

from collections.abc import Callable

from endpoint_operator.api.containers import Compression, Container
from endpoint_operator.api.rollout import Rollout
from endpoint_operator.api.spec import AdoptionPolicy, InferenceEndpointSpec, Mode, ReplacePolicy

_Check = Callable[[InferenceEndpointSpec], bool]

_LATER: tuple[tuple[str, _Check], ...] = (
    ("spec.mode", lambda spec: spec.mode != Mode.REAL_TIME),
    ("spec.assumeRoleArn", lambda spec: spec.assume_role_arn is not None),
    ("spec.containers[1]", lambda spec: len(spec.containers or ()) > 1),
    ("spec.containerInvocation", lambda spec: spec.container_invocation is not None),
    ("spec.instance.pools", lambda spec: spec.instance is not None and bool(spec.instance.pools)),
    ("spec.instance.overrides", lambda spec: spec.instance is not None and bool(spec.instance.overrides)),
    ("spec.variants", lambda spec: spec.variants is not None),
    ("spec.shadow", lambda spec: spec.shadow is not None),
    ("spec.autoscaling", lambda spec: spec.autoscaling is not None),
    ("spec.rollout", lambda spec: spec.rollout is not None and spec.rollout != Rollout()),
    ("spec.dataCapture", lambda spec: spec.data_capture is not None),
    ("spec.network", lambda spec: spec.network is not None and spec.network.model_dump(exclude_defaults=True) != {}),
    ("spec.kmsKeyId", lambda spec: spec.kms_key_id is not None),
    ("spec.rolloutOnInputChange", lambda spec: spec.rollout_on_input_change),
    ("spec.adoptionPolicy", lambda spec: spec.adoption_policy != AdoptionPolicy.NEVER),
    ("spec.paused", lambda spec: spec.paused),
    ("spec.stopped", lambda spec: spec.stopped),
    ("spec.replacePolicy", lambda spec: spec.replace_policy != ReplacePolicy.REFUSE),
    ("spec.export", lambda spec: spec.export is not None),
    ("spec.overrides", lambda spec: spec.overrides is not None and spec.overrides.model_dump(exclude_none=True) != {}),
)


def not_yet_supported(spec: InferenceEndpointSpec, *, region: str) -> list[str]:
    """Paths of the fields in use that this release does not act on. `region` is the operator's."""
    fields = [path for path, is_used in _LATER if is_used(spec)]
    if spec.region is not None and spec.region != region:
        fields.append("spec.region")
    if spec.mode == Mode.REAL_TIME:
        for index, container in enumerate(spec.containers or ()):
            fields.extend(f"spec.containers[{index}].{field}" for field in _later_in_container(container))
    return fields


def _later_in_container(container: Container) -> list[str]:
    fields = []
    if container.framework is not None:
        fields.append("framework")
    if container.model_package_arn is not None:
        fields.append("modelPackageArn")
    if container.model_data is not None and container.model_data.compression != Compression.GZIP:
        fields.append("modelData.compression")
    for index, variable in enumerate(container.environment or ()):
        if variable.value_from is not None:
            fields.append(f"environment[{index}].valueFrom")
    if container.overrides:
        fields.append("overrides")
    return fields
