"""What an endpoint may ask for that nothing here acts on yet: refused by name, never silently left out.

Nothing is refused before CreateEndpoint and UpdateEndpoint: configs and models are stored and given back whole.
"""

from collections.abc import Mapping
from typing import Any

from sagemaker_simulator.wire.errors import NotModelled

from . import multi_model
from .async_endpoints import check_location
from .model_data import check_model_data
from .records import EndpointConfig, Model

_CONFIG_MEMBERS = {
    "ExplainerConfig": "explainers",
    "VpcConfig": "endpoint configs in a VPC",
    "MetricsConfig": "metrics configurations",
    "CrossRegionTrafficConfig": "traffic across regions",
}
_VARIANT_MEMBERS = {
    "ManagedInstanceScaling": "managed instance scaling",
    "AcceleratorType": "elastic inference accelerators",
    "CoreDumpConfig": "core dumps",
    "CapacityReservationConfig": "capacity reservations",
    "AcceleratorPartitionLayouts": "accelerator partitions",
}
_CONTAINER_MEMBERS = {
    "AdditionalModelDataSources": "additional model data sources",
    "ContainerMetricsConfig": "container metrics",
}


def check_config(config: EndpointConfig) -> None:
    """Raise NotModelled for a config that needs what is not there yet."""
    _refuse(config.definition, _CONFIG_MEMBERS)
    check_location(config)
    if config.definition["EnableNetworkIsolation"]:
        raise NotModelled("network isolation is not modelled yet")
    for variant in (*config.variants, *config.shadows):
        _refuse(variant, _VARIANT_MEMBERS)
        if "ModelName" not in variant:
            raise NotModelled("inference components (a variant without ModelName) are not modelled yet")


def check_model(model: Model) -> None:
    """Raise NotModelled for a model that needs what is not there yet."""
    multi_model.check_model(model)
    for container in model.containers:
        _refuse(container, _CONTAINER_MEMBERS)
        # Platform, the other mode, is where images are without it: in ECR (ImageConfig in the SageMaker API reference).
        if container.get("ImageConfig", {}).get("RepositoryAccessMode") == "Vpc":
            raise NotModelled("images of private registries are not modelled yet (ImageConfig)")
        check_model_data(container)


def _refuse(definition: Mapping[str, Any], members: Mapping[str, str]) -> None:
    for member, what in members.items():
        if member in definition:
            raise NotModelled(f"{what} are not modelled yet ({member})")
