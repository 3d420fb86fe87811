"""One pass over one object: look, decide, act, tell."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.spec import Mode
from endpoint_operator.api.status import ExportStatus, InferenceEndpointStatus
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.let_go import let_go
from endpoint_operator.engine.ports import (
    EndpointModels,
    Executor,
    Exporter,
    InputReader,
    ObjectWriter,
    Observer,
    Recorder,
)
from endpoint_operator.engine.store import ObjectStore
from endpoint_operator.planning.exporting import (
    ExportChange,
    ExportOutcome,
    export_change,
    look_for_export,
    with_export,
)
from endpoint_operator.planning.facts import Facts, OperatorInputs
from endpoint_operator.planning.faults import Blame
from endpoint_operator.planning.history import timestamp
from endpoint_operator.planning.outcome import NOTHING_DONE, Outcome
from endpoint_operator.planning.pause import plan_of_pass
from endpoint_operator.planning.plan import AT_ONCE, FinalizerChange, Look, Plan
from endpoint_operator.planning.scaling.decision import what_comes_back
from endpoint_operator.planning.scaling.trouble import passes_by
from endpoint_operator.planning.status import status_of
from endpoint_operator.planning.stories import stories_of

log = logging.getLogger(__name__)

_FAULT_LOOKS = {
    Blame.WORLD: Look(back_off=True),
    Blame.BUSY: Look(seconds=5.0),
    Blame.OURS: Look(back_off=True, at_most_seconds=600.0),
    Blame.OPERATOR_SETUP: Look(back_off=True, at_most_seconds=600.0),
}


@dataclass(frozen=True, kw_only=True)
class Reconciler:
    """Makes passes. Any pass may be the first after a crash: nothing is remembered here."""

    store: ObjectStore[InferenceEndpoint]
    inputs_of: Callable[[InferenceEndpoint], OperatorInputs]
    """What an object takes from the operator."""
    input_reader: InputReader
    observer: Observer
    executor: Executor
    writer: ObjectWriter[InferenceEndpoint, InferenceEndpointStatus]
    exporter: Exporter
    recorder: Recorder[InferenceEndpoint]
    gone: Callable[[ObjectKey, str], None]
    """Called with the uid of an object that our own write let go."""
    models: EndpointModels | None = None
    """The models of multi-model endpoints; None where none are watched."""

    async def reconcile(self, key: ObjectKey) -> Look | None:
        """When to look at the object again; None: when something wakes it.

        Raises StaleObject or ClusterUnavailable when the API server took no write.
        """
        endpoint = self.store.get(key)
        if endpoint is None:
            return None
        inputs = await self._inputs(endpoint)
        facts = await self.observer.observe(endpoint, inputs)
        plan = plan_of_pass(endpoint, facts, inputs)
        if plan.finalizer is FinalizerChange.ADD:
            endpoint = await self._add_finalizer(endpoint)
        outcome = await self._carry_out(endpoint, plan, inputs)
        status = status_of(endpoint, facts=facts, plan=plan, outcome=outcome, inputs=inputs)
        status = await self._export(endpoint, status, facts, inputs)
        await self.recorder.tell(endpoint, stories_of(endpoint, plan=plan, outcome=outcome, status=status))
        if plan.finalizer is FinalizerChange.REMOVE and outcome.fault is None:
            await let_go(endpoint, writer=self.writer, store=self.store, gone=self.gone)
            return None
        if status != endpoint.status:
            self.store.put(await self.writer.write_status(endpoint, status))
        models_known = self._target_models(endpoint) is not None
        return _next_look(plan, outcome) or look_for_export(endpoint, status, models_known=models_known)

    async def _inputs(self, endpoint: InferenceEndpoint) -> OperatorInputs:
        inputs = replace(self.inputs_of(endpoint), seen=await self.input_reader.look(endpoint))
        if self.models is None or endpoint.spec.mode != Mode.MULTI_MODEL:
            return inputs
        return replace(inputs, models=self.models.counts(endpoint))

    def _target_models(self, endpoint: InferenceEndpoint) -> Mapping[str, str] | None:
        if endpoint.spec.export is None or endpoint.spec.mode != Mode.MULTI_MODEL or self.models is None:
            return {}
        return self.models.target_models(endpoint)

    async def _add_finalizer(self, endpoint: InferenceEndpoint) -> InferenceEndpoint:
        written = await self.writer.add_finalizer(endpoint)
        self.store.put(written)
        # What was decided was decided on the object as it was read.
        return replace(endpoint, finalizers=written.finalizers, resource_version=written.resource_version)

    async def _export(
        self, endpoint: InferenceEndpoint, status: InferenceEndpointStatus, facts: Facts, inputs: OperatorInputs
    ) -> InferenceEndpointStatus:
        target_models = self._target_models(endpoint)
        match export_change(endpoint, status, region=inputs.region, target_models=target_models):
            case ExportStatus() as remembered:
                outcome = ExportOutcome(written=remembered)
            case ExportChange() as change:
                outcome = await self.exporter.export(endpoint, change, status.export)
            case _:
                outcome = ExportOutcome(written=status.export)
        return with_export(endpoint, status, outcome, now=timestamp(facts.now))

    async def _carry_out(self, endpoint: InferenceEndpoint, plan: Plan, inputs: OperatorInputs) -> Outcome:
        if not plan.steps:
            return NOTHING_DONE
        calls = [type(step).__name__ for step in plan.steps]
        log.debug("%s", plan.message, extra={"object": endpoint.object_name, "calls": calls})
        outcome = await self.executor.carry_out(endpoint, plan.steps, inputs)
        back = what_comes_back(plan, outcome)
        if back:
            await self.executor.carry_out(endpoint, back, inputs)
        return outcome


def _next_look(plan: Plan, outcome: Outcome) -> Look | None:
    if outcome.fault is None:
        return plan.next_look
    if passes_by(plan, outcome.fault):
        return AT_ONCE
    if outcome.fault.blame is Blame.USER and outcome.fault.about_inputs:
        return Look(back_off=True, at_most_seconds=600.0)
    return _FAULT_LOOKS.get(outcome.fault.blame)
