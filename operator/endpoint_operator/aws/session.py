"""boto3 clients: one session, one client a service, all with the same time-outs and retries."""

import threading
from collections.abc import Callable
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

from endpoint_operator.aws.assumed_role import credentials_of_role
from endpoint_operator.aws.periods import ATTEMPTS, CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS, THREADS
from endpoint_operator.aws.service_models import NeededOperationsLoader

USER_AGENT = "sagemaker-endpoint-operator"


class RegionMissing(Exception):
    """No AWS region is configured anywhere."""


class Clients:
    """Clients of one region. A client is safe between threads; making one is not, so that is done one at a time."""

    def __init__(self, *, region: str | None, assume_role_arn: str | None = None) -> None:
        core = botocore.session.get_session()
        core.register_component("data_loader", NeededOperationsLoader())
        if assume_role_arn is not None:
            own = botocore.session.get_session()
            own.register_component("data_loader", NeededOperationsLoader())
            # botocore has no public way to give a session credentials that refresh themselves.
            credentials = credentials_of_role(own, assume_role_arn, region=str(region))
            core._credentials = credentials  # type: ignore[attr-defined]
        self._session = boto3.Session(region_name=region, botocore_session=core)
        if not self._session.region_name:  # AWS_REGION= is a region to botocore
            raise RegionMissing("no AWS region: set --region, AWS_REGION or AWS_DEFAULT_REGION")
        self.region: str = self._session.region_name
        self._lock = threading.Lock()
        self._clients: dict[str, Any] = {}
        self._config = Config(
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            read_timeout=READ_TIMEOUT_SECONDS,
            max_pool_connections=THREADS,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            user_agent_extra=USER_AGENT,
        )

    def before_each_try(self, check: Callable[[str], None]) -> None:
        """Have `check` called with the operation (CreateModel) right before each request goes out, retries too.

        What it raises ends the call. For clients that are made later.
        """

        def before_send(event_name: str, **_: object) -> None:
            check(event_name.rpartition(".")[2])

        self._session.events.register("before-send", before_send)

    def get(self, service: str) -> Any:
        """The boto3 client of a service. Raises botocore's errors when there are no credentials at all."""
        with self._lock:
            client = self._clients.get(service)
            if client is None:
                client = self._clients[service] = self._session.client(service, config=self._config)  # type: ignore[call-overload]
            return client

    def runtime_url(self) -> str:
        """Where the region's endpoints are invoked."""
        return str(self.get("sagemaker-runtime").meta.endpoint_url).rstrip("/")
