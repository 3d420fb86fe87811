"""One InferenceEndpoint in a test: what is done to it, what is said of it, what is waited for."""

from typing import TYPE_CHECKING, Any

from tests.integration.vocabulary.kstatus import kstatus
from tests.integration.vocabulary.kubernetes_objects import GROUP, Object
from tests.integration.vocabulary.specs import Spec, together

if TYPE_CHECKING:
    from tests.integration.vocabulary.scene import Scene

FINALIZER = f"{GROUP}/aws"
RECONCILE_AT = f"{GROUP}/reconcile-at"
TABLE = ("Ready", "Reconciling", "Stalled", "Available")


class Endpoint:
    """A handle: every question asks the API server anew. `waits` have a deadline and raise DeadlineError."""

    def __init__(self, scene: "Scene", name: str) -> None:
        self._scene = scene
        self.name = name
        self.object_name = f"{scene.namespace}/{name}"
        self.sagemaker_name = f"{scene.namespace}-{name}"

    def find(self) -> Object | None:
        return self._scene.objects.find(self._scene.namespace, self.name)

    @property
    def object(self) -> Object:
        found = self.find()
        assert found is not None, f"{self.object_name} is gone"
        return found

    @property
    def status(self) -> Object:
        status: Object = self.object.get("status", {})
        return status

    @property
    def uid(self) -> str:
        return str(self.object["metadata"]["uid"])

    @property
    def revision(self) -> str:
        """Of the config that serves."""
        return str(self.status["endpoint"]["configName"]).removeprefix(f"{self.sagemaker_name}-")[:10]

    def revisions(self) -> dict[str, str]:
        """State by name, oldest first."""
        return {row["name"]: row["state"] for row in self.status.get("revisions", [])}

    def condition(self, kind: str) -> dict[str, Any]:
        """Empty when it is not there."""
        rows = self.status.get("conditions", [])
        return next((row for row in rows if row["type"] == kind), {})

    def table_row(self) -> tuple[str, ...]:
        """Ready, Reconciling, Stalled, Available: of one read."""
        rows = {row["type"]: row["status"] for row in self.status.get("conditions", [])}
        return tuple(rows.get(kind, "missing") for kind in TABLE)

    def kstatus(self) -> str:
        return kstatus(self.object)

    def edit(self, *changes: Spec) -> "Endpoint":
        """As a merge patch of spec."""
        self._scene.objects.merge(self._scene.namespace, self.name, {"spec": together(changes)})
        return self

    def ask_to_look(self, word: str) -> None:
        """Sets the annotation reconcile-at."""
        patch = {"metadata": {"annotations": {RECONCILE_AT: word}}}
        self._scene.objects.merge(self._scene.namespace, self.name, patch)

    def take_finalizer_off(self) -> None:
        """By hand, as a person in a hurry does."""
        self._scene.objects.merge(self._scene.namespace, self.name, {"metadata": {"finalizers": None}})

    def delete(self) -> "Endpoint":
        """Asks only; see `is_gone`."""
        self._scene.objects.delete(self._scene.namespace, self.name)
        return self

    def settles(self) -> "Endpoint":
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
        found = self._scene.until(holds, f"{self.object_name} {kind}{because}")
        assert found is not None
        return str(found["message"])

    def is_gone(self) -> None:
        """Waits until the API server no longer has it."""
        self._scene.until(lambda: self.find() is None, f"{self.object_name} gone")

    def is_in(self, status: str) -> dict[str, Any]:
        """Waits until SageMaker itself has the endpoint in the status; how it describes it."""

        def described() -> dict[str, Any] | None:
            live = self._scene.sagemaker.endpoint(self.sagemaker_name)
            return live if live is not None and live["EndpointStatus"] == status else None

        found = self._scene.until(described, f"{self.sagemaker_name} {status} in SageMaker")
        assert found is not None
        return found

    def story(self) -> list[str]:
        """Reasons of its Events, oldest first."""
        return [event.reason for event in self.events()]

    def events(self) -> list[Any]:
        return self._scene.objects.events(self._scene.namespace, uid=self.uid)

    def tells(self, reason: str) -> Any:
        """Waits for an Event."""
        uid = self.uid  # it may be gone before its last Event is read

        def event() -> Any:
            events = self._scene.objects.events(self._scene.namespace, uid=uid)
            return next((each for each in events if each.reason == reason), None)

        return self._scene.until(event, f"an Event {reason} on {self.object_name}")
