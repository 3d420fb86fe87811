"""Everything in AWS that an InferenceEndpoint refers to, by the path in its manifest."""

from collections.abc import Iterator, Mapping
from typing import Any

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.planning.desired import Desired
from endpoint_operator.planning.desired_variants import DesiredContainer, DesiredVariant
from endpoint_operator.planning.tenancy.request_strings import strings_of
from endpoint_operator.planning.tenancy.things import Reference, Thing

_MODEL_FIELDS = {
    "ExecutionRoleArn": "spec.executionRoleArn",
    "VpcConfig.Subnets": "spec.network.subnetIds",
    "VpcConfig.SecurityGroupIds": "spec.network.securityGroupIds",
}
_CONFIG_FIELDS = {
    "KmsKeyId": "spec.kmsKeyId",
    "DataCaptureConfig.DestinationS3Uri": "spec.dataCapture.s3Uri",
    "DataCaptureConfig.KmsKeyId": "spec.dataCapture.kmsKeyId",
    "AsyncInferenceConfig.OutputConfig.S3OutputPath": "spec.async.outputS3Uri",
    "AsyncInferenceConfig.OutputConfig.S3FailurePath": "spec.async.failureS3Uri",
    "AsyncInferenceConfig.OutputConfig.KmsKeyId": "spec.async.kmsKeyId",
    "AsyncInferenceConfig.OutputConfig.NotificationConfig.SuccessTopic": "spec.async.successTopicArn",
    "AsyncInferenceConfig.OutputConfig.NotificationConfig.ErrorTopic": "spec.async.errorTopicArn",
}
# Below containers[], with `{}` for its path.
_CONTAINER_FIELDS = {
    "ModelPackageName": "{}.modelPackageArn",
    "ModelDataUrl": "{}.modelData.s3Uri",
    "ModelDataSource.S3DataSource.S3Uri": "{}.modelData.s3Uri",
}
_CONTAINERS = ("PrimaryContainer", "Containers")
_VARIANTS = ("ProductionVariants", "ShadowProductionVariants")


def where_it_is(endpoint: InferenceEndpoint) -> tuple[Reference, ...]:
    """What is used by looking alone: the role that calls are made with, and a name that is not the object's own."""
    spec = endpoint.spec
    role = spec.assume_role_arn
    found = [Reference(thing=Thing.ASSUMED_ROLE, field="spec.assumeRoleArn", value=role)] if role is not None else []
    if spec.endpoint_name is not None:
        name = Reference(thing=Thing.ENDPOINT_NAME, field="spec.endpointName", value=spec.endpoint_name)
        found.append(name)
    return tuple(found)


def references_of(endpoint: InferenceEndpoint, desired: Desired) -> tuple[Reference, ...]:
    """Each once, in the order in which SageMaker would be told of them."""
    found = (
        *where_it_is(endpoint),
        *_of_models(desired),
        *_of_config(desired),
        *_named(desired.endpoint_overrides, {}, otherwise="spec.overrides.endpoint"),
        *_of_alarms(desired),
    )
    return tuple(dict.fromkeys(found))


def _of_models(desired: Desired) -> Iterator[Reference]:
    for variant, step in zip(desired.variants, desired.create_models(), strict=True):
        whole = {name: value for name, value in step.request.items() if name not in _CONTAINERS}
        yield from _named(whole, _MODEL_FIELDS, otherwise="spec.overrides.model")
        yield from _of_containers(desired, variant, step.request)


def _of_containers(desired: Desired, variant: DesiredVariant, request: Mapping[str, Any]) -> Iterator[Reference]:
    """An override that replaced them all (which is refused) has other positions than the spec."""
    definitions = [request[name] for name in _CONTAINERS if name in request]
    listed = [each for group in definitions for each in (group if isinstance(group, list) else [group])]
    if len(listed) != len(variant.containers):
        yield from _named({"Containers": listed}, {}, otherwise="spec.overrides.model")
        return
    multi_model = desired.spec.multi_model is not None
    for container, definition in zip(variant.containers, listed, strict=True):
        yield from _of_container(container, definition, multi_model=multi_model)


def _of_container(container: DesiredContainer, definition: Any, *, multi_model: bool) -> Iterator[Reference]:
    fields = {path: field.replace("{}", container.field) for path, field in _CONTAINER_FIELDS.items()}
    fields["Image"] = f"{container.field}.{'framework' if container.spec.framework else 'image'}"
    if multi_model:
        fields["ModelDataUrl"] = "spec.multiModel.s3Prefix"
    for found in strings_of(definition):
        yield Reference(
            thing=found.thing,
            field=fields.get(found.path, f"{container.field}.overrides.{found.path}"),
            value=found.value,
            reads_below=found.thing == Thing.S3 and (multi_model or "ModelDataSource" in found.path),
        )


def _of_config(desired: Desired) -> Iterator[Reference]:
    request = desired.create_config(config_name=desired.revision, made_with=None).request
    whole = {name: value for name, value in request.items() if name not in _VARIANTS}
    yield from _named(whole, _CONFIG_FIELDS, otherwise="spec.overrides.endpointConfig")
    for item in (item for member in _VARIANTS for item in request.get(member, ())):
        variant = desired.variant(str(item.get("VariantName")))
        field = variant.field if variant is not None else "spec"
        yield from _named(item, {}, otherwise=f"{field}.instance.overrides")


def _of_alarms(desired: Desired) -> Iterator[Reference]:
    rollout = desired.spec.rollout
    for index, alarm in enumerate((rollout.alarms if rollout is not None else None) or ()):
        if alarm.name is not None:
            yield Reference(thing=Thing.ALARM, field=f"spec.rollout.alarms[{index}].name", value=alarm.name)


def _named(request: Any, fields: Mapping[str, str], *, otherwise: str) -> Iterator[Reference]:
    """With the field that makes the member; what no field makes comes from the overrides at `otherwise`."""
    for found in strings_of(request):
        field = fields.get(found.path, f"{otherwise}.{found.path}")
        yield Reference(thing=found.thing, field=field, value=found.value)
