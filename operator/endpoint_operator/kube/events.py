"""Events on objects: each line once, across restarts, and in the order in which things happened."""

import hashlib
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import aiohttp
from kubernetes.aio.client.exceptions import ApiException

from endpoint_operator.api.identity import API_VERSION, FIELD_MANAGER
from endpoint_operator.api.kinds import ClusterObject
from endpoint_operator.kube.api import Body, KubeApi
from endpoint_operator.kube.measures import WRITES
from endpoint_operator.planning.stories import Story

log = logging.getLogger(__name__)

# The API server refuses longer messages.
_MESSAGE_LENGTH = 1024


class EventRecorder:
    """Writes Events whose name is a hash of what they tell: a second one of that name is the same line."""

    def __init__(self, api: KubeApi, *, kind: str, may_write: Callable[[], None]) -> None:
        """`may_write` raises NotLeading; it is asked before each write."""
        self._api = api
        self._kind = kind
        self._may_write = may_write
        self._last: dict[str, datetime] = {}

    async def tell(self, item: ClusterObject, stories: Sequence[Story]) -> None:
        for story in stories:
            log.log(
                logging.WARNING if story.warning else logging.INFO,
                story.message,
                extra={"object": item.object_name, "revision": story.revision, "reason": story.reason},
            )
            await self._write(item, story)

    def forget(self, uid: str) -> None:
        """The object is gone."""
        self._last.pop(uid, None)

    async def _write(self, item: ClusterObject, story: Story) -> None:
        self._may_write()
        try:
            await self._api.create(f"/api/v1/namespaces/{item.namespace}/events", self._event(item, story))
        except ApiException as error:
            WRITES.labels("event", str(error.status)).inc()
            # 409: it is there already. 403 and 404: the namespace is going away and takes no more.
            if error.status not in (403, 404, 409):
                log.warning("an Event was dropped: %s %s", error.status, error.reason)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            WRITES.labels("event", "error").inc()
            log.warning("an Event was dropped: %s", error)
        else:
            WRITES.labels("event", "done").inc()

    def _event(self, item: ClusterObject, story: Story) -> Body:
        when = self._next_second(item.uid).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": event_name(item, story), "namespace": item.namespace},
            "involvedObject": {
                "apiVersion": API_VERSION,
                "kind": self._kind,
                "namespace": item.namespace,
                "name": item.name,
                "uid": item.uid,
            },
            "reason": story.reason,
            "message": story.message[:_MESSAGE_LENGTH],
            "type": "Warning" if story.warning else "Normal",
            "count": 1,
            "firstTimestamp": when,
            "lastTimestamp": when,
            "source": {"component": FIELD_MANAGER},
            "reportingComponent": FIELD_MANAGER,
            "reportingInstance": FIELD_MANAGER,
        }

    def _next_second(self, uid: str) -> datetime:
        """Now, but later than the object's last Event: `kubectl describe` sorts by whole seconds."""
        now = datetime.now(UTC).replace(microsecond=0)
        last = self._last.get(uid)
        when = now if last is None or now > last else last + timedelta(seconds=1)
        self._last[uid] = when
        return when


def event_name(item: ClusterObject, story: Story) -> str:
    content = "|".join((item.uid, str(item.generation), story.revision, story.reason))
    return f"{item.name[:200]}.{hashlib.sha256(content.encode()).hexdigest()[:16]}"
