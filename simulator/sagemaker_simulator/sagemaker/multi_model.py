"""Models of many models: what CreateModel and CreateEndpointConfig take of a container in mode MultiModel.

Sources: ContainerDefinition and MultiModelConfig in the SageMaker API reference; "Create a multi-model endpoint",
"Model deployment feature matrix", "Shadow tests" and "Heterogeneous instance pools" in the SageMaker Developer Guide.
AWS publishes none of the sentences.
"""

from collections.abc import Mapping
from typing import Any

from sagemaker_simulator.wire.errors import NotModelled, validation_exception

from .estate import Estate
from .records import Model

Definition = Mapping[str, Any]
_OF_CONFIGS = {"DataCaptureConfig": "Data capture", "ShadowProductionVariants": "A shadow variant"}


def has_many_models(container: Definition) -> bool:
    """Tell whether the container, as CreateModel took it, holds many models."""
    return bool(container.get("Mode") == "MultiModel")


def caches_models(container: Definition) -> bool:
    """Tell whether a container of many models keeps them in memory: it does unless it is told not to."""
    return bool(container.get("MultiModelConfig", {}).get("ModelCacheSetting", "Enabled") == "Enabled")


def check_container(container: Definition) -> None:
    """Raise AwsError for a container whose mode does not go with where its models lie."""
    if not has_many_models(container):
        if "MultiModelConfig" in container:
            raise validation_exception("MultiModelConfig can only be specified for a container in MultiModel mode.")
        return
    if "ModelDataSource" in container:
        raise validation_exception("ModelDataSource is not supported for a container in MultiModel mode.")
    if "ModelPackageName" in container:
        raise validation_exception("ModelPackageName is not supported for a container in MultiModel mode.")
    if not container.get("ModelDataUrl"):
        raise validation_exception(
            "ModelDataUrl must be specified for a container in MultiModel mode: the S3 prefix under which its models "
            "lie."
        )


def check_model(model: Model) -> None:
    """Raise NotModelled for what AWS takes and nothing here acts on."""
    many = [container for container in model.containers if has_many_models(container)]
    if many and len(model.containers) > 1:
        raise NotModelled("multi-model containers in inference pipelines are not modelled")
    for container in many:
        if not container["ModelDataUrl"].startswith("s3://"):
            raise NotModelled(f"models under a URL that is no s3:// URL are not modelled ({container['ModelDataUrl']})")


def check_features(estate: Estate, parameters: Definition) -> None:
    """Raise AwsError when CreateEndpointConfig asks for what multi-model endpoints do not have."""
    asked = [what for member, what in _OF_CONFIGS.items() if parameters.get(member)]
    for variant in (*parameters["ProductionVariants"], *parameters.get("ShadowProductionVariants", ())):
        name = variant.get("ModelName", "")
        model = estate.models.get(name)
        if model is None or not any(has_many_models(container) for container in model.containers):
            continue
        missing = [*asked, *(["Instance pools"] if "InstancePools" in variant else [])]
        if missing:
            raise validation_exception(
                f"{missing[0]} is not supported for variant {variant['VariantName']}: model {name} is in MultiModel "
                "mode."
            )
