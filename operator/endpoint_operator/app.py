"""The composition root: the only place with wiring."""

import asyncio
import logging
import signal
from collections.abc import Iterable

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.kinds import ENDPOINTS, MODELS
from endpoint_operator.aws.model_copy import CopyLimits
from endpoint_operator.aws.periods import WatchPeriods
from endpoint_operator.aws.prices import PriceBook
from endpoint_operator.aws.room import AwsRoom
from endpoint_operator.aws.rooms import AwsRooms
from endpoint_operator.catalogue.images import BundledImages
from endpoint_operator.catalogue.instance_memory import bundled_memory
from endpoint_operator.engine.intake import Intake
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.ports import InputValues, NotLeading
from endpoint_operator.engine.queue import WorkQueue
from endpoint_operator.engine.reconcile import Reconciler
from endpoint_operator.engine.store import ObjectStore
from endpoint_operator.engine.workers import Workers
from endpoint_operator.kube.api import KubeApi
from endpoint_operator.kube.cluster import ClusterNotReady, cluster_id, crd_is_installed
from endpoint_operator.kube.connection import connect
from endpoint_operator.kube.events import EventRecorder
from endpoint_operator.kube.export import ConfigMapExporter
from endpoint_operator.kube.input_objects import InputObjects
from endpoint_operator.kube.input_reader import KubeInputReader
from endpoint_operator.kube.input_values import ValueReader
from endpoint_operator.kube.lease import Leadership, LeaseLost, LeasePeriods
from endpoint_operator.kube.measures import LEADING
from endpoint_operator.kube.resync import Resync, Resynced
from endpoint_operator.kube.revision_key import RevisionKey
from endpoint_operator.kube.watch import Watch, Watched
from endpoint_operator.kube.writer import KindWriter
from endpoint_operator.metrics.server import StatusServer
from endpoint_operator.model_loop import ModelLoop
from endpoint_operator.parts import PartEnded, Parts, cancelled
from endpoint_operator.planning.desired import endpoint_name_of
from endpoint_operator.planning.facts import OperatorInputs
from endpoint_operator.planning.place import Place
from endpoint_operator.settings import Settings

log = logging.getLogger(__name__)

# A Pod is killed 30 s after SIGTERM by default; ours is gone well before.
FINISH_PASSES_SECONDS = 5.0
STOP_WATCH_SECONDS = 2.0
CLUSTER_RETRY_SECONDS = 3.0
# No pass takes longer: every call in it has a time-out.
HUNG_PASS_SECONDS = 600.0
MIB = 1024**2


