"""The InferenceModel of one row, on the endpoint that all of its slot share."""

from tests.chaos.kill.kube_writes import JOB_MADE
from tests.chaos.kill.model_versions import MODELS_BUCKET, ModelVersion, prefix_of
from tests.chaos.kill.operator_slot import OperatorSlot
from tests.chaos.kill.phase import Phase
from tests.chaos.kill.subject import Subject
from tests.chaos.kill.wanted_model import FoundModel, ModelWish, model_complaints


class ModelSubject(Subject):
    """In AWS it is about the objects in a folder of its own."""

    def __init__(self, slot: OperatorSlot, name: str) -> None:
        about = f"{MODELS_BUCKET}/{prefix_of(slot.namespace)}{name}"
        super().__init__(slot, name, about=about, objects=slot.models)
        self._missed: dict[str, str] = {}

    def settle_in(self, phase: Phase) -> None:
        self.slot.tenants.stand()
        super().settle_in(phase)

    def is_right(self) -> bool:
        self.look_as_caller()
        return super().is_right()

    def look_as_caller(self) -> None:
        """What callers are told of is there, now and whenever it is asked."""
        told = self._told_to_callers()
        if told is not None and not self.slot.s3.has(told) and self._told_to_callers() == told:
            self._missed[told] = f"callers were told of {told}, and it was not there"

    def complaints(self) -> list[str]:
        self.look_as_caller()
        wish = self._wish()
        found = FoundModel(
            object=self.object(),
            models=self.slot.s3.models_below(wish.folder),
            uploads=self.slot.s3.uploads_below(wish.folder),
            jobs=self.slot.beside.jobs(self.name),
            jobs_made=sum((write.what, write.about) == (JOB_MADE, self.name) for write in self.slot.proxy.writes),
            calls=self.calls(),
        )
        return [*self._missed.values(), *model_complaints(found, wish)]

    def _told_to_callers(self) -> str | None:
        """None where there is none, or where it goes with its object."""
        found = self.object()
        if found is None or "deletionTimestamp" in found["metadata"]:
            return None
        told: str | None = found.get("status", {}).get("artifactS3Uri")
        return told

    def _wish(self) -> ModelWish:
        return ModelWish(
            name=self.name,
            namespace=self.slot.namespace,
            cluster=self.slot.cluster_id,
            asked=tuple(version for version in self.asked if isinstance(version, ModelVersion)),
            deleted=self.deleted,
        )
