"""What the InferenceModel of a row is asked to be: a number is another content, of one of three kinds."""

import dataclasses
import enum
from typing import Any

Document = dict[str, Any]
# The endpoint that all models of a slot are for.
TENANTS = "tenants"
MODELS_BUCKET = "kill-models"
SOURCES_BUCKET = "kill-sources"
# So much is copied in one call; all more in parts, of which no smaller ones exist.
IN_PARTS_ABOVE_MIB = 5
PARTS = 2
_NUMBERS = (1, 2, 3)
_FILE = "model.bin"


class Source(enum.StrEnum):
    """Which way it is published."""

    ARCHIVE = "archive"
    LARGE_ARCHIVE = "large"
    """Copied in parts."""
    DIRECTORY = "directory"
    """Packed by a Job."""


@dataclasses.dataclass(frozen=True)
class ModelVersion:
    """One state of the spec. Each has content of its own."""

    number: int
    _: dataclasses.KW_ONLY
    source: Source = Source.ARCHIVE

    @property
    def content(self) -> bytes:
        """Of the archive, or of the directory's only file. No two are of one size."""
        body = b"content %d" % self.number * (10 + self.number)
        if self.source is Source.LARGE_ARCHIVE:
            return body.ljust(IN_PARTS_ABOVE_MIB * 2**20 + self.number, b"-")
        return body

    @property
    def key(self) -> str:
        """Of the source, in its bucket."""
        folder = f"{self.source.value}-{self.number}"
        return f"{folder}/" if self.source is Source.DIRECTORY else f"{folder}.tar.gz"

    @property
    def file(self) -> str:
        """The only file of a directory, as it is called in the archive."""
        return _FILE

    def spec(self, name: str) -> Document:
        """Whole; the id is the object's name."""
        source = {"s3Uri": f"s3://{SOURCES_BUCKET}/{self.key}"}
        return {"endpointRef": {"name": TENANTS}, "modelId": name, "source": source}


def prefix_of(namespace: str) -> str:
    """Of the endpoint of a namespace, in the bucket of models."""
    return f"{namespace}/"


def put_sources(s3: Any) -> None:
    """Both buckets, and whatever a version may be made from."""
    for bucket in (MODELS_BUCKET, SOURCES_BUCKET):
        s3.create_bucket(Bucket=bucket)
    for source in Source:
        for number in _NUMBERS:
            version = ModelVersion(number, source=source)
            key = version.key + (version.file if source is Source.DIRECTORY else "")
            s3.put_object(Bucket=SOURCES_BUCKET, Key=key, Body=version.content)
