"""One InvokeEndpointAsync: what was asked, where its answer is to lie, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from .async_config import AsyncConfig

OCTET_STREAM = "application/octet-stream"


@dataclass(frozen=True, kw_only=True)
class AsyncRequest:
    """A request that was accepted; its locations were told to the caller and stay what they are.

    Exactly one of `input_location` and `inline_body` is given. `received` is simulated, in seconds since the epoch.
    `ttl_seconds` (simulated) is how long it may wait, `timeout_seconds` (real) how long the container may take.
    """

    account: str
    region: str
    endpoint: str
    variant: str
    inference_id: str
    config: AsyncConfig
    input_location: str | None
    inline_body: bytes | None
    content_type: str | None
    accept: str | None
    custom_attributes: str | None
    headers: Mapping[str, str]
    output_location: str
    failure_location: str | None
    received: float
    ttl_seconds: int
    timeout_seconds: int


class Ending(StrEnum):
    """What became of a request: `InvocationStatus` of its notification is Completed for the first, else Failed."""

    COMPLETED = "Completed"
    EXPIRED = "Expired"
    NOT_DOWNLOADED = "NotDownloaded"
    MODEL_FAILED = "ModelFailed"
    NOT_UPLOADED = "NotUploaded"


@dataclass(frozen=True, kw_only=True)
class Result:
    """How a request ended. `reason` is None for what went well.

    `response` is what the container answered, None when it is longer than a notification takes or when there is none.
    """

    ending: Ending
    reason: str | None = None
    content_type: str | None = None
    response: bytes | None = None

    @property
    def completed(self) -> bool:
        return self.ending is Ending.COMPLETED
