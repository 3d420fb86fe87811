"""The InferenceEndpoint of one row: what was asked of it, and what is there of it on both sides."""

from typing import Any

from tests.chaos.kill.aws_calls import Calls
from tests.chaos.kill.estate import estate_of
from tests.chaos.kill.foreign import make_by_hand
from tests.chaos.kill.operator_slot import OperatorSlot
from tests.chaos.kill.patience import seldom
from tests.chaos.kill.phase import Phase
from tests.chaos.kill.versions import Version
from tests.chaos.kill.wanted import Found, complaints
from tests.chaos.kill.wish import Wish
from tests.controlplane.deadlines import until

# Far beyond what anything takes on a busy machine: only what never comes waits so long.
DEADLINE_SECONDS = 90.0


class Subject:
    """A handle; it remembers the versions that were asked for, in order."""

    def __init__(self, slot: OperatorSlot, name: str) -> None:
        self.slot = slot
        self.name = name
        self.endpoint_name = f"{slot.namespace}-{name}"
        self.asked: list[Version] = []
        self.deleted = False
        self._skippable: int | None = None
        self._mark = slot.calls.mark()

    def settle_in(self, phase: Phase) -> None:
        """Brings it to where the phase begins."""
        if phase.keyless:
            self.slot.lose_revision_key()
        if phase.by_hand:
            make_by_hand(self.slot.world, self.endpoint_name)
        for version in phase.before:
            self.ask(version)
            self.comes_out_right()

    def begin(self, phase: Phase) -> None:
        """Asks what the phase is about."""
        if phase.asks is None:
            self.delete()
        else:
            self.ask(phase.asks)

    def ask(self, version: Version) -> None:
        namespace, objects = self.slot.namespace, self.slot.objects
        if not self.asked:
            objects.create(namespace, self.name, version.spec(self.name))
        else:
            objects.merge(namespace, self.name, {"spec": version.patch_from(self.asked[-1], self.name)})
        self.asked.append(version)

    def edit_unseen(self, version: Version) -> None:
        """Edits the spec while nobody acts: the version before may never be deployed."""
        self._skippable = len(self.asked) - 1
        self.ask(version)

    def delete(self) -> None:
        self.slot.objects.delete(self.slot.namespace, self.name)
        self.deleted = True

    def calls(self) -> Calls:
        """All about it since it was made."""
        return self.slot.calls.since(self._mark).about(self.endpoint_name)

    def object(self) -> dict[str, Any] | None:
        return self.slot.objects.find(self.slot.namespace, self.name)

    def comes_out_right(self) -> None:
        """Waits until both sides are exactly as they should be; DeadlineError says what is not."""
        until(
            seldom(self.is_right),
            what=f"{self.endpoint_name} as it should be",
            within_seconds=DEADLINE_SECONDS,
            seen=lambda: "; ".join(self.complaints()) or "nothing wrong any more",
        )

    def is_right(self) -> bool:
        """Whether both sides are as they should be now."""
        return self._looks_done() and not self.complaints()

    def complaints(self) -> list[str]:
        """What is not as it should be now."""
        beside = self.slot.beside
        found = Found(
            object=self.object(),
            config_maps=beside.config_maps(self.name) if any(each.config_map for each in self.asked) else [],
            secrets_of_operator=beside.secrets_of_operator() if any(each.secret for each in self.asked) else [],
            estate=estate_of(self.slot.simulator).about(self.endpoint_name),
            calls=self.calls(),
        )
        return complaints(found, self._wish())

    def _wish(self) -> Wish:
        return Wish(
            name=self.name,
            namespace=self.slot.namespace,
            endpoint_name=self.endpoint_name,
            cluster=self.slot.cluster_id,
            asked=tuple(self.asked),
            skippable=self._skippable,
            deleted=self.deleted,
        )

    def _looks_done(self) -> bool:
        """A cheap first question, so that the whole state is asked for only when it may be right."""
        found = self.object()
        if found is None or self.deleted:
            return found is None
        rows = {row["type"]: row for row in found.get("status", {}).get("conditions", [])}
        ready = rows.get("Ready", {})
        return (ready.get("status"), ready.get("observedGeneration")) == ("True", found["metadata"]["generation"])
