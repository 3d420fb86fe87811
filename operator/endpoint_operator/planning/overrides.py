"""Which members of the SageMaker API `overrides` may not set: those that this API has a field for, or makes itself.

An override of such a member would speak against the field, or take names, tags and ownership out of the operator's
hands. What is left is merged into the requests (requests.py).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from endpoint_operator.api.spec import InferenceEndpointSpec
from endpoint_operator.planning.desired_variants import desired_variants
from endpoint_operator.planning.faults import Blame, Fault

# Members by their dotted path below the overrides, and what to use instead; `{}` is the path of the container or the
# instance that the overrides stand in.
_MADE_HERE = "the operator makes it"
_MODEL = {
    "ModelName": _MADE_HERE,
    "PrimaryContainer": "use containers[], and containers[].overrides for members that have no field",
    "Containers": "use containers[], and containers[].overrides for members that have no field",
    "InferenceExecutionConfig": "use spec.containerInvocation",
    "ExecutionRoleArn": "use spec.executionRoleArn",
    "Tags": "use spec.tags",
    "VpcConfig": "use spec.network.subnetIds and spec.network.securityGroupIds",
    "EnableNetworkIsolation": "use spec.network.isolation",
}
_CONFIG = {
    "EndpointConfigName": _MADE_HERE,
    "ProductionVariants": "use spec.variants, and instance.overrides for members that have no field",
    "ShadowProductionVariants": "use spec.shadow, and spec.shadow.instance.overrides for members that have no field",
    "DataCaptureConfig": "use spec.dataCapture",
    "Tags": "use spec.tags",
    "KmsKeyId": "use spec.kmsKeyId",
    "AsyncInferenceConfig": "use spec.async",
    "ExecutionRoleArn": "use spec.executionRoleArn",
    "VpcConfig": "use spec.network.subnetIds and spec.network.securityGroupIds",
    "EnableNetworkIsolation": "use spec.network.isolation",
}
_ENDPOINT = {
    "EndpointName": "use spec.endpointName",
    "EndpointConfigName": _MADE_HERE,
    "Tags": "use spec.tags",
    "DeploymentConfig.BlueGreenUpdatePolicy": "use spec.rollout",
    "DeploymentConfig.AutoRollbackConfiguration": "use spec.rollout.alarms",
    "DeploymentConfig.RollingUpdatePolicy.MaximumBatchSize": "use spec.rollout.step",
    "DeploymentConfig.RollingUpdatePolicy.WaitIntervalInSeconds": "use spec.rollout.waitSeconds",
    "DeploymentConfig.RollingUpdatePolicy.MaximumExecutionTimeoutInSeconds": "use spec.rollout.maxExecutionSeconds",
    "RetainAllVariantProperties": "counts and weights are kept by every rollout, and follow the spec after it",
    "ExcludeRetainedVariantProperties": "counts and weights are kept by every rollout, and follow the spec after it",
    "RetainDeploymentConfig": "use spec.rollout, which every rollout follows",
}
_CONTAINER = {
    "ContainerHostname": "use {}.name",
    "Image": "use {}.image or {}.framework",
    "Mode": "use spec.mode",
    "ModelDataUrl": "use {}.modelData.s3Uri",
    "ModelDataSource.S3DataSource.S3Uri": "use {}.modelData.s3Uri",
    "ModelDataSource.S3DataSource.S3DataType": "use {}.modelData.compression",
    "ModelDataSource.S3DataSource.CompressionType": "use {}.modelData.compression",
    "ModelDataSource.S3DataSource.ManifestS3Uri": "use {}.modelData.s3Uri",
    "ModelDataSource.S3DataSource.HubAccessConfig": "use {}.modelData.s3Uri",
    "AdditionalModelDataSources": "model data stands in {}.modelData, where preflight looks at it",
    "Environment": "use {}.environment",
    "ModelPackageName": "use {}.modelPackageArn",
    "MultiModelConfig": "use spec.multiModel",
}
_INSTANCE = {
    "VariantName": "use the variant's name",
    "ModelName": _MADE_HERE,
    "InitialInstanceCount": "use {}.count",
    "InstanceType": "use {}.type",
    "InstancePools": "use {}.pools",
    "InitialVariantWeight": "use the variant's weight",
    "ServerlessConfig": "use spec.serverless",
    "VolumeSizeInGB": "use {}.volumeSizeGB",
    "ModelDataDownloadTimeoutInSeconds": "use {}.modelDownloadTimeoutSeconds",
    "ContainerStartupHealthCheckTimeoutInSeconds": "use {}.startupTimeoutSeconds",
    "ManagedInstanceScaling": "use the variant's autoscaling",
    "RoutingConfig.RoutingStrategy": "use {}.routingStrategy",
    "InferenceAmiVersion": "use {}.inferenceAmiVersion",
}
# At any depth, whatever the member above is called.
_ANYWHERE = {
    "Tags": "use spec.tags",
    "KmsKeyId": "keys stand in fields of their own, such as spec.kmsKeyId",
    "RoleArn": "use spec.executionRoleArn",
    "ExecutionRoleArn": "use spec.executionRoleArn",
    "VpcConfig": "use spec.network",
}


@dataclass(frozen=True, kw_only=True)
class PlacedOverrides:
    """Overrides with the path that they stand at, and the request members that they must keep off."""

    field: str
    members: Mapping[str, Any]
    refused: Mapping[str, str]


def fault_in_overrides(spec: InferenceEndpointSpec) -> Fault | None:
    """The user's OverrideNotAllowed with every refused member; None when all may stay."""
    sentences = [sentence for overrides in _all(spec) for sentence in _refusals(overrides)]
    if not sentences:
        return None
    return Fault(blame=Blame.USER, reason="OverrideNotAllowed", message="; ".join(dict.fromkeys(sentences)))


