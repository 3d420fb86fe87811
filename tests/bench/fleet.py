"""A thousand endpoints at once: manifests from a template, applied side by side, and when each was Ready."""

import asyncio
import string
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from kubernetes.aio import client, config, watch

from tests.controlplane.expected import ExpectedError

GROUP, VERSION, PLURAL = "inference.endpoint-operator.dev", "v1alpha1", "inferenceendpoints"
KIND = "InferenceEndpoint"
NAMESPACE = "bench"
APPLIED_AT_ONCE = 32
# Gone: the watch fell behind. TooManyRequests: a kind is so new that the API server's cache of it is not filled yet
# ("storage is (re)initializing").
WATCH_AGAIN = (410, 429, 504)


class NotReadyError(ExpectedError):
    """Objects did not become ready in time; the text says how many."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is measured: which objects are made for one endpoint, and how their readiness shows."""

    template: str
    """YAML documents with $name (of the object that is watched) and $namespace."""
    ready_condition: str = "Ready"
    watched: tuple[str, str, str] = (GROUP, VERSION, PLURAL)
    endpoint: str = "$namespace-$name"
    """What the endpoint is called in SageMaker."""
    plurals: Mapping[tuple[str, str], str] = field(default_factory=lambda: {(GROUP, KIND): PLURAL})
    """By group and kind."""

    def documents(self, name: str) -> list[dict[str, Any]]:
        """Raises ValueError or KeyError for a placeholder that there is not, YAMLError for what is no YAML."""
        return [document for document in yaml.safe_load_all(_filled(self.template, name)) if document]

    def endpoint_name(self, name: str) -> str:
        """Raises ValueError or KeyError for a placeholder that there is not."""
        return _filled(self.endpoint, name)


@dataclass
class Readiness:
    """Seconds since the epoch at which each object was first seen Ready."""

    at: dict[str, float] = field(default_factory=dict)


class Cluster:
    """The API server, as admin."""

    def __init__(self, api_client: client.ApiClient) -> None:
        self._objects = client.CustomObjectsApi(api_client)
        self._core = client.CoreV1Api(api_client)
        self.api_client = api_client

    @classmethod
    async def connect(cls, kubeconfig: Path) -> "Cluster":
        configuration = client.Configuration()
        await config.load_kube_config(config_file=str(kubeconfig), client_configuration=configuration)
        configuration.connection_pool_maxsize = APPLIED_AT_ONCE + 4
        return cls(client.ApiClient(configuration))

    async def close(self) -> None:
        await self.api_client.close()

    async def make_namespace(self) -> None:
        body = client.V1Namespace(metadata=client.V1ObjectMeta(name=NAMESPACE))
        await self._core.create_namespace(body)

    async def apply(self, subject: Subject, names: list[str]) -> None:
        """Create the objects of all names, as many at once as connections allow."""
        gate = asyncio.Semaphore(APPLIED_AT_ONCE)

        async def create(document: dict[str, Any]) -> None:
            group, version = document["apiVersion"].split("/")
            plural = subject.plurals[group, document["kind"]]
            async with gate:
                await self._objects.create_namespaced_custom_object(group, version, NAMESPACE, plural, document)

        await asyncio.gather(*(create(document) for name in names for document in subject.documents(name)))

    async def get(self, name: str) -> dict[str, Any]:
        """One InferenceEndpoint."""
        found: dict[str, Any] = await self._objects.get_namespaced_custom_object(
            GROUP, VERSION, NAMESPACE, PLURAL, name
        )
        return found

    async def merge(self, name: str, patch: dict[str, Any]) -> None:
        """A merge patch of one InferenceEndpoint."""
        await self._objects.patch_namespaced_custom_object(
            GROUP, VERSION, NAMESPACE, PLURAL, name, patch, _content_type="application/merge-patch+json"
        )

    async def watch_readiness(self, subject: Subject, readiness: Readiness) -> None:
        """Note when objects become Ready, until cancelled."""
        while True:
            try:
                await self._watch_once(subject, readiness)
            except client.ApiException as error:
                if error.status not in WATCH_AGAIN:
                    raise
                await asyncio.sleep(0.1)

    async def _watch_once(self, subject: Subject, readiness: Readiness) -> None:
        """It begins with all objects that there are, so that nothing between two watches is missed."""
        group, version, plural = subject.watched
        stream = watch.Watch()
        async for event in stream.stream(
            self._objects.list_namespaced_custom_object, group, version, NAMESPACE, plural, timeout_seconds=300
        ):
            note(event["object"], subject.ready_condition, readiness)


def _filled(text: str, name: str) -> str:
    return string.Template(text).substitute(name=name, namespace=NAMESPACE)


def note(item: dict[str, Any], condition: str, readiness: Readiness) -> None:
    name = item["metadata"]["name"]
    conditions = item.get("status", {}).get("conditions", [])
    ready = any(one["type"] == condition and one["status"] == "True" for one in conditions)
    if ready and name not in readiness.at:
        readiness.at[name] = time.time()


def names_of(count: int) -> list[str]:
    return [f"e{index:05d}" for index in range(count)]


async def until_all_ready(readiness: Readiness, names: list[str], *, seconds: float, check: Callable[[], None]) -> None:
    """`check` raises when there is nothing to wait for any more. Raises NotReadyError too."""
    deadline = time.monotonic() + seconds
    while len(readiness.at) < len(names):
        if time.monotonic() > deadline:
            missing = len(names) - len(readiness.at)
            raise NotReadyError(f"{missing} of {len(names)} were not ready after {seconds:.0f} s")
        check()
        await asyncio.sleep(0.1)
