"""What stands in a slot's namespaces beside its objects: ConfigMaps that are exported to, Secrets, Jobs."""

from typing import Any

from kubernetes import client
from kubernetes.client.exceptions import ApiException

from tests.chaos.kill.versions import SECRET, SECRET_KEY, SECRET_VALUE

_REVISION_KEY = "endpoint-operator-revision-key"


class Beside:
    """As the cluster's admin; closes the client that it is given."""

    def __init__(self, api_client: Any, *, namespace: str, operator_namespace: str) -> None:
        self._api_client = api_client
        self._core = client.CoreV1Api(api_client)
        self._batch = client.BatchV1Api(api_client)
        self._namespace = namespace
        self._operator_namespace = operator_namespace

    def close(self) -> None:
        self._api_client.close()

    def make_secret(self) -> None:
        """The one that containers take a value from."""
        body = {"metadata": {"name": SECRET}, "stringData": {SECRET_KEY: SECRET_VALUE}}
        self._core.create_namespaced_secret(self._namespace, body)

    def delete_revision_key(self) -> None:
        """Where there is one."""
        try:
            self._core.delete_namespaced_secret(_REVISION_KEY, self._operator_namespace)
        except ApiException as error:
            if error.status != 404:
                raise

    def secrets_of_operator(self) -> list[str]:
        """Names of those in its namespace."""
        return [each.metadata.name for each in self._core.list_namespaced_secret(self._operator_namespace).items]

    def config_maps(self, name: str) -> list[Any]:
        """Those whose name begins with the object's and a dot, as plain JSON."""
        listed = self._core.list_namespaced_config_map(self._namespace).items
        found = [each for each in listed if each.metadata.name.partition(".")[0] == name]
        plain: list[Any] = self._api_client.sanitize_for_serialization(found)
        return plain

    def jobs(self, model: str) -> list[str]:
        """Names of those that pack for a model and that nobody has asked to go."""
        listed = [each.metadata for each in self._batch.list_namespaced_job(self._namespace).items]
        ours = [each for each in listed if each.name.startswith(f"pack-{model}-")]
        return [each.name for each in ours if each.deletion_timestamp is None]
