"""The composition root: the only place with wiring."""

import asyncio
import logging
import signal
from pathlib import Path

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.kinds import ENDPOINTS, MODELS
from endpoint_operator.aws.prices import PriceBook
from endpoint_operator.aws.rooms import AwsRooms
from endpoint_operator.aws.tenancy_gate import TenancyGate
from endpoint_operator.aws_rooms import aws_rooms
from endpoint_operator.catalogue.images import BundledImages
from endpoint_operator.endpoint_loop import EndpointLoop
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.ports import NotLeading
from endpoint_operator.engine.tenancy_now import TenancyNow
from endpoint_operator.kube.api import KubeApi
from endpoint_operator.kube.cluster import ClusterNotReady, cluster_id, crd_is_installed
from endpoint_operator.kube.connection import connect
from endpoint_operator.kube.input_objects import InputObjects
from endpoint_operator.kube.input_reader import KubeInputReader
from endpoint_operator.kube.input_values import ValueReader
from endpoint_operator.kube.lease import Leadership, LeaseLost, LeasePeriods
from endpoint_operator.kube.measures import LEADING
from endpoint_operator.kube.resync import Resync
from endpoint_operator.kube.revision_key import RevisionKey
from endpoint_operator.kube.watch import Watch
from endpoint_operator.metrics.server import StatusServer
from endpoint_operator.model_loop import ModelLoop
from endpoint_operator.parts import PartEnded, Parts, cancelled
from endpoint_operator.planning.tenancy.rules import Rules
from endpoint_operator.settings import Settings
from endpoint_operator.tenancy_file import TenancyFile

log = logging.getLogger(__name__)

# A Pod is killed 30 s after SIGTERM by default; ours is gone well before.
FINISH_PASSES_SECONDS = 5.0
STOP_WATCH_SECONDS = 2.0
CLUSTER_RETRY_SECONDS = 3.0
# No pass takes longer: every call in it has a time-out.
HUNG_PASS_SECONDS = 600.0


