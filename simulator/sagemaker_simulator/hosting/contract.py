"""What the SageMaker service and the hosting room say to each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Protocol

from sagemaker_simulator.hosting.file_exchange import FileAnswer, FileInvocation
from sagemaker_simulator.serverless.serverless_config import ServerlessConfig

PRIMARY: Final = "primary"  # SageMaker's word for the only container of a model


class ModelDataForm(Enum):
    """What lies at the URL of model data."""

    ARCHIVE = auto()
    OBJECT = auto()
    PREFIX = auto()


@dataclass(frozen=True, kw_only=True)
class ContainerToRun:
    """One container of a model, as CreateModel described it: its model data is an archive to unpack, one object, or
    everything under a prefix.

    `models_prefix` is the s3:// prefix, with its slash, of a container of many models; it has no model data of its own.
    Without `caches_models` each of them is unloaded as soon as it has answered.
    """

    image: str
    environment: Mapping[str, str]
    model_data_url: str | None = None
    model_data_form: ModelDataForm = ModelDataForm.ARCHIVE
    hostname: str | None = None
    models_prefix: str | None = None
    caches_models: bool = True


@dataclass(frozen=True, kw_only=True)
class VariantToRun:
    """One production variant: its containers in order, and SageMaker's time-outs in real seconds.

    `direct`: a request is for the one container that it names, not for all of them in a row. `serverless`: what it has
    instead of instances, None for a variant that runs on some.
    """

    name: str
    model_name: str
    execution_role_arn: str
    containers: Sequence[ContainerToRun]
    direct: bool = False
    serverless: ServerlessConfig | None = None
    startup_timeout_seconds: int | None = None
    download_timeout_seconds: int | None = None
    instance_type: str = ""
    volume_gb: int | None = None


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
    """A request for a container: the body and the headers that SageMaker passes through.

    `container` names the one that is meant where containers are invoked directly; it is None everywhere else.
    `target_model` is the key, under the prefix, of the model that is meant where a container has many; `instances` is
    how many instances the variant has at the moment.
    """

    body: bytes
    content_type: str
    accept: str | None = None
    headers: Mapping[str, str]
    container: str | None = None
    target_model: str | None = None
    instances: int = 1


@dataclass(frozen=True, kw_only=True)
class Leg:
    """What one of a model's containers did with a request: its status (None: no answer) and real seconds."""

    container: str
    status: int | None
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a container answered, its status not yet judged.

    `container` is who answered, as SageMaker calls it in sentences; `legs` are all that were asked, in order. Before
    the first of them was asked, a cold start (or the loading of the model that is meant) took `waited_seconds` (real);
    in AWS it would have taken `setup_seconds`.
    """

    status: int
    body: bytes
    content_type: str
    headers: Mapping[str, str]
    container: str = PRIMARY
    legs: tuple[Leg, ...] = ()
    waited_seconds: float = 0.0
    setup_seconds: float = 0.0


class AnswerStream(Protocol):
    """An answer that is still arriving: status and headers are there, the body comes as the container sends it."""

    @property
    def status(self) -> int: ...
    @property
    def content_type(self) -> str: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def container(self) -> str: ...

    async def next_chunk(self) -> bytes:
        """Return what has arrived, empty at the end.

        Raises ContainerTimedOut after the time that SageMaker gives a stream, ContainerGone when it breaks off.
        """
        ...

    async def close(self) -> None:
        """Give up what has not arrived. Safe to call twice."""
        ...


class FleetFailed(Exception):
    """The fleet cannot serve; the text is SageMaker's FailureReason."""


class ContainerTimedOut(Exception):
    """The container did not answer within SageMaker's limit (60 s for real-time endpoints).

    `container` and `legs` are as those of an Answer.
    """

    def __init__(self, message: str, *, container: str = PRIMARY) -> None:
        super().__init__(message)
        self.container = container
        self.legs: tuple[Leg, ...] = ()


class ContainerGone(ConnectionError):
    """The server process is gone, or broke its answer off; `container` and `legs` are as those of an Answer."""

    def __init__(self, message: str, *, container: str = PRIMARY) -> None:
        super().__init__(message)
        self.container = container
        self.legs: tuple[Leg, ...] = ()


class Fleet(Protocol):
    """A fleet that passed its health checks."""

    async def invoke(self, variant: str, invocation: Invocation) -> Answer:
        """Send one request to the variant's containers: through all of them, or to the one that it names.

        Raises ContainerTimedOut, or ContainerGone (a ConnectionError) when the server process is gone.
        """
        ...

    async def stream(self, variant: str, invocation: Invocation) -> AnswerStream:
        """Send one request to the one container that answers it, and hand on the answer as it arrives.

        Raises ContainerTimedOut or ContainerGone before the answer has begun, ValueError for a pipeline.
        """
        ...

    async def exchange(self, variant: str, invocation: FileInvocation) -> FileAnswer:
        """Send one request from a file to the variant's only container, and its answer into another file.

        Raises ContainerTimedOut after the invocation's own time, ContainerGone, ValueError for several containers.
        """
        ...

    def direct_containers(self, variant: str) -> Sequence[str]:
        """Return the names by which the variant's containers are invoked directly; none when they run in a row."""
        ...

    def is_pipeline(self, variant: str) -> bool:
        """Tell whether a request goes through several of the variant's containers."""
        ...

    def has_many_models(self, variant: str) -> bool:
        """Tell whether requests name the model that they are for."""
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
