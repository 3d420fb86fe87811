"""boto3 clients: one session, one client a service, one for each patience that calls need."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import boto3
import botocore.session
from botocore.config import Config

from endpoint_operator.aws.assumed_role import credentials_of_role
from endpoint_operator.aws.periods import ATTEMPTS, CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS, THREADS
from endpoint_operator.aws.service_models import NeededOperationsLoader

USER_AGENT = "sagemaker-endpoint-operator"


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long an answer is waited for, in seconds, how often botocore tries, and how many calls are made at once."""

    read_timeout: float = READ_TIMEOUT_SECONDS
    attempts: int = ATTEMPTS
    at_once: int = THREADS


USUAL: Final = Patience()


class RegionMissing(Exception):
    """No AWS region is configured anywhere."""


class Clients:
    """Clients of one region. A client is safe between threads; making one is not, so that is done one at a time."""

    def __init__(self, *, region: str | None, assume_role_arn: str | None = None) -> None:
        self._core = _session()
        self._assume_role_arn = assume_role_arn
        self._session = boto3.Session(region_name=region, botocore_session=self._core)
        if not self._session.region_name:  # AWS_REGION= is a region to botocore
            raise RegionMissing("no AWS region: set --region, AWS_REGION or AWS_DEFAULT_REGION")
        self.region: str = self._session.region_name
        self._begin_credentials()
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, Patience], Any] = {}

    def before_each_try(self, check: Callable[[str], None]) -> None:
        """Have `check` called with the operation (CreateModel) right before each request goes out, retries too.

        What it raises ends the call. For clients that are made later.
        """

        def before_send(event_name: str, **_: object) -> None:
            check(event_name.rpartition(".")[2])

        self._session.events.register("before-send", before_send)

    def credentials_expired(self) -> None:
        """AWS says so, whatever this machine's clock says: the next call begins with new ones."""
        with self._lock:
            self._begin_credentials()
            self._clients.clear()

    def _begin_credentials(self) -> None:
        """Credentials that are found, or fetched, when they are first needed."""
        role, credentials = self._assume_role_arn, None
        if role is not None:
            credentials = credentials_of_role(_session(), role, region=self.region)
        # botocore has no public way to give a session credentials that refresh themselves, or to look for them again.
        self._core._credentials = credentials  # type: ignore[attr-defined]

    def get(self, service: str, patience: Patience = USUAL) -> Any:
        """The boto3 client of a service. Raises botocore's errors when there are no credentials at all."""
        with self._lock:
            client = self._clients.get((service, patience))
            if client is None:
                client = self._session.client(service, config=_config(patience))  # type: ignore[call-overload]
                self._clients[service, patience] = client
            return client

    def runtime_url(self) -> str:
        """Where the region's endpoints are invoked."""
        return str(self.get("sagemaker-runtime").meta.endpoint_url).rstrip("/")


def _config(patience: Patience) -> Config:
    return Config(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=patience.read_timeout,
        max_pool_connections=patience.at_once,
        retries={"mode": "standard", "total_max_attempts": patience.attempts},
        user_agent_extra=USER_AGENT,
    )


def _session() -> botocore.session.Session:
    session = botocore.session.get_session()
    session.register_component("data_loader", NeededOperationsLoader())
    return session