class App:
    """One operator process: a standby that watches until it holds the Lease, and then acts."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._parts = Parts()
        self._trouble: str | None = "starting"
        self._prices = PriceBook()
        self._images = BundledImages()
        self._tenancy_file = TenancyFile(Path(settings.tenancy_file) if settings.tenancy_file else None)
        self._tenancy = TenancyNow(rules=self._tenancy_file.begin(), aws_image_accounts=self._images.accounts)
        self._listed = asyncio.Event()
        """Set once every object of the cluster was seen."""
        self._gate: TenancyGate | None = None
        self._aws: AwsRooms | None = None
        self._endpoints: EndpointLoop | None = None
        self._models: ModelLoop | None = None
        self._watch: Watch | None = None
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
                for kind in (ENDPOINTS, MODELS):
                    await crd_is_installed(api, kind, namespaces=self._settings.watched_namespaces())
                return self._settings.cluster_id or await cluster_id(api)
            except ClusterNotReady as error:
                if self._trouble != str(error):
                    log.warning("waiting for the cluster: %s", error)
                self._trouble = str(error)
                await self._parts.stopped_within(CLUSTER_RETRY_SECONDS)
        return None

    async def _operate(self, api: KubeApi, cluster: str) -> None:
        """Watch as a standby; act while the Lease is ours."""
        settings = self._settings
        endpoints, models = self._loops(api, cluster)
        namespaces = settings.watched_namespaces()
        self._watch = watch = Watch(namespaces=namespaces, kinds=[endpoints.watched(), models.watched()])
        resync = Resync(
            api,
            namespaces=namespaces,
            kinds=[endpoints.resynced(), models.resynced()],
            watch=watch,
            period=settings.resync_seconds,
            listed=self._listed,
            then=endpoints.look_at_inputs,
        )
        watch.start()
        resyncing = self._parts.begin("the resync", resync.run())
        reading = self._parts.begin("the look at the tenancy file", self._tenancy_file.run(self._put_rules))
        log.info("watching InferenceEndpoints and InferenceModels in %s", settings.namespaces or "all namespaces")
        self._trouble = None
        try:
            await self._lead(endpoints, models, api)
        finally:
            await self._parts.end(resyncing, reading)
            await watch.stop(seconds=STOP_WATCH_SECONDS)
            await self._close_aws()

    def _loops(self, api: KubeApi, cluster: str) -> tuple[EndpointLoop, ModelLoop]:
        """Raises RegionMissing."""
        settings, objects = self._settings, InputObjects(api)
        key = RevisionKey(api, namespace=settings.operator_namespace, may_write=self._may_write)
        values = ValueReader(objects, key)
        self._aws = rooms = aws_rooms(
            settings,
            cluster_id=cluster,
            values=values,
            prices=self._prices,
            images=self._images,
            may_write=self._may_write,
        )
        self._gate = gate = TenancyGate(rooms=rooms, tenancy=self._tenancy)
        self._models = models = ModelLoop(
            settings=settings,
            api=api,
            rooms=rooms,
            cluster_id=cluster,
            listed=self._listed,
            may_write=self._may_write,
            tenancy=self._tenancy,
        )
        self._endpoints = endpoints = EndpointLoop(
            api=api,
            gate=gate,
            input_reader=KubeInputReader(objects, values),
            models=models.news,
            remembered=self._remembered,
            workers=settings.workers,
            may_write=self._may_write,
        )
        return endpoints, models

    async def _lead(self, endpoints: EndpointLoop, models: ModelLoop, api: KubeApi) -> None:
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
            await self._act(endpoints, models, keeping)
        finally:
            LEADING.set(0)
            await cancelled(keeping)
            await leadership.release()

    async def _act(self, endpoints: EndpointLoop, models: ModelLoop, keeping: "asyncio.Task[None]") -> None:
        """Make passes until asked to stop, then finish those under way."""
        begun = asyncio.Event()
        watching = self._parts.begin("the watch of AWS", endpoints.watch_aws(begun=begun))
        try:
            if await self._parts.first(asyncio.create_task(self._known_enough(begun))):
                models.tell_endpoints(wake=endpoints.wake)
                await self._work_until_stopped(endpoints, models, keeping)
        finally:
            await self._parts.end(watching)
        if keeping.done():
            await keeping  # raises LeaseLost

    async def _known_enough(self, begun: asyncio.Event) -> None:
        """The fleet was listed, and every object was seen: before that nobody knows whose a prefix is."""
        await begun.wait()
        await self._listed.wait()
        if self._gate is not None:
            await self._gate.learn_account()

    async def _work_until_stopped(
        self, endpoints: EndpointLoop, models: ModelLoop, keeping: "asyncio.Task[None]"
    ) -> None:
        working = [
            self._parts.begin("the work on InferenceEndpoints", endpoints.work()),
            self._parts.begin("the work on InferenceModels", models.work()),
        ]
        try:
            await self._parts.first(keeping)
        finally:
            endpoints.close()
            models.close()
            await self._finish(working)

    async def _finish(self, working: "list[asyncio.Task[None]]") -> None:
        log.info("stopping: passes under way are finished")
        self._trouble = "stopping"
        _, late = await asyncio.wait(working, timeout=FINISH_PASSES_SECONDS)
        if late:
            log.warning("a pass did not finish in time; the next start finds what it left")
        await self._parts.end(*working)

    async def _close_aws(self) -> None:
        await self._prices.close()
        if self._aws is not None:
            self._aws.close()

    def _may_write(self) -> None:
        """Raises NotLeading; asked right before every write to AWS or to the cluster."""
        if self._leadership is None or not self._leadership.held:
            raise NotLeading("the Lease is not held")

    def _put_rules(self, rules: Rules) -> None:
        """Other rules: every object is judged again."""
        self._tenancy.put_rules(rules)
        for loop in (self._endpoints, self._models):
            if loop is not None:
                loop.wake_all()

    def _remembered(self, key: ObjectKey, endpoint: InferenceEndpoint | None) -> None:
        self._tenancy.endpoint_remembered(key, endpoint)
        if self._models is not None:
            self._models.endpoint_remembered(key, endpoint)

    def _alive(self) -> str | None:
        loops = [each for each in (self._endpoints, self._models) if each is not None]
        longest = max((each.longest_pass_seconds() for each in loops), default=0.0)
        return f"a pass has been running for {longest:.0f} s" if longest > HUNG_PASS_SECONDS else None

    def _ready(self) -> str | None:
        if self._trouble is not None:
            return self._trouble
        if self._watch is None or not self._watch.ready:
            return "the watch on InferenceEndpoints and InferenceModels has not begun"
        fault = self._aws.trouble() if self._aws is not None else None
        return f"{fault.reason}: {fault.message}" if fault is not None else self._tenancy_file.trouble
