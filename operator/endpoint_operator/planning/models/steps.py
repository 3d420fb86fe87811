"""What a plan for a model asks for: data that prints as JSON."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class CopyObject:
    """Server-side, in parts where one call does not take it; the bytes never pass through the operator.

    Refused when the source no longer has the ETag, or when something else is under the key.
    """

    source_s3_uri: str
    source_etag: str
    size_bytes: int
    s3_uri: str
    metadata: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class CheckArchive:
    """Reads the archive as a stream and refuses what Triton would not load."""

    s3_uri: str
    etag: str


@dataclass(frozen=True, kw_only=True)
class RunPacker:
    """A Job in the model's namespace, named after what it makes; found there, it is left to run."""

    source_s3_uri: str
    source_digest: str
    s3_uri: str
    layout: str
    metadata: dict[str, str]
    config_template: tuple[str, str] | None = None
    """ConfigMap and key."""
    config_template_digest: str = ""
    """SHA-256 of its text, in hex: another text is refused. Empty where it is not known."""
    service_account_name: str | None = None
    region: str = ""


@dataclass(frozen=True, kw_only=True)
class DeletePacker:
    """The Job with its Pods, where it is ours."""

    s3_uri: str


@dataclass(frozen=True, kw_only=True)
class AskTarget:
    """One warm-up request to this TargetModel."""

    endpoint_name: str
    target_model: str


@dataclass(frozen=True, kw_only=True)
class DeleteObjects:
    """Each only where its metadata says that it is this model's; parts of uploads that were never finished too."""

    s3_uris: tuple[str, ...] = field(default_factory=tuple)


ModelStep = CopyObject | CheckArchive | RunPacker | DeletePacker | AskTarget | DeleteObjects


def as_json(step: ModelStep) -> dict[str, Any]:
    """The step as it prints: operation, then its members."""
    return {"operation": type(step).__name__, **asdict(step)}
