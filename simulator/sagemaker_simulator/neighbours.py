"""The services beside SageMaker that are the simulator's own, not moto's: put together here, forgotten together."""

from collections.abc import Callable, Mapping

from .access.principals import caller_arn
from .clock import Clock
from .ecr.registry import Registry
from .ecr.service import Ecr
from .logs.container_logs import ContainerLogs
from .logs.log_store import LogStore
from .logs.service import Logs
from .pricing.price_list import PriceList
from .service_quotas.requests import IncreaseRequests
from .service_quotas.service import ServiceQuotas
from .settings import Settings
from .wire.modelled import Operation


class Neighbours:
    """ECR, CloudWatch Logs, Service Quotas and the price list."""

    def __init__(self, *, clock: Clock, settings: Callable[[], Settings]) -> None:
        self._increases = IncreaseRequests(clock=clock)
        self._log_store = LogStore()
        self.container_logs = ContainerLogs(store=self._log_store, clock=clock)
        self.operations: Mapping[str, Mapping[str, Operation]] = {
            "ecr": Ecr(registry=Registry(settings=settings), arn_of=caller_arn).operations(),
            "logs": Logs(store=self._log_store, catch_up=self.container_logs.catch_up).operations(),
            "pricing": {"GetProducts": PriceList(settings=settings).get_products},
            "service-quotas": ServiceQuotas(settings=settings, requests=self._increases).operations(),
        }

    def clear(self) -> None:
        self._increases.clear()
        self.container_logs.clear()
        self._log_store.clear()
