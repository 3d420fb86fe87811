"""The composition root: the only place with wiring."""

import asyncio
import logging
import signal
from collections.abc import Iterable

from kubernetes.aio.client import ApiClient

from endpoint_operator.aws.periods import WatchPeriods
from endpoint_operator.aws.room import AwsRoom
from endpoint_operator.engine.intake import Intake
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.queue import WorkQueue
from endpoint_operator.engine.reconcile import Reconciler
from endpoint_operator.engine.store import ObjectStore
from endpoint_operator.engine.workers import Workers
from endpoint_operator.kube.cluster import ClusterNotReady, cluster_id, crd_is_installed
from endpoint_operator.kube.connection import connect
from endpoint_operator.kube.events import EventRecorder
from endpoint_operator.kube.watch import Watch
from endpoint_operator.kube.writer import EndpointWriter
from endpoint_operator.metrics.server import StatusServer
from endpoint_operator.planning.desired import endpoint_name_of
from endpoint_operator.planning.facts import OperatorInputs
from endpoint_operator.settings import Settings

log = logging.getLogger(__name__)

# A Pod is killed 30 s after SIGTERM by default; ours is gone well before.
SHUTDOWN_SECONDS = 8.0
CLUSTER_RETRY_SECONDS = 3.0
# No pass takes longer: every call in it has a time-out.
HUNG_PASS_SECONDS = 600.0


class App:
    """One operator process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stop = asyncio.Event()
        self._trouble: str | None = "starting"
        self._failure: BaseException | None = None
        self._store = ObjectStore()
        self._queue = WorkQueue()
        self._intake = Intake(store=self._store, queue=self._queue)
        self._watch: Watch | None = None
        self._workers: Workers | None = None
        self._aws: AwsRoom | None = None

    async def run(self) -> int:
        """Run until SIGTERM or SIGINT; the process's exit code."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self._stop.set)
        host, port = self._settings.http_host_and_port()
        server = StatusServer(host=host, port=port, alive=self._alive, ready=self._ready)
        await server.start()
        api_client = await connect()
        try:
            await self._operate(api_client)
        finally:
            await server.stop()
            await api_client.close()
        log.info("stopped")
        return 0 if self._failure is None else 1

    async def _operate(self, api_client: ApiClient) -> None:
        cluster = await self._until_cluster_is_ready(api_client)
        if cluster is None:
            return
        self._aws = aws = AwsRoom(
            region=self._settings.region,
            cluster_id=cluster,
            periods=WatchPeriods(
                sweep=self._settings.fleet_sweep_seconds,
                transition=self._settings.transition_seconds,
                inventory=self._settings.inventory_seconds,
            ),
        )
        reconciler = Reconciler(
            store=self._store,
            inputs=OperatorInputs(
                region=aws.region,
                cluster_id=cluster,
                runtime_url=aws.runtime_url(),
                default_execution_role_arn=self._settings.default_execution_role_arn,
            ),
            observer=aws.observer,
            executor=aws.executor,
            writer=EndpointWriter(api_client),
            recorder=EventRecorder(api_client),
        )
        self._workers = Workers(queue=self._queue, reconciler=reconciler, count=self._settings.workers)
        await self._watch_both_worlds(aws, self._workers)

    async def _watch_both_worlds(self, aws: AwsRoom, workers: Workers) -> None:
        self._watch = Watch(
            namespaces=self._settings.watched_namespaces(),
            seen=self._intake.seen,
            gone=self._gone,
            ended=self._watch_ended,
        )
        self._watch.start()
        begun = asyncio.Event()
        watching = asyncio.create_task(
            aws.watch(wake=self._wake_names, wake_all=self._wake_all, objects=self._object_names, begun=begun)
        )
        log.info("watching InferenceEndpoints in %s", self._settings.namespaces or "all namespaces")
        self._trouble = None
        try:
            await self._work(workers, begun)
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            await self._watch.stop(seconds=SHUTDOWN_SECONDS / 4)
            aws.close()

    async def _work(self, workers: Workers, begun: asyncio.Event) -> None:
        """Work until asked to stop, then finish the passes under way, at most for SHUTDOWN_SECONDS."""
        stopping = asyncio.create_task(self._stop.wait())
        beginning = asyncio.create_task(begun.wait())
        await asyncio.wait({stopping, beginning}, return_when=asyncio.FIRST_COMPLETED)
        beginning.cancel()
        working = asyncio.create_task(workers.run())
        await stopping
        log.info("stopping: passes under way are finished")
        self._trouble = "stopping"
        self._queue.close()
        _, late = await asyncio.wait({working}, timeout=SHUTDOWN_SECONDS / 2)
        if late:
            log.warning("a pass did not finish in time; the next start finds what it left")
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)

    async def _until_cluster_is_ready(self, api_client: ApiClient) -> str | None:
        """The cluster's id, or None when the operator was stopped meanwhile."""
        while not self._stop.is_set():
            try:
                await crd_is_installed(api_client)
                return self._settings.cluster_id or await cluster_id(api_client)
            except ClusterNotReady as error:
                if self._trouble != str(error):
                    log.warning("waiting for the cluster: %s", error)
                self._trouble = str(error)
                await self._stop_within(CLUSTER_RETRY_SECONDS)
        return None

    async def _stop_within(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stop.wait()
        except TimeoutError:
            return

    def _gone(self, key: ObjectKey) -> None:
        endpoint = self._store.get(key)
        if endpoint is not None and self._aws is not None:
            self._aws.fleet.forget(endpoint_name_of(endpoint))
        self._intake.gone(key)

    def _watch_ended(self, error: BaseException | None) -> None:
        """Without a watch the operator is blind: it ends, and whoever runs it starts it again."""
        self._failure = error or RuntimeError("the watch ended")
        self._stop.set()

    def _wake_names(self, names: Iterable[str]) -> None:
        wanted = set(names)
        for key, endpoint in self._store.entries():
            if endpoint_name_of(endpoint) in wanted or endpoint.object_name in wanted:
                self._intake.wake(key)

    def _wake_all(self) -> None:
        for key, _ in self._store.entries():
            self._intake.wake(key)

    def _object_names(self) -> set[str]:
        return {endpoint.object_name for _, endpoint in self._store.entries()}

    def _alive(self) -> str | None:
        if self._workers is not None and self._workers.longest_pass_seconds() > HUNG_PASS_SECONDS:
            return f"a pass has been running for {self._workers.longest_pass_seconds():.0f} s"
        return None

    def _ready(self) -> str | None:
        if self._trouble is not None:
            return self._trouble
        if self._watch is None or not self._watch.ready:
            return "the watch on InferenceEndpoints has not begun"
        fault = self._aws.trouble() if self._aws is not None else None
        return f"{fault.reason}: {fault.message}" if fault is not None else None
