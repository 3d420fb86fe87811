"""From a server that is healthy to a container of many models."""

import fnmatch
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import aiohttp

from sagemaker_simulator.hosting import failure_reasons, launcher
from sagemaker_simulator.hosting.container_order import ContainerOrder
from sagemaker_simulator.hosting.contract import FleetFailed
from sagemaker_simulator.hosting.limits import Limits
from sagemaker_simulator.hosting.model_artifact import FetchObject
from sagemaker_simulator.hosting.model_folder import ModelFolder
from sagemaker_simulator.hosting.server_process import ServerProcess

from .instance_limits import LimitsOf
from .model_event import Kind, ModelEvent, TellModelEvent
from .model_server import ModelFiles, ModelServer
from .multi_model_container import Manners, MultiModelContainer
from .null_models import LookedAtModels, NullModels
from .process_models import ProcessModels, UnpackedModels
from .target import prefix_of

# See `ProcessModels`.
_TAKES_THE_TARGET_FOR_THE_NAME: Final = "*sagemaker-tritonserver*"
log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class ManyModels:
    """What is the same for every container of many models of a simulator. `mounts`: whether servers see them at
    /opt/ml/models.
    """

    fetch_object: FetchObject
    session: aiohttp.ClientSession
    limits: Limits
    instance_limits: LimitsOf
    tell: TellModelEvent
    mounts: bool

    def without_server(self, order: ContainerOrder) -> MultiModelContainer:
        """Return the container that is answered in this process."""
        fleet = order.fleet
        files = LookedAtModels(fetch_object=self.fetch_object, account=fleet.account, region=fleet.region)
        return self._container(order, NullModels(order.name), files)

    async def with_server(
        self, order: ContainerOrder, server: ServerProcess, folder: ModelFolder
    ) -> MultiModelContainer:
        """Return the container of the server. Raises FleetFailed, with the server ended, when it lists no models."""
        models = ProcessModels(
            server,
            container=order.name,
            root=str(launcher.MODELS_PATH if self.mounts else folder.model),
            passes_target=not fnmatch.fnmatchcase(order.container.image, _TAKES_THE_TARGET_FOR_THE_NAME),
            session=self.session,
            folder=folder,
            limits=self.limits,
        )
        try:
            is_listing = await models.is_listing()
        except BaseException:
            await models.kill()
            raise
        if not is_listing:
            await models.kill()
            log.warning("the server of %s does not answer GET /models with 200", order.container.image)
            raise FleetFailed(failure_reasons.ping_failed(order.spoken_name, order.variant.name))
        fleet = order.fleet
        files = UnpackedModels(folder.model, fetch_object=self.fetch_object, account=fleet.account, region=fleet.region)
        return self._container(order, models, files)

    def _container(self, order: ContainerOrder, server: ModelServer, files: ModelFiles) -> MultiModelContainer:
        manners = Manners(
            prefix=prefix_of(order.container.models_prefix or ""),
            caches=order.container.caches_models,
            limits=self.limits,
            of_an_instance=self.instance_limits(order.variant.instance_type, order.variant.volume_gb),
        )
        return MultiModelContainer(server, files, name=order.name, manners=manners, tell=self._told_of(order))

    def _told_of(self, order: ContainerOrder) -> Callable[[Kind, float], None]:
        def tell(kind: Kind, seconds: float) -> None:
            self.tell(
                ModelEvent(
                    account=order.fleet.account,
                    region=order.fleet.region,
                    endpoint=order.fleet.endpoint_name,
                    variant=order.variant.name,
                    endpoint_config=order.fleet.config_name,
                    kind=kind,
                    seconds=seconds,
                )
            )

        return tell
