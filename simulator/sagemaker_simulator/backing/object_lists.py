"""Which objects lie under a prefix in moto's S3."""

from moto.s3.models import s3_backends

from .moto import Moto


class ObjectLists:
    """Lists moto's S3."""

    def __init__(self, moto: Moto) -> None:
        self._moto = moto

    async def under(self, url: str, *, account: str, region: str) -> list[str]:
        """Return the keys of the objects under an s3:// prefix, in order; none when the bucket is not there.

        `region` says nothing here: a bucket is found in the account whatever its region, as it is in S3.
        """
        del region
        bucket, _, prefix = url.removeprefix("s3://").partition("/")
        return await self._moto.run(lambda: _keys(account, bucket, prefix))


def _keys(account: str, bucket: str, prefix: str) -> list[str]:
    for backend in list(s3_backends[account].values()):
        if bucket in backend.buckets:
            return sorted(key for key in backend.buckets[bucket].keys if key.startswith(prefix))
    return []
