"""The objects as last read or written, newest by resourceVersion."""

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.measures import OBJECTS


class ObjectStore:
    """A cache that never goes back: an event older than our own last write is passed over.

    Resource versions of one resource compare as integers (Kubernetes API concepts, "Resource versions", 1.35).
    """

    def __init__(self) -> None:
        self._objects: dict[ObjectKey, InferenceEndpoint] = {}

    def get(self, key: ObjectKey) -> InferenceEndpoint | None:
        return self._objects.get(key)

    def entries(self) -> list[tuple[ObjectKey, InferenceEndpoint]]:
        return list(self._objects.items())

    def put(self, endpoint: InferenceEndpoint) -> bool:
        """Remember the object; whether what people decide (spec, deletion, reconcile-at, finalizers) changed."""
        key = ObjectKey(endpoint.namespace, endpoint.name)
        before = self._objects.get(key)
        if before is not None and before.uid == endpoint.uid and _older(endpoint, before):
            return False
        self._objects[key] = endpoint
        OBJECTS.set(len(self._objects))
        return before is None or _asks(before) != _asks(endpoint)

    def remove(self, key: ObjectKey) -> None:
        self._objects.pop(key, None)
        OBJECTS.set(len(self._objects))


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
