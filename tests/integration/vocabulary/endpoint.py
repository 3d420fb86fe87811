"""One InferenceEndpoint in a test."""

from typing import TYPE_CHECKING, Any

from tests.integration.vocabulary.handle import COLUMNS, Handle
from tests.integration.vocabulary.kubernetes_objects import GROUP

if TYPE_CHECKING:
    from tests.integration.vocabulary.scene import Scene

FINALIZER = f"{GROUP}/aws"


class Endpoint(Handle):
    """A row of its table is Ready, Reconciling, Stalled, Available."""

    columns = (*COLUMNS, "Available")

    def __init__(self, scene: "Scene", name: str) -> None:
        super().__init__(scene, name, objects=scene.objects)
        self.sagemaker_name = f"{scene.namespace}-{name}"

    @property
    def revision(self) -> str:
        """Of the config that serves."""
        return str(self.status["endpoint"]["configName"]).removeprefix(f"{self.sagemaker_name}-")[:10]

    def revisions(self) -> dict[str, str]:
        """State by name, oldest first."""
        return {row["name"]: row["state"] for row in self.status.get("revisions", [])}

    def is_in(self, status: str) -> dict[str, Any]:
        """Waits until SageMaker itself has the endpoint in the status; how it describes it."""

        def described() -> dict[str, Any] | None:
            live = self._scene.sagemaker.endpoint(self.sagemaker_name)
            return live if live is not None and live["EndpointStatus"] == status else None

        found = self._scene.until(described, f"{self.sagemaker_name} {status} in SageMaker")
        assert found is not None
        return found
