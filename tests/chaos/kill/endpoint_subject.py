"""The InferenceEndpoint of one row."""

from tests.chaos.kill.estate import estate_of
from tests.chaos.kill.foreign import make_by_hand
from tests.chaos.kill.operator_slot import OperatorSlot
from tests.chaos.kill.phase import Phase
from tests.chaos.kill.subject import Subject
from tests.chaos.kill.versions import Version
from tests.chaos.kill.wanted import Found, complaints
from tests.chaos.kill.wish import Wish


class EndpointSubject(Subject):
    """In AWS it is about what carries the endpoint's name."""

    def __init__(self, slot: OperatorSlot, name: str) -> None:
        super().__init__(slot, name, about=f"{slot.namespace}-{name}", objects=slot.objects)

    def settle_in(self, phase: Phase) -> None:
        if phase.keyless:
            self.slot.lose_revision_key()
        if phase.by_hand:
            make_by_hand(self.slot.world, self.about)
        super().settle_in(phase)

    def complaints(self) -> list[str]:
        beside, asked = self.slot.beside, self._versions()
        found = Found(
            object=self.object(),
            config_maps=beside.config_maps(self.name) if any(each.config_map for each in asked) else [],
            secrets_of_operator=beside.secrets_of_operator() if any(each.secret for each in asked) else [],
            estate=estate_of(self.slot.simulator).about(self.about),
            calls=self.calls(),
        )
        return complaints(found, self._wish())

    def _wish(self) -> Wish:
        return Wish(
            name=self.name,
            namespace=self.slot.namespace,
            endpoint_name=self.about,
            cluster=self.slot.cluster_id,
            asked=self._versions(),
            skippable=self.skippable,
            deleted=self.deleted,
        )

    def _versions(self) -> tuple[Version, ...]:
        return tuple(version for version in self.asked if isinstance(version, Version))
