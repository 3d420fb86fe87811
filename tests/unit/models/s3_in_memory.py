"""S3, the endpoint and the packing Jobs of a small world: what models act upon, strongly consistent as S3 is."""

from dataclasses import dataclass, field, replace

from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.models.facts import (
    Absent,
    PackingSeen,
    PackingState,
    PublishedSeen,
    SourceSeen,
    Target,
)
from endpoint_operator.planning.models.outcome import ARCHIVE_INVALID, SOURCE_CHANGED, SOURCE_NOT_FOUND
from endpoint_operator.planning.models.ownership import (
    METADATA_CLUSTER,
    METADATA_CONTENT,
    METADATA_OBJECT,
    METADATA_UID,
)
from endpoint_operator.planning.models.packer_exits import PackerExit
from endpoint_operator.planning.models.steps import CheckArchive, CopyObject, RunPacker
from tests.unit.models.models_given import CLUSTER, PREFIX, a_target


class Refused(Exception):
    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.message)


@dataclass(frozen=True, kw_only=True)
class Stored:
    """`made_of` are the bytes, told by the ETag of what they were copied or packed from."""

    made_of: str
    metadata: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Job:
    step: RunPacker
    state: str = PackingState.RUNNING
    exit_code: int | None = None
    message: str = ""


@dataclass
class Endpoint:
    """`wanted` is its prefix by the spec, `served` by the revision that answers; None while nothing does."""

    wanted: str = PREFIX
    served: str | None = PREFIX
    exists: bool = True
    being_deleted: bool = False
    multi_model: bool = True
    rolling_out: bool = False
    revision: int = 1

    def target(self) -> Target | None:
        if not self.exists:
            return None
        return a_target(
            s3_prefix=self.wanted if self.multi_model else "",
            multi_model=self.multi_model,
            available=self.served is not None,
            settled=self.served == self.wanted and not self.rolling_out,
            serving_since=f"rev-{self.revision}",
            being_deleted=self.being_deleted,
        )

    def finish(self) -> None:
        if self.exists:
            self.served, self.rolling_out, self.revision = self.wanted, False, self.revision + 1


