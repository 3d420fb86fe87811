"""Members of SageMaker's requests from fields of the spec. Only what is set enters them."""

from collections.abc import Mapping, Sequence
from typing import Any

from endpoint_operator.api.capacity import Instance, RoutingStrategy, Serverless
from endpoint_operator.api.containers import Compression, Container, ContainerInvocation, EnvironmentVariable
from endpoint_operator.api.endpoint_settings import DataCapture, MultiModel
from endpoint_operator.api.spec import InferenceEndpointSpec
from endpoint_operator.planning.async_requests import async_inference_config
from endpoint_operator.planning.concurrency import Concurrency
from endpoint_operator.planning.desired_variants import DesiredContainer, DesiredVariant
from endpoint_operator.planning.inputs.requests import environment_value

_ROUTING = {
    RoutingStrategy.LEAST_OUTSTANDING_REQUESTS: "LEAST_OUTSTANDING_REQUESTS",
    RoutingStrategy.RANDOM: "RANDOM",
}


def model_request(spec: InferenceEndpointSpec, variant: DesiredVariant, *, role: str | None) -> dict[str, Any]:
    """CreateModel, less name and tags. `role` is None where the operator's default is to be left open."""
    definitions = [container_definition(container, spec.multi_model) for container in variant.containers]
    network = spec.network
    subnets = network.subnet_ids if network else None
    direct = spec.container_invocation == ContainerInvocation.DIRECT
    body = only_set(
        {
            "PrimaryContainer": definitions[0] if len(definitions) == 1 else None,
            "Containers": definitions if len(definitions) > 1 else None,
            "InferenceExecutionConfig": {"Mode": "Direct"} if direct else None,
            "ExecutionRoleArn": role,
            "VpcConfig": {"Subnets": subnets, "SecurityGroupIds": network.security_group_ids}
            if network and subnets
            else None,
            "EnableNetworkIsolation": True if network and network.isolation else None,
        }
    )
    return merged(body, spec.overrides.model if spec.overrides else None)


def config_request(spec: InferenceEndpointSpec, variants: Sequence[DesiredVariant]) -> dict[str, Any]:
    """CreateEndpointConfig, less names, tags, counts and the weights of production."""
    shadows = [
        {**production_variant(variant), "InitialVariantWeight": variant.weight}
        for variant in variants
        if variant.is_shadow
    ]
    body = only_set(
        {
            "ProductionVariants": [production_variant(variant) for variant in variants if not variant.is_shadow],
            "ShadowProductionVariants": shadows or None,
            "DataCaptureConfig": _data_capture(spec.data_capture) if spec.data_capture else None,
            "AsyncInferenceConfig": async_inference_config(spec.async_) if spec.async_ else None,
            "KmsKeyId": spec.kms_key_id,
        }
    )
    return merged(body, spec.overrides.endpoint_config if spec.overrides else None)


def container_definition(container: DesiredContainer, multi_model: MultiModel | None = None) -> dict[str, Any]:
    """ContainerDefinition of CreateModel; `multi_model` says where the models of a multi-model container lie."""
    spec = container.spec
    environment = {variable.name: _value(variable, container.input_digests) for variable in spec.environment or ()}
    body = only_set(
        {
            "ContainerHostname": spec.name,
            "Image": container.image,
            "ModelPackageName": spec.model_package_arn,
            **(_model_data(spec) if multi_model is None else _models_below(multi_model)),
            "Environment": environment or None,
        }
    )
    if container.image is None and spec.framework is not None:
        body["Framework"] = spec.framework.model_dump(exclude_none=True, mode="json")  # only ever in a digest
    return merged(body, spec.overrides)


def production_variant(variant: DesiredVariant) -> dict[str, Any]:
    """ProductionVariant of CreateEndpointConfig, less the model's name, the weight, and the count or concurrency."""
    instance = variant.instance
    if instance is None:
        return only_set({"VariantName": variant.name, "ServerlessConfig": _memory(variant.serverless)})
    routing = instance.routing_strategy
    body = only_set(
        {
            "VariantName": variant.name,
            "InstanceType": None if instance.pools else instance.type,
            "InstancePools": _pools(instance),
            "VolumeSizeInGB": instance.volume_size_gb,
            "ContainerStartupHealthCheckTimeoutInSeconds": instance.startup_timeout_seconds,
            "ModelDataDownloadTimeoutInSeconds": instance.model_download_timeout_seconds,
            "InferenceAmiVersion": instance.inference_ami_version,
            "RoutingConfig": {"RoutingStrategy": _ROUTING[routing]} if routing else None,
        }
    )
    return merged(body, instance.overrides)


def concurrency_members(concurrency: Concurrency) -> dict[str, int]:
    """Of ServerlessConfig, and of ServerlessUpdateConfig, which changes them in place."""
    return only_set({"MaxConcurrency": concurrency.maximum, "ProvisionedConcurrency": concurrency.provisioned})


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": tags[key]} for key in sorted(tags)]


def only_set(members: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in members.items() if value is not None}


def merged(body: Mapping[str, Any], overrides: Mapping[str, Any] | None) -> dict[str, Any]:
    """`overrides` over `body`: maps deeply, anything else replaced."""
    result = dict(body)
    for key, value in (overrides or {}).items():
        below = result.get(key)
        result[key] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result


def _value(variable: EnvironmentVariable, digests: Mapping[str, str]) -> Any:
    """A value as it stands, or where it is read from when the model is made: a plan never holds a secret."""
    return variable.value if variable.value_from is None else environment_value(variable.value_from, digests)


def _model_data(spec: Container) -> dict[str, Any]:
    data = spec.model_data
    if data is None:
        return {}
    if data.compression == Compression.GZIP:
        return {"ModelDataUrl": data.s3_uri}
    source = {"S3Uri": data.s3_uri, "S3DataType": "S3Prefix", "CompressionType": "None"}
    return {"ModelDataSource": {"S3DataSource": source}}


def _models_below(multi_model: MultiModel) -> dict[str, Any]:
    """A prefix stands in ModelDataUrl, not in ModelDataSource (SageMaker API reference, ContainerDefinition)."""
    return {
        "Mode": "MultiModel",
        "ModelDataUrl": multi_model.s3_prefix,
        "MultiModelConfig": {"ModelCacheSetting": multi_model.cache.value},
    }


def _memory(serverless: Serverless | None) -> dict[str, int] | None:
    return {"MemorySizeInMB": serverless.memory_mb} if serverless is not None else None


def _pools(instance: Instance) -> list[dict[str, Any]] | None:
    """The pools by priority; `instance.type` comes first where none of them names it."""
    if not instance.pools:
        return None
    pools = [{"InstanceType": pool.type, "Priority": pool.priority} for pool in instance.pools]
    if all(pool.type != instance.type for pool in instance.pools):
        ranks = sorted({pool.priority for pool in instance.pools})
        pools = [{**item, "Priority": ranks.index(int(str(item["Priority"]))) + 2} for item in pools]
        pools.insert(0, {"InstanceType": instance.type, "Priority": 1})
    return pools


def _data_capture(capture: DataCapture) -> dict[str, Any]:
    headers = only_set({"CsvContentTypes": capture.csv_content_types, "JsonContentTypes": capture.json_content_types})
    return only_set(
        {
            "EnableCapture": True,
            "InitialSamplingPercentage": capture.sampling_percent,
            "DestinationS3Uri": capture.s3_uri,
            "KmsKeyId": capture.kms_key_id,
            "CaptureOptions": [{"CaptureMode": mode.value} for mode in capture.capture],
            "CaptureContentTypeHeader": headers or None,
        }
    )
