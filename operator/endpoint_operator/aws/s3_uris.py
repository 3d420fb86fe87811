"""Where something is in S3: bucket and key out of s3://BUCKET/KEY. Keys may hold ? and #, so this is no URL."""

from typing import NamedTuple


class S3Place(NamedTuple):
    """The key of a directory ends in a slash; that of a whole bucket is empty."""

    bucket: str
    key: str


def s3_place(s3_uri: str) -> S3Place:
    bucket, _, key = s3_uri.removeprefix("s3://").partition("/")
    return S3Place(bucket=bucket, key=key)
