"""One InferenceModel in a test."""

from typing import TYPE_CHECKING, Any, Self

import yaml

from tests.integration.vocabulary.handle import Handle
from tests.integration.vocabulary.kubernetes_objects import GROUP, MODEL_KIND, VERSION

if TYPE_CHECKING:
    from tests.integration.vocabulary.scene import Scene


class Model(Handle):
    """A row of its table is Ready, Reconciling, Stalled."""

    def __init__(self, scene: "Scene", name: str) -> None:
        super().__init__(scene, name, objects=scene.shared.models)

    def apply(self, *, endpoint: str, source: str, **members: Any) -> Self:
        """With these members of spec, and no others."""
        body = {
            "apiVersion": f"{GROUP}/{VERSION}",
            "kind": MODEL_KIND,
            "metadata": {"name": self.name, "namespace": self._scene.namespace},
            "spec": {"endpointRef": {"name": endpoint}, "source": {"s3Uri": source}, **members},
        }
        self._scene.kubectl("apply", "-f", "-", stdin=yaml.safe_dump(body))
        return self
