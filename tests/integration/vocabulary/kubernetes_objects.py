"""The API server as tests ask it: objects of one kind, their Events and namespaces, as plain JSON."""

from typing import Any

from kubernetes import client
from kubernetes.client.exceptions import ApiException

GROUP, VERSION, PLURAL = "inference.endpoint-operator.dev", "v1alpha1", "inferenceendpoints"
KIND = "InferenceEndpoint"
MODELS, MODEL_KIND = "inferencemodels", "InferenceModel"
Object = dict[str, Any]


class KubernetesObjects:
    """As the cluster's admin."""

    def __init__(self, api_client: Any, *, kind: str = KIND, plural: str = PLURAL) -> None:
        self._kind = kind
        self._plural = plural
        self._api_client = api_client
        self._custom = client.CustomObjectsApi(api_client)
        self._core = client.CoreV1Api(api_client)

    def close(self) -> None:
        self._api_client.close()

    def make_namespace(self, name: str) -> None:
        """Or find it there: several files of tests apply manifests that name theirs."""
        if not self.has_namespace(name):
            self._core.create_namespace({"metadata": {"name": name}})

    def mark_audit_log(self, namespace: str, name: str) -> None:
        """Deletes a thing that is not there: the audit log has a line with its name, and nothing else came of it."""
        assert _found(lambda: self._core.delete_namespaced_config_map(name, namespace)) is None

    def delete_namespace(self, name: str) -> None:
        self._core.delete_namespace(name)

    def has_namespace(self, name: str) -> bool:
        return _found(lambda: self._core.read_namespace(name)) is not None

    def create(self, namespace: str, name: str, spec: Object) -> Object:
        body = {"apiVersion": f"{GROUP}/{VERSION}", "kind": self._kind, "metadata": {"name": name}, "spec": spec}
        made: Object = self._custom.create_namespaced_custom_object(GROUP, VERSION, namespace, self._plural, body)
        return made

    def find(self, namespace: str, name: str) -> Object | None:
        found: Object | None = _found(
            lambda: self._custom.get_namespaced_custom_object(GROUP, VERSION, namespace, self._plural, name)
        )
        return found

    def all(self, namespace: str) -> list[Object]:
        listed: list[Object] = self._custom.list_namespaced_custom_object(GROUP, VERSION, namespace, self._plural)[
            "items"
        ]
        return listed

    def config_map(self, namespace: str, name: str) -> dict[str, str]:
        """Its data; empty when it is not there."""
        found = _found(lambda: self._core.read_namespaced_config_map(name, namespace))
        return dict(found.data or {}) if found is not None else {}

    def merge(self, namespace: str, name: str, patch: Object) -> Object:
        patched: Object = self._custom.patch_namespaced_custom_object(
            GROUP, VERSION, namespace, self._plural, name, patch, _content_type="application/merge-patch+json"
        )
        return patched

    def delete(self, namespace: str, name: str) -> None:
        self._custom.delete_namespaced_custom_object(GROUP, VERSION, namespace, self._plural, name)

    def events(self, namespace: str, *, uid: str | None = None) -> list[Any]:
        """Oldest first; those of one object when its uid is given."""
        selector = f"involvedObject.uid={uid}" if uid is not None else None
        listed = self._core.list_namespaced_event(namespace, field_selector=selector).items
        return sorted(listed, key=lambda event: (event.last_timestamp, event.metadata.creation_timestamp))


def _found(read: Any) -> Any:
    try:
        return read()
    except ApiException as error:
        if error.status == 404:
            return None
        raise
