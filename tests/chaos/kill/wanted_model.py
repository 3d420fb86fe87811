"""What must be there of a model in the end, reckoned from the spec and from api.md alone."""

import dataclasses
import io
import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.chaos.kill.aws_calls import Calls
from tests.chaos.kill.model_versions import MODELS_BUCKET, PARTS, ModelVersion, Source, prefix_of
from tests.chaos.kill.stored import StoredModel

_READY = {"Ready": "True", "Reconciling": "False", "Stalled": "False"}
# Of a try at an upload in parts that a kill ended nothing comes: the next one begins anew.
_TRIES = 2
_OF_UPLOADS = {"CreateMultipartUpload": _TRIES, "UploadPartCopy": PARTS * _TRIES, "AbortMultipartUpload": _TRIES}


@dataclasses.dataclass(frozen=True, kw_only=True)
class ModelWish:
    """What was asked of one object."""

    name: str
    namespace: str
    cluster: str
    asked: tuple[ModelVersion, ...]
    deleted: bool

    @property
    def prefix(self) -> str:
        """That of the endpoint, in the bucket of models."""
        return prefix_of(self.namespace)

    @property
    def folder(self) -> str:
        """Where nothing lies but this model's."""
        return f"{self.prefix}{self.name}/"

    @property
    def times(self) -> int:
        """How often the same content was asked for at most."""
        return max(Counter(self.asked).values())


@dataclasses.dataclass(frozen=True, kw_only=True)
class FoundModel:
    """Both sides, and what was called since the object was made."""

    object: dict[str, Any] | None
    models: dict[str, StoredModel]
    """By key: all below the model's folder."""
    uploads: list[str]
    """Keys of uploads there that were never finished."""
    jobs: list[str]
    """Those that nobody has asked to go."""
    jobs_made: int
    calls: Calls


def model_complaints(found: FoundModel, wish: ModelWish) -> list[str]:
    """Everything that is not as it should be, in sentences."""
    said = list(_doubled(found.calls, wish))
    said += [f"an upload of {key} was never finished" for key in found.uploads]
    said += [f"the Job {name} is left" for name in found.jobs]
    if found.jobs_made > len(set(wish.asked)):
        said.append(f"{found.jobs_made} Jobs were made for {len(set(wish.asked))} contents")
    if wish.deleted:
        return [*said, *_left(found)]
    if found.object is None:
        return [*said, "the object is gone"]
    if len(found.models) != 1:
        return [*said, f"objects are {sorted(found.models)}, not one"]
    [(key, model)] = found.models.items()
    said += _stored(key, model, wish, uid=found.object["metadata"]["uid"])
    return [*said, *_told(found.object, key, model, wish)]


def _doubled(calls: Calls, wish: ModelWish) -> Iterator[str]:
    """What is asked for once is made once and removed once."""
    for (operation, resource), times in calls.effective().changing().counted().items():
        if times > wish.times * _OF_UPLOADS.get(operation, 1):
            yield f"{operation} {resource} had its effect {times} times"


def _left(found: FoundModel) -> Iterator[str]:
    if found.object is not None:
        yield "the object is still there"
    for key in found.models:
        yield f"left in S3: {key}"


def _stored(key: str, model: StoredModel, wish: ModelWish, *, uid: str) -> Iterator[str]:
    if not re.fullmatch(rf"{re.escape(wish.folder)}[0-9a-f]{{10}}\.tar\.gz", key):
        yield f"{key} is no key of its content"
    latest = wish.asked[-1]
    if not _holds(model, latest):
        yield f"{key} ({model.size_bytes} bytes) does not hold {latest}"
    owner = {"cluster": wish.cluster, "object": f"{wish.namespace}/{wish.name}", "uid": uid}
    found = {name: model.metadata.get(f"endpoint-operator-{name}") for name in owner}
    if found != owner:
        yield f"{key} is {found}'s, not {owner}'s"


def _holds(model: StoredModel, version: ModelVersion) -> bool:
    if version.source is not Source.DIRECTORY or model.body is None:
        return model.size_bytes == len(version.content) and model.body in (None, version.content)
    try:
        with tarfile.open(fileobj=io.BytesIO(model.body)) as archive:
            files = {member.name: archive.extractfile(member) for member in archive}
            return {name: file.read() if file else None for name, file in files.items()} == {
                version.file: version.content
            }
    except tarfile.TarError:
        return False


def _told(found: dict[str, Any], key: str, model: StoredModel, wish: ModelWish) -> Iterator[str]:
    status, generation = found.get("status", {}), found["metadata"]["generation"]
    told = {row["type"]: (row["status"], row["observedGeneration"]) for row in status.get("conditions", [])}
    if told != {kind: (holds, generation) for kind, holds in _READY.items()}:
        yield f"conditions are {told}"
    wanted = {
        "targetModel": key.removeprefix(wish.prefix),
        "artifactS3Uri": f"s3://{MODELS_BUCKET}/{key}",
        "etag": model.etag,
        "sizeBytes": model.size_bytes,
    }
    said = {member: status.get(member) for member in wanted}
    if said != wanted:
        yield f"status says {said}, not {wanted}"
    unfinished = {member: status[member] for member in ("publishing", "obsolete") if status.get(member)}
    if unfinished:
        yield f"status has {unfinished}"
