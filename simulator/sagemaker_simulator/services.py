"""Who answers for which AWS service: the simulator itself, moto, or nobody (501)."""

from collections.abc import Mapping

from .access.sessions import Sessions
from .async_inference.invoke_async import InvokeEndpointAsync
from .async_inference.wiring import AsyncInference
from .autoscaling.wiring import Autoscaling
from .backing.moto import Moto
from .backing.roles import Roles
from .cloudwatch.wiring import CloudWatch
from .moto_services import MotoServices
from .neighbours import Neighbours
from .runtime.in_flight import InFlight
from .runtime.invoke import InvokeEndpoint
from .runtime.invoke_stream import InvokeWithResponseStream
from .runtime.observers import InvocationObservers
from .runtime.routing import Routing
from .runtime.service import RuntimeService
from .sagemaker.endpoint_configs import EndpointConfigs
from .sagemaker.endpoints import Endpoints
from .sagemaker.estate import Estates
from .sagemaker.fleets import Fleets
from .sagemaker.ingredients import Gathering
from .sagemaker.model_package_groups import ModelPackageGroups
from .sagemaker.model_packages import ModelPackages
from .sagemaker.models import Models
from .sagemaker.service import operations
from .sagemaker.tags import TagOperations
from .sagemaker.transitions import Transitions
from .settings_documents import SettingsInForce
from .tagging import TaggingApi
from .wire.errors import NotModelled
from .wire.modelled import Operation, answer_modelled
from .wire.request import Call, Incoming, Reply


class Services:
    """The services that are there."""

    def __init__(
        self,
        *,
        estates: Estates,
        transitions: Transitions,
        fleets: Fleets,
        observers: InvocationObservers,
        async_inference: AsyncInference,
        cloudwatch: CloudWatch,
        autoscaling: Autoscaling,
        gathering: Gathering,
        settings: SettingsInForce,
        neighbours: Neighbours,
        sessions: Sessions,
        moto: Moto,
    ) -> None:
        self._moto = MotoServices(moto=moto, sessions=sessions)
        self._cloudwatch = cloudwatch
        routing, in_flight = Routing(estates=estates, fleets=fleets), InFlight()
        invoke = InvokeEndpoint(estates=estates, routing=routing, observers=observers, in_flight=in_flight)
        stream = InvokeWithResponseStream(estates=estates, routing=routing, observers=observers, in_flight=in_flight)
        self._runtime = RuntimeService(
            {
                "InvokeEndpoint": invoke.answer,
                "InvokeEndpointWithResponseStream": stream.answer,
                "InvokeEndpointAsync": InvokeEndpointAsync(
                    estates=estates, routing=routing, queues=async_inference.queues
                ).answer,
            }
        )
        self._own: dict[str, Mapping[str, Operation]] = {
            **neighbours.operations,
            "application-autoscaling": autoscaling.operations,
            "sagemaker": dict(
                operations(
                    models=Models(estates=estates, roles=Roles(moto)),
                    packages=ModelPackages(estates=estates),
                    groups=ModelPackageGroups(estates=estates),
                    configs=EndpointConfigs(estates=estates),
                    endpoints=Endpoints(
                        estates=estates,
                        transitions=transitions,
                        quota=lambda name: settings.now.quota(name),
                        gathering=gathering,
                        alarms=cloudwatch,
                        targets=autoscaling,
                    ),
                    tags=TagOperations(estates=estates),
                )
            ),
            "resourcegroupstaggingapi": {
                "GetResources": TaggingApi(
                    estates=estates, others=(cloudwatch.tagged, autoscaling.tagged)
                ).get_resources
            },
        }

    async def answer(self, call: Call, request: Incoming) -> Reply:
        if call.service == "sagemaker-runtime":
            return await self._runtime.answer(call, request)
        if call.service == "cloudwatch":
            return await self._cloudwatch.answer(call)
        own = self._own.get(call.service)
        if own is not None:
            return await answer_modelled(call, own)
        if self._moto.has(call.service):
            return await self._moto.answer(call, request)
        raise NotModelled(f"{call.service} {call.operation} is not modelled")
