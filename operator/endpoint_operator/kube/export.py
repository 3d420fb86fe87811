"""Writing the ConfigMap of `export`: ours from its first moment, and never one that somebody else made."""

from collections.abc import Callable

from kubernetes.aio.client.exceptions import ApiException

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.identity import API_VERSION, TAG_OBJECT
from endpoint_operator.api.status import ExportStatus
from endpoint_operator.engine.ports import StaleObject
from endpoint_operator.kube.api import Body, KubeApi
from endpoint_operator.kube.input_objects import answered
from endpoint_operator.planning.exporting import ExportChange, ExportedFacts, ExportOutcome, conflict, forbidden

# The words of the API server's NamespaceLifecycle admission.
_TERMINATING = "being terminated"


class ConfigMapExporter:
    """Whose a ConfigMap is stands in its annotation, which its creation sets: there is no moment without it."""

    def __init__(self, api: KubeApi, *, may_write: Callable[[], None]) -> None:
        """`may_write` raises NotLeading; it is asked before each write."""
        self._api = api
        self._may_write = may_write

    async def export(
        self, endpoint: InferenceEndpoint, change: ExportChange, known: ExportStatus | None
    ) -> ExportOutcome:
        """Raises ClusterUnavailable, NotLeading, and StaleObject when somebody was faster."""
        try:
            async with answered():
                return await self._carry_out(endpoint, change, known)
        except ApiException as error:
            if error.status != 403:
                raise StaleObject(str(error.reason)) from error
            if _TERMINATING in str(error.body):
                return ExportOutcome(written=known)  # the object itself is about to go
            return ExportOutcome(written=known, fault=forbidden(endpoint))

    async def _carry_out(
        self, endpoint: InferenceEndpoint, change: ExportChange, known: ExportStatus | None
    ) -> ExportOutcome:
        written = None
        if change.write is not None:
            there = await self._find(endpoint, change.write.name) or await self._make(endpoint, change.write.name)
            if not _is_ours(endpoint, there):
                return ExportOutcome(written=known, fault=conflict(endpoint, change.write.name))
            await self._apply(endpoint, change.write, uid=there["metadata"]["uid"])
            written = ExportStatus(config_map_name=change.write.name, digest=change.write.digest)
        for name in change.remove:
            await self._remove(endpoint, name)
        return ExportOutcome(written=written)

    async def _find(self, endpoint: InferenceEndpoint, name: str) -> Body | None:
        try:
            return await self._api.get(_path(endpoint, name))
        except ApiException as error:
            if error.status == 404:
                return None
            raise

    async def _make(self, endpoint: InferenceEndpoint, name: str) -> Body:
        """Without data: a create is refused where the name is taken, which an apply is not."""
        self._may_write()
        return await self._api.create(_path(endpoint), _body(endpoint, name))

    async def _apply(self, endpoint: InferenceEndpoint, facts: ExportedFacts, *, uid: str) -> None:
        body = _body(endpoint, facts.name)
        body["metadata"]["uid"] = uid
        self._may_write()
        await self._api.apply(_path(endpoint, facts.name), {**body, "data": dict(facts.data)})

    async def _remove(self, endpoint: InferenceEndpoint, name: str) -> None:
        there = await self._find(endpoint, name)
        if there is None or not _is_ours(endpoint, there):
            return
        metadata = there["metadata"]
        self._may_write()
        await self._api.delete(_path(endpoint, name), uid=metadata["uid"], resource_version=metadata["resourceVersion"])


def _is_ours(endpoint: InferenceEndpoint, body: Body) -> bool:
    return (body["metadata"].get("annotations") or {}).get(TAG_OBJECT) == endpoint.object_name


def _body(endpoint: InferenceEndpoint, name: str) -> Body:
    owner = {"apiVersion": API_VERSION, "kind": "InferenceEndpoint", "name": endpoint.name, "uid": endpoint.uid}
    metadata = {
        "name": name,
        "namespace": endpoint.namespace,
        "annotations": {TAG_OBJECT: endpoint.object_name},
        "ownerReferences": [{**owner, "controller": True}],
    }
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}


def _path(endpoint: InferenceEndpoint, name: str | None = None) -> str:
    collection = f"/api/v1/namespaces/{endpoint.namespace}/configmaps"
    return f"{collection}/{name}" if name is not None else collection
