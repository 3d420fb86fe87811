"""The engine's ports over plain memory: an API server with one object, and an AWS that says what it is told to."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.identity import FINALIZER
from endpoint_operator.api.kinds import ENDPOINTS
from endpoint_operator.api.status import ExportStatus, InferenceEndpointStatus
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.ports import ClusterUnavailable, NotLeading, StaleObject
from endpoint_operator.engine.reconcile import Reconciler
from endpoint_operator.engine.store import ObjectStore
from endpoint_operator.planning.exporting import ExportChange, ExportOutcome
from endpoint_operator.planning.facts import Facts, OperatorInputs
from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.inputs.values import NOTHING_SEEN, SeenInputs
from endpoint_operator.planning.outcome import Outcome
from endpoint_operator.planning.steps import Step
from endpoint_operator.planning.stories import Story
from tests.unit.given import INPUTS, facts, live

KEY = ObjectKey("ml", "churn")


@dataclass
class Cluster:
    """What the API server holds. `log` is every write and call of a pass, in order, of all ports."""

    stored: InferenceEndpoint
    log: list[str] = field(default_factory=list)
    down: bool = False
    leads: bool = True

    async def add_finalizer(self, endpoint: InferenceEndpoint) -> InferenceEndpoint:
        return self._write(endpoint, "finalizer", finalizers=(*endpoint.finalizers, FINALIZER))

    async def remove_finalizer(self, endpoint: InferenceEndpoint) -> InferenceEndpoint:
        others = tuple(name for name in endpoint.finalizers if name != FINALIZER)
        return self._write(endpoint, "no finalizer", finalizers=others)

    async def write_status(self, endpoint: InferenceEndpoint, status: InferenceEndpointStatus) -> InferenceEndpoint:
        return self._write(endpoint, "status", status=status)

    async def look(self, endpoint: InferenceEndpoint) -> SeenInputs:
        del endpoint
        return NOTHING_SEEN

    async def export(
        self, endpoint: InferenceEndpoint, change: ExportChange, known: ExportStatus | None
    ) -> ExportOutcome:
        del endpoint, known
        self.log.append("export")
        if change.write is None:
            return ExportOutcome()
        written = ExportStatus(config_map_name=change.write.name, digest=change.write.digest)
        return ExportOutcome(written=written)

    async def tell(self, endpoint: InferenceEndpoint, stories: Sequence[Story]) -> None:
        del endpoint
        self.log.extend(f"event {story.reason}" for story in stories)

    def somebody_writes(self) -> None:
        self.stored = replace(self.stored, resource_version=str(int(self.stored.resource_version) + 1))

    def _write(self, endpoint: InferenceEndpoint, what: str, **changes: object) -> InferenceEndpoint:
        if not self.leads:
            raise NotLeading
        if self.down:
            raise ClusterUnavailable("no answer")
        if endpoint.resource_version != self.stored.resource_version:
            raise StaleObject
        self.somebody_writes()
        self.stored = replace(self.stored, **changes)  # type: ignore[arg-type]
        self.log.append(what)
        return self.stored


@dataclass
class Aws:
    """`seen` is what the next looks find."""

    log: list[str]
    seen: Facts = field(default_factory=facts)
    fault: Fault | None = None

    async def observe(self, endpoint: InferenceEndpoint, inputs: OperatorInputs) -> Facts:
        del endpoint, inputs
        return self.seen

    async def carry_out(self, endpoint: InferenceEndpoint, steps: Sequence[Step], inputs: OperatorInputs) -> Outcome:
        del endpoint, inputs
        if self.fault is not None:
            return Outcome(fault=self.fault)
        self.log.extend(type(step).__name__ for step in steps)
        return Outcome(done=tuple(steps), endpoint_arn=live().arn)


@dataclass
class World:
    """One object, its API server, AWS, and the reconciler between them."""

    cluster: Cluster
    aws: Aws
    store: ObjectStore[InferenceEndpoint]
    reconciler: Reconciler

    @property
    def log(self) -> list[str]:
        return self.cluster.log


def a_world(endpoint: InferenceEndpoint) -> World:
    cluster, store = Cluster(stored=endpoint), ObjectStore(ENDPOINTS)
    aws = Aws(log=cluster.log)
    store.put(endpoint)
    reconciler = Reconciler(
        store=store,
        inputs_of=lambda _: INPUTS,
        input_reader=cluster,
        observer=aws,
        executor=aws,
        writer=cluster,
        exporter=cluster,
        recorder=cluster,
        gone=store.remove,
    )
    return World(cluster=cluster, aws=aws, store=store, reconciler=reconciler)
