"""UpdateEndpoint: whether an endpoint may move to another config, what it keeps on the way, and how it goes there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from . import quotas, variants
from .alarm_watch import AlarmStates, check_alarms
from .async_endpoints import check_update
from .deployment_checks import check_document, check_fit
from .deployment_policy import Policy, policy_of
from .endings import Kind
from .estate import Estate, Estates
from .ingredients import Gathering, Ingredients, config_seen
from .records import Endpoint, EndpointConfig, Pending, Status
from .refusals import ENDPOINT_CONFIG, instances_to_serverless, not_found, same_config
from .scalable_targets import ScalableTargets, check_scalable_targets
from .transitions import Transitions

Parameters = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class EndpointUpdate:
    """What an update asks and whom it tells."""

    estates: Estates
    transitions: Transitions
    quota: Callable[[str], int]
    alarms: AlarmStates
    targets: ScalableTargets
    gathering: Gathering

    def begin(self, estate: Estate, endpoint: Endpoint, parameters: Parameters) -> None:
        """Start the update of an endpoint that may be changed. Raises AwsError, NotModelled."""
        document = _deployment(endpoint, parameters)
        check_document(document)
        policy = policy_of(document)
        config = config_seen(estate, parameters["EndpointConfigName"], as_of=self.estates.as_of())
        _check_move(estate, endpoint, config)
        check_update(endpoint, config)
        _check_serverless(endpoint, config)
        if _involves_serverless(endpoint, config):
            policy = Policy()  # guardrails fall back to all at once ("Deployment guardrails", "Exclusions")
        now = self.estates.clock.now()
        made = _retaining(self.gathering.gather(estate, endpoint.name, config, now=now), endpoint, parameters)
        shadows = bool(made.shadows or endpoint.shadows)
        check_fit(policy, wanted=made.variants, current=endpoint.variants, shadows=shadows)
        check_scalable_targets(self.targets, estate, endpoint, wanted=made.all_variants)
        check_alarms(self.alarms, estate, policy.alarms)
        needs = quotas.of_deployment(policy, wanted=made.all_variants, current=endpoint.all_variants)
        quotas.check_quota(estate, needs, quota=self.quota)
        pending = Pending(
            config_name=config.name,
            variants=made.variants,
            shadows=made.shadows,
            started=now,
            reserved=needs,
            data_capture=config.definition.get("DataCaptureConfig"),
            async_inference=config.definition.get("AsyncInferenceConfig"),
        )
        updating = replace(
            endpoint,
            status=Status.UPDATING,
            pending=pending,
            failure_reason=None,
            last_deployment=document,
            modified=now,
        )
        self.estates.put(estate.endpoints, endpoint.name, updating)
        self.transitions.begin(
            Kind.UPDATE,
            estate,
            endpoint.name,
            fleet=made.fleet,
            policy=policy,
            obstacle=self.gathering.obstacle(made.all_variants),
        )


def _deployment(endpoint: Endpoint, parameters: Parameters) -> Parameters | None:
    """Return the DeploymentConfig that is given, or the last one when that is to be retained."""
    kept = endpoint.last_deployment if parameters.get("RetainDeploymentConfig", False) else None
    deployment: Parameters | None = parameters.get("DeploymentConfig", kept)
    return deployment


def _check_move(estate: Estate, endpoint: Endpoint, config: EndpointConfig) -> None:
    """Refuse when the current config is gone (hashicorp/terraform-provider-aws#40048) or is the wanted one."""
    current_arn = estate.arn("endpoint-config", endpoint.config_name)
    if estate.configs.get(endpoint.config_name) is None:
        raise not_found(ENDPOINT_CONFIG, current_arn)
    if config.arn == current_arn and endpoint.status is not Status.UPDATE_ROLLBACK_FAILED:
        raise same_config(endpoint.arn, config.arn)


def _involves_serverless(endpoint: Endpoint, config: EndpointConfig) -> bool:
    before = any(variant.desired_serverless is not None for variant in endpoint.variants)
    return before or any("ServerlessConfig" in variant for variant in config.variants)


def _check_serverless(endpoint: Endpoint, config: EndpointConfig) -> None:
    """Refuse to take the instances away; serverless endpoints may go to instances, and not back."""
    on_instances = any(variant.desired_serverless is None for variant in endpoint.variants)
    if on_instances and any("ServerlessConfig" in variant for variant in config.variants):
        raise instances_to_serverless(endpoint.arn)


def _retaining(made: Ingredients, endpoint: Endpoint, parameters: Parameters) -> Ingredients:
    """Return the ingredients with what RetainAllVariantProperties keeps of the endpoint as it is."""
    if not parameters.get("RetainAllVariantProperties", False):
        return made
    exclude = {entry["VariantPropertyType"] for entry in parameters.get("ExcludeRetainedVariantProperties", [])}
    return replace(
        made,
        variants=variants.retained(made.variants, endpoint.variants, exclude=exclude),
        shadows=variants.retained(made.shadows, endpoint.shadows, exclude=exclude),
    )
