"""What observers are told of an invocation, put together from the request, the endpoint and the answer."""

import uuid
from collections.abc import Mapping
from typing import Any

from sagemaker_simulator.hosting.contract import Answer, Invocation

from .observers import FinishedInvocation, StreamedAnswer
from .request_members import PREFIX
from .routing import Route

_CUSTOM_ATTRIBUTES = f"{PREFIX}custom-attributes"
_MICROSECONDS = 1_000_000.0


def finished(
    route: Route,
    *,
    members: Mapping[str, Any],
    invocation: Invocation,
    answer: Answer,
    concurrent: int,
    model_seconds: float,
    overhead_seconds: float,
    at: float,
    stream: StreamedAnswer | None = None,
) -> FinishedInvocation:
    """Return the record; `at` is simulated, `*_seconds` are real."""
    endpoint = route.endpoint
    return FinishedInvocation(
        account=route.estate.account,
        region=route.estate.region,
        endpoint=endpoint.name,
        variant=route.variant,
        endpoint_config=route.config_name,
        deploying=endpoint.pending is not None,
        instances=route.instances,
        concurrent=concurrent,
        request_content_type=invocation.content_type,
        request_accept=invocation.accept,
        request_body=invocation.body,
        custom_attributes=members.get("CustomAttributes"),
        inference_id=members.get("InferenceId"),
        target_variant=members.get("TargetVariant"),
        event_id=str(uuid.uuid4()),
        response_status=answer.status,
        response_content_type=answer.content_type,
        response_body=answer.body,
        response_custom_attributes=_custom_attributes(answer),
        model_latency=model_seconds * _MICROSECONDS,
        overhead_latency=overhead_seconds * _MICROSECONDS,
        time=at,
        target_container=invocation.container,
        legs=answer.legs,
        stream=stream,
    )


def _custom_attributes(answer: Answer) -> str | None:
    return next((value for name, value in answer.headers.items() if name.lower() == _CUSTOM_ATTRIBUTES), None)
