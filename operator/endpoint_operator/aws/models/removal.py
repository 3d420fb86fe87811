"""Removing what was published: only what says that it is this model's, and parts that were never put together."""

import logging

from endpoint_operator.api.model import InferenceModel
from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.errors import is_denied, is_not_found, is_not_offered
from endpoint_operator.aws.models.artifacts import ModelArtifacts
from endpoint_operator.aws.models.faults import is_bucket_missing, is_condition_failed
from endpoint_operator.aws.models.uploads import ModelUploads
from endpoint_operator.aws.s3_uris import s3_place
from endpoint_operator.planning.models.facts import PublishedSeen
from endpoint_operator.planning.models.ownership import holder_of, is_ours

log = logging.getLogger(__name__)

# Somebody who replaces an object between our look and our deletion does not do so for ever.
LOOKS = 3


class ModelRemoval:
    """Deletes objects one by one, each as it was seen (If-Match), so that nobody's newer object goes."""

    def __init__(self, calls: Calls, artifacts: ModelArtifacts, *, cluster_id: str) -> None:
        self._calls = calls
        self._artifacts = artifacts
        self._uploads = ModelUploads(calls)
        self._cluster_id = cluster_id

    async def remove(self, model: InferenceModel, s3_uri: str) -> None:
        """What is gone, with its bucket even, is as it should be. Raises CallFailed."""
        try:
            if await self._remove_object(model, s3_uri):
                await self._abort_uploads(s3_uri)
        except CallFailed as error:
            if not is_bucket_missing(error):
                raise

    async def _remove_object(self, model: InferenceModel, s3_uri: str) -> bool:
        """Whether the key is this model's, or nobody's, now."""
        for _ in range(LOOKS - 1):
            try:
                return await self._remove_as_seen(model, s3_uri)
            except CallFailed as error:
                if not is_condition_failed(error):
                    raise
        return await self._remove_as_seen(model, s3_uri)

    async def _remove_as_seen(self, model: InferenceModel, s3_uri: str) -> bool:
        seen = await self._artifacts.head(s3_uri)
        if not isinstance(seen, PublishedSeen):
            return True
        if not is_ours(model, seen, cluster_id=self._cluster_id):
            log.warning("%s %s; it is left alone", s3_uri, holder_of(seen), extra={"object": model.object_name})
            return False
        await self._delete(seen)
        return True

    async def _delete(self, seen: PublishedSeen) -> None:
        place = s3_place(seen.s3_uri)
        try:
            await self._calls.call("s3", "delete_object", Bucket=place.bucket, Key=place.key, IfMatch=f'"{seen.etag}"')
        except CallFailed as error:
            if not is_not_found(error):
                raise

    async def _abort_uploads(self, s3_uri: str) -> None:
        """A deletion does not wait for the right to look for parts: hardly any model has some."""
        try:
            await self._uploads.abort_all(s3_uri)
        except CallFailed as error:
            if not (is_denied(error) or is_not_offered(error)):
                raise
            log.warning("unfinished uploads of %s cannot be looked for and may be left: %s", s3_uri, error)
