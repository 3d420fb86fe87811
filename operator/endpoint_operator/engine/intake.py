"""What watches report, turned into keys."""

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.queue import WorkQueue
from endpoint_operator.engine.store import ObjectStore


class Intake:
    """Keeps the store and wakes keys. An edit begins a back-off anew; an echo of our own write wakes nothing."""

    def __init__(self, *, store: ObjectStore, queue: WorkQueue) -> None:
        self._store = store
        self._queue = queue

    def seen(self, endpoint: InferenceEndpoint) -> None:
        key = ObjectKey(endpoint.namespace, endpoint.name)
        if self._store.put(endpoint):
            self._queue.forget_failures(key)
            self._queue.add(key)

    def gone(self, key: ObjectKey, uid: str | None = None) -> None:
        """The object of that uid is gone, or (None) whichever is known under the key."""
        self._store.remove(key, uid)
        self._queue.forget_failures(key)

    def wake(self, key: ObjectKey) -> None:
        """Something about the object changed outside the cluster."""
        if self._store.get(key) is not None:
            self._queue.add(key)

    def versions(self) -> dict[ObjectKey, int]:
        """The resourceVersion of every object that is known."""
        return {key: int(endpoint.resource_version or 0) for key, endpoint in self._store.entries()}
