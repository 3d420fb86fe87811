"""Objects that SageMaker itself writes into a user's bucket."""

import io
from urllib.parse import quote

from sagemaker_simulator.wire.request import Incoming

from .moto import INTERNAL_KEY, Moto


class ObjectWriter:
    """Writes to moto's S3."""

    def __init__(self, moto: Moto) -> None:
        self._moto = moto

    async def put(self, url: str, body: bytes, *, account: str, region: str, kms_key: str | None) -> None:
        """Put an s3:// object, encrypted with the key when one is given.

        Raises OSError with a sentence when S3 does not take it (no such bucket).
        """
        bucket, _, key = url.removeprefix("s3://").partition("/")
        headers = {
            "Host": "localhost",
            "Authorization": f"AWS4-HMAC-SHA256 Credential={INTERNAL_KEY}/20000101/{region}/s3/aws4_request",
            "x-moto-account-id": account,
            "Content-Type": "application/octet-stream",
        }
        if kms_key is not None:
            headers["x-amz-server-side-encryption"] = "aws:kms"
            headers["x-amz-server-side-encryption-aws-kms-key-id"] = kms_key
        reply = await self._moto.answer(
            Incoming(
                method="PUT",
                raw_path=quote(f"/{bucket}/{key}"),
                query_string="",
                headers=headers,
                body_file=io.BytesIO(body),
                body_length=len(body),
            )
        )
        if reply.status != 200:
            raise OSError(f"S3 answered {reply.status} {reply.error} to PutObject {url}")
