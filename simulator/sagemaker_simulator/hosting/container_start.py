"""From a container's description to one that answers: image, model, process, ping, in SageMaker's order."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from sagemaker_simulator.hosting import failure_reasons, launcher
from sagemaker_simulator.hosting.container import Container
from sagemaker_simulator.hosting.container_environment import container_environment
from sagemaker_simulator.hosting.container_order import ContainerOrder
from sagemaker_simulator.hosting.container_output import FollowOutput, follow_nothing
from sagemaker_simulator.hosting.contract import FleetFailed
from sagemaker_simulator.hosting.health_check import Health, wait_until_healthy
from sagemaker_simulator.hosting.limits import Limits
from sagemaker_simulator.hosting.model_download import ModelStore, download_model
from sagemaker_simulator.hosting.model_folder import ModelFolder
from sagemaker_simulator.hosting.model_mount import launch_command
from sagemaker_simulator.hosting.null_server import NullContainer, is_null_image
from sagemaker_simulator.hosting.orphan_guard import OrphanGuard
from sagemaker_simulator.hosting.port_block import NoFreePortsError, is_free, take_port_block
from sagemaker_simulator.hosting.process_container import ProcessContainer
from sagemaker_simulator.hosting.server_command import ServerCommand, server_for
from sagemaker_simulator.hosting.server_process import ServerProcess, start_process
from sagemaker_simulator.multi_model.instance_limits import LimitsOf, of_the_type
from sagemaker_simulator.multi_model.model_event import TellModelEvent, tell_nobody
from sagemaker_simulator.multi_model.starting import ManyModels

_LOG = logging.getLogger(__name__)
# A port can be lost to a stranger between the look and the server's bind; three times in a row it is not chance.
_PORT_ATTEMPTS = 3
_LINES_IN_LOG = 20


@dataclass(frozen=True, kw_only=True)
class ContainerStarter:
    """What is the same for every container of a simulator."""

    store: ModelStore
    servers: Callable[[], Mapping[str, ServerCommand]]
    image_present: Callable[[str], bool]
    session: aiohttp.ClientSession
    guard: OrphanGuard
    limits: Limits
    models: Path
    logs: Path
    mounts: bool
    follow_output: FollowOutput = follow_nothing
    instance_limits: LimitsOf = of_the_type
    tell_model_event: TellModelEvent = tell_nobody

    async def start(self, order: ContainerOrder) -> Container:
        """Raises FleetFailed. Cancelling, like failing, leaves neither a process nor a folder."""
        if is_null_image(order.container.image):
            return self._many_models().without_server(order) if order.has_many_models else NullContainer(order.name)
        server_command = self._server_command(order)
        folder = ModelFolder.make(under=self.models, prefix=f"{order.fleet.endpoint_name}.{order.variant.name}.")
        try:
            await download_model(order, into=folder.model, store=self.store, limits=self.limits)
            server = await self._start_healthy(order, server_command, folder)
        except BaseException:
            folder.remove()
            raise
        if order.has_many_models:
            return await self._many_models().with_server(order, server, folder)
        return ProcessContainer(server, name=order.name, session=self.session, folder=folder, limits=self.limits)

    def _many_models(self) -> ManyModels:
        return ManyModels(
            fetch_object=self.store.fetch_object,
            session=self.session,
            limits=self.limits,
            instance_limits=self.instance_limits,
            tell=self.tell_model_event,
            mounts=self.mounts,
        )

    def _server_command(self, order: ContainerOrder) -> ServerCommand:
        image = order.container.image
        if not self.image_present(image):
            raise FleetFailed(failure_reasons.images_missing(order.variant.name))
        found = server_for(image, settings=self.servers())
        if found is None:
            raise FleetFailed(failure_reasons.no_server(image))
        return found

    async def _start_healthy(self, order: ContainerOrder, command: ServerCommand, folder: ModelFolder) -> ServerProcess:
        for _ in range(_PORT_ATTEMPTS):
            server = await self._start_process(order, command, folder)
            try:
                health = await self._health(order, server)
            except BaseException:
                await server.kill()
                raise
            if health is Health.HEALTHY:
                return server
            await server.kill()
            if health is Health.TOO_LATE or is_free(server.ports.server_port):
                break
            _LOG.warning("port %d was taken before the server could bind to it", server.ports.server_port)
        raise FleetFailed(await self._reason(order, server, health))

    async def _start_process(self, order: ContainerOrder, command: ServerCommand, folder: ModelFolder) -> ServerProcess:
        log_file = self.logs / order.log_path
        log_file.parent.mkdir(parents=True, exist_ok=True)
        written_before = log_file.stat().st_size if log_file.exists() else 0
        try:
            ports = take_port_block()
        except NoFreePortsError as error:
            raise FleetFailed(failure_reasons.server_not_started(order.container.image, why=str(error))) from error
        at = launcher.MODELS_PATH if order.has_many_models else launcher.MODEL_PATH
        try:
            server = await start_process(
                launch_command(tuple(command.command), mount_model=folder.model if self.mounts else None, at=at),
                environment=container_environment(
                    image_env=command.env,
                    model_environment=order.container.environment,
                    ports=ports,
                    region=order.fleet.region,
                    model_directory=str(at if self.mounts else folder.model),
                    many_models=order.has_many_models,
                ),
                directory=folder.work,
                log_file=log_file,
                ports=ports,
                guard=self.guard,
            )
        except OSError as error:
            ports.release()
            raise FleetFailed(failure_reasons.server_not_started(order.container.image, why=str(error))) from error
        except BaseException:
            ports.release()
            raise
        self.follow_output(order, log_file=log_file, start=written_before, ended=server.wait)
        return server

    async def _health(self, order: ContainerOrder, server: ServerProcess) -> Health:
        return await wait_until_healthy(
            server,
            session=self.session,
            startup_seconds=order.variant.startup_timeout_seconds or self.limits.startup_seconds,
            ping_seconds=self.limits.ping_seconds,
        )

    async def _reason(self, order: ContainerOrder, server: ServerProcess, health: Health) -> str:
        lines = server.last_lines(_LINES_IN_LOG)
        _LOG.warning(
            "endpoint %s, variant %s, image %s: the server %s; the end of %s:\n%s",
            order.fleet.endpoint_name,
            order.variant.name,
            order.container.image,
            f"exited with code {await server.wait()}" if health is Health.EXITED else "was not healthy in time",
            server.log_file,
            "\n".join(lines),
        )
        if await server.wait() == launcher.EXIT_NOT_STARTED and lines and lines[-1].startswith(launcher.COMPLAINT):
            return failure_reasons.server_not_started(
                order.container.image, why=lines[-1].removeprefix(launcher.COMPLAINT)
            )
        return failure_reasons.ping_failed(order.spoken_name, order.variant.name)
