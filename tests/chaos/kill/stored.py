"""What lies in S3, uploads in parts that were never finished included: as a user sees it."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import boto3
from botocore.exceptions import ClientError

from devworld import environment
from tests.chaos.kill.model_versions import MODELS_BUCKET

_READ_BYTES = 2**20


@dataclasses.dataclass(frozen=True, kw_only=True)
class Stored:
    """By BUCKET/KEY: objects with their ETag and when they were written, uploads with their ids."""

    objects: dict[str, Any]
    uploads: dict[str, Any]


@dataclasses.dataclass(frozen=True, kw_only=True)
class StoredModel:
    """One object; `body` is None where it is too long to be read again and again."""

    etag: str
    size_bytes: int
    metadata: dict[str, str]
    body: bytes | None


class S3Truth:
    """Of one simulator."""

    def __init__(self, url: str) -> None:
        session = boto3.Session(
            aws_access_key_id=environment.USER_KEY,
            aws_secret_access_key=environment.SECRET,
            region_name=environment.REGION,
        )
        self._s3 = session.client("s3", endpoint_url=url)

    def close(self) -> None:
        self._s3.close()

    def everything(self) -> Stored:
        """Of all buckets."""
        objects: dict[str, Any] = {}
        uploads: dict[str, Any] = {}
        for bucket in [each["Name"] for each in self._s3.list_buckets()["Buckets"]]:
            for row in self._objects(bucket, ""):
                objects[f"{bucket}/{row['Key']}"] = (row["ETag"], row["LastModified"], row["Size"])
            for row in self._s3.list_multipart_uploads(Bucket=bucket).get("Uploads", []):
                uploads.setdefault(f"{bucket}/{row['Key']}", []).append(row["UploadId"])
        return Stored(objects=objects, uploads=uploads)

    def models_below(self, prefix: str) -> dict[str, StoredModel]:
        """By key, in the bucket of models."""
        found = {row["Key"]: self._model(row["Key"]) for row in self._objects(MODELS_BUCKET, prefix)}
        return {key: model for key, model in found.items() if model is not None}

    def uploads_below(self, prefix: str) -> list[str]:
        """Keys of those that are not finished, in the bucket of models."""
        rows = self._s3.list_multipart_uploads(Bucket=MODELS_BUCKET, Prefix=prefix).get("Uploads", [])
        return [row["Key"] for row in rows]

    def has(self, s3_uri: str) -> bool:
        """Whether an object is there."""
        bucket, _, key = s3_uri.removeprefix("s3://").partition("/")
        return self._head(bucket, key) is not None

    def _objects(self, bucket: str, prefix: str) -> Iterator[Any]:
        for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            yield from page.get("Contents", [])

    def _model(self, key: str) -> StoredModel | None:
        """None: it went since it was listed."""
        head = self._head(MODELS_BUCKET, key)
        if head is None:
            return None
        small = head["ContentLength"] <= _READ_BYTES
        body = _found(lambda: self._s3.get_object(Bucket=MODELS_BUCKET, Key=key)["Body"].read()) if small else None
        return StoredModel(
            etag=head["ETag"].strip('"'), size_bytes=head["ContentLength"], metadata=head["Metadata"], body=body
        )

    def _head(self, bucket: str, key: str) -> Any:
        return _found(lambda: self._s3.head_object(Bucket=bucket, Key=key))


def _found(read: Any) -> Any:
    try:
        return read()
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
            return None
        raise


def stored_at(url: str) -> Stored:
    """Everything that a simulator holds in S3."""
    truth = S3Truth(url)
    try:
        return truth.everything()
    finally:
        truth.close()
