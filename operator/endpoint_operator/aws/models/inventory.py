"""The hourly look at what lies under the prefixes of multi-model endpoints: 1,000 keys a call, none for a model."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.measures import MISSING_MODELS
from endpoint_operator.aws.models.artifacts import objects_below
from endpoint_operator.aws.s3_uris import S3Place, s3_place
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.planning.place import Place

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class PublishedModels:
    """What statuses say lies under one prefix: S3 URIs by the models' keys."""

    place: Place
    s3_prefix: str
    s3_uris: dict[ObjectKey, str]


class ModelInventory:
    """What was not found where it should be."""

    def __init__(
        self,
        *,
        published: Callable[[], Iterable[PublishedModels]],
        calls_of: Callable[[Place], Calls],
        wake: Callable[[ObjectKey], None],
    ) -> None:
        """`published` is answered from memory; `wake` is called for each model whose object is missing."""
        self._published = published
        self._calls_of = calls_of
        self._wake = wake
        self._missing: dict[ObjectKey, str] = {}

    async def run(self, *, period: float) -> None:
        """Take stock every `period` seconds until cancelled."""
        while True:
            await asyncio.sleep(period)
            try:
                await self.take_stock()
            except Exception:
                log.exception("a look under the prefixes ended in a defect of the operator; the next one comes")

    async def take_stock(self) -> None:
        """List every prefix once; one that cannot be listed says nothing of its models."""
        missing: dict[ObjectKey, str] = {}
        for models in [each for each in self._published() if each.s3_uris]:
            try:
                missing.update(await self._look_under(models))
            except CallFailed as error:
                log.warning("models under %s could not be listed: %s", models.s3_prefix, error)
                missing.update({key: uri for key, uri in self._missing.items() if key in models.s3_uris})
        self._missing = missing
        MISSING_MODELS.set(len(missing))
        for key, s3_uri in missing.items():
            log.warning("%s is gone from S3", s3_uri, extra={"object": str(key)})
            self._wake(key)

    def is_missing(self, key: ObjectKey, s3_uri: str | None) -> bool:
        """Whether the last list did not show what the model's status says is there."""
        return s3_uri is not None and self._missing.get(key) == s3_uri

    def found(self, key: ObjectKey) -> None:
        """It was looked at, or made again: what the list said is old."""
        self._missing.pop(key, None)

    async def _look_under(self, models: PublishedModels) -> dict[ObjectKey, str]:
        """What was published before the list began, and is not in it."""
        prefix = s3_place(models.s3_prefix)
        wanted = {s3_place(s3_uri): key for key, s3_uri in models.s3_uris.items()}
        async for page in objects_below(self._calls_of(models.place), prefix):
            for row in page:
                wanted.pop(S3Place(bucket=prefix.bucket, key=row["Key"]), None)
        return {key: models.s3_uris[key] for key in wanted.values()}
