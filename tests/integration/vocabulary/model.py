"""One InferenceModel in a test: what is done to it, what is said of it, what is waited for."""

import json
from typing import TYPE_CHECKING, Any

import yaml

from tests.integration.vocabulary.endpoint import RECONCILE_AT
from tests.integration.vocabulary.kubernetes_objects import GROUP, VERSION, Object

if TYPE_CHECKING:
    from tests.integration.vocabulary.scene import Scene


class Model:
    """A handle: every question asks the API server anew. What waits has a deadline and raises DeadlineError."""

    def __init__(self, scene: "Scene", name: str) -> None:
        self._scene = scene
        self.name = name
        self.object_name = f"{scene.namespace}/{name}"

    def apply(self, *, endpoint: str, source: str, **members: Any) -> "Model":
        """With these members of spec."""
        body = {
            "apiVersion": f"{GROUP}/{VERSION}",
            "kind": "InferenceModel",
            "metadata": {"name": self.name, "namespace": self._scene.namespace},
            "spec": {"endpointRef": {"name": endpoint}, "source": {"s3Uri": source}, **members},
        }
        self._scene.kubectl("apply", "-f", "-", stdin=yaml.safe_dump(body))
        return self

    def find(self) -> Object | None:
        found = self._kubectl("get", "--ignore-not-found", "-o", "json")
        return json.loads(found) if found.strip() else None

    @property
    def status(self) -> Object:
        found = self.find()
        assert found is not None, f"{self.object_name} is gone"
        status: Object = found.get("status", {})
        return status

    def table_row(self) -> tuple[str, ...]:
        """Ready, Reconciling, Stalled: of one read."""
        rows = {row["type"]: row["status"] for row in self.status.get("conditions", [])}
        return tuple(rows.get(kind, "missing") for kind in ("Ready", "Reconciling", "Stalled"))

    def ask_to_look(self, word: str) -> None:
        """Sets the annotation reconcile-at."""
        self._kubectl("annotate", "--overwrite", f"{RECONCILE_AT}={word}")

    def delete(self) -> "Model":
        """Asks only; see `is_gone`."""
        self._kubectl("delete", "--wait=false")
        return self

    def settles(self) -> "Model":
        """Waits until the latest generation is Ready."""
        self.comes_to("Ready")
        return self

    def stalls(self, reason: str) -> str:
        """Waits until the latest generation is Stalled for the reason; the sentence."""
        return self.comes_to("Stalled", reason=reason)

    def reconciles(self, reason: str) -> str:
        """Waits until the latest generation is Reconciling for the reason; the sentence."""
        return self.comes_to("Reconciling", reason=reason)

    def comes_to(self, kind: str, *, reason: str | None = None) -> str:
        """Waits until the condition is True for the latest generation; its sentence."""

        def holds() -> dict[str, Any] | None:
            thing = self.find() or {"metadata": {"generation": 0}}
            rows = thing.get("status", {}).get("conditions", [])
            row: dict[str, Any] = next((row for row in rows if row["type"] == kind), {})
            current = row.get("observedGeneration") == thing["metadata"]["generation"]
            return row if current and row["status"] == "True" and reason in (None, row["reason"]) else None

        because = f" because {reason}" if reason else ""
        found = self._scene.until(holds, f"model {self.object_name} {kind}{because}")
        assert found is not None
        return str(found["message"])

    def is_gone(self) -> None:
        """Waits until the API server no longer has it."""
        self._scene.until(lambda: self.find() is None, f"model {self.object_name} gone")

    def story(self) -> list[str]:
        """Reasons of its Events, oldest first."""
        found = self.find()
        assert found is not None, f"{self.object_name} is gone"
        return [
            event.reason for event in self._scene.objects.events(self._scene.namespace, uid=found["metadata"]["uid"])
        ]

    def _kubectl(self, verb: str, *words: str) -> str:
        return str(self._scene.kubectl(verb, "inferencemodel", self.name, "-n", self._scene.namespace, *words))
