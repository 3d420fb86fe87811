"""Models of several containers: what CreateModel and CreateEndpointConfig take of them.

Sources: CreateModel and ContainerDefinition in the SageMaker API reference; "Multi-container endpoints" and "Model
deployment feature matrix" in the SageMaker Developer Guide. Where a sentence has no source beside it, AWS publishes
none and it is ours.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sagemaker_simulator.wire.errors import validation_exception

from .estate import Estate
from .records import Model

Definition = Mapping[str, Any]
_FEATURES = {"DataCaptureConfig": "Data capture", "ShadowProductionVariants": "A shadow variant"}


def check_containers(definition: Definition) -> None:
    """Raise AwsError for containers that CreateModel does not take together."""
    containers: Sequence[Definition] = definition.get("Containers", [])
    direct = _is_direct(definition)
    if "PrimaryContainer" in definition:
        if direct:
            raise validation_exception("Mode Direct (InferenceExecutionConfig) needs Containers, not PrimaryContainer.")
        return
    if not containers:
        raise validation_exception("Containers must not be empty.")
    _check_hostnames([each["ContainerHostname"] for each in containers if "ContainerHostname" in each], containers)
    if direct:
        _check_direct(containers)
    elif sum(each["Mode"] == "MultiModel" for each in containers) > 1:
        # OElesin/sagemaker-autopilot-step-functions#10
        raise validation_exception(
            "More than one container in MultiModel mode is not supported with inference pipeline."
        )


def invoked_directly(model: Model) -> bool:
    """Tell whether requests name the container that they are for."""
    return _is_direct(model.definition)


def check_features(estate: Estate, parameters: Definition) -> None:
    """Raise AwsError when CreateEndpointConfig asks for what models of several containers do not have.

    The matrix has neither data capture nor shadow variants for them; "Shadow tests" excludes multi-container endpoints.
    """
    asked = [what for member, what in _FEATURES.items() if parameters.get(member)]
    if not asked:
        return
    for variant in (*parameters["ProductionVariants"], *parameters.get("ShadowProductionVariants", ())):
        model = estate.models.get(variant.get("ModelName", ""))
        if model is not None and len(model.containers) > 1:
            raise validation_exception(
                f"{asked[0]} is not supported for variant {variant['VariantName']}: model {model.name} has "
                f"{len(model.containers)} containers."
            )


def _is_direct(definition: Definition) -> bool:
    return bool(definition.get("InferenceExecutionConfig", {}).get("Mode") == "Direct")


def _check_hostnames(hostnames: Sequence[str], containers: Sequence[Definition]) -> None:
    if len(containers) > 1 and 0 < len(hostnames) < len(containers):
        raise validation_exception("ContainerHostname must be specified for every container or for none of them.")
    if len(set(hostnames)) != len(hostnames):
        twice = min(name for name in hostnames if hostnames.count(name) > 1)
        raise validation_exception(f"ContainerHostname must be unique within a model, got {twice} more than once.")


def _check_direct(containers: Sequence[Definition]) -> None:
    if len(containers) < 2:
        raise validation_exception("InferenceExecutionConfig with Mode Direct needs at least two containers.")
    if not all("ContainerHostname" in each for each in containers):
        raise validation_exception("ContainerHostname must be specified for every container when Mode is Direct.")
    if any(each["Mode"] == "MultiModel" for each in containers):
        raise validation_exception("A container in MultiModel mode is not supported with direct invocation.")
