"""Writes to objects of our kinds: finalizer and status, each refused when the object changed since it was read."""

from collections.abc import Callable
from typing import Generic, TypeVar

from endpoint_operator.api.identity import API_VERSION, FINALIZER
from endpoint_operator.api.kinds import ClusterObject, Kind
from endpoint_operator.api.status_model import StatusModel
from endpoint_operator.kube.answers import counted_write
from endpoint_operator.kube.api import KubeApi, objects_path

T = TypeVar("T", bound=ClusterObject)


class KindWriter(Generic[T]):
    """Every body carries the resourceVersion that was read, so that nothing is decided on an old object."""

    def __init__(self, api: KubeApi, kind: Kind[T], *, may_write: Callable[[], None]) -> None:
        """`may_write` raises NotLeading; it is asked before each write."""
        self._api = api
        self._kind = kind
        self._may_write = may_write

    async def add_finalizer(self, item: T) -> T:
        return await self._set_finalizers(item, [*item.finalizers, FINALIZER])

    async def remove_finalizer(self, item: T) -> T:
        return await self._set_finalizers(item, [name for name in item.finalizers if name != FINALIZER])

    async def write_status(self, item: T, status: StatusModel) -> T:
        body = {
            "apiVersion": API_VERSION,
            "kind": self._kind.kind,
            "metadata": {
                "name": item.name,
                "namespace": item.namespace,
                "uid": item.uid,
                "resourceVersion": item.resource_version,
            },
            "status": status.model_dump(mode="json", by_alias=True, exclude_none=True),
        }
        self._may_write()
        async with counted_write("status"):
            written = await self._api.replace(self._path(item, "status"), body)
        return self._kind.parse(written)

    async def _set_finalizers(self, item: T, finalizers: list[str]) -> T:
        body = {"metadata": {"resourceVersion": item.resource_version, "finalizers": finalizers}}
        self._may_write()
        async with counted_write("finalizer"):
            written = await self._api.merge(self._path(item), body)
        return self._kind.parse(written)

    def _path(self, item: T, subresource: str | None = None) -> str:
        return objects_path(self._kind.plural, item.namespace, item.name, subresource)
