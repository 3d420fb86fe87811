"""The test notification: SageMaker tries the topics of an asynchronous endpoint whenever that begins to change.

"Check prediction results" in the SageMaker Developer Guide: after CreateEndpoint, UpdateEndpoint and
UpdateEndpointWeightsAndCapacities. What becomes of an endpoint whose topic cannot be published to is not published:
nothing does here.
"""

import asyncio
import json
import logging
from typing import Final

from sagemaker_simulator.sagemaker.records import Endpoint, Status

from .async_config import async_config
from .async_queues import Publish

_MESSAGE: Final = json.dumps({"eventVersion": "1.0", "eventSource": "aws:sagemaker", "eventName": "TestNotification"})
_BEGINNING: Final = frozenset({Status.CREATING, Status.UPDATING})
log = logging.getLogger(__name__)


class TopicTrials:
    """Publishes the test notification."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._under_way: set[asyncio.Task[None]] = set()

    def endpoint_changed(self, endpoint: Endpoint) -> None:
        """Try the topics that the endpoint is to have, if a transition of it has just begun."""
        if endpoint.status not in _BEGINNING:
            return
        wanted = endpoint.pending.async_inference if endpoint.pending is not None else endpoint.async_inference
        if wanted is None:
            return
        config = async_config(wanted)
        for topic in sorted({topic for topic in (config.success_topic, config.error_topic) if topic is not None}):
            task = asyncio.create_task(self._try(endpoint.name, topic))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    def clear(self) -> None:
        """Give up what is under way."""
        for task in self._under_way:
            task.cancel()

    async def _try(self, endpoint: str, topic: str) -> None:
        try:
            await self._publish(topic_arn=topic, subject=None, message=_MESSAGE)
        except (LookupError, OSError) as problem:
            log.warning("the test notification of endpoint %s could not be sent to %s: %s", endpoint, topic, problem)
