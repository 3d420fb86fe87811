"""One object of the operator's kinds in a test: what is done to it, what is said of it, what is waited for."""

from typing import TYPE_CHECKING, Any, Self

from tests.integration.vocabulary.kstatus import kstatus
from tests.integration.vocabulary.kubernetes_objects import GROUP, KubernetesObjects, Object
from tests.integration.vocabulary.specs import Spec, together

if TYPE_CHECKING:
    from tests.integration.vocabulary.scene import Scene

RECONCILE_AT = f"{GROUP}/reconcile-at"
COLUMNS = ("Ready", "Reconciling", "Stalled")


class Handle:
    """Every question asks the API server anew. What waits has a deadline and raises DeadlineError."""

    columns: tuple[str, ...] = COLUMNS
    """The conditions of a row of the table."""

    def __init__(self, scene: "Scene", name: str, *, objects: KubernetesObjects) -> None:
        self._scene = scene
        self._objects = objects
        self.name = name
        self.object_name = f"{scene.namespace}/{name}"

    def find(self) -> Object | None:
        return self._objects.find(self._scene.namespace, self.name)

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

    def condition(self, kind: str) -> dict[str, Any]:
        """Empty when it is not there."""
        return _condition(self.status, kind)

    def table_row(self) -> tuple[str, ...]:
        """Of one read."""
        rows = {row["type"]: row["status"] for row in self.status.get("conditions", [])}
        return tuple(rows.get(kind, "missing") for kind in self.columns)

    def kstatus(self) -> str:
        return kstatus(self.object)

    def edit(self, *changes: Spec) -> Self:
        """As a merge patch of spec."""
        self._merge({"spec": together(changes)})
        return self

    def ask_to_look(self, word: str) -> None:
        """Sets the annotation reconcile-at."""
        self._merge({"metadata": {"annotations": {RECONCILE_AT: word}}})

    def take_finalizer_off(self) -> None:
        """By hand, as a person in a hurry does."""
        self._merge({"metadata": {"finalizers": None}})

    def delete(self) -> Self:
        """Asks only; see `is_gone`."""
        self._objects.delete(self._scene.namespace, self.name)
        return self

    def settles(self) -> Self:
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
            row = _condition(thing.get("status", {}), kind)
            current = row.get("observedGeneration") == thing["metadata"]["generation"]
            return row if current and row["status"] == "True" and reason in (None, row["reason"]) else None

        because = f" because {reason}" if reason else ""
        found = self._scene.until(holds, f"{self.object_name} {kind}{because}")
        assert found is not None
        return str(found["message"])

    def is_gone(self) -> None:
        """Waits until the API server no longer has it."""
        self._scene.until(lambda: self.find() is None, f"{self.object_name} gone")

    def story(self) -> list[str]:
        """Reasons of its Events, oldest first."""
        return [event.reason for event in self.events()]

    def events(self) -> list[Any]:
        return self._objects.events(self._scene.namespace, uid=self.uid)

    def tells(self, reason: str) -> Any:
        """Waits for an Event."""
        uid = self.uid  # it may be gone before its last Event is read

        def event() -> Any:
            events = self._objects.events(self._scene.namespace, uid=uid)
            return next((each for each in events if each.reason == reason), None)

        return self._scene.until(event, f"an Event {reason} on {self.object_name}")

    def _merge(self, patch: Object) -> None:
        self._objects.merge(self._scene.namespace, self.name, patch)


def _condition(status: Object, kind: str) -> dict[str, Any]:
    return next((row for row in status.get("conditions", []) if row["type"] == kind), {})
