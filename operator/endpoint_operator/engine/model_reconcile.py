"""One pass over one model: look, decide, act, tell."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from endpoint_operator.api.model import InferenceModel
from endpoint_operator.api.model_status import InferenceModelStatus
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.let_go import let_go
from endpoint_operator.engine.model_ports import ModelExecutor, ModelObserver
from endpoint_operator.engine.ports import ObjectWriter, Recorder
from endpoint_operator.engine.store import ObjectStore
from endpoint_operator.planning.models.decide import make_plan
from endpoint_operator.planning.models.outcome import NOTHING_DONE, ModelOutcome
from endpoint_operator.planning.models.plan import FinalizerChange, Look, ModelPlan, look_after
from endpoint_operator.planning.models.status import status_of
from endpoint_operator.planning.models.stories import stories_of

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class ModelReconciler:
    """Makes passes. Any pass may be the first after a crash: nothing is remembered here."""

    store: ObjectStore[InferenceModel]
    observer: ModelObserver
    executor: ModelExecutor
    writer: ObjectWriter[InferenceModel, InferenceModelStatus]
    recorder: Recorder[InferenceModel]
    gone: Callable[[ObjectKey, str], None]
    """Called with the uid of an object that our own write let go."""

    async def reconcile(self, key: ObjectKey) -> Look | None:
        """When to look at the object again; None: when something wakes it.

        Raises StaleObject or ClusterUnavailable when the API server took no write.
        """
        model = self.store.get(key)
        if model is None:
            return None
        facts = await self.observer.observe(model)
        plan = make_plan(model, facts)
        if plan.finalizer is FinalizerChange.ADD:
            model = await self._add_finalizer(model)
        outcome = await self._carry_out(model, plan)
        status = status_of(model, facts=facts, plan=plan, outcome=outcome)
        await self.recorder.tell(model, stories_of(model, plan=plan, outcome=outcome, status=status))
        if plan.finalizer is FinalizerChange.REMOVE and outcome.fault is None:
            await let_go(model, writer=self.writer, store=self.store, gone=self.gone)
            return None
        if status != model.status:
            self.store.put(await self.writer.write_status(model, status))
        return look_after(plan, outcome)

    async def _add_finalizer(self, model: InferenceModel) -> InferenceModel:
        written = await self.writer.add_finalizer(model)
        self.store.put(written)
        # What was decided was decided on the object as it was read.
        return replace(model, finalizers=written.finalizers, resource_version=written.resource_version)

    async def _carry_out(self, model: InferenceModel, plan: ModelPlan) -> ModelOutcome:
        if not plan.steps:
            return NOTHING_DONE
        calls = [type(step).__name__ for step in plan.steps]
        log.debug("%s", plan.message, extra={"object": model.object_name, "calls": calls})
        return await self.executor.carry_out(model, plan.steps)
