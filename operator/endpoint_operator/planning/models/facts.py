"""What a pass over an InferenceModel decides on: its endpoint, the source, what is published, and how warm it is."""

from dataclasses import dataclass
from datetime import datetime

from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.place import Place


@dataclass(frozen=True, kw_only=True)
class Target:
    """The endpoint that the model names, as its object in the cluster says; no call is made for it."""

    endpoint_name: str
    """Of the SageMaker endpoint."""
    multi_model: bool
    """Whether the endpoint's mode is MultiModel; `s3_prefix` is empty where it is not."""
    s3_prefix: str
    place: Place
    available: bool
    """Whether SageMaker's endpoint answers."""
    settled: bool
    """Whether what serves is the endpoint's latest generation, with this very prefix."""
    serving_since: str
    """Revision that serves; another one has loaded nothing yet."""
    instance_count: int
    being_deleted: bool
    holds_hidden_values: bool = False
    """Whether its containers have values of Secrets or ConfigMaps, which they may tell in their answers."""
    understood: bool = True
    """Whether this release reads the endpoint's spec; where it does not, nothing above says what is wanted."""


@dataclass(frozen=True, kw_only=True)
class SourceSeen:
    """The source as S3 has it now. Of a directory, `etag` is the digest of its listing and `size_bytes` the sum."""

    etag: str
    size_bytes: int
    is_directory: bool


@dataclass(frozen=True, kw_only=True)
class PublishedSeen:
    """An object under the endpoint's prefix. The last three are from its metadata; empty where others made it."""

    s3_uri: str
    etag: str
    size_bytes: int
    content: str
    object_name: str
    uid: str
    cluster: str


@dataclass(frozen=True, kw_only=True)
class Absent:
    """There is no object under that key."""

    s3_uri: str


@dataclass(frozen=True, kw_only=True)
class TemplateSeen:
    """The ConfigMap's key that spec.source.configTemplate names; `digest` is that of its text."""

    digest: str


class PackingState:
    """States of the packing Job."""

    ABSENT = "Absent"
    """There is no such Job."""
    STOPPING = "Stopping"
    """It is being deleted, and it or a Pod of it is still there: it may still write."""
    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"


@dataclass(frozen=True, kw_only=True)
class PackingSeen:
    """The Job that makes status.publishing.artifactS3Uri; `message` is what the packer said last.

    `exit_code` is one of packer_exits.PackerExit, or None where its Pods ended in no way of theirs (evicted, no image).
    """

    state: str
    message: str = ""
    exit_code: int | None = None


@dataclass(frozen=True, kw_only=True)
class ModelFacts:
    """None stands for what nobody looked at; a Fault for a look that failed. planning.models.looks says which looks a
    pass needs: an observer begins with the facts that cost no call and asks it until it wants no more."""

    now: datetime
    cluster_id: str
    target: Target | None
    not_allowed: Fault | None = None
    """Why nothing may be looked at or published for it (planning.tenancy)."""
    id_taken_by: str | None = None
    """namespace/name of the older object with the same modelId on the same endpoint."""
    source: SourceSeen | Fault | None = None
    """What spec.source.s3Uri names."""
    template: TemplateSeen | Fault | None = None
    published: PublishedSeen | Absent | Fault | None = None
    """What is under the key that the pass is about."""
    packing: PackingSeen | Fault | None = None
    warm: bool | None = None
    """None while not known: no warm-up is asked for, or too few were made since the operator started."""
    warm_up_fault: Fault | None = None
    """Why the last warm-up was not answered."""
    new_one_answered: bool = False
    """Whether the target that is being published answered a warm-up."""
    missing: bool = False
    """Whether the hourly list of the prefix does not show what the status says is published."""
    drain_seconds: float = 300.0
    """How long earlier content stays after callers were told of the new one."""
