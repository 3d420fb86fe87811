"""The loop around planning of models without the other rooms: passes that may die between any two writes.

It carries steps out as the AWS room does and keeps status as JSON, so that each pass starts from what an API server
would hand back. Only make_plan, wanted_looks and status_of decide.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from endpoint_operator.api.model import InferenceModel
from endpoint_operator.api.model_status import InferenceModelStatus
from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.models.decide import make_plan, wanted_looks
from endpoint_operator.planning.models.facts import ModelFacts, PublishedSeen
from endpoint_operator.planning.models.looks import LookAtKey, LookAtSource, LookForPacker, ModelLook
from endpoint_operator.planning.models.outcome import ModelOutcome
from endpoint_operator.planning.models.plan import FinalizerChange, ModelPlan, look_after
from endpoint_operator.planning.models.status import status_of
from endpoint_operator.planning.models.steps import (
    AskTarget,
    CheckArchive,
    CopyObject,
    DeleteObjects,
    DeletePacker,
    ModelStep,
    RunPacker,
)
from endpoint_operator.planning.models.stories import Story, stories_of
from tests.unit.models.models_given import a_model, as_stored, facts
from tests.unit.models.s3_in_memory import Refused, World

MOST_ROUNDS_OF_LOOKS = 4
FOR_EVER = float("inf")


@dataclass(frozen=True, kw_only=True)
class Told:
    """What callers were told of, and until when they may still act on it.

    `only_under`: of a first content, whose endpoint may just then be rolling out to the prefix that it lies under.
    """

    target: str
    until: float = FOR_EVER
    only_under: str | None = None


@dataclass
class ModelInMemory:
    """One object and its passes. `id_taken_by` is what the cluster's other objects come to."""

    world: World
    wanted: dict[str, Any]
    name: str = "m1"
    uid: int = 1
    generation: int = 1
    retry: str = ""
    deleted: bool = False
    gone: bool = False
    finalizer: bool = False
    missing: bool = False
    warm: bool | None = None
    id_taken_by: str | None = None
    status: dict[str, Any] = field(default_factory=dict)
    clock: float = 0.0
    look_at: float | None = None
    writes: int = 0
    looks: list[ModelLook] = field(default_factory=list)
    plans: list[ModelPlan] = field(default_factory=list)
    stories: list[Story] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    @property
    def owner(self) -> str:
        return f"ml/{self.name}"

    @property
    def object(self) -> InferenceModel:
        return a_model(
            spec=self.wanted,
            status=self.status,
            generation=self.generation,
            name=self.name,
            uid=f"uid-{self.name}-{self.uid}",
            finalizer=self.finalizer,
            deleted=self.deleted,
            retry=self.retry,
        )

    @property
    def parsed(self) -> InferenceModelStatus:
        return InferenceModelStatus.model_validate(self.status)

    def edit(self, wanted: dict[str, Any]) -> None:
        if wanted != self.wanted:
            self.wanted, self.generation = wanted, self.generation + 1

    def delete(self) -> None:
        self.deleted = True
        self.gone = not self.finalizer

    def made_again(self) -> None:
        """By another `kubectl apply`, once it is gone."""
        self.uid, self.generation, self.retry = self.uid + 1, 1, ""
        self.deleted = self.gone = self.finalizer = self.missing = False
        self.status, self.told, self.look_at, self.warm = {}, [], None, None

    def one_pass(self, *, dies_after: int | None = None) -> None:
        """With `dies_after` it dies after so many writes (finalizer, each step), before the next one."""
        self.look_at = None
        writes_left = dies_after
        model = self.object
        seen = self._observe(model)
        plan = make_plan(model, seen)
        self.plans.append(plan)
        if plan.finalizer is FinalizerChange.ADD:
            if writes_left == 0:
                return
            self.finalizer, writes_left = True, None if writes_left is None else writes_left - 1
            model = replace(model, finalizers=self.object.finalizers)
        outcome, dead = self._carry_out(plan, writes_left)
        if dead:
            return
        status = status_of(model, facts=seen, plan=plan, outcome=outcome)
        self.stories += stories_of(model, plan=plan, outcome=outcome, status=status)
        if plan.finalizer is FinalizerChange.REMOVE and outcome.fault is None:
            self.gone = True
            return
        if as_stored(status) != self.status:
            self._write(status)
        look = look_after(plan, outcome)
        if look is not None:
            seconds = look.seconds if look.seconds is not None else 60.0
            self.look_at = self.clock + seconds

    def _write(self, status: InferenceModelStatus) -> None:
        self.writes += 1
        before = self.parsed.target_model
        if status.target_model != before:
            until = self.clock + facts().drain_seconds
            self.told = [replace(each, until=min(each.until, until)) for each in self.told]
            if status.target_model is not None:
                under = self.world.endpoint.wanted if before is None else None
                self.told.append(Told(target=status.target_model, only_under=under))
        self.status = as_stored(status)

    def _observe(self, model: InferenceModel) -> ModelFacts:
        seen = facts(
            target=self.world.endpoint.target(),
            seconds=self.clock,
            id_taken_by=self.id_taken_by,
            missing=self.missing,
            warm=self.warm,
        )
        for _ in range(MOST_ROUNDS_OF_LOOKS):
            looks = wanted_looks(model, seen)
            if not looks:
                return seen
            for look in looks:
                self.looks.append(look)
                seen = self._looked(seen, look)
        raise AssertionError(f"looks without end: {wanted_looks(model, seen)}")

    def _looked(self, seen: ModelFacts, look: ModelLook) -> ModelFacts:
        match look:
            case LookAtSource():
                return replace(seen, source=self.world.source(look.s3_uri))
            case LookAtKey():
                found = self.world.head(look.s3_uri)
                if isinstance(found, PublishedSeen) and look.s3_uri == self.parsed.artifact_s3_uri:
                    self.missing = False
                return replace(seen, published=found)
            case LookForPacker():
                return replace(seen, packing=self.world.packing(self.name, look.s3_uri))
            case _:
                raise AssertionError(f"no model of this world has a template: {look}")

    def _carry_out(self, plan: ModelPlan, writes_left: int | None) -> tuple[ModelOutcome, bool]:
        done: list[ModelStep] = []
        fault: Fault | None = None
        etag = None
        for step in plan.steps:
            if writes_left is not None and len(done) >= writes_left:
                return ModelOutcome(done=tuple(done)), True
            try:
                etag = self._do(step) or etag
            except Refused as refused:
                fault = refused.fault
                break
            done.append(step)
        dead = writes_left is not None and len(done) >= writes_left
        return ModelOutcome(done=tuple(done), fault=fault, etag=etag, size_bytes=100 if etag else None), dead

    def _do(self, step: ModelStep) -> str | None:
        match step:
            case CheckArchive():
                self.world.check(step)
            case CopyObject():
                return self.world.copy(step)
            case RunPacker():
                self.world.run(self.name, step)
            case DeletePacker():
                self.world.stop(self.name, step.s3_uri)
            case AskTarget():
                self.world.answer(step.target_model)
            case DeleteObjects():
                for s3_uri in step.s3_uris:
                    self.world.remove(self.owner, s3_uri)
        return None
