"""InvokeEndpointAsync: a request is checked, its locations are decided, it is queued, and the caller goes on.

Source: InvokeEndpointAsync in the SageMaker Runtime API reference. The refusals' sentences are not published.
"""

import json
import uuid
from collections.abc import Mapping
from typing import Any, Final

from sagemaker_simulator.runtime.request_members import PREFIX
from sagemaker_simulator.runtime.routing import Routing
from sagemaker_simulator.sagemaker.estate import Estate, Estates
from sagemaker_simulator.sagemaker.records import Endpoint
from sagemaker_simulator.wire.errors import AwsError
from sagemaker_simulator.wire.request import Call, Incoming, Reply

from .async_config import AsyncConfig, async_config
from .async_queues import AsyncQueues
from .async_request import AsyncRequest
from .request_members import members_of

_TTL_SECONDS: Final = 21_600
_TIMEOUT_SECONDS: Final = 900


class InvokeEndpointAsync:
    """The operation."""

    def __init__(self, *, estates: Estates, routing: Routing, queues: AsyncQueues) -> None:
        self._estates = estates
        self._routing = routing
        self._queues = queues

    async def answer(self, call: Call, request: Incoming) -> Reply:
        """Queue the request. Raises AwsError."""
        members = members_of(call, request)
        estate = self._estates.of(call.caller)
        endpoint = self._routing.serving(estate, members["EndpointName"])
        if endpoint.async_inference is None:
            raise AwsError(
                "ValidationError",
                f"Endpoint {endpoint.name} of account {estate.account} is not configured for asynchronous inference; "
                "use InvokeEndpoint.",
            )
        queued = _request(estate, endpoint, members, now=self._estates.clock.seconds())
        self._queues.put(estate, queued)
        return _reply(queued)


def _request(estate: Estate, endpoint: Endpoint, members: Mapping[str, Any], *, now: float) -> AsyncRequest:
    config = async_config(endpoint.async_inference or {})
    inference_id = members.get("InferenceId") or str(uuid.uuid4())
    output, failure = _locations(config, members)
    return AsyncRequest(
        account=estate.account,
        region=estate.region,
        endpoint=endpoint.name,
        variant=endpoint.variants[0].name,
        inference_id=inference_id,
        config=config,
        input_location=members.get("InputLocation"),
        inline_body=members.get("Body"),
        content_type=members.get("ContentType"),
        accept=members.get("Accept"),
        custom_attributes=members.get("CustomAttributes"),
        headers=_headers(inference_id, members.get("CustomAttributes")),
        output_location=output,
        failure_location=failure,
        received=now,
        ttl_seconds=members.get("RequestTTLSeconds", _TTL_SECONDS),
        timeout_seconds=members.get("InvocationTimeoutSeconds", _TIMEOUT_SECONDS),
    )


def _headers(inference_id: str, custom_attributes: str | None) -> dict[str, str]:
    """Return what a container is told; the other members of the request are about the queue."""
    told = {f"{PREFIX}inference-id": inference_id}
    return told if custom_attributes is None else {**told, f"{PREFIX}custom-attributes": custom_attributes}


def _locations(config: AsyncConfig, members: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return where the output goes and where a failure does; a Filename is the whole name of the output."""
    extension = members.get("S3OutputPathExtension", "").strip("/")
    middle = f"/{extension}" if extension else ""
    unique = str(uuid.uuid4())
    output = f"{config.output_path}{middle}/{members.get('Filename', f'{unique}.out')}"
    if config.failure_path is None:
        return output, None
    return output, f"{config.failure_path}{middle}/{members.get('Filename', unique)}-error.out"


def _reply(queued: AsyncRequest) -> Reply:
    headers = {
        "Content-Type": "application/json",
        "x-amzn-RequestId": str(uuid.uuid4()),
        "X-Amzn-SageMaker-OutputLocation": queued.output_location,
    }
    if queued.failure_location is not None:
        headers["X-Amzn-SageMaker-FailureLocation"] = queued.failure_location
    return Reply(status=202, body=json.dumps({"InferenceId": queued.inference_id}).encode(), headers=headers)
