"""What works on InferenceModels, wired: store, queue, directory, AWS, workers. With app.py the only place of wiring."""

import asyncio
from collections.abc import Callable, Iterator

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.kinds import MODELS
from endpoint_operator.api.model import InferenceModel
from endpoint_operator.aws.models.inventory import PublishedModels
from endpoint_operator.aws.models.rooms import ModelRooms
from endpoint_operator.aws.rooms import AwsRooms
from endpoint_operator.engine.intake import Intake
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.model_directory import ModelDirectory
from endpoint_operator.engine.model_news import ModelNews
from endpoint_operator.engine.model_reconcile import ModelReconciler
from endpoint_operator.engine.model_target import target_of
from endpoint_operator.engine.queue import WorkQueue
from endpoint_operator.engine.store import ObjectStore
from endpoint_operator.engine.tenancy_now import TenancyNow
from endpoint_operator.engine.workers import Workers
from endpoint_operator.kube.api import KubeApi
from endpoint_operator.kube.events import EventRecorder
from endpoint_operator.kube.input_objects import InputObjects
from endpoint_operator.kube.model_templates import ModelTemplates
from endpoint_operator.kube.packing_jobs import PackingJobs
from endpoint_operator.kube.resync import Resynced
from endpoint_operator.kube.watch import Watched
from endpoint_operator.kube.writer import KindWriter
from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.models.facts import Target
from endpoint_operator.planning.tenancy.refusals import fault_in_model, fault_in_target
from endpoint_operator.settings import Settings


class ModelLoop:
    """All that one process knows of models, and does for them while it leads."""

    def __init__(
        self,
        *,
        settings: Settings,
        api: KubeApi,
        rooms: AwsRooms,
        cluster_id: str,
        listed: asyncio.Event,
        may_write: Callable[[], None],
        tenancy: TenancyNow,
    ) -> None:
        """`listed` is set once every object of the cluster was seen. `may_write` raises NotLeading; it is asked before
        each write."""
        self._settings = settings
        self._default_region = rooms.region
        self._listed = listed
        self._tenancy = tenancy
        self.news = ModelNews()
        self._queue = WorkQueue(MODELS.kind)
        self._directory = ModelDirectory(wake=self._wake, moved=self.news.moved)
        self._store = ObjectStore(MODELS, then=self._remembered)
        self._intake = Intake(store=self._store, queue=self._queue)
        self._rooms = ModelRooms(
            rooms=rooms,
            neighbours=self._directory,
            model_of=self._store.get,
            endpoints=self._directory.endpoints,
            published=self._published,
            wake=self._wake,
            templates=ModelTemplates(InputObjects(api)),
            packers=PackingJobs(api, settings.packer(), may_write=may_write),
            cluster_id=cluster_id,
            drain_seconds=settings.model_drain_seconds,
            why_not_allowed=self._why_not_allowed,
        )
        self._recorder = EventRecorder(api, kind=MODELS.kind, may_write=may_write)
        reconciler = ModelReconciler(
            store=self._store,
            observer=self._rooms.observer,
            executor=self._rooms.executor,
            writer=KindWriter(api, MODELS, may_write=may_write),
            recorder=self._recorder,
            gone=self._gone,
        )
        self._workers = Workers(queue=self._queue, reconciler=reconciler, count=settings.model_workers)

    def watched(self) -> Watched[InferenceModel]:
        return Watched(kind=MODELS, seen=self._intake.seen, gone=self._gone)

    def resynced(self) -> Resynced[InferenceModel]:
        return Resynced(kind=MODELS, intake=self._intake)

    def endpoint_remembered(self, key: ObjectKey, endpoint: InferenceEndpoint | None) -> None:
        """The endpoint as it is now; None: it is gone."""
        if endpoint is not None:
            self._directory.put_endpoint(key, target_of(endpoint, default_region=self._default_region))
            return
        self._directory.remove_endpoint(key)
        self.news.forget(key)

    def tell_endpoints(self, *, wake: Callable[[ObjectKey], None]) -> None:
        """From now on endpoints know of their models, of which all must be known: `wake` is called for each that has
        news."""
        self.news.begin(self._directory, wake=wake)

    async def work(self) -> None:
        """Make passes and send warm-ups until closed.

        Nothing before every object was listed: a model whose endpoint, or whose older namesake, was not seen yet would
        be told that there is none.
        """
        await self._listed.wait()
        async with asyncio.TaskGroup() as group:
            beside = group.create_task(self._rooms.run(inventory_seconds=self._settings.inventory_seconds))
            await self._workers.run()
            beside.cancel()

    def close(self) -> None:
        """Begin no more passes."""
        self._queue.close()

    def longest_pass_seconds(self) -> float:
        return self._workers.longest_pass_seconds()

    def wake_all(self) -> None:
        """What all of them depend on is other than before."""
        for key in self._store.all_keys():
            self._intake.wake(key)

    def _published(self) -> Iterator[PublishedModels]:
        for endpoint, target in self._directory.endpoints():
            if fault_in_target(target, namespace=endpoint.namespace, tenancy=self._tenancy.get()) is not None:
                continue
            s3_uris = self._directory.published_by(endpoint)
            yield PublishedModels(place=target.place, s3_prefix=target.s3_prefix, s3_uris=s3_uris)

    def _why_not_allowed(self, model: InferenceModel, target: Target | None) -> Fault | None:
        return fault_in_model(model, target, self._tenancy.get())

    def _wake(self, key: ObjectKey) -> None:
        self._intake.wake(key)

    def _gone(self, key: ObjectKey, uid: str) -> None:
        self._recorder.forget(uid)
        self._intake.gone(key, uid)

    def _remembered(self, key: ObjectKey, model: InferenceModel | None) -> None:
        if model is None:
            self._directory.remove_model(key)
        else:
            self._directory.put_model(key, model)
        self._rooms.remembered(key, model)
