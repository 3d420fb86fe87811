"""What lies in moto's S3: keys by bucket."""

from moto.s3.models import s3_backends


def keys_by_bucket() -> dict[str, list[str]]:
    """Return the keys of every bucket of every account. Call on moto's thread."""
    return {
        name: sorted(bucket.keys.keys())
        for account in list(s3_backends.values())
        for backend in list(account.values())
        for name, bucket in backend.buckets.items()
    }
