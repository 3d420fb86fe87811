"""The loop around planning without the other rooms: one object, one SageMaker, passes that may die between two calls.

It carries steps out as the AWS room does (found already there is done, gone is deleted) and writes status as JSON,
so that each pass starts from what an API server would hand back. Only plan_of_pass and status_of decide.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.identity import MANAGED_BY, TAG_MANAGED_BY
from endpoint_operator.api.spec import AdoptionPolicy
from endpoint_operator.api.status import InferenceEndpointStatus, RevisionState
from endpoint_operator.planning.decide import wants_look
from endpoint_operator.planning.desired import desired_state, tags_digest
from endpoint_operator.planning.facts import (
    CONSISTENCY_WINDOW_SECONDS,
    Facts,
    Foreign,
    LiveEndpoint,
    OperatorInputs,
    OwnedObject,
)
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.outcome import Outcome
from endpoint_operator.planning.pause import plan_of_pass
from endpoint_operator.planning.plan import FinalizerChange, Plan
from endpoint_operator.planning.recorded import is_known
from endpoint_operator.planning.scaling.live import KnownScaling
from endpoint_operator.planning.scaling.steps import SCALING_STEPS
from endpoint_operator.planning.scaling.wanted import scalable_resource
from endpoint_operator.planning.status import status_of
from endpoint_operator.planning.steps import (
    FLEET_STEPS,
    CreateEndpoint,
    CreateEndpointConfig,
    CreateModel,
    DeleteAlarm,
    DeleteEndpoint,
    DeleteEndpointConfig,
    DeleteModel,
    PutMetricAlarm,
    Step,
    SyncTags,
    UpdateEndpoint,
    UpdateEndpointWeightsAndCapacities,
)
from tests.unit.given import ACCOUNT, NO_ARTIFACT, NOW, an_object, foreign, inputs_for, looks
from tests.unit.sagemaker_in_memory import AlreadyThere, Busy, NotFound, SageMakerInMemory

_BUSY = Fault(blame=Blame.BUSY, reason="WaitingForSageMaker", message="SageMaker is at work on the endpoint")
_TAKEN = Fault(blame=Blame.USER, reason="NameTaken", message="an endpoint of that name was made by somebody else")
_NOT_FOUND = Fault(blame=Blame.WORLD, reason="NotVisibleYet", message="SageMaker does not show it yet")


@dataclass
class Memory:
    """What one process of the operator knows, gone with it."""

    missing_since: float | None = None
    before_write: LiveEndpoint | None = None
    """As the endpoint was before the last change that SageMaker took."""
    wrote_at: float = 0.0
    stock: "Stock | None" = None


@dataclass(frozen=True, kw_only=True)
class Stock:
    """What the hourly look at tags found; forgotten once it was acted on."""

    parts: tuple[OwnedObject, ...]
    tags: dict[str, str] | None
    """Of the endpoint; None where none was found that carries our tags."""


class Taken(Exception):
    """An endpoint of that name is there that somebody else made."""


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
    calls: list[Step] = field(default_factory=list)
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

    @property
    def inputs(self) -> OperatorInputs:
        return inputs_for(self.wanted)

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
        sagemaker = self.sagemaker
        names = [("model", name) for name in sagemaker.models]
        names += [("endpoint-config", name) for name in sagemaker.configs]
        parts = tuple(OwnedObject(kind=kind, name=name) for kind, name in names if name not in sagemaker.others)
        ours = sagemaker.endpoint is not None and sagemaker.tags.get(TAG_MANAGED_BY) == MANAGED_BY
        self.memory.stock = Stock(parts=parts, tags=dict(sagemaker.tags) if ours else None)
        self.awake = True

    def one_pass(self, *, dies_after: int | None = None) -> bool:
        """One pass; with `dies_after` it dies after so many steps, before its status write. Whether anything came."""
        self.awake, self.look_at = False, None
        endpoint = self.object
        facts = self.observe(endpoint)
        plan = plan_of_pass(endpoint, facts, self.inputs)
        if facts.live is not None and facts.live.busy:
            assert not any(isinstance(step, FLEET_STEPS) for step in plan.steps), "a call that SageMaker must refuse"
        if endpoint.spec.paused and not endpoint.being_deleted:
            assert plan.steps == (), "a paused object was acted on"
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
        status = status_of(endpoint, facts=facts, plan=plan, outcome=outcome, inputs=self.inputs)
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

    def observe(self, endpoint: InferenceEndpoint) -> Facts:
        live = self._describe()
        if self.deleted and live is None:
            self.take_stock()
            self.awake = False
        facts = Facts(
            live=live,
            foreign=self._foreign(endpoint, live),
            account=ACCOUNT,
            missing_seconds=self._missing_seconds(live),
            shows_before_write=self._shows_before_write(live),
            scaling=self._scaling(endpoint, live),
            tags_drifted=self._tags_drifted(endpoint),
            missing_parts=self._missing_parts(endpoint),
            orphans=self._orphans(endpoint),
            now=NOW + timedelta(seconds=self.clock),
        )
        if wants_look(endpoint, facts, self.inputs) is None:
            return facts
        artifact = self.sagemaker.artifact
        seen = looks(trace=artifact) if artifact else looks(trace="ArtifactNotFound", fault=NO_ARTIFACT)
        return facts.with_looks(seen)

    def _describe(self) -> LiveEndpoint | None:
        self._shown = self._visible()
        return self._shown

    def _visible(self) -> LiveEndpoint | None:
        return self._before_write if self.clock < self.stale_until else self.sagemaker.endpoint

    def _shows_before_write(self, live: LiveEndpoint | None) -> bool:
        lately = self.clock - self.memory.wrote_at < CONSISTENCY_WINDOW_SECONDS
        return live is not None and live == self.memory.before_write and lately

    def _missing_seconds(self, live: LiveEndpoint | None) -> float | None:
        if live is not None:
            self.memory.missing_since = None
            return None
        if self.memory.missing_since is None:
            self.memory.missing_since = self.clock
        return self.clock - self.memory.missing_since

    def _scaling(self, endpoint: InferenceEndpoint, live: LiveEndpoint | None) -> KnownScaling:
        wanted = None if self.deleted or live is None else desired_state(endpoint, self.inputs)
        if wanted is None:
            return {}
        resources = [
            scalable_resource(
                endpoint_name=wanted.endpoint_name, variant=each.name, serverless=each.instance_type is None
            )
            for each in wanted.variants
        ]
        return {resource: self.sagemaker.autoscaling.of(resource) for resource in resources}

    def _foreign(self, endpoint: InferenceEndpoint, live: LiveEndpoint | None) -> Foreign | None:
        """As the AWS room sees it: status knows the endpoint, or we have just made it, or its tags say whose it is."""
        known = endpoint.status.endpoint
        if live is None or is_known(known, created=live.created):
            return None
        made_by_us = known is not None and known.arn == live.arn and known.creation_time is None
        tagged = self.sagemaker.tags.get(TAG_MANAGED_BY) == MANAGED_BY
        return None if made_by_us or tagged else foreign()

    def _orphans(self, endpoint: InferenceEndpoint) -> tuple[OwnedObject, ...]:
        names, stock = names_in(endpoint.status), self.memory.stock
        return tuple(owned for owned in (stock.parts if stock else ()) if owned.name not in names)

    def _missing_parts(self, endpoint: InferenceEndpoint) -> frozenset[OwnedObject]:
        stock = self.memory.stock
        serving = next((row for row in endpoint.status.revisions if row.state == RevisionState.ACTIVE), None)
        if serving is None or stock is None or stock.tags is None:
            return frozenset()
        config = OwnedObject(kind="endpoint-config", name=serving.config_name)
        models = (OwnedObject(kind="model", name=name) for name in serving.model_names)
        return frozenset({config, *models} - set(stock.parts))

    def _tags_drifted(self, endpoint: InferenceEndpoint) -> bool:
        stock, wanted = self.memory.stock, desired_state(endpoint, self.inputs)
        if self.deleted or stock is None or stock.tags is None or wanted is None:
            return False
        return tags_digest(stock.tags) != tags_digest(wanted.tags)

    def _carry_out(self, plan: Plan, *, at_most: int | None) -> Outcome:
        done: list[Step] = []
        arn = None
        for step in plan.steps[:at_most]:
            try:
                arn = self._do(step) or arn
            except Busy:
                return Outcome(done=tuple(done), fault=_BUSY, endpoint_arn=arn)
            except Taken:
                return Outcome(done=tuple(done), fault=_TAKEN, endpoint_arn=arn)
            except NotFound:
                return Outcome(done=tuple(done), fault=_NOT_FOUND, endpoint_arn=arn)
            done.append(step)
        return Outcome(done=tuple(done), endpoint_arn=arn)

    def _do(self, step: Step) -> str | None:
        if isinstance(step, FLEET_STEPS):
            self.memory.wrote_at, self.memory.missing_since, self.memory.before_write = self.clock, None, None
            self._before_write, self.stale_until = self.sagemaker.endpoint, self.clock + self.lag
        try:
            answer = self._call(step)
            if isinstance(step, FLEET_STEPS):
                self.memory.before_write = self._shown
            return answer
        except AlreadyThere:
            there = self.sagemaker.endpoint
            if not isinstance(step, CreateEndpoint) or there is None:
                return None
            if self.sagemaker.tags.get(TAG_MANAGED_BY) != MANAGED_BY:
                raise Taken from None
            self.sagemaker.tags = dict(step.tags)  # one that is found already there has its tags put in step
            return there.arn

    def _call(self, step: Step) -> str | None:
        sagemaker = self.sagemaker
        self.calls.append(step)
        match step:
            case CreateModel():
                self.memory.stock = None
                sagemaker.create_model(step)
            case CreateEndpointConfig():
                self.memory.stock = None
                sagemaker.create_config(step)
            case CreateEndpoint():
                return sagemaker.create_endpoint(name=step.name, config_name=step.config_name, tags=step.tags)
            case UpdateEndpoint():
                sagemaker.update_endpoint(step)
            case UpdateEndpointWeightsAndCapacities():
                sagemaker.change(step)
            case SyncTags():
                self._may_be_tagged()
                sagemaker.tags, self.memory.stock = dict(step.tags), None
            case _:
                self._remove_or_watch(step)
        return None

    def _remove_or_watch(self, step: Step) -> None:
        match step:
            case DeleteEndpoint():
                self._delete_endpoint(step)
            case DeleteEndpointConfig() | DeleteModel():
                self._delete_part(step)
            case _ if isinstance(step, SCALING_STEPS):
                self.sagemaker.scale(step)
            case PutMetricAlarm():
                self.sagemaker.put_alarm(step)
            case DeleteAlarm():
                self.sagemaker.delete_alarm(step.name)
            case _:
                raise AssertionError(f"{type(step).__name__}: AWS in memory does not know this call")

    def _may_be_tagged(self) -> None:
        ours = self.sagemaker.tags.get(TAG_MANAGED_BY) == MANAGED_BY
        if not ours and self.object.spec.adoption_policy == AdoptionPolicy.NEVER and self._foreign_now():
            self.sagemaker.violations.append("an endpoint that somebody else made was taken over")

    def _foreign_now(self) -> bool:
        return self._foreign(self.object, self.sagemaker.endpoint) is not None

    def _delete_endpoint(self, step: DeleteEndpoint) -> None:
        there = self.sagemaker.endpoint
        if there is not None and there.created != step.created:
            raise Busy
        if there is not None:
            self.sagemaker.delete_endpoint()

    def _delete_part(self, step: DeleteEndpointConfig | DeleteModel) -> None:
        self.memory.stock = None
        if isinstance(step, DeleteModel):
            self.sagemaker.delete_model(step.name)
        else:
            self.sagemaker.delete_config(step.name)


def names_in(status: InferenceEndpointStatus) -> set[str]:
    """Every model, endpoint config and alarm that a status remembers."""
    return {
        name
        for row in status.revisions
        for name in (row.config_name, *row.model_names, *row.stale_config_names, *row.alarm_names)
    }
