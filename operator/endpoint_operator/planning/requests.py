"""Members of SageMaker's requests from fields of the spec. Only what is set enters them."""

from collections.abc import Mapping
from typing import Any

from endpoint_operator.api.capacity import Instance, RoutingStrategy
from endpoint_operator.api.containers import Container

_ROUTING = {
    RoutingStrategy.LEAST_OUTSTANDING_REQUESTS: "LEAST_OUTSTANDING_REQUESTS",
    RoutingStrategy.RANDOM: "RANDOM",
}


def container_definition(container: Container) -> dict[str, Any]:
    """ContainerDefinition of CreateModel."""
    environment = {variable.name: variable.value for variable in container.environment or ()}
    return _only_set(
        {
            "ContainerHostname": container.name,
            "Image": container.image,
            "ModelDataUrl": container.model_data.s3_uri if container.model_data else None,
            "Environment": environment or None,
        }
    )


def production_variant(instance: Instance) -> dict[str, Any]:
    """ProductionVariant of CreateEndpointConfig, less names, count and weight."""
    routing = instance.routing_strategy
    return _only_set(
        {
            "InstanceType": instance.type,
            "VolumeSizeInGB": instance.volume_size_gb,
            "ContainerStartupHealthCheckTimeoutInSeconds": instance.startup_timeout_seconds,
            "ModelDataDownloadTimeoutInSeconds": instance.model_download_timeout_seconds,
            "InferenceAmiVersion": instance.inference_ami_version,
            "RoutingConfig": {"RoutingStrategy": _ROUTING[routing]} if routing else None,
        }
    )


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": tags[key]} for key in sorted(tags)]


def _only_set(members: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in members.items() if value is not None}
