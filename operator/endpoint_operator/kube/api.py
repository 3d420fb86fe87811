"""Requests to the API server in plain JSON, over the client library's connection and credentials.

The library's typed calls are not used: importing its models of all kinds costs 100 MiB and seconds at every start.
"""

import json
from collections.abc import Mapping
from typing import Any

from kubernetes.aio.client.api_client import ApiClient
from kubernetes.aio.client.exceptions import ApiException

from endpoint_operator.api.identity import FIELD_MANAGER, GROUP, VERSION
from endpoint_operator.api.kinds import ENDPOINTS
from endpoint_operator.kube.connection import REQUEST_TIMEOUT_SECONDS

PLURAL = ENDPOINTS.plural
MERGE_PATCH = "application/merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"  # JSON is YAML
JSON = "application/json"
# The API server sends metadata alone (Kubernetes API concepts, "Metadata-only fetches").
METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"

Body = dict[str, Any]


_NO_QUERY: Mapping[str, object] = {}
_WRITER = {"fieldManager": FIELD_MANAGER}


class KubeApi:
    """Raises ApiException where the API server refuses, and aiohttp's errors where it cannot be reached."""

    def __init__(self, api_client: ApiClient) -> None:
        self._client = api_client

    async def get(
        self, path: str, *, query: Mapping[str, object] = _NO_QUERY, seconds: float = REQUEST_TIMEOUT_SECONDS
    ) -> Body:
        return await self._request("GET", path, query=query, seconds=seconds)

    async def metadata(self, path: str) -> Body:
        """What `metadata` of one object holds, and nothing else of it."""
        answer: Body = (await self._request("GET", path, query=_NO_QUERY, accept=METADATA))["metadata"]
        return answer

    async def create(self, path: str, body: Body, *, seconds: float = REQUEST_TIMEOUT_SECONDS) -> Body:
        return await self._request("POST", path, query=_WRITER, body=body, seconds=seconds)

    async def replace(self, path: str, body: Body, *, seconds: float = REQUEST_TIMEOUT_SECONDS) -> Body:
        return await self._request("PUT", path, query=_WRITER, body=body, seconds=seconds)

    async def merge(self, path: str, body: Body, *, seconds: float = REQUEST_TIMEOUT_SECONDS) -> Body:
        """A JSON merge patch."""
        return await self._request("PATCH", path, query=_WRITER, body=body, content_type=MERGE_PATCH, seconds=seconds)

    async def apply(self, path: str, body: Body) -> Body:
        """Server-side apply; what somebody else wrote into our fields is written over."""
        query = {**_WRITER, "force": "true"}
        return await self._request("PATCH", path, query=query, body=body, content_type=APPLY_PATCH)

    async def delete(self, path: str, *, uid: str, resource_version: str) -> Body:
        """Refused (409) where the object is no longer the one that was read."""
        preconditions = {"uid": uid, "resourceVersion": resource_version}
        return await self._request("DELETE", path, query=_NO_QUERY, body={"preconditions": preconditions})

    async def delete_with_dependents(self, path: str, *, uid: str) -> Body:
        """The object stays until what it owns is gone (propagationPolicy Foreground). Refused (409) for another uid."""
        body = {"preconditions": {"uid": uid}, "propagationPolicy": "Foreground"}
        return await self._request("DELETE", path, query=_NO_QUERY, body=body)

    async def _request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object],
        seconds: float = REQUEST_TIMEOUT_SECONDS,
        body: Body | None = None,
        accept: str = JSON,
        content_type: str = JSON,
    ) -> Body:
        headers = {"Accept": accept}
        if body is not None:
            headers["Content-Type"] = content_type
        request = await self._client.param_serialize(
            method,
            path,
            query_params=[(key, str(value)) for key, value in query.items()],
            header_params=headers,
            body=body,
            auth_settings=["BearerToken"],
        )
        response = await self._client.call_api(*request, _request_timeout=seconds)
        text = (await response.read()).decode()
        if not 200 <= response.status <= 299:
            raise ApiException.from_response(http_resp=response, body=text, data=None)
        answer: Body = json.loads(text)
        return answer


def objects_path(
    plural: str, namespace: str | None = None, name: str | None = None, subresource: str | None = None
) -> str:
    """Path of all objects of a kind of ours, of a namespace's, or of one."""
    parts = ["/apis", GROUP, VERSION]
    parts += ["namespaces", namespace] if namespace else []
    parts += [part for part in (plural, name, subresource) if part]
    return "/".join(parts)
