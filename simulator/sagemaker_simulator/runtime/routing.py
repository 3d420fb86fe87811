"""Which fleet and which variant answer a request to an endpoint, whatever operation it came with.

Error codes and sentences are those of SageMaker Runtime (ValidationError, not ValidationException:
aws/amazon-sagemaker-examples#293).
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sagemaker_simulator.hosting.contract import Fleet
from sagemaker_simulator.sagemaker.estate import Estate, Estates
from sagemaker_simulator.sagemaker.fleets import Fleets
from sagemaker_simulator.sagemaker.records import ABLE_TO_SERVE, Endpoint, Variant
from sagemaker_simulator.wire.errors import AwsError


@dataclass(frozen=True, kw_only=True)
class Route:
    """Who answers one request; `config_name` is what the fleet was made from."""

    estate: Estate
    endpoint: Endpoint
    variant: str
    fleet: Fleet
    config_name: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What requests to the variant are counted under."""
        return self.estate.account, self.estate.region, self.endpoint.name, self.variant

    @property
    def instances(self) -> int:
        """How many instances the variant has, in the fleet that answers."""
        pending = self.endpoint.pending
        deploying = pending is not None and pending.config_name == self.config_name
        variants = pending.variants if pending is not None and deploying else self.endpoint.variants
        return next((each.current_count for each in variants if each.name == self.variant), 0)


class Routing:
    """Chooses variants by their weights, and one of two fleets while a deployment shifts traffic."""

    def __init__(self, *, estates: Estates, fleets: Fleets) -> None:
        self._estates = estates
        self._fleets = fleets
        self._random = random.Random(20170724)  # noqa: S311 - jitter that repeats from run to run, not a secret

    def serving(self, estate: Estate, name: str) -> Endpoint:
        """Return the endpoint. Raises AwsError when there is none that serves."""
        endpoint = estate.endpoints.get(name)
        # "The name is case-insensitive in CreateEndpoint, but the case is preserved and must be matched in
        # InvokeEndpoint" (CreateEndpoint in the SageMaker API reference).
        if endpoint is None or endpoint.name != name or endpoint.status not in ABLE_TO_SERVE:
            raise endpoint_not_found(estate, name)
        return endpoint

    def route(self, estate: Estate, endpoint: Endpoint, members: Mapping[str, Any]) -> Route:
        """Return who answers at once. Raises AwsError for a TargetVariant that is not there, or if nobody does."""
        if endpoint.async_inference is not None:
            raise _asynchronous(estate, endpoint)
        variant = self._variant(endpoint, members.get("TargetVariant"))
        answering = self._fleets.answering(estate, endpoint.name, variant)
        if answering is None:
            raise endpoint_not_found(estate, endpoint.name)
        return Route(
            estate=estate,
            endpoint=endpoint,
            variant=variant,
            fleet=answering.fleet,
            config_name=answering.config_name,
        )

    def _variant(self, endpoint: Endpoint, wanted: str | None) -> str:
        if wanted is None:
            return self._by_weight(endpoint.variants)
        if wanted not in {variant.name for variant in endpoint.variants}:
            raise AwsError("ValidationError", f"Variant {wanted} not found for endpoint {endpoint.name}.")
        return wanted

    def _by_weight(self, variants: Sequence[Variant]) -> str:
        weights = [variant.current_weight for variant in variants]
        if not any(weights):
            return variants[0].name
        return self._random.choices([variant.name for variant in variants], weights)[0]


def _asynchronous(estate: Estate, endpoint: Endpoint) -> AwsError:
    """Return an asynchronous endpoint's refusal; strands-agents/harness-sdk#1969 tells its code, nobody its words."""
    return AwsError(
        "ValidationError",
        f"Endpoint {endpoint.name} of account {estate.account} is configured for asynchronous inference; "
        "use InvokeEndpointAsync.",
    )


def endpoint_not_found(estate: Estate, name: str) -> AwsError:
    """Return the refusal of a request to an endpoint that is not there or does not serve."""
    return AwsError("ValidationError", f"Endpoint {name} of account {estate.account} not found.")
