"""Calls to AWS from asyncio: in threads, counted, and failing as CallFailed."""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

from botocore.model import StructureShape

from endpoint_operator.aws.call_failed import AWS_ERRORS, CallFailed
from endpoint_operator.aws.error_faults import fault_of
from endpoint_operator.aws.errors import is_about_credentials, is_expired, is_throttled, is_unreachable
from endpoint_operator.aws.health import AwsHealth
from endpoint_operator.aws.measures import CALL_SECONDS, CALLS
from endpoint_operator.aws.rate_limits import RateLimits
from endpoint_operator.aws.session import USUAL, Clients, Patience

log = logging.getLogger(__name__)

# AssumeRole and its like, by which boto3 gets credentials, change nothing either.
_READS = ("Describe", "List", "Get", "BatchGet", "Head", "Simulate", "Assume")
# AWS repeats what it refuses, and a container says in its answer what it likes: an environment may hold secrets.
_MAY_REPEAT_SECRETS = frozenset({"create_model", "invoke_endpoint"})


class Calls:
    """The one way to AWS."""

    def __init__(
        self,
        *,
        clients: Clients,
        health: AwsHealth | None,
        may_write: Callable[[], None],
        patience: Patience = USUAL,
        name: str = "aws",
    ) -> None:
        """`health` is None where an answer says nothing on AWS as a whole; `name` is that of the threads.

        `may_write` raises NotLeading; it is asked, in any thread, right before each try at a change.

        Before each try, for a process may be frozen while a call waits for its answer, and botocore tries again after.
        """
        self._clients = clients
        self._health = health
        self._may_write = may_write
        self._patience = patience
        clients.before_each_try(self._check)
        self._limits = RateLimits()
        self._threads = ThreadPoolExecutor(max_workers=patience.at_once, thread_name_prefix=name)

    @property
    def region(self) -> str:
        return self._clients.region

    async def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """The answer of `operation` in boto3's spelling (create_model).

        Raises CallFailed, or NotLeading.
        """
        taken_at = await self._limits.take(service, operation)
        started = time.monotonic()
        try:
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(self._threads, self._call, service, operation, parameters)
        except CallFailed as error:
            CALLS.labels(service, operation, error.code or type(error.cause).__name__).inc()
            self._learn(error)
            if is_throttled(error):
                self._limits.complained(service, operation, taken_at=taken_at)
            raise
        if answer.get("ResponseMetadata", {}).get("RetryAttempts"):
            # botocore had to try again: mostly throttling.
            self._limits.complained(service, operation, taken_at=taken_at)
        CALLS.labels(service, operation, "done").inc()
        CALL_SECONDS.labels(service, operation).observe(time.monotonic() - started)
        if self._health is not None:
            self._health.answered()
        return answer

    async def read(self, service: str, operation: str, body: Any, *, at_most: int | None = None) -> bytes:
        """What an answer's streamed body holds, or no more than `at_most` bytes of it. Closes it. Raises CallFailed."""

        def read() -> bytes:
            with closing(body):
                try:
                    content: bytes = body.read(at_most)
                except AWS_ERRORS as error:
                    raise CallFailed(service=service, operation=operation, cause=error) from error
            return content

        return await asyncio.get_running_loop().run_in_executor(self._threads, read)

    def input_shape(self, service: str, operation: str) -> StructureShape:
        """What botocore checks the parameters of an operation (CreateModel) against; nothing is called."""
        model = self._clients.get(service).meta.service_model
        shape: StructureShape = model.operation_model(operation).input_shape
        return shape

    def close(self) -> None:
        """Take no more calls; those under way end in their threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _call(self, service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        try:
            return self._try(service, operation, parameters)
        except CallFailed as error:
            if not is_expired(error):
                raise
        # Nothing was done. Credentials that can be fetched anew are good at once; others fail again, and that is said.
        self._clients.credentials_expired()
        return self._try(service, operation, parameters)

    def _try(self, service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._clients.get(service, self._patience), operation)(**parameters)
        except AWS_ERRORS as error:
            raise CallFailed(service=service, operation=operation, cause=error) from error
        return answer

    def _check(self, operation: str) -> None:
        if not operation.startswith(_READS):
            self._may_write()

    def _learn(self, error: CallFailed) -> None:
        if error.operation in _MAY_REPEAT_SECRETS:
            log.debug("%s:%s: %s", error.service, error.operation, error.code or type(error.cause).__name__)
        else:
            log.debug("%s", error)
        if self._health is None:
            return
        if is_about_credentials(error) or is_unreachable(error):
            self._health.failed(fault_of(error))
        else:
            self._health.answered()
