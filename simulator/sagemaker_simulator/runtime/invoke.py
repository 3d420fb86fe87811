"""InvokeEndpoint: which variant is asked, what it is given, and how its answer is judged.

Error codes and sentences are those of SageMaker Runtime (ValidationError, not ValidationException:
aws/amazon-sagemaker-examples#293; ModelError in the InvokeEndpoint API reference).
"""

import random
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sagemaker_simulator.hosting.contract import Answer, ContainerTimedOut, Fleet, Invocation
from sagemaker_simulator.sagemaker.estate import Estate, Estates
from sagemaker_simulator.sagemaker.fleets import Answering, Fleets
from sagemaker_simulator.sagemaker.records import ABLE_TO_SERVE, Endpoint, Variant
from sagemaker_simulator.wire.errors import AwsError, NotModelled
from sagemaker_simulator.wire.request import Call, Incoming, Reply

from .finished import finished
from .in_flight import InFlight
from .model_errors import model_error
from .observers import NO_ANSWER, InvocationObservers
from .request_members import PREFIX, members_of

INVOKED_VARIANT = "x-Amzn-Invoked-Production-Variant"
_DEFAULT_CONTENT_TYPE = "application/octet-stream"
# Members of InvokeEndpoint that need what is not there yet.
_NOT_YET = {
    "TargetModel": "multi-model endpoints",
    "TargetContainerHostname": "direct invocation of containers",
    "InferenceComponentName": "inference components",
    "EnableExplanations": "explainers",
    "SessionId": "stateful sessions",
}


class InvokeEndpoint:
    """Requests to endpoints."""

    def __init__(self, *, estates: Estates, fleets: Fleets, observers: InvocationObservers) -> None:
        self._estates = estates
        self._fleets = fleets
        self._observers = observers
        self._in_flight = InFlight()
        self._random = random.Random(20170724)  # noqa: S311 - jitter that repeats from run to run, not a secret

    async def answer(self, call: Call, request: Incoming) -> Reply:
        """Return the container's answer. Raises AwsError."""
        if call.operation != "InvokeEndpoint":
            raise NotModelled(f"{call.service} {call.operation} is not modelled yet")
        arrived = time.perf_counter()
        members = members_of(call, request)
        estate = self._estates.of(call.caller)
        endpoint = self._serving(estate, members["EndpointName"])
        for member, what in _NOT_YET.items():
            if member in members:
                raise NotModelled(f"{what} are not modelled yet ({member})")
        variant = self._variant(endpoint, members.get("TargetVariant"))
        answering = self._answering(estate, endpoint, variant)
        invocation = _invocation(members, request)
        with self._in_flight.one_more((estate.account, estate.region, endpoint.name, variant)) as concurrent:
            asked = time.perf_counter()
            answer = await _ask(answering.fleet, variant, invocation)
            answered = time.perf_counter()
        self._observers.tell(
            finished(
                endpoint,
                variant,
                config_name=answering.config_name,
                estate=estate,
                members=members,
                invocation=invocation,
                answer=answer,
                concurrent=concurrent,
                model_seconds=answered - asked,
                overhead_seconds=asked - arrived + time.perf_counter() - answered,
                at=self._estates.clock.seconds(),
            )
        )
        if answer.status == NO_ANSWER or answer.status >= 400:
            raise model_error(answer.status, answer.body, estate=estate, endpoint=endpoint, variant=variant)
        return Reply(status=200, body=answer.body, headers=_headers(answer, variant))

    def _serving(self, estate: Estate, name: str) -> Endpoint:
        endpoint = estate.endpoints.get(name)
        # "The name is case-insensitive in CreateEndpoint, but the case is preserved and must be matched in
        # InvokeEndpoint" (CreateEndpoint in the SageMaker API reference).
        if endpoint is None or endpoint.name != name or endpoint.status not in ABLE_TO_SERVE:
            raise _endpoint_not_found(estate, name)
        return endpoint

    def _answering(self, estate: Estate, endpoint: Endpoint, variant: str) -> Answering:
        """Return the fleet that answers this request: while a deployment shifts traffic, one of two."""
        answering = self._fleets.answering(estate, endpoint.name, variant)
        if answering is None:
            raise _endpoint_not_found(estate, endpoint.name)
        return answering

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


def _endpoint_not_found(estate: Estate, name: str) -> AwsError:
    return AwsError("ValidationError", f"Endpoint {name} of account {estate.account} not found.")


async def _ask(fleet: Fleet, variant: str, invocation: Invocation) -> Answer:
    """Return the container's answer, or SageMaker's sentence with the status NO_ANSWER when it gave none."""
    try:
        return await fleet.invoke(variant, invocation)
    except ContainerTimedOut:
        message = (
            "Your invocation timed out while waiting for a response from container primary. Review the latency "
            "metrics for each container in Amazon CloudWatch, resolve the issue, and try again."
        )
    except ConnectionError:
        message = "An exception occurred while sending request to model. Please contact customer support."
    return Answer(status=NO_ANSWER, body=message.encode(), content_type="text/plain", headers={})


def _invocation(members: Mapping[str, Any], request: Incoming) -> Invocation:
    passed = {name: value for name, value in request.headers.items() if name.lower().startswith(PREFIX)}
    return Invocation(
        body=members["Body"],
        content_type=members.get("ContentType", _DEFAULT_CONTENT_TYPE),
        accept=members.get("Accept"),
        headers=passed,
    )


def _headers(answer: Answer, variant: str) -> dict[str, str]:
    passed = {name: value for name, value in answer.headers.items() if name.lower().startswith(PREFIX)}
    request_id = str(uuid.uuid4())
    return {**passed, "Content-Type": answer.content_type, INVOKED_VARIANT: variant, "x-amzn-RequestId": request_id}
