"""What watches report of one kind, turned into keys."""

from typing import Generic, TypeVar

from endpoint_operator.api.kinds import ClusterObject
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.queue import WorkQueue
from endpoint_operator.engine.store import ObjectStore

T = TypeVar("T", bound=ClusterObject)


class Intake(Generic[T]):
    """Keeps the store and wakes keys. An edit begins a back-off anew; an echo of our own write wakes nothing."""

    def __init__(self, *, store: ObjectStore[T], queue: WorkQueue) -> None:
        self._store = store
        self._queue = queue

    def seen(self, item: T) -> None:
        key = ObjectKey(item.namespace, item.name)
        if self._store.put(item):
            self._queue.forget_failures(key)
            self._queue.add(key)

    def gone(self, key: ObjectKey, uid: str | None = None) -> None:
        """The object of that uid is gone, or (None) whichever is known under the key."""
        self._store.remove(key, uid)
        self._queue.forget_failures(key)

    def wake(self, key: ObjectKey) -> None:
        """Something about the object changed outside of it."""
        if key in self._store:
            self._queue.add(key)

    def versions(self) -> dict[ObjectKey, int]:
        """The resourceVersion of every object that is known."""
        return self._store.versions()
