"""The last write to an object: our finalizer comes off."""

from collections.abc import Callable
from typing import Any, TypeVar

from endpoint_operator.api.kinds import ClusterObject
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.ports import ObjectWriter
from endpoint_operator.engine.store import ObjectStore

T = TypeVar("T", bound=ClusterObject)


async def let_go(
    item: T, *, writer: ObjectWriter[T, Any], store: ObjectStore[T], gone: Callable[[ObjectKey, str], None]
) -> None:
    """Take our finalizer off; `gone` is told at once (the watch tells it too, but later).

    Raises what the writer raises.
    """
    left = await writer.remove_finalizer(item)
    if left.finalizers:  # somebody else's: the object is there until they take theirs off
        store.put(left)
    else:
        gone(ObjectKey(item.namespace, item.name), item.uid)
