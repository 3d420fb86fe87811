"""The objects of one kind as last read or written, newest by resourceVersion."""

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from endpoint_operator.api.kinds import ClusterObject, Kind
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.measures import OBJECTS

# Word of an object that is gone may be on its way for minutes, in a list or in a watch that lags; not for ever.
BURIED_AT_MOST = 100_000

T = TypeVar("T", bound=ClusterObject)


class _Row(NamedTuple):
    """One object between passes."""

    uid: str
    version: int
    asks: tuple[object, ...]
    kept: object
    """The object, or bytes, as its kind packs it."""


class ObjectStore(Generic[T]):
    """A cache that never goes back: an event older than our own last write is passed over, and so is any of an object
    that is gone.

    Resource versions of one resource compare as integers (Kubernetes API concepts, "Resource versions", 1.35).
    """

    def __init__(self, kind: Kind[T], *, then: Callable[[ObjectKey, T | None], None] | None = None) -> None:
        """`then` is told of every object as it is remembered, and of each that is gone (None)."""
        self._kind = kind
        self._then = then
        self._rows: dict[ObjectKey, _Row] = {}
        self._buried: dict[str, None] = {}

    def get(self, key: ObjectKey) -> T | None:
        row = self._rows.get(key)
        return self._object(row) if row is not None else None

    def __contains__(self, key: ObjectKey) -> bool:
        return key in self._rows

    def all_keys(self) -> list[ObjectKey]:
        return list(self._rows)

    def uid(self, key: ObjectKey) -> str | None:
        row = self._rows.get(key)
        return row.uid if row is not None else None

    def entries(self) -> list[tuple[ObjectKey, T]]:
        return [(key, self._object(row)) for key, row in self._rows.items()]

    def versions(self) -> dict[ObjectKey, int]:
        """The resourceVersion of every object that is known."""
        return {key: row.version for key, row in self._rows.items()}

    def put(self, item: T) -> bool:
        """Remember the object; whether what people decide (spec, deletion, reconcile-at, finalizers) changed."""
        key = ObjectKey(item.namespace, item.name)
        before = self._rows.get(key)
        version = int(item.resource_version or 0)
        if item.uid in self._buried:
            return False
        if before is not None and before.uid == item.uid and version <= before.version:
            return False
        if before is not None and before.uid != item.uid:
            self._bury(before.uid)
        asks = _asks(item)
        self._rows[key] = _Row(item.uid, version, asks, self._kind.pack(item))
        self._told(key, item)
        return before is None or before.asks != asks

    def remove(self, key: ObjectKey, uid: str | None = None) -> None:
        """The object is gone: the one of that uid, or (None) whichever is known under the key."""
        before = self._rows.get(key)
        if uid is not None:
            self._bury(uid)
        if before is None or uid not in (None, before.uid):
            return
        self._bury(before.uid)
        del self._rows[key]
        self._told(key, None)

    def _object(self, row: _Row) -> T:
        kept = row.kept
        if isinstance(kept, bytes) and self._kind.unpack is not None:
            return self._kind.unpack(kept)
        return kept  # type: ignore[return-value]

    def _told(self, key: ObjectKey, item: T | None) -> None:
        OBJECTS.labels(self._kind.kind).set(len(self._rows))
        if self._then is not None:
            self._then(key, item)

    def _bury(self, uid: str) -> None:
        self._buried[uid] = None
        if len(self._buried) > BURIED_AT_MOST:
            del self._buried[next(iter(self._buried))]


def _asks(item: ClusterObject) -> tuple[object, ...]:
    return (item.uid, item.generation, item.deletion_timestamp, item.reconcile_at, item.has_finalizer)
