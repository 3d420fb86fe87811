"""What CreateEndpoint and UpdateEndpoint make a fleet from: a config, its models, and what hosting is told."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sagemaker_simulator.hosting.contract import FleetToRun

from . import support, variants
from .estate import Estate
from .instance_pools import NO_CAPACITY, placed
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


@dataclass(frozen=True, kw_only=True)
class Gathering:
    """What a fleet is made with besides what SageMaker holds: the digests that images have, and instances to be had."""

    digest_of: Callable[[str], str]
    has_capacity: Callable[[str], bool]

    def gather(self, estate: Estate, endpoint_name: str, config: EndpointConfig, *, now: datetime) -> Ingredients:
        """Return everything for a fleet of the config. Raises AwsError when a model is gone, NotModelled."""
        asked = [placed(each, has_capacity=self.has_capacity) for each in (*config.variants, *config.shadows)]
        models = [_model(estate, each["ModelName"]) for each in asked]
        made = tuple(
            variants.variant_of(each, model, digest_of=self.digest_of, now=now)
            for each, model in zip(asked, models, strict=True)
        )
        production = len(config.variants)
        return Ingredients(
            config=config,
            variants=made[:production],
            shadows=made[production:],
            fleet=FleetToRun(
                account=estate.account,
                region=estate.region,
                endpoint_name=endpoint_name,
                config_name=config.name,
                variants=tuple(variants.to_run(each, model, config) for each, model in zip(asked, models, strict=True)),
            ),
        )

    def obstacle(self, wanted: Iterable[Variant], *, before: Iterable[Variant] = ()) -> str | None:
        """Return why instances that are wanted and not there yet cannot be had, None when they can."""
        there = {variant.name: variant.current_count for variant in before}
        growing = [each for each in wanted if each.desired_count > there.get(each.name, 0)]
        return None if all(self.has_capacity(each.instance_type) for each in growing) else NO_CAPACITY


def _model(estate: Estate, name: str) -> Model:
    model = estate.models.get(name)
    if model is None:
        raise not_found(MODEL, estate.arn("model", name))
    support.check_model(model)
    return model
