"""What works on InferenceEndpoints, wired: store, queue, inputs, workers. model_loop.py does the same for models."""

import asyncio
from collections.abc import Callable, Iterable

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.kinds import ENDPOINTS
from endpoint_operator.aws.tenancy_gate import TenancyGate
from endpoint_operator.engine.intake import Intake
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.ports import EndpointModels
from endpoint_operator.engine.queue import WorkQueue
from endpoint_operator.engine.reconcile import Reconciler
from endpoint_operator.engine.store import ObjectStore
from endpoint_operator.engine.workers import Workers
from endpoint_operator.kube.api import KubeApi
from endpoint_operator.kube.events import EventRecorder
from endpoint_operator.kube.export import ConfigMapExporter
from endpoint_operator.kube.input_reader import KubeInputReader
from endpoint_operator.kube.resync import Resynced
from endpoint_operator.kube.watch import Watched
from endpoint_operator.kube.writer import KindWriter
from endpoint_operator.planning.desired import endpoint_name_of


class EndpointLoop:
    """All that one process knows of endpoints, and does for them while it leads."""

    def __init__(
        self,
        *,
        api: KubeApi,
        gate: TenancyGate,
        input_reader: KubeInputReader,
        models: EndpointModels,
        remembered: Callable[[ObjectKey, InferenceEndpoint | None], None],
        workers: int,
        may_write: Callable[[], None],
    ) -> None:
        """`remembered` is told of every endpoint as it is now, and of each that is gone (None). `may_write` raises
        NotLeading; it is asked before each write."""
        self._rooms = gate.rooms
        self._input_reader = input_reader
        self._queue = WorkQueue(ENDPOINTS.kind)
        self._store = ObjectStore(ENDPOINTS, then=remembered)
        self._intake = Intake(store=self._store, queue=self._queue)
        reconciler = Reconciler(
            store=self._store,
            inputs_of=gate.inputs_of,
            input_reader=input_reader,
            observer=gate,
            executor=gate.rooms,
            writer=KindWriter(api, ENDPOINTS, may_write=may_write),
            exporter=ConfigMapExporter(api, may_write=may_write),
            recorder=EventRecorder(api, kind=ENDPOINTS.kind, may_write=may_write),
            models=models,
            gone=self._gone,
        )
        self._workers = Workers(queue=self._queue, reconciler=reconciler, count=workers)

    def watched(self) -> Watched[InferenceEndpoint]:
        return Watched(kind=ENDPOINTS, seen=self._intake.seen, gone=self._gone)

    def resynced(self) -> Resynced[InferenceEndpoint]:
        return Resynced(kind=ENDPOINTS, intake=self._intake)

    def wake(self, key: ObjectKey) -> None:
        """Something about the endpoint changed outside of it."""
        self._intake.wake(key)

    def wake_all(self) -> None:
        """What all of them depend on is other than before."""
        for key in self._store.all_keys():
            self.wake(key)

    async def look_at_inputs(self) -> None:
        """What no watch tells of: Secrets and ConfigMaps that endpoints take values from."""
        for endpoint in await self._input_reader.changed(self._endpoints()):
            self.wake(ObjectKey(endpoint.namespace, endpoint.name))

    async def watch_aws(self, *, begun: asyncio.Event) -> None:
        """Wake endpoints that AWS shows changed, until cancelled; `begun` is set once the fleet was seen."""
        await self._rooms.watch(wake=self._wake_names, wake_all=self.wake_all, endpoints=self._endpoints, begun=begun)

    async def work(self) -> None:
        """Make passes until closed, and finish those under way."""
        await self._workers.run()

    def close(self) -> None:
        """Begin no more passes."""
        self._queue.close()

    def longest_pass_seconds(self) -> float:
        return self._workers.longest_pass_seconds()

    def _gone(self, key: ObjectKey, uid: str) -> None:
        endpoint = self._store.get(key)
        if endpoint is not None and endpoint.uid == uid:
            self._rooms.forget(endpoint)
        self._input_reader.gone(uid)
        self._intake.gone(key, uid)

    def _wake_names(self, names: Iterable[str]) -> None:
        wanted = set(names)
        for key, endpoint in self._store.entries():
            if endpoint_name_of(endpoint) in wanted or endpoint.object_name in wanted:
                self.wake(key)

    def _endpoints(self) -> list[InferenceEndpoint]:
        return [endpoint for _, endpoint in self._store.entries()]
