"""What the SageMaker service and the hosting room say to each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol


class ModelDataForm(Enum):
    """What lies at the URL of model data."""

    ARCHIVE = auto()
    OBJECT = auto()
    PREFIX = auto()


@dataclass(frozen=True, kw_only=True)
class ContainerToRun:
    """One container of a model, as CreateModel described it: its model data is an archive to unpack, one object, or
    everything under a prefix.
    """

    image: str
    environment: Mapping[str, str]
    model_data_url: str | None = None
    model_data_form: ModelDataForm = ModelDataForm.ARCHIVE
    hostname: str | None = None


@dataclass(frozen=True, kw_only=True)
class VariantToRun:
    """One production variant: its containers in order, and SageMaker's time-outs in real seconds."""

    name: str
    model_name: str
    execution_role_arn: str
    containers: Sequence[ContainerToRun]
    startup_timeout_seconds: int | None = None
    download_timeout_seconds: int | None = None


@dataclass(frozen=True, kw_only=True)
class FleetToRun:
    """All variants of an endpoint config under one endpoint; in an update two fleets of one run side by side."""

    account: str
    region: str
    endpoint_name: str
    config_name: str
    variants: Sequence[VariantToRun]


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """A request for a container: the body and the headers that SageMaker passes through."""

    body: bytes
    content_type: str
    accept: str | None = None
    headers: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a container answered, its status not yet judged."""

    status: int
    body: bytes
    content_type: str
    headers: Mapping[str, str]


class FleetFailed(Exception):
    """The fleet cannot serve; the text is SageMaker's FailureReason."""


class ContainerTimedOut(Exception):
    """The container did not answer within SageMaker's limit (60 s for real-time endpoints)."""


class Fleet(Protocol):
    """A fleet that passed its health checks."""

    async def invoke(self, variant: str, invocation: Invocation) -> Answer:
        """Send one request to the variant's container.

        Raises ContainerTimedOut, or ConnectionError when the server process is gone.
        """
        ...

    async def stop(self) -> None:
        """End the fleet's processes: SIGTERM, then SIGKILL after SageMaker's 30 s. Safe to call twice."""
        ...


class Hosting(Protocol):
    """Starts fleets."""

    async def start(self, fleet: FleetToRun) -> Fleet:
        """Download, start and health-check every container; cancelling the task stops what was started.

        Raises FleetFailed.
        """
        ...

    async def close(self) -> None:
        """Stop every fleet that is still there."""
        ...
