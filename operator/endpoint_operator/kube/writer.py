"""Writes to InferenceEndpoints: finalizer and status, each refused when the object changed since it was read."""

from collections.abc import Callable

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.identity import API_VERSION, FINALIZER
from endpoint_operator.api.status import InferenceEndpointStatus
from endpoint_operator.kube.answers import counted_write
from endpoint_operator.kube.api import KubeApi, endpoints_path


class EndpointWriter:
    """Every body carries the resourceVersion that was read, so that nothing is decided on an old object."""

    def __init__(self, api: KubeApi, *, may_write: Callable[[], None]) -> None:
        """`may_write` raises NotLeading; it is asked before each write."""
        self._api = api
        self._may_write = may_write

    async def add_finalizer(self, endpoint: InferenceEndpoint) -> InferenceEndpoint:
        return await self._set_finalizers(endpoint, [*endpoint.finalizers, FINALIZER])

    async def remove_finalizer(self, endpoint: InferenceEndpoint) -> InferenceEndpoint:
        return await self._set_finalizers(endpoint, [name for name in endpoint.finalizers if name != FINALIZER])

    async def write_status(self, endpoint: InferenceEndpoint, status: InferenceEndpointStatus) -> InferenceEndpoint:
        body = {
            "apiVersion": API_VERSION,
            "kind": "InferenceEndpoint",
            "metadata": {
                "name": endpoint.name,
                "namespace": endpoint.namespace,
                "uid": endpoint.uid,
                "resourceVersion": endpoint.resource_version,
            },
            "status": status.model_dump(mode="json", by_alias=True, exclude_none=True),
        }
        self._may_write()
        async with counted_write("status"):
            written = await self._api.replace(endpoints_path(endpoint.namespace, endpoint.name, "status"), body)
        return InferenceEndpoint.parse(written)

    async def _set_finalizers(self, endpoint: InferenceEndpoint, finalizers: list[str]) -> InferenceEndpoint:
        body = {"metadata": {"resourceVersion": endpoint.resource_version, "finalizers": finalizers}}
        self._may_write()
        async with counted_write("finalizer"):
            written = await self._api.merge(endpoints_path(endpoint.namespace, endpoint.name), body)
        return InferenceEndpoint.parse(written)