class App:
    """One operator process: a standby that watches until it holds the Lease, and then acts."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._parts = Parts()
        self._trouble: str | None = "starting"
        self._store = ObjectStore(ENDPOINTS, then=self._remembered)
        self._queue = WorkQueue()
        self._intake = Intake(store=self._store, queue=self._queue)
        self._models: ModelLoop | None = None
        self._watch: Watch | None = None
        self._prices = PriceBook()
        self._workers: Workers | None = None
        self._aws: AwsRooms | None = None
        self._input_reader: KubeInputReader | None = None
        self._leadership: Leadership | None = None

    async def run(self) -> int:
        """Run until SIGTERM or SIGINT, or until the Lease is lost; the process's exit code."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self._parts.stop)
        host, port = self._settings.http_host_and_port()
        server = StatusServer(host=host, port=port, alive=self._alive, ready=self._ready)
        await server.start()
        api_client = await connect()
        try:
            api = KubeApi(api_client)
            cluster = await self._until_cluster_is_ready(api)
            if cluster is not None:
                await self._operate(api, cluster)
        except LeaseLost as error:
            log.error("%s; this process ends, its successor waits for the Lease", error)
            return 1
        except PartEnded as ended:
            log.exception("%s ended by itself, which is a bug of the operator; the process ends with it", ended)
            return 1
        finally:
            await server.stop()
            await api_client.close()
        log.info("stopped")
        return 0

    async def _until_cluster_is_ready(self, api: KubeApi) -> str | None:
        """The cluster's id, or None when the operator was stopped meanwhile."""
        while not self._parts.stopping:
            try:
                await crd_is_installed(api, ENDPOINTS)
                await crd_is_installed(api, MODELS)
                return self._settings.cluster_id or await cluster_id(api)
            except ClusterNotReady as error:
                if self._trouble != str(error):
                    log.warning("waiting for the cluster: %s", error)
                self._trouble = str(error)
                await self._parts.stopped_within(CLUSTER_RETRY_SECONDS)
        return None

    async def _operate(self, api: KubeApi, cluster: str) -> None:
        """Watch as a standby; act while the Lease is ours."""
        objects = InputObjects(api)
        values = ValueReader(
            objects, RevisionKey(api, namespace=self._settings.operator_namespace, may_write=self._may_write)
        )
        self._input_reader = reader = KubeInputReader(objects, values)
        self._aws = aws = self._aws_rooms(cluster, values)
        listed = asyncio.Event()
        self._models = models = ModelLoop(
            settings=self._settings,
            api=api,
            rooms=aws,
            cluster_id=cluster,
            wake_endpoint=self._intake.wake,
            listed=listed,
            may_write=self._may_write,
        )
        namespaces = self._settings.watched_namespaces()
        self._watch = watch = Watch(
            namespaces=namespaces,
            kinds=[Watched(kind=ENDPOINTS, seen=self._intake.seen, gone=self._gone), models.watched()],
        )
        resync = Resync(
            api,
            namespaces=namespaces,
            kinds=[Resynced(kind=ENDPOINTS, intake=self._intake), models.resynced()],
            watch=watch,
            period=self._settings.resync_seconds,
            listed=listed,
            then=lambda: self._look_at_inputs(reader),
        )
        watch.start()
        resyncing = self._parts.begin("the resync", resync.run())
        telling = asyncio.create_task(models.tell_endpoints())
        log.info("watching InferenceEndpoints and InferenceModels in %s", self._settings.namespaces or "all namespaces")
        self._trouble = None
        try:
            await self._lead(self._reconciler(api, aws, reader, models), aws, models, api)
        finally:
            await cancelled(telling)
            await self._parts.end(resyncing)
            await watch.stop(seconds=STOP_WATCH_SECONDS)
            await self._prices.close()
            aws.close()

    async def _lead(self, reconciler: Reconciler, aws: AwsRooms, models: ModelLoop, api: KubeApi) -> None:
        self._leadership = leadership = Leadership(
            api,
            namespace=self._settings.operator_namespace,
            periods=LeasePeriods.of(self._settings.lease_seconds),
        )
        acquiring = asyncio.create_task(leadership.acquire())
        try:
            if not await self._parts.first(acquiring):
                return
            await acquiring
        finally:
            await cancelled(acquiring)
        LEADING.set(1)
        keeping = asyncio.create_task(leadership.keep())
        try:
            await self._act(reconciler, aws, models, keeping)
        finally:
            LEADING.set(0)
            await cancelled(keeping)
            await leadership.release()

    async def _act(
        self, reconciler: Reconciler, aws: AwsRooms, models: ModelLoop, keeping: "asyncio.Task[None]"
    ) -> None:
        """Make passes until asked to stop, then finish those under way."""
        begun = asyncio.Event()
        watching = self._parts.begin(
            "the watch of AWS",
            aws.watch(wake=self._wake_names, wake_all=self._wake_all, endpoints=self._endpoints, begun=begun),
        )
        try:
            if await self._parts.first(asyncio.create_task(begun.wait())):
                await self._work_until_stopped(reconciler, models, keeping)
        finally:
            await self._parts.end(watching)
        if keeping.done():
            await keeping  # raises LeaseLost

    async def _work_until_stopped(
        self, reconciler: Reconciler, models: ModelLoop, keeping: "asyncio.Task[None]"
    ) -> None:
        self._workers = Workers(queue=self._queue, reconciler=reconciler, count=self._settings.workers)
        working = [
            self._parts.begin("the work on InferenceEndpoints", self._workers.run()),
            self._parts.begin("the work on InferenceModels", models.work()),
        ]
        try:
            await self._parts.first(keeping)
        finally:
            models.close()
            await self._finish(working)

    async def _finish(self, working: "list[asyncio.Task[None]]") -> None:
        log.info("stopping: passes under way are finished")
        self._trouble = "stopping"
        self._queue.close()
        _, late = await asyncio.wait(working, timeout=FINISH_PASSES_SECONDS)
        if late:
            log.warning("a pass did not finish in time; the next start finds what it left")
        await self._parts.end(*working)

    def _aws_rooms(self, cluster: str, values: InputValues) -> AwsRooms:
        inputs = OperatorInputs(
            region="",
            cluster_id=cluster,
            runtime_url="",
            images=BundledImages(),
            memory=bundled_memory(),
            default_execution_role_arn=self._settings.default_execution_role_arn,
        )
        return AwsRooms(open_room=lambda place: self._aws_room(cluster, values, place), inputs=inputs)

    def _aws_room(self, cluster: str, values: InputValues, place: Place | None) -> AwsRoom:
        return AwsRoom(
            region=place.region if place is not None else self._settings.region,
            assume_role_arn=place.assume_role_arn if place is not None else None,
            cluster_id=cluster,
            periods=WatchPeriods(
                sweep=self._settings.fleet_sweep_seconds,
                transition=self._settings.transition_seconds,
                inventory=self._settings.inventory_seconds,
                rollout_look=self._settings.rollout_look_seconds,
            ),
            consistency_window=self._settings.consistency_window_seconds,
            may_write=self._may_write,
            prices=self._prices,
            values=values,
            copy_limits=CopyLimits.in_parts_above(self._settings.copy_in_parts_above_mib * MIB),
        )

    def _reconciler(self, api: KubeApi, aws: AwsRooms, reader: KubeInputReader, models: ModelLoop) -> Reconciler:
        return Reconciler(
            store=self._store,
            inputs_of=aws.inputs_of,
            input_reader=reader,
            observer=aws,
            executor=aws,
            writer=KindWriter(api, ENDPOINTS, may_write=self._may_write),
            exporter=ConfigMapExporter(api, may_write=self._may_write),
            recorder=EventRecorder(api, kind=ENDPOINTS.kind, may_write=self._may_write),
            models=models.news,
            gone=self._gone,
        )

    def _may_write(self) -> None:
        """Raises NotLeading; asked right before every write to AWS or to the cluster."""
        if self._leadership is None or not self._leadership.held:
            raise NotLeading("the Lease is not held")

    def _remembered(self, key: ObjectKey, endpoint: InferenceEndpoint | None) -> None:
        if self._models is not None:
            self._models.endpoint_remembered(key, endpoint)

    def _gone(self, key: ObjectKey, uid: str) -> None:
        endpoint = self._store.get(key)
        if endpoint is not None and endpoint.uid == uid and self._aws is not None:
            self._aws.forget(endpoint)
        if self._input_reader is not None:
            self._input_reader.gone(uid)
        self._intake.gone(key, uid)

    async def _look_at_inputs(self, reader: KubeInputReader) -> None:
        for endpoint in await reader.changed(self._endpoints()):
            self._intake.wake(ObjectKey(endpoint.namespace, endpoint.name))

    def _wake_names(self, names: Iterable[str]) -> None:
        wanted = set(names)
        for key, endpoint in self._store.entries():
            if endpoint_name_of(endpoint) in wanted or endpoint.object_name in wanted:
                self._intake.wake(key)

    def _wake_all(self) -> None:
        for key, _ in self._store.entries():
            self._intake.wake(key)

    def _endpoints(self) -> list[InferenceEndpoint]:
        return [endpoint for _, endpoint in self._store.entries()]

    def _alive(self) -> str | None:
        longest = max(
            (each.longest_pass_seconds() for each in (self._workers, self._models) if each is not None), default=0.0
        )
        return f"a pass has been running for {longest:.0f} s" if longest > HUNG_PASS_SECONDS else None

    def _ready(self) -> str | None:
        if self._trouble is not None:
            return self._trouble
        if self._watch is None or not self._watch.ready:
            return "the watch on InferenceEndpoints and InferenceModels has not begun"
        fault = self._aws.trouble() if self._aws is not None else None
        return f"{fault.reason}: {fault.message}" if fault is not None else None
