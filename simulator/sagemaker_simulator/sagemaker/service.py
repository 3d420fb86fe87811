"""The SageMaker operations that are modelled: one table from names to functions."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sagemaker_simulator.wire.request import Caller

from .endpoint_configs import EndpointConfigs
from .endpoints import Endpoints
from .model_package_groups import ModelPackageGroups
from .model_packages import ModelPackages
from .models import Models
from .tags import TagOperations

Operation = Callable[[Caller, Mapping[str, Any]], Awaitable[dict[str, Any]]]


def operations(
    *,
    models: Models,
    packages: ModelPackages,
    groups: ModelPackageGroups,
    configs: EndpointConfigs,
    endpoints: Endpoints,
    tags: TagOperations,
) -> Mapping[str, Operation]:
    """Return the operations by name."""
    return {
        "CreateModel": models.create_model,
        "DescribeModel": models.describe_model,
        "ListModels": models.list_models,
        "DeleteModel": models.delete_model,
        "CreateModelPackage": packages.create_model_package,
        "DescribeModelPackage": packages.describe_model_package,
        "ListModelPackages": packages.list_model_packages,
        "UpdateModelPackage": packages.update_model_package,
        "DeleteModelPackage": packages.delete_model_package,
        "CreateModelPackageGroup": groups.create_model_package_group,
        "DescribeModelPackageGroup": groups.describe_model_package_group,
        "ListModelPackageGroups": groups.list_model_package_groups,
        "DeleteModelPackageGroup": groups.delete_model_package_group,
        "CreateEndpointConfig": configs.create_endpoint_config,
        "DescribeEndpointConfig": configs.describe_endpoint_config,
        "ListEndpointConfigs": configs.list_endpoint_configs,
        "DeleteEndpointConfig": configs.delete_endpoint_config,
        "CreateEndpoint": endpoints.create_endpoint,
        "DescribeEndpoint": endpoints.describe_endpoint,
        "ListEndpoints": endpoints.list_endpoints,
        "UpdateEndpoint": endpoints.update_endpoint,
        "UpdateEndpointWeightsAndCapacities": endpoints.update_endpoint_weights_and_capacities,
        "DeleteEndpoint": endpoints.delete_endpoint,
        "AddTags": tags.add_tags,
        "ListTags": tags.list_tags,
        "DeleteTags": tags.delete_tags,
    }
