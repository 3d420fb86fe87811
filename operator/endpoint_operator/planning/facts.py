"""What AWS and the cluster said, as plain data: the input of every decision."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from endpoint_operator.api.names import hex_digest
from endpoint_operator.planning.concurrency import ServerlessCapacity
from endpoint_operator.planning.cost import Price
from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.image_catalogue import ImageCatalogue
from endpoint_operator.planning.inputs.values import NOTHING_SEEN, SeenInputs
from endpoint_operator.planning.instance_memory import InstanceMemory
from endpoint_operator.planning.model_counts import ModelCounts
from endpoint_operator.planning.scaling.live import KnownScaling, ScalingTrouble
from endpoint_operator.planning.tenancy.tenancy import Tenancy

# SageMaker's reads may lag behind its writes; AWS names no bound, so nothing is concluded from an absence that is
# younger than this. A flag of the operator.
CONSISTENCY_WINDOW_SECONDS = 30.0

# How often a rollout in steps is looked at: lists show neither its stage nor how far it is. A flag of the operator.
ROLLOUT_LOOK_SECONDS = 15.0


class LiveStatus(StrEnum):
    """EndpointStatus of DescribeEndpoint (SageMaker API reference)."""

    OUT_OF_SERVICE = "OutOfService"
    CREATING = "Creating"
    UPDATING = "Updating"
    SYSTEM_UPDATING = "SystemUpdating"
    ROLLING_BACK = "RollingBack"
    IN_SERVICE = "InService"
    DELETING = "Deleting"
    FAILED = "Failed"
    UPDATE_ROLLBACK_FAILED = "UpdateRollbackFailed"


# SageMaker refuses every update and deletion while one of these holds.
BUSY = frozenset(
    {
        LiveStatus.CREATING,
        LiveStatus.UPDATING,
        LiveStatus.SYSTEM_UPDATING,
        LiveStatus.ROLLING_BACK,
        LiveStatus.DELETING,
    }
)

SERVING = frozenset(
    {
        LiveStatus.IN_SERVICE,
        LiveStatus.UPDATING,
        LiveStatus.SYSTEM_UPDATING,
        LiveStatus.ROLLING_BACK,
        LiveStatus.UPDATE_ROLLBACK_FAILED,
    }
)


@dataclass(frozen=True, kw_only=True)
class LiveImage:
    specified: str
    resolved: str | None = None


@dataclass(frozen=True, kw_only=True)
class LiveVariant:
    name: str
    current_count: int | None = None
    desired_count: int | None = None
    current_weight: float | None = None
    desired_weight: float | None = None
    pools: Mapping[str, int] = field(default_factory=dict)
    """Instances by type, where it has instance pools."""
    images: tuple[LiveImage, ...] = ()
    current_serverless: ServerlessCapacity | None = None
    """None for a variant that runs on instances."""
    desired_serverless: ServerlessCapacity | None = None

    @property
    def is_serverless(self) -> bool:
        return self.current_serverless is not None or self.desired_serverless is not None


@dataclass(frozen=True, kw_only=True)
class PendingVariant:
    """One variant of PendingDeploymentSummary: the new fleet while it is made."""

    name: str
    stage: str
    message: str | None = None
    since: str | None = None
    current_count: int | None = None
    desired_count: int | None = None
    pools: Mapping[str, int] = field(default_factory=dict)
    current_serverless: ServerlessCapacity | None = None


@dataclass(frozen=True, kw_only=True)
class LiveEndpoint:
    """An endpoint as DescribeEndpoint shows it. Times are ISO 8601 in UTC, compared for equality only."""

    name: str
    arn: str
    status: LiveStatus
    config_name: str | None
    created: str
    modified: str
    failure_reason: str | None = None
    variants: tuple[LiveVariant, ...] = ()
    shadow: LiveVariant | None = None
    asynchronous: bool = False
    """Whether it answers InvokeEndpointAsync only."""
    pending_config_name: str | None = None
    pending: tuple[PendingVariant, ...] = ()

    @property
    def busy(self) -> bool:
        return self.status in BUSY

    @property
    def serves(self) -> bool:
        return self.status in SERVING

    @property
    def instance_count(self) -> int:
        return sum(variant.current_count or 0 for variant in self.variants)

    @property
    def all_variants(self) -> tuple[LiveVariant, ...]:
        """The shadow among them."""
        return (*self.variants, self.shadow) if self.shadow is not None else self.variants


@dataclass(frozen=True, kw_only=True)
class Look:
    """What preflight saw of one thing; `fault` says what is wrong with it, `trace` changes when the thing changes.

    Without a trace it tells nothing about why a revision failed.
    """

    about: str
    trace: str
    fault: Fault | None = None
    skipped: str | None = None
    """The field, and why it was not looked at."""
    doubt: str | None = None
    """What may go wrong, with its field; it stops nothing."""


@dataclass(frozen=True, kw_only=True)
class Artifact:
    """An artifact that preflight saw."""

    s3_uri: str
    etag: str | None = None


@dataclass(frozen=True, kw_only=True)
class SeenImage:
    """A container's image that preflight saw in ECR; `container` is its path in the manifest."""

    container: str
    image: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Looks:
    """Everything that preflight looked at for one revision."""

    looks: tuple[Look, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    images: tuple[SeenImage, ...] = ()

    @property
    def trace(self) -> str:
        """Digest of all traces: ARNs and URIs together are longer than a status may hold."""
        return hex_digest(";".join(f"{look.about}={look.trace}" for look in self.looks if look.trace), 16)

    @property
    def doubts(self) -> list[str]:
        return [look.doubt for look in self.looks if look.doubt is not None]

    @property
    def fault(self) -> Fault | None:
        return next((look.fault for look in self.looks if look.fault is not None), None)

    @property
    def skipped(self) -> tuple[str, ...]:
        """What was not looked at, and why."""
        return tuple(look.skipped for look in self.looks if look.skipped is not None)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a pass knows of the world."""

    live: LiveEndpoint | None = None
    foreign: "Foreign | None" = None
    """Why the endpoint of that name is not ours; None when it is, or when there is none."""
    account: str | None = None
    """The account that the operator works in; None while AWS could not be asked."""
    aws_fault: Fault | None = None
    """Why AWS could not be asked; the rest is then what was last known."""
    unsure_seconds: float = 0.0
    """For how long this process, begun a moment ago, may not see yet what the one before it did; 0: it sees."""
    missing_seconds: float | None = None
    """For how long this process has found no endpoint of that name; None when there is one."""
    shows_before_write: bool = False
    """Whether the endpoint is shown as it was before a change of this process that SageMaker took."""
    looks: Looks | None = None
    """None when nothing was to be looked at."""
    log_lines: tuple[str, ...] = ()
    """The last lines of the container that just failed; empty where none failed, or its log may not be read."""
    asked: bool = False
    """Whether somebody asks for a look (reconcile-at)."""
    tags_drifted: bool = False
    """Whether the hourly look found other tags than those that were put."""
    scaling: KnownScaling = field(default_factory=dict)
    """What Application Auto Scaling has for the object's variants, as far as it is known."""
    scaling_trouble: ScalingTrouble | None = None
    """Why autoscaling waits while everything else goes on; None while it may be tried."""
    prices: Mapping[str, Price] = field(default_factory=dict)
    """Prices by instance type, as far as they are known."""
    missing_parts: "frozenset[OwnedObject]" = frozenset()
    """The serving revision's models and endpoint config that the hourly look did not find."""
    orphans: "tuple[OwnedObject, ...]" = ()
    """Models and endpoint configs tagged as this object's that its status does not know."""
    consistency_window_seconds: float = CONSISTENCY_WINDOW_SECONDS
    rollout_look_seconds: float = ROLLOUT_LOOK_SECONDS
    now: datetime = field(kw_only=True)

    def with_looks(self, looks: Looks) -> "Facts":
        return replace(self, looks=looks)


class Holder(StrEnum):
    """Who holds an endpoint that is not ours."""

    NOBODY = "Nobody"  # made by hand, or by another tool
    OTHER_OPERATOR = "OtherOperator"  # another cluster's operator, or another object of the same namespace
    OTHER_NAMESPACE = "OtherNamespace"  # an object of another namespace of this cluster
    UNKNOWN = "Unknown"  # its tags cannot be read


@dataclass(frozen=True, kw_only=True)
class Foreign:
    """Why something in AWS is not this object's, in a sentence without remedy."""

    holder: Holder
    message: str


@dataclass(frozen=True, kw_only=True)
class OwnedObject:
    """A model or endpoint config found by its tags."""

    kind: str
    name: str


@dataclass(frozen=True, kw_only=True)
class OperatorInputs:
    """What an object takes from the operator when it says nothing itself."""

    region: str
    cluster_id: str
    runtime_url: str
    default_execution_role_arn: str | None = None
    images: ImageCatalogue | None = field(default=None, compare=False)
    """AWS's framework images."""
    seen: SeenInputs = NOTHING_SEEN
    """What this pass knows of the Secrets and ConfigMaps that the spec refers to."""
    models: ModelCounts | None = None
    """Of the InferenceModels that name the object; None while they are not known, or where it is not multi-model."""
    memory: Mapping[str, InstanceMemory] = field(default_factory=dict, compare=False)
    """Memory of instances by type, as far as it is known."""
    tenancy: Tenancy | None = field(default=None, compare=False)
    """What namespaces may use; None where nobody asks (kubectl-inference)."""