def without_rollout(endpoint_overrides: Mapping[str, Any]) -> dict[str, Any]:
    """What of spec.overrides.endpoint goes to CreateEndpoint: there is no fleet yet that a rollout could replace."""
    return {name: value for name, value in endpoint_overrides.items() if name != "DeploymentConfig"}


def _all(spec: InferenceEndpointSpec) -> Iterator[PlacedOverrides]:
    wide = spec.overrides
    if wide is not None:
        yield PlacedOverrides(field="spec.overrides.model", members=wide.model or {}, refused=_MODEL)
        yield PlacedOverrides(
            field="spec.overrides.endpointConfig", members=wide.endpoint_config or {}, refused=_CONFIG
        )
        yield PlacedOverrides(field="spec.overrides.endpoint", members=wide.endpoint or {}, refused=_ENDPOINT)
    for variant in desired_variants(spec):
        for container in variant.containers:
            yield _placed(container.field, container.spec.overrides, _CONTAINER)
        if variant.instance is not None:
            yield _placed(f"{variant.field}.instance", variant.instance.overrides, _INSTANCE)


def _placed(field: str, members: Mapping[str, Any] | None, refused: Mapping[str, str]) -> PlacedOverrides:
    instead = {member: remedy.replace("{}", field) for member, remedy in refused.items()}
    return PlacedOverrides(field=f"{field}.overrides", members=members or {}, refused=instead)


def _refusals(overrides: PlacedOverrides) -> Iterator[str]:
    for path in _paths(overrides.members):
        remedy = overrides.refused.get(path) or _ANYWHERE.get(path.rpartition(".")[2])
        if remedy is not None:
            yield f"{overrides.field}.{path} may not be overridden: {remedy}"


def _paths(members: Any, above: str = "") -> Iterator[str]:
    """The dotted path of every member at any depth; items of a list are not counted."""
    if isinstance(members, list):
        for item in members:
            yield from _paths(item, above)
    elif isinstance(members, Mapping):
        for name, value in members.items():
            path = f"{above}.{name}" if above else name
            yield path
            yield from _paths(value, path)
