"""Which fields of the API this release does not act on yet. A field counts as used when it differs from its default."""

from endpoint_operator.api.spec import InferenceEndpointSpec, Mode


def not_yet_supported(spec: InferenceEndpointSpec) -> list[str]:
    """Paths of the fields in use that this release does not act on."""
    return _packages_of_multi_model(spec)


def _packages_of_multi_model(spec: InferenceEndpointSpec) -> list[str]:
    """A model package brings model data of its own, and a multi-model container takes its models from a prefix."""
    if spec.mode != Mode.MULTI_MODEL:
        return []
    packages = [index for index, each in enumerate(spec.containers or ()) if each.model_package_arn is not None]
    return [f"spec.containers[{index}].modelPackageArn with mode MultiModel" for index in packages]
