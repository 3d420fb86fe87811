"""The objects as last read or written, newest by resourceVersion."""

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.measures import OBJECTS

# Word of an object that is gone may be on its way for minutes, in a list or in a watch that lags; not for ever.
BURIED_AT_MOST = 10_000


class ObjectStore:
    """A cache that never goes back: an event older than our own last write is passed over, and so is any of an object
    that is gone.

    Resource versions of one resource compare as integers (Kubernetes API concepts, "Resource versions", 1.35).
    """

    def __init__(self) -> None:
        self._objects: dict[ObjectKey, InferenceEndpoint] = {}
        self._buried: dict[str, None] = {}

    def get(self, key: ObjectKey) -> InferenceEndpoint | None:
        return self._objects.get(key)

    def entries(self) -> list[tuple[ObjectKey, InferenceEndpoint]]:
        return list(self._objects.items())

    def put(self, endpoint: InferenceEndpoint) -> bool:
        """Remember the object; whether what people decide (spec, deletion, reconcile-at, finalizers) changed."""
        key = ObjectKey(endpoint.namespace, endpoint.name)
        before = self._objects.get(key)
        if endpoint.uid in self._buried:
            return False
        if before is not None and before.uid == endpoint.uid and _older(endpoint, before):
            return False
        if before is not None and before.uid != endpoint.uid:
            self._bury(before.uid)
        self._objects[key] = endpoint
        OBJECTS.set(len(self._objects))
        return before is None or _asks(before) != _asks(endpoint)

    def remove(self, key: ObjectKey, uid: str | None = None) -> None:
        """The object is gone: the one of that uid, or (None) whichever is known under the key."""
        before = self._objects.get(key)
        if uid is not None:
            self._bury(uid)
        if before is None or uid not in (None, before.uid):
            return
        self._bury(before.uid)
        del self._objects[key]
        OBJECTS.set(len(self._objects))

    def _bury(self, uid: str) -> None:
        self._buried[uid] = None
        if len(self._buried) > BURIED_AT_MOST:
            del self._buried[next(iter(self._buried))]


def _older(one: InferenceEndpoint, other: InferenceEndpoint) -> bool:
    return int(one.resource_version or 0) <= int(other.resource_version or 0)


def _asks(endpoint: InferenceEndpoint) -> tuple[object, ...]:
    return (
        endpoint.uid,
        endpoint.generation,
        endpoint.deletion_timestamp,
        endpoint.reconcile_at,
        endpoint.has_finalizer,
    )
