"""What a container is sent of a request to its endpoint, and what of its answer goes back."""

import uuid
from collections.abc import Mapping
from typing import Any

from sagemaker_simulator.hosting.contract import Invocation
from sagemaker_simulator.wire.request import Incoming

from .request_members import PREFIX
from .routing import Route
from .target_container import target_container
from .target_model import target_model

INVOKED_VARIANT = "x-Amzn-Invoked-Production-Variant"
_DEFAULT_CONTENT_TYPE = "application/octet-stream"


def invocation_of(members: Mapping[str, Any], request: Incoming, *, route: Route) -> Invocation:
    """Return the request as the container gets it.

    Raises AwsError for a container or a model that is not there, or that must be named and is not.
    """
    return Invocation(
        body=members["Body"],
        content_type=members.get("ContentType", _DEFAULT_CONTENT_TYPE),
        accept=members.get("Accept"),
        headers=_passed(request.headers),
        container=target_container(route, members),
        target_model=target_model(route, members),
        instances=route.instances,
    )


def answer_headers(container_headers: Mapping[str, str], *, variant: str) -> dict[str, str]:
    """Return the headers of a good answer, but for its content type."""
    return {**_passed(container_headers), INVOKED_VARIANT: variant, "x-amzn-RequestId": str(uuid.uuid4())}


def _passed(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower().startswith(PREFIX)}
