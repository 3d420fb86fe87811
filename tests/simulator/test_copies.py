"""Copies inside S3 keep their conditions: what is copied is what the caller saw, and nothing is overwritten."""

from typing import Any

import pytest

from tests.simulator.world import World, refused

PART = b"0123456789abcdef" * (5 * 65536)
SOURCE: Any = {"Bucket": "models", "Key": "a b/ü+%.tar.gz"}


@pytest.fixture
def etag(world: World) -> str:
    """Of the source, as S3 writes it."""
    world.s3.create_bucket(Bucket="models")
    return world.s3.put_object(**SOURCE, Body=PART)["ETag"]


def copy(world: World, **conditions: Any) -> Any:
    return world.s3.copy_object(Bucket="models", Key="copy", CopySource=SOURCE, **conditions)


def is_there(world: World, key: str) -> bool:
    return bool(world.s3.list_objects_v2(Bucket="models", Prefix=key).get("Contents"))


def test_a_copy_of_what_was_seen_is_made_with_quotes_or_without(world: World, etag: str) -> None:
    copy(world, CopySourceIfMatch=etag)
    copy(world, CopySourceIfMatch=etag.strip('"'))
    assert is_there(world, "copy")


@pytest.mark.parametrize(
    ("conditions", "condition"),
    [
        ({"CopySourceIfMatch": '"another"'}, "x-amz-copy-source-If-Match"),
        ({"CopySourceIfNoneMatch": None}, "x-amz-copy-source-If-None-Match"),
    ],
)
def test_a_copy_of_something_else_is_refused_and_not_made(
    world: World, etag: str, conditions: dict[str, Any], condition: str
) -> None:
    given = {name: value or etag for name, value in conditions.items()}
    with pytest.raises(world.s3.exceptions.ClientError) as caught:
        copy(world, **given)
    assert caught.value.response["Error"]["Code"] == "PreconditionFailed"
    assert caught.value.response["Error"]["Condition"] == condition  # type: ignore[typeddict-item]
    assert not is_there(world, "copy")


def test_a_copy_that_is_to_overwrite_nothing_overwrites_nothing(world: World, etag: str) -> None:
    copy(world, IfNoneMatch="*")
    with refused("PreconditionFailed", status=412):
        copy(world, IfNoneMatch="*")
    made = world.s3.head_object(Bucket="models", Key="copy")["ETag"]
    copy(world, IfMatch=made)
    with refused("PreconditionFailed", status=412):
        copy(world, IfMatch='"another"')


def test_parts_are_copied_of_what_was_seen_alone(world: World, etag: str) -> None:
    upload = world.s3.create_multipart_upload(Bucket="models", Key="copy")["UploadId"]
    part: dict[str, Any] = {"Bucket": "models", "Key": "copy", "UploadId": upload, "PartNumber": 1}
    world.s3.upload_part_copy(**part, CopySource=SOURCE, CopySourceIfMatch=etag)
    with refused("PreconditionFailed", status=412):
        world.s3.upload_part_copy(**part, CopySource=SOURCE, CopySourceIfMatch='"another"')
    with refused("PreconditionFailed", status=412):
        world.s3.upload_part_copy(**part, CopySource=SOURCE, CopySourceIfNoneMatch=etag)


def test_a_condition_on_dates_is_not_modelled_and_says_so(world: World, etag: str) -> None:
    with refused("NotImplemented", "if-modified-since is not modelled", status=501):
        copy(world, CopySourceIfModifiedSince="2020-01-01T00:00:00Z")
