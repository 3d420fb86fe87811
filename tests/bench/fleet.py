"""A thousand endpoints at once: manifests from a template, applied side by side, and when each was Ready."""

import asyncio
import string
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from kubernetes.aio import client, config, watch

GROUP, VERSION, PLURAL = "inference.endpoint-operator.dev", "v1alpha1", "inferenceendpoints"
NAMESPACE = "bench"
APPLIED_AT_ONCE = 32


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is measured: which objects are made for one endpoint, and how their readiness shows."""

    template: str
    """YAML documents with $name (of the object and, as $namespace-$name, of the endpoint) and $namespace."""
    ready_condition: str = "Ready"
    watched: tuple[str, str, str] = (GROUP, VERSION, PLURAL)

    def documents(self, name: str) -> list[dict[str, Any]]:
        text = string.Template(self.template).substitute(name=name, namespace=NAMESPACE)
        return [document for document in yaml.safe_load_all(text) if document]


@dataclass
class Readiness:
    """Seconds since the epoch at which each object was first seen Ready."""

    at: dict[str, float] = field(default_factory=dict)


class Cluster:
    """The API server, as admin."""

    def __init__(self, api_client: client.ApiClient) -> None:
        self._objects = client.CustomObjectsApi(api_client)
        self._core = client.CoreV1Api(api_client)
        self._api_client = api_client

    @classmethod
    async def connect(cls, kubeconfig: Path) -> "Cluster":
        configuration = client.Configuration()
        await config.load_kube_config(config_file=str(kubeconfig), client_configuration=configuration)
        configuration.connection_pool_maxsize = APPLIED_AT_ONCE + 4
        return cls(client.ApiClient(configuration))

    async def close(self) -> None:
        await self._api_client.close()

    async def make_namespace(self) -> None:
        body = client.V1Namespace(metadata=client.V1ObjectMeta(name=NAMESPACE))
        await self._core.create_namespace(body)

    async def apply(self, subject: Subject, names: list[str]) -> None:
        """Create the objects of all names, as many at once as connections allow."""
        gate = asyncio.Semaphore(APPLIED_AT_ONCE)

        async def create(document: dict[str, Any]) -> None:
            group, version = document["apiVersion"].split("/")
            plural = f"{document['kind'].lower()}s"
            async with gate:
                await self._objects.create_namespaced_custom_object(group, version, NAMESPACE, plural, document)

        await asyncio.gather(*(create(document) for name in names for document in subject.documents(name)))

    async def watch_readiness(self, subject: Subject, readiness: Readiness) -> None:
        """Note when objects become Ready, until cancelled."""
        group, version, plural = subject.watched
        while True:
            stream = watch.Watch()
            async for event in stream.stream(
                self._objects.list_namespaced_custom_object, group, version, NAMESPACE, plural, timeout_seconds=300
            ):
                _note(event["object"], subject.ready_condition, readiness)


def _note(item: dict[str, Any], condition: str, readiness: Readiness) -> None:
    name = item["metadata"]["name"]
    conditions = item.get("status", {}).get("conditions", [])
    ready = any(one["type"] == condition and one["status"] == "True" for one in conditions)
    if ready and name not in readiness.at:
        readiness.at[name] = time.time()


def names_of(count: int) -> list[str]:
    return [f"e{index:05d}" for index in range(count)]


async def until_all_ready(readiness: Readiness, names: list[str], *, seconds: float) -> None:
    """Raises TimeoutError, saying how many are missing."""
    deadline = time.monotonic() + seconds
    while len(readiness.at) < len(names):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{len(names) - len(readiness.at)} of {len(names)} were not Ready after {seconds:.0f} s")
        await asyncio.sleep(0.1)
