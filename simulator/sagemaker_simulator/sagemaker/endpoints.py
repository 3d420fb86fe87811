"""The six operations on endpoints: create, describe, list, update, update of weights and counts, delete."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sagemaker_simulator.wire.request import Caller

from . import quotas
from .alarm_watch import AlarmStates, NoAlarms
from .capacities import Capacities
from .deployment_checks import check_document
from .endings import Kind
from .endpoint_update import EndpointUpdate
from .endpoint_views import describe, summary
from .estate import Estate, Estates
from .ingredients import Gathering, config_seen
from .lists import Listing, page
from .records import IN_PROGRESS, Endpoint, Pending, Status
from .refusals import ENDPOINT, already_exists, failed_endpoint, in_progress, not_found
from .scalable_targets import NoScalableTargets, ScalableTargets
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

    def __init__(
        self,
        *,
        estates: Estates,
        transitions: Transitions,
        quota: Callable[[str], int],
        gathering: Gathering,
        alarms: AlarmStates | None = None,
        targets: ScalableTargets | None = None,
    ) -> None:
        self._estates = estates
        self._transitions = transitions
        self._quota = quota
        self._gathering = gathering
        self._targets = targets or NoScalableTargets()
        self._capacities = Capacities(estates=estates, transitions=transitions, quota=quota, gathering=gathering)
        self._update = EndpointUpdate(
            estates=estates,
            transitions=transitions,
            quota=quota,
            alarms=alarms or NoAlarms(),
            targets=self._targets,
            gathering=gathering,
        )

    async def create_endpoint(self, caller: Caller, parameters: Parameters) -> Output:
        estate = self._estates.of(caller)
        name = parameters["EndpointName"]
        arn = estate.arn("endpoint", name)
        if estate.endpoints.get(name) is not None:
            raise already_exists(ENDPOINT, arn)
        tags = tags_from(parameters.get("Tags", []))
        check_document(parameters.get("DeploymentConfig"))
        config = config_seen(estate, parameters["EndpointConfigName"], as_of=self._estates.as_of())
        now = self._estates.clock.now()
        made = self._gathering.gather(estate, name, config, now=now)
        needs = quotas.of_creation(made.all_variants)
        quotas.check_quota(estate, needs, quota=self._quota)
        pending = Pending(
            config_name=config.name,
            variants=made.variants,
            shadows=made.shadows,
            started=now,
            reserved=needs,
            data_capture=config.definition.get("DataCaptureConfig"),
            async_inference=config.definition.get("AsyncInferenceConfig"),
        )
        endpoint = Endpoint(
            name=name,
            arn=arn,
            config_name=config.name,
            status=Status.CREATING,
            created=now,
            modified=now,
            pending=pending,
            last_deployment=parameters.get("DeploymentConfig"),
        )
        self._estates.put(estate.endpoints, name, endpoint)
        self._estates.put(estate.tags, arn, tags)
        obstacle = self._gathering.obstacle(made.all_variants)
        self._transitions.begin(Kind.CREATE, estate, name, fleet=made.fleet, obstacle=obstacle)
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
        estate = self._estates.of(caller)
        endpoint = self._changeable(estate, parameters["EndpointName"])
        self._update.begin(estate, endpoint, parameters)
        return {"EndpointArn": endpoint.arn}

    async def update_endpoint_weights_and_capacities(self, caller: Caller, parameters: Parameters) -> Output:
        estate = self._estates.of(caller)
        endpoint = self._changeable(estate, parameters["EndpointName"])
        self._capacities.change(estate, endpoint, parameters["DesiredWeightsAndCapacities"])
        return {"EndpointArn": endpoint.arn}

    async def delete_endpoint(self, caller: Caller, parameters: Parameters) -> Output:
        estate = self._estates.of(caller)
        endpoint = self._at_rest(estate, parameters["EndpointName"])
        self._targets.deregister_all(account=estate.account, region=estate.region, endpoint=endpoint.name)
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

    def _put(self, estate: Estate, endpoint: Endpoint) -> None:
        self._estates.put(estate.endpoints, endpoint.name, replace(endpoint, modified=self._estates.clock.now()))
