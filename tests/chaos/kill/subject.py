"""The object of one row: what was asked of it, and what is there of it on both sides."""

import abc
from typing import Any

from tests.chaos.kill.asked import Asked, patch_between
from tests.chaos.kill.aws_calls import Calls
from tests.chaos.kill.operator_slot import OperatorSlot
from tests.chaos.kill.patience import seldom
from tests.chaos.kill.phase import Phase
from tests.controlplane.deadlines import until
from tests.integration.vocabulary.kubernetes_objects import KubernetesObjects

# Far beyond what anything takes on a busy machine: only what never comes waits so long.
DEADLINE_SECONDS = 240.0


class Subject(abc.ABC):
    """A handle; it remembers the versions that were asked for, in order."""

    def __init__(self, slot: OperatorSlot, name: str, *, about: str, objects: KubernetesObjects) -> None:
        """`about` is what the names of its things in AWS begin with; `objects` are those of its kind."""
        self.slot = slot
        self.name = name
        self.about = about
        self.asked: list[Asked] = []
        self.deleted = False
        self.skippable: int | None = None
        """The position of the version that nobody may have seen."""
        self._objects = objects
        self._mark = slot.calls.mark()

    @abc.abstractmethod
    def complaints(self) -> list[str]:
        """What is not as it should be now."""

    def settle_in(self, phase: Phase) -> None:
        """Brings it to where the phase begins."""
        for version in phase.before:
            self.ask(version)
            self.comes_out_right()

    def look_as_caller(self) -> None:  # noqa: B027 - AWS itself sees to it that an endpoint answers its callers
        """What must hold at every moment, the operator dead or alive, is among the complaints if it did not."""

    def begin(self, phase: Phase) -> None:
        """Asks what the phase is about."""
        if phase.asks is None:
            self.delete()
        else:
            self.ask(phase.asks)

    def ask(self, version: Asked) -> None:
        namespace, wanted = self.slot.namespace, version.spec(self.name)
        if not self.asked:
            self._objects.create(namespace, self.name, wanted)
        else:
            before = self.asked[-1].spec(self.name)
            self._objects.merge(namespace, self.name, {"spec": patch_between(before, wanted)})
        self.asked.append(version)

    def edit_unseen(self, version: Asked) -> None:
        """Edits the spec while nobody acts: the version before may never be deployed."""
        self.skippable = len(self.asked) - 1
        self.ask(version)

    def delete(self) -> None:
        self._objects.delete(self.slot.namespace, self.name)
        self.deleted = True

    def calls(self) -> Calls:
        """All about it since it was made."""
        return self.slot.calls.since(self._mark).about(self.about)

    def object(self) -> dict[str, Any] | None:
        return self._objects.find(self.slot.namespace, self.name)

    def comes_out_right(self) -> None:
        """Waits until both sides are exactly as they should be; DeadlineError says what is not."""
        until(
            seldom(self.is_right),
            what=f"{self.about} as it should be",
            within_seconds=DEADLINE_SECONDS,
            seen=lambda: "; ".join(self.complaints()) or "nothing wrong any more",
        )

    def is_right(self) -> bool:
        """Whether both sides are as they should be now."""
        return self._looks_done() and not self.complaints()

    def _looks_done(self) -> bool:
        """A cheap first question, so that the whole state is asked for only when it may be right."""
        found = self.object()
        if found is None or self.deleted:
            return found is None
        rows = {row["type"]: row for row in found.get("status", {}).get("conditions", [])}
        ready = rows.get("Ready", {})
        return (ready.get("status"), ready.get("observedGeneration")) == ("True", found["metadata"]["generation"])
