"""The six operations on endpoints: create, describe, list, update, update of weights and counts, delete."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sagemaker_simulator.hosting.contract import FleetToRun
from sagemaker_simulator.wire.request import Caller

from . import support, variants
from .endings import Kind
from .endpoint_views import describe, summary
from .estate import Estate, Estates
from .lists import Listing, page
from .quotas import check_quota
from .records import IN_PROGRESS, Endpoint, EndpointConfig, Pending, Status, Variant
from .refusals import (
    ENDPOINT,
    ENDPOINT_CONFIG,
    MODEL,
    already_exists,
    failed_endpoint,
    in_progress,
    not_found,
    same_config,
)
from .tags import tags_from
from .transitions import Transitions

Parameters = Mapping[str, Any]
Output = dict[str, Any]
_LISTING = Listing[Endpoint](
    result="Endpoints",
    name=lambda endpoint: endpoint.name,
    created=lambda endpoint: endpoint.created,
    keys={"Status": lambda endpoint: endpoint.status.value},
    modified=lambda endpoint: endpoint.modified,
    status=lambda endpoint: endpoint.status.value,
)


class Endpoints:
    """Operations on endpoints."""

    def __init__(self, *, estates: Estates, transitions: Transitions, quota: Callable[[str], int]) -> None:
        self._estates = estates
        self._transitions = transitions
        self._quota = quota

    async def create_endpoint(self, caller: Caller, parameters: Parameters) -> Output:
        estate = self._estates.of(caller)
        name = parameters["EndpointName"]
        arn = estate.arn("endpoint", name)
        if estate.endpoints.get(name) is not None:
            raise already_exists(ENDPOINT, arn)
        tags = tags_from(parameters.get("Tags", []))
        support.check_deployment(parameters.get("DeploymentConfig"))
        config = self._config(estate, parameters["EndpointConfigName"])
        wanted, fleet = self._fleet(estate, name, config)
        check_quota(estate, wanted=wanted, instead_of=(), quota=self._quota)
        now = self._estates.clock.now()
        endpoint = Endpoint(
            name=name,
            arn=arn,
            config_name=config.name,
            status=Status.CREATING,
            created=now,
            modified=now,
            pending=Pending(config_name=config.name, variants=wanted, started=now),
            last_deployment=parameters.get("DeploymentConfig"),
        )
        self._estates.put(estate.endpoints, name, endpoint)
        self._estates.put(estate.tags, arn, tags)
        self._transitions.begin(Kind.CREATE, estate, name, fleet=fleet)
        return {"EndpointArn": arn}

    async def describe_endpoint(self, caller: Caller, parameters: Parameters) -> Output:
        estate = self._estates.of(caller)
        name = parameters["EndpointName"]
        endpoint = estate.endpoints.seen(name, as_of=self._estates.as_of())
        if endpoint is None:
            raise not_found(ENDPOINT, estate.arn("endpoint", name))
        return describe(endpoint)

    async def list_endpoints(self, caller: Caller, parameters: Parameters) -> Output:
        seen = (endpoint for _, endpoint in self._estates.of(caller).endpoints.all_seen(as_of=self._estates.as_of()))
        return page(_LISTING, seen, parameters, summary=summary)

    async def update_endpoint(self, caller: Caller, parameters: Parameters) -> Output:
        """Move to another config; refused when the current one is gone (hashicorp/terraform-provider-aws#40048)."""
        estate = self._estates.of(caller)
        endpoint = self._changeable(estate, parameters["EndpointName"])
        support.check_deployment(parameters.get("DeploymentConfig"))
        config = self._config(estate, parameters["EndpointConfigName"])
        current_arn = estate.arn("endpoint-config", endpoint.config_name)
        if estate.configs.get(endpoint.config_name) is None:
            raise not_found(ENDPOINT_CONFIG, current_arn)
        if config.arn == current_arn and endpoint.status is not Status.UPDATE_ROLLBACK_FAILED:
            raise same_config(endpoint.arn, config.arn)
        wanted, fleet = self._fleet(estate, endpoint.name, config)
        if parameters.get("RetainAllVariantProperties", False):
            excluded = parameters.get("ExcludeRetainedVariantProperties", [])
            exclude = {entry["VariantPropertyType"] for entry in excluded}
            wanted = variants.retained(wanted, endpoint.variants, exclude=exclude)
        check_quota(estate, wanted=wanted, instead_of=endpoint.variants, quota=self._quota)
        now = self._estates.clock.now()
        pending = Pending(config_name=config.name, variants=wanted, started=now)
        kept = endpoint.last_deployment if parameters.get("RetainDeploymentConfig", False) else None
        self._put(
            estate,
            replace(
                endpoint,
                status=Status.UPDATING,
                pending=pending,
                failure_reason=None,
                last_deployment=parameters.get("DeploymentConfig", kept),
            ),
        )
        waits = support.waits_of(parameters.get("DeploymentConfig", kept))
        self._transitions.begin(Kind.UPDATE, estate, endpoint.name, fleet=fleet, longer_by=waits)
        return {"EndpointArn": endpoint.arn}

    async def update_endpoint_weights_and_capacities(self, caller: Caller, parameters: Parameters) -> Output:
        estate = self._estates.of(caller)
        endpoint = self._changeable(estate, parameters["EndpointName"])
        wanted = variants.changed(endpoint.variants, parameters["DesiredWeightsAndCapacities"])
        check_quota(estate, wanted=wanted, instead_of=endpoint.variants, quota=self._quota)
        self._put(estate, replace(endpoint, status=Status.UPDATING, variants=wanted, failure_reason=None))
        self._transitions.begin(Kind.WEIGHTS, estate, endpoint.name)
        return {"EndpointArn": endpoint.arn}

    async def delete_endpoint(self, caller: Caller, parameters: Parameters) -> Output:
        estate = self._estates.of(caller)
        endpoint = self._at_rest(estate, parameters["EndpointName"])
        self._put(estate, replace(endpoint, status=Status.DELETING))
        self._transitions.begin(Kind.DELETE, estate, endpoint.name)
        return {}

    def _at_rest(self, estate: Estate, name: str) -> Endpoint:
        endpoint = estate.endpoints.get(name)
        if endpoint is None:
            raise not_found(ENDPOINT, estate.arn("endpoint", name))
        if endpoint.status in IN_PROGRESS:
            raise in_progress(endpoint.arn)
        return endpoint

    def _changeable(self, estate: Estate, name: str) -> Endpoint:
        endpoint = self._at_rest(estate, name)
        if endpoint.status is Status.FAILED:
            raise failed_endpoint(endpoint.arn)
        return endpoint

    def _config(self, estate: Estate, name: str) -> EndpointConfig:
        """Return the config by an eventually consistent read, as SageMaker does (CreateEndpoint, API reference)."""
        config = estate.configs.seen(name, as_of=self._estates.as_of())
        if config is None:
            raise not_found(ENDPOINT_CONFIG, estate.arn("endpoint-config", name))
        support.check_config(config)
        return config

    def _fleet(self, estate: Estate, name: str, config: EndpointConfig) -> tuple[tuple[Variant, ...], FleetToRun]:
        models = {}
        for variant in config.variants:
            model = estate.models.get(variant["ModelName"])
            if model is None:
                raise not_found(MODEL, estate.arn("model", variant["ModelName"]))
            support.check_model(model)
            models[model.name.lower()] = model
        fleet = FleetToRun(
            account=estate.account,
            region=estate.region,
            endpoint_name=name,
            config_name=config.name,
            variants=variants.to_run(config, models),
        )
        return variants.from_config(config, models, now=self._estates.clock.now()), fleet

    def _put(self, estate: Estate, endpoint: Endpoint) -> None:
        self._estates.put(estate.endpoints, endpoint.name, replace(endpoint, modified=self._estates.clock.now()))
