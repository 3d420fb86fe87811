"""Reads for a person at a shell: objects as the API server has them now, and their Events."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kubernetes.aio import client

from endpoint_operator.api.identity import GROUP, VERSION
from endpoint_operator.kube.api import PLURAL
from endpoint_operator.kube.connection import REQUEST_TIMEOUT_SECONDS
from endpoint_operator.kube.refusals import NoSuchObject, asking, there_is_no

Body = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class SeenEvent:
    """An Event on an object. `at` is when it was last seen, RFC 3339."""

    at: str
    reason: str
    message: str
    warning: bool


class EndpointReader:
    """Each read raises Refused, or NoSuchObject where an object is asked for that is not there."""

    def __init__(self, api_client: client.ApiClient) -> None:
        self._objects = client.CustomObjectsApi(api_client)
        self._core = client.CoreV1Api(api_client)

    async def get(self, *, namespace: str, name: str) -> Body:
        async with asking("get InferenceEndpoints", missing=there_is_no(namespace=namespace, name=name)):
            body: Body = await self._objects.get_namespaced_custom_object(
                GROUP, VERSION, namespace, PLURAL, name, _request_timeout=REQUEST_TIMEOUT_SECONDS
            )
        return body

    async def find(self, *, namespace: str, name: str) -> Body | None:
        """As `get`, None where there is no such object."""
        try:
            return await self.get(namespace=namespace, name=name)
        except NoSuchObject:
            return None

    async def all(self, *, namespace: str | None) -> list[Body]:
        """All of a namespace, or of all namespaces; by name, as the API server sorts them."""
        async with asking("list InferenceEndpoints"):
            if namespace is None:
                answer = await self._objects.list_cluster_custom_object(
                    GROUP, VERSION, PLURAL, _request_timeout=REQUEST_TIMEOUT_SECONDS
                )
            else:
                answer = await self._objects.list_namespaced_custom_object(
                    GROUP, VERSION, namespace, PLURAL, _request_timeout=REQUEST_TIMEOUT_SECONDS
                )
        bodies: list[Body] = answer["items"]
        return bodies

    async def events(self, *, namespace: str, name: str, uid: str) -> list[SeenEvent]:
        """The Events on this very object, oldest first. The API server keeps Events for an hour by default."""
        async with asking("list Events"):
            answer = await self._core.list_namespaced_event(
                namespace,
                field_selector=f"involvedObject.kind=InferenceEndpoint,involvedObject.name={name},"
                f"involvedObject.uid={uid}",
                _request_timeout=REQUEST_TIMEOUT_SECONDS,
            )
        return sorted((_seen(event) for event in answer.items), key=lambda event: event.at)


def _seen(event: client.CoreV1Event) -> SeenEvent:
    at = event.last_timestamp or event.event_time or event.metadata.creation_timestamp
    return SeenEvent(
        at=at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        reason=event.reason or "",
        message=event.message or "",
        warning=event.type == "Warning",
    )
