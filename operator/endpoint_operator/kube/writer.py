"""Writes to InferenceEndpoints: finalizer and status, each refused when the object changed since it was read."""

from collections.abc import Callable
from typing import Any

from kubernetes.aio import client

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.identity import API_VERSION, FIELD_MANAGER, FINALIZER, GROUP, VERSION
from endpoint_operator.api.status import InferenceEndpointStatus
from endpoint_operator.kube.answers import counted_write
from endpoint_operator.kube.connection import REQUEST_TIMEOUT_SECONDS

PLURAL = "inferenceendpoints"


class EndpointWriter:
    """Every body carries the resourceVersion that was read, so that nothing is decided on an old object."""

    def __init__(self, api_client: client.ApiClient, *, may_write: Callable[[], None]) -> None:
        """`may_write` raises NotLeading; it is asked before each write."""
        self._objects = client.CustomObjectsApi(api_client)
        self._may_write = may_write

    async def add_finalizer(self, endpoint: InferenceEndpoint) -> InferenceEndpoint:
        return await self._set_finalizers(endpoint, [*endpoint.finalizers, FINALIZER])

    async def remove_finalizer(self, endpoint: InferenceEndpoint) -> None:
        await self._set_finalizers(endpoint, [name for name in endpoint.finalizers if name != FINALIZER])

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
            written = await self._objects.replace_namespaced_custom_object_status(
                **_address(endpoint), body=body, field_manager=FIELD_MANAGER, _request_timeout=REQUEST_TIMEOUT_SECONDS
            )
        return InferenceEndpoint.parse(written)

    async def _set_finalizers(self, endpoint: InferenceEndpoint, finalizers: list[str]) -> InferenceEndpoint:
        body = {"metadata": {"resourceVersion": endpoint.resource_version, "finalizers": finalizers}}
        self._may_write()
        async with counted_write("finalizer"):
            written = await self._objects.patch_namespaced_custom_object(
                **_address(endpoint),
                body=body,
                field_manager=FIELD_MANAGER,
                _content_type="application/merge-patch+json",
                _request_timeout=REQUEST_TIMEOUT_SECONDS,
            )
        return InferenceEndpoint.parse(written)


def _address(endpoint: InferenceEndpoint) -> dict[str, Any]:
    return {
        "group": GROUP,
        "version": VERSION,
        "namespace": endpoint.namespace,
        "plural": PLURAL,
        "name": endpoint.name,
    }
