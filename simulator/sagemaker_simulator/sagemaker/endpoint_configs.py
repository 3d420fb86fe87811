"""CreateEndpointConfig, DescribeEndpointConfig, ListEndpointConfigs, DeleteEndpointConfig.

What later parts of the simulator act on (shadow variants, capture, async, serverless, VPC, explainers) is stored and
given back; `sagemaker/support.py` says at CreateEndpoint what nothing acts on yet.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sagemaker_simulator.serverless import exclusions
from sagemaker_simulator.wire.errors import validation_exception
from sagemaker_simulator.wire.request import Caller

from . import multi_model, several_containers
from .async_endpoints import check_combination
from .estate import Estate, Estates
from .instance_pools import check_pools
from .lists import Listing, page
from .records import EndpointConfig
from .refusals import ENDPOINT_CONFIG, MODEL, already_exists, not_found
from .single_precision import single
from .tags import tags_from

Parameters = Mapping[str, Any]
Output = dict[str, Any]
_LISTING = Listing[EndpointConfig](
    result="EndpointConfigs", name=lambda config: config.name, created=lambda config: config.created, keys={}
)


class EndpointConfigs:
    """Operations on endpoint configs."""

    def __init__(self, *, estates: Estates) -> None:
        self._estates = estates

    async def create_endpoint_config(self, caller: Caller, parameters: Parameters) -> Output:
        estate = self._estates.of(caller)
        name = parameters["EndpointConfigName"]
        arn = estate.arn("endpoint-config", name)
        if estate.configs.get(name) is not None:
            raise already_exists(ENDPOINT_CONFIG, arn)
        _check_variants(estate, parameters)
        check_combination(estate, parameters)
        several_containers.check_features(estate, parameters)
        multi_model.check_features(estate, parameters)
        tags = tags_from(parameters.get("Tags", []))
        config = EndpointConfig(
            name=name, arn=arn, created=self._estates.clock.now(), definition=_definition(parameters)
        )
        self._estates.put(estate.configs, name, config)
        self._estates.put(estate.tags, arn, tags)
        return {"EndpointConfigArn": arn}

    async def describe_endpoint_config(self, caller: Caller, parameters: Parameters) -> Output:
        estate = self._estates.of(caller)
        name = parameters["EndpointConfigName"]
        config = estate.configs.seen(name, as_of=self._estates.as_of())
        if config is None:
            raise not_found(ENDPOINT_CONFIG, estate.arn("endpoint-config", name))
        return describe(config)

    async def list_endpoint_configs(self, caller: Caller, parameters: Parameters) -> Output:
        seen = (config for _, config in self._estates.of(caller).configs.all_seen(as_of=self._estates.as_of()))
        return page(_LISTING, seen, parameters, summary=_summary)

    async def delete_endpoint_config(self, caller: Caller, parameters: Parameters) -> Output:
        """Delete, whoever still uses it: SageMaker says "you must not", and does not look."""
        estate = self._estates.of(caller)
        name = parameters["EndpointConfigName"]
        config = estate.configs.get(name)
        if config is None:
            raise not_found(ENDPOINT_CONFIG, estate.arn("endpoint-config", name))
        self._estates.remove(estate.configs, name)
        self._estates.remove(estate.tags, config.arn)
        return {}


def describe(config: EndpointConfig) -> Output:
    """Return the config as DescribeEndpointConfig answers it."""
    return {
        "EndpointConfigName": config.name,
        "EndpointConfigArn": config.arn,
        "CreationTime": config.created,
        **config.definition,
    }


def _definition(parameters: Parameters) -> Output:
    kept = {name: value for name, value in parameters.items() if name not in ("EndpointConfigName", "Tags")}
    for member in ("ProductionVariants", "ShadowProductionVariants"):
        if member in kept:
            kept[member] = [_variant(variant) for variant in kept[member]]
    kept.setdefault("EnableNetworkIsolation", False)
    return kept


def _variant(variant: Parameters) -> Output:
    """Return the variant with its weight, 1.0 when none was given (ProductionVariant in the API reference)."""
    return {**variant, "InitialVariantWeight": single(variant.get("InitialVariantWeight", 1.0))}


def _check_variants(estate: Estate, parameters: Parameters) -> None:
    production: Sequence[Parameters] = parameters["ProductionVariants"]
    shadows: Sequence[Parameters] = parameters.get("ShadowProductionVariants", [])
    names = [variant["VariantName"] for variant in (*production, *shadows)]
    if len(set(names)) != len(names):
        raise validation_exception("Variant names must be unique within an endpoint configuration.")
    exclusions.check_config(parameters)
    if len(shadows) > 1 or (shadows and len(production) > 1):
        raise validation_exception(
            "An endpoint configuration with a shadow variant takes exactly one production and one shadow variant."
        )
    for variant in (*production, *shadows):
        _check_variant(estate, variant)


def _check_variant(estate: Estate, variant: Parameters) -> None:
    overrides = [pool.get("ModelNameOverride") for pool in variant.get("InstancePools", ())]
    for model in (variant.get("ModelName"), *overrides):
        if model is not None and estate.models.get(model) is None:
            raise not_found(MODEL, estate.arn("model", model))
    name = variant["VariantName"]
    if "ServerlessConfig" in variant:
        model = estate.models.get(variant.get("ModelName", ""))
        if model is not None:
            exclusions.check_model(model.definition, model.containers)
        return
    check_pools(variant)
    if "InstancePools" not in variant and "InstanceType" not in variant:
        raise validation_exception(f"InstanceType must be specified for production variant {name}.")
    if "InitialInstanceCount" not in variant:
        raise validation_exception(f"InitialInstanceCount must be specified for production variant {name}.")


def _summary(config: EndpointConfig) -> Output:
    return {
        "EndpointConfigName": config.name,
        "EndpointConfigArn": config.arn,
        "CreationTime": config.created,
    }
