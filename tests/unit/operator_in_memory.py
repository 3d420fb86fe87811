"""The loop around planning without the other rooms: one object, one SageMaker, passes that may die between two calls.

It carries steps out as the AWS room does (found already there is done, gone is deleted) and writes status as JSON,
so that each pass starts from what an API server would hand back. Only plan_of_pass and status_of decide.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.status import InferenceEndpointStatus
from endpoint_operator.planning.decide import wants_look
from endpoint_operator.planning.facts import Facts, LiveEndpoint, OwnedObject
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.outcome import Outcome
from endpoint_operator.planning.pause import plan_of_pass
from endpoint_operator.planning.plan import FinalizerChange, Plan
from endpoint_operator.planning.status import status_of
from endpoint_operator.planning.steps import (
    FLEET_STEPS,
    CreateEndpoint,
    CreateEndpointConfig,
    CreateModel,
    DeleteEndpoint,
    DeleteEndpointConfig,
    DeleteModel,
    Step,
    SyncTags,
    UpdateEndpoint,
    UpdateEndpointWeightsAndCapacities,
)
from tests.unit.given import ACCOUNT, INPUTS, NO_ARTIFACT, NOW, an_object, looks
from tests.unit.sagemaker_in_memory import AlreadyThere, Busy, NotFound, SageMakerInMemory

_BUSY = Fault(blame=Blame.BUSY, reason="WaitingForSageMaker", message="SageMaker is at work on the endpoint")
_NOT_FOUND = Fault(blame=Blame.WORLD, reason="NotVisibleYet", message="SageMaker does not show it yet")


@dataclass
class Memory:
    """What one process of the operator knows, gone with it."""

    missing_since: float | None = None
    wrote_at: float | None = None
    inventory: tuple[OwnedObject, ...] = ()


@dataclass
class OperatorInMemory:
    """`lag` is for how many seconds after a write SageMaker still shows itself as it was before."""

    sagemaker: SageMakerInMemory
    wanted: dict[str, Any]
    generation: int = 1
    retry: str = ""
    deleted: bool = False
    gone: bool = False
    finalizer: bool = False
    status: dict[str, Any] = field(default_factory=dict)
    clock: float = 0.0
    awake: bool = True
    look_at: float | None = None
    lag: float = 0.0
    stale_until: float = 0.0
    memory: Memory = field(default_factory=Memory)
    _before_write: LiveEndpoint | None = None
    _shown: LiveEndpoint | None = None

    @property
    def object(self) -> InferenceEndpoint:
        return an_object(
            self.wanted,
            status=InferenceEndpointStatus.model_validate(self.status),
            generation=self.generation,
            retry=self.retry,
            finalizer=self.finalizer,
            deleted=self.deleted,
        )

    def edit(self, wanted: dict[str, Any]) -> None:
        if wanted != self.wanted:
            self.wanted, self.generation, self.awake = wanted, self.generation + 1, True

    def delete(self) -> None:
        self.deleted = self.awake = True
        self.gone = not self.finalizer

    def restart(self) -> None:
        self.memory, self.awake, self.look_at = Memory(), True, None

    def sweep(self) -> None:
        """The fleet watcher: a change since the last look wakes the object."""
        if self._visible() != self._shown:
            self.awake = True

    def take_stock(self) -> None:
        """The hourly look at tags."""
        names = [("model", name) for name in self.sagemaker.models]
        names += [("endpoint-config", name) for name in self.sagemaker.configs]
        self.memory.inventory = tuple(OwnedObject(kind=kind, name=name) for kind, name in names)
        self.awake = True

    def one_pass(self, *, dies_after: int | None = None) -> bool:
        """One pass; with `dies_after` it dies after so many steps, before its status write. Whether anything came."""
        self.awake, self.look_at = False, None
        endpoint = self.object
        facts = self._observe(endpoint)
        plan = plan_of_pass(endpoint, facts, INPUTS)
        if facts.live is not None and facts.live.busy:
            assert not any(isinstance(step, FLEET_STEPS) for step in plan.steps), "a call that SageMaker must refuse"
        if plan.finalizer is FinalizerChange.ADD:
            self.finalizer, endpoint = True, replace(endpoint, finalizers=self.object.finalizers)
        outcome = self._carry_out(plan, at_most=dies_after)
        if dies_after is not None:
            self.restart()
            return True
        return self._tell(endpoint, facts, plan, outcome)

    def _tell(self, endpoint: InferenceEndpoint, facts: Facts, plan: Plan, outcome: Outcome) -> bool:
        if plan.finalizer is FinalizerChange.REMOVE and outcome.fault is None:
            self.finalizer, self.gone = False, True
            return True
        status = status_of(endpoint, facts=facts, plan=plan, outcome=outcome, inputs=INPUTS)
        written = status.model_dump(by_alias=True, exclude_none=True, mode="json")
        news = written != self.status or bool(plan.steps)
        self.status = written
        self._look_again(plan, outcome)
        return news

    def _look_again(self, plan: Plan, outcome: Outcome) -> None:
        """As the engine does: after a fault by its blame, else when the plan says."""
        if outcome.fault is not None:
            stays = outcome.fault.blame is Blame.USER and not outcome.fault.about_inputs
            self.look_at = None if stays else self.clock + 5.0
        elif plan.next_look is not None:
            wait = plan.next_look.seconds
            self.look_at = self.clock + (60.0 if wait is None else wait)

    def _observe(self, endpoint: InferenceEndpoint) -> Facts:
        live = self._describe()
        if self.deleted and live is None:
            self.take_stock()
            self.awake = False
        facts = Facts(
            live=live,
            account=ACCOUNT,
            missing_seconds=self._missing_seconds(live),
            seconds_since_write=None if self.memory.wrote_at is None else self.clock - self.memory.wrote_at,
            orphans=self._orphans(endpoint),
            now=NOW + timedelta(seconds=self.clock),
        )
        if wants_look(endpoint, facts, INPUTS) is None:
            return facts
        artifact = self.sagemaker.artifact
        seen = looks(trace=artifact) if artifact else looks(trace="ArtifactNotFound", fault=NO_ARTIFACT)
        return facts.with_looks(seen)

    def _describe(self) -> LiveEndpoint | None:
        self._shown = self._visible()
        return self._shown

    def _visible(self) -> LiveEndpoint | None:
        return self._before_write if self.clock < self.stale_until else self.sagemaker.endpoint

    def _missing_seconds(self, live: LiveEndpoint | None) -> float | None:
        if live is not None:
            self.memory.missing_since = None
            return None
        if self.memory.missing_since is None:
            self.memory.missing_since = self.clock
        return self.clock - self.memory.missing_since

    def _orphans(self, endpoint: InferenceEndpoint) -> tuple[OwnedObject, ...]:
        names = names_in(endpoint.status)
        return tuple(owned for owned in self.memory.inventory if owned.name not in names)

    def _carry_out(self, plan: Plan, *, at_most: int | None) -> Outcome:
        done: list[Step] = []
        arn = None
        for step in plan.steps[:at_most]:
            try:
                arn = self._do(step) or arn
            except Busy:
                return Outcome(done=tuple(done), fault=_BUSY, endpoint_arn=arn)
            except NotFound:
                return Outcome(done=tuple(done), fault=_NOT_FOUND, endpoint_arn=arn)
            done.append(step)
        return Outcome(done=tuple(done), endpoint_arn=arn)

    def _do(self, step: Step) -> str | None:
        if isinstance(step, FLEET_STEPS):
            self.memory.wrote_at, self.memory.missing_since = self.clock, None
            self._before_write, self.stale_until = self.sagemaker.endpoint, self.clock + self.lag
        try:
            return self._call(step)
        except AlreadyThere:
            there = self.sagemaker.endpoint
            if not isinstance(step, CreateEndpoint) or there is None:
                return None
            self.sagemaker.tags = dict(step.tags)  # one that is found already there has its tags put in step
            return there.arn

    def _call(self, step: Step) -> str | None:
        sagemaker = self.sagemaker
        match step:
            case CreateModel():
                sagemaker.create_model(step)
            case CreateEndpointConfig():
                sagemaker.create_config(step)
            case CreateEndpoint():
                return sagemaker.create_endpoint(name=step.name, config_name=step.config_name, tags=step.tags)
            case UpdateEndpoint():
                sagemaker.update_endpoint(step.config_name)
            case UpdateEndpointWeightsAndCapacities():
                sagemaker.change(step)
            case SyncTags():
                sagemaker.tags = dict(step.tags)
            case DeleteEndpoint():
                self._delete_endpoint(step)
            case DeleteEndpointConfig() | DeleteModel():
                self._delete_part(step)
        return None

    def _delete_endpoint(self, step: DeleteEndpoint) -> None:
        there = self.sagemaker.endpoint
        if there is not None and there.created != step.created:
            raise Busy
        if there is not None:
            self.sagemaker.delete_endpoint()

    def _delete_part(self, step: DeleteEndpointConfig | DeleteModel) -> None:
        self.memory.inventory = ()
        if isinstance(step, DeleteModel):
            self.sagemaker.delete_model(step.name)
        else:
            self.sagemaker.delete_config(step.name)


def names_in(status: InferenceEndpointStatus) -> set[str]:
    """Every model and endpoint config that a status remembers."""
    return {name for row in status.revisions for name in (row.config_name, *row.model_names, *row.stale_config_names)}
