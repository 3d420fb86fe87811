"""Uploads in parts that were begun for a key and never finished: S3 keeps and bills them until they are aborted."""

import logging

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.errors import is_not_found
from endpoint_operator.aws.s3_uris import s3_place

log = logging.getLogger(__name__)


class ModelUploads:
    """Finds and aborts them. Who began one is not to be seen, so only where the key is a model's own."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def abort_all(self, s3_uri: str) -> None:
        """Abort every unfinished upload of this very key. Raises CallFailed."""
        for upload_id in await self._unfinished(s3_uri):
            log.info("an upload of %s that was never finished is aborted", s3_uri)
            await self.abort(s3_uri, upload_id)

    async def abort(self, s3_uri: str, upload_id: str) -> None:
        """Abort one; what is gone is as it should be. Raises CallFailed."""
        place = s3_place(s3_uri)
        try:
            await self._calls.call(
                "s3", "abort_multipart_upload", Bucket=place.bucket, Key=place.key, UploadId=upload_id
            )
        except CallFailed as error:
            if not (is_not_found(error) or error.code == "NoSuchUpload"):
                raise

    async def _unfinished(self, s3_uri: str) -> list[str]:
        """Keys come in order, so that those that only begin like ours are passed over from the first one on."""
        place = s3_place(s3_uri)
        found: list[str] = []
        more: dict[str, str] = {}
        while True:
            answer = await self._calls.call(
                "s3", "list_multipart_uploads", Bucket=place.bucket, Prefix=place.key, **more
            )
            uploads = answer.get("Uploads") or []
            found += [str(upload["UploadId"]) for upload in uploads if upload["Key"] == place.key]
            beyond = any(upload["Key"] != place.key for upload in uploads)
            if beyond or not answer.get("IsTruncated"):
                return found
            more = {"KeyMarker": answer["NextKeyMarker"], "UploadIdMarker": answer["NextUploadIdMarker"]}