@dataclass
class World:
    sources: dict[str, str] = field(default_factory=dict)
    """ETag by URI; of a directory, the digest of its listing."""
    objects: dict[str, Stored] = field(default_factory=dict)
    jobs: dict[tuple[str, str], Job] = field(default_factory=dict)
    """By the model's name and what they make."""
    endpoint: Endpoint = field(default_factory=Endpoint)
    is_down: bool = False
    violations: list[str] = field(default_factory=list)
    looks: int = 0

    def source(self, s3_uri: str) -> SourceSeen | Fault:
        self.looks += 1
        if self.is_down:
            return _DOWN
        etag = self._bytes_of(s3_uri)
        if etag is None:
            return _gone(s3_uri)
        return SourceSeen(etag=etag, size_bytes=100, is_directory=s3_uri.endswith("/"))

    def head(self, s3_uri: str) -> PublishedSeen | Absent | Fault:
        self.looks += 1
        if self.is_down:
            return _DOWN
        stored = self.objects.get(s3_uri)
        if stored is None:
            return Absent(s3_uri=s3_uri)
        return PublishedSeen(
            s3_uri=s3_uri,
            etag=stored.made_of,
            size_bytes=100,
            content=stored.metadata.get(METADATA_CONTENT, ""),
            object_name=stored.metadata.get(METADATA_OBJECT, ""),
            uid=stored.metadata.get(METADATA_UID, ""),
            cluster=stored.metadata.get(METADATA_CLUSTER, ""),
        )

    def packing(self, model: str, s3_uri: str) -> PackingSeen:
        self.looks += 1
        job = self.jobs.get((model, s3_uri))
        if job is None:
            return PackingSeen(state=PackingState.ABSENT)
        return PackingSeen(state=job.state, exit_code=job.exit_code, message=job.message)

    def check(self, step: CheckArchive) -> None:
        self._has_etag(step.s3_uri, step.etag)
        if "bad" in step.etag:
            raise Refused(Fault(blame=Blame.USER, reason=ARCHIVE_INVALID, message="no version directory; add one"))

    def copy(self, step: CopyObject) -> str:
        self._has_etag(step.source_s3_uri, step.source_etag)
        return self._put(step.s3_uri, step.source_etag, step.metadata)

    def run(self, model: str, step: RunPacker) -> None:
        key = (model, step.s3_uri)
        others = [each for each in self.jobs if each[0] == model and each != key]
        if any(self.jobs[each].state in (PackingState.RUNNING, PackingState.STOPPING) for each in others):
            self.violations.append(f"two Jobs of {model} at once: {others}")
        self.jobs.setdefault(key, Job(step=step))

    def stop(self, model: str, s3_uri: str) -> None:
        key = (model, s3_uri)
        job = self.jobs.get(key)
        if job is None:
            return
        if job.state in (PackingState.RUNNING, PackingState.STOPPING):
            self.jobs[key] = replace(job, state=PackingState.STOPPING)
        else:
            del self.jobs[key]

    def jobs_get_on(self) -> bool:
        """Every Job ends; what is being stopped still writes with its last breath. Whether anything came of it."""
        changed = False
        for key, job in list(self.jobs.items()):
            if job.state == PackingState.STOPPING:
                self._pack(job)
                del self.jobs[key]
                changed = True
            elif job.state == PackingState.RUNNING:
                self.jobs[key] = self._pack(job)
                changed = True
        return changed

    def jobs_of_nobody_end(self, model: str) -> None:
        """Kubernetes removes Jobs whose owner is gone; they still write with their last breath."""
        for key, job in list(self.jobs.items()):
            if key[0] == model:
                self._pack(job)
                del self.jobs[key]

    def remove(self, owner: str, s3_uri: str) -> None:
        if self.is_down:
            raise Refused(_DOWN)
        stored = self.objects.get(s3_uri)
        if stored is not None and _owner(stored) == owner:
            del self.objects[s3_uri]

    def owned(self, owner: str) -> set[str]:
        return {s3_uri for s3_uri, stored in self.objects.items() if _owner(stored) == owner}

    def answer(self, target_model: str) -> None:
        """One warm-up."""
        served = self.endpoint.served
        if not self.endpoint.exists or served is None:
            raise Refused(Fault(blame=Blame.WORLD, reason="EndpointNotAvailable", message="it does not answer"))
        stored = self.objects.get(f"{served}{target_model}")
        if stored is None:
            self.violations.append(f"{target_model} was asked for, and it is not under {served}")
            raise Refused(Fault(blame=Blame.USER, reason="WarmUpRefused", message="there is no such model"))
        if "mute" in stored.made_of:
            raise Refused(Fault(blame=Blame.USER, reason="WarmUpRefused", message="the container answered 500"))

    def _bytes_of(self, s3_uri: str) -> str | None:
        stored = self.objects.get(s3_uri)
        return stored.made_of if stored is not None else self.sources.get(s3_uri)

    def _has_etag(self, s3_uri: str, etag: str) -> None:
        if self.is_down:
            raise Refused(_DOWN)
        found = self._bytes_of(s3_uri)
        if found is None:
            raise Refused(_gone(s3_uri))
        if found != etag:
            raise Refused(Fault(blame=Blame.WORLD, reason=SOURCE_CHANGED, message=f"{s3_uri} changed meanwhile"))

    def _put(self, s3_uri: str, made_of: str, metadata: dict[str, str]) -> str:
        there = self.objects.get(s3_uri)
        if there is None:
            self.objects[s3_uri] = Stored(made_of=made_of, metadata=metadata)
        elif (_owner(there), there.metadata.get(METADATA_CONTENT)) != (
            metadata[METADATA_OBJECT],
            metadata[METADATA_CONTENT],
        ):
            raise Refused(Fault(blame=Blame.USER, reason="TargetModelTaken", message=f"{s3_uri} is taken"))
        return self.objects[s3_uri].made_of

    def _pack(self, job: Job) -> Job:
        step = job.step
        found = self.sources.get(step.source_s3_uri)
        if found != step.source_digest:
            return self._ended(job, PackerExit.SOURCE_CHANGED, "the listing is another")
        if "bad" in found:
            return self._ended(job, PackerExit.REFUSED, "there is no config.pbtxt")
        try:
            self._put(step.s3_uri, found, step.metadata)
        except Refused:
            return self._ended(job, PackerExit.TARGET_TAKEN, "something else is under the key")
        return replace(job, state=PackingState.SUCCEEDED, exit_code=PackerExit.PACKED)

    def _ended(self, job: Job, code: PackerExit, message: str) -> Job:
        return replace(job, state=PackingState.FAILED, exit_code=code, message=message)


def _owner(stored: Stored) -> str | None:
    return stored.metadata.get(METADATA_OBJECT) if stored.metadata.get(METADATA_CLUSTER) == CLUSTER else None


def _gone(s3_uri: str) -> Fault:
    return Fault(blame=Blame.USER, reason=SOURCE_NOT_FOUND, message=f"spec.source.s3Uri: there is no {s3_uri}")


_DOWN = Fault(blame=Blame.WORLD, reason="AWSUnreachable", message="S3 does not answer")
