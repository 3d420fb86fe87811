"""What CreateEndpoint and UpdateEndpoint make a fleet from: a config, its models, and what hosting is told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sagemaker_simulator.hosting.contract import FleetToRun

from . import support, variants
from .estate import Estate
from .records import EndpointConfig, Model, Variant
from .refusals import ENDPOINT_CONFIG, MODEL, not_found


@dataclass(frozen=True, kw_only=True)
class Ingredients:
    """The variants that a config asks for, and the fleet that runs them: production and shadow alike."""

    config: EndpointConfig
    variants: tuple[Variant, ...]
    shadows: tuple[Variant, ...]
    fleet: FleetToRun

    @property
    def all_variants(self) -> tuple[Variant, ...]:
        return self.variants + self.shadows


def config_seen(estate: Estate, name: str, *, as_of: float | None) -> EndpointConfig:
    """Return the config by an eventually consistent read, as SageMaker does (CreateEndpoint, API reference).

    Raises AwsError when there is none, NotModelled for what nothing here acts on.
    """
    config = estate.configs.seen(name, as_of=as_of)
    if config is None:
        raise not_found(ENDPOINT_CONFIG, estate.arn("endpoint-config", name))
    support.check_config(config)
    return config


def gather(estate: Estate, endpoint_name: str, config: EndpointConfig, *, now: datetime) -> Ingredients:
    """Return everything for a fleet of the config. Raises AwsError when a model is gone, NotModelled."""
    asked = [*config.variants, *config.shadows]
    models = _models(estate, asked)
    return Ingredients(
        config=config,
        variants=variants.from_config(config.variants, models, now=now),
        shadows=variants.from_config(config.shadows, models, now=now),
        fleet=FleetToRun(
            account=estate.account,
            region=estate.region,
            endpoint_name=endpoint_name,
            config_name=config.name,
            variants=tuple(variants.to_run(variant, models, config) for variant in asked),
        ),
    )


def _models(estate: Estate, asked: Iterable[Mapping[str, Any]]) -> dict[str, Model]:
    models = {}
    for variant in asked:
        model = estate.models.get(variant["ModelName"])
        if model is None:
            raise not_found(MODEL, estate.arn("model", variant["ModelName"]))
        support.check_model(model)
        models[model.name.lower()] = model
    return models
