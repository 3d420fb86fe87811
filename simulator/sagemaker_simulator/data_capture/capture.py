"""The observer of invocations that writes data capture files.

Lines of a variant are gathered and written as one object, as SageMaker does; it does not say after how long, a minute
is the simulator's choice. What is captured belongs to the config with which the endpoint serves at the time.
"""

import asyncio
import logging
import random
import uuid
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from sagemaker_simulator.clock import Clock, Timer
from sagemaker_simulator.runtime.observers import NO_ANSWER, FinishedInvocation
from sagemaker_simulator.sagemaker.estate import Estates

from .capture_config import CaptureConfig, capture_config
from .capture_line import line_of

GATHER_SECONDS = 60.0  # simulated; from the first line of a file to its writing
FILE_BYTES = 4 * 1024 * 1024  # a file is written at once when its lines are this long together
log = logging.getLogger(__name__)


class StoreObject(Protocol):
    """`backing.object_writer.ObjectWriter.put`."""

    def __call__(self, url: str, body: bytes, *, account: str, region: str, kms_key: str | None) -> Awaitable[None]:
        """Raises OSError with a sentence when S3 does not take the object."""
        ...


@dataclass(eq=False)
class Gathering:
    """Lines of one variant that wait to be written; `started` is simulated, in seconds since the epoch."""

    account: str
    region: str
    folder: str
    kms_key: str | None
    started: float
    lines: list[str] = field(default_factory=list)
    size: int = 0
    timer: Timer | None = None

    @property
    def url(self) -> str:
        moment = datetime.fromtimestamp(self.started, UTC)
        milliseconds = moment.microsecond // 1000
        return f"{self.folder}/{moment:%Y/%m/%d/%H/%M-%S}-{milliseconds:03d}-{uuid.uuid4()}.jsonl"


class DataCapture:
    """Writes what endpoints with data capture are asked and answer."""

    def __init__(self, *, clock: Clock, estates: Estates, store: StoreObject) -> None:
        self._clock = clock
        self._estates = estates
        self._store = store
        self._gathering: dict[tuple[str, str, str, str | None], Gathering] = {}
        self._writing: set[asyncio.Task[None]] = set()
        self._random = random.Random(20170724)  # noqa: S311 - a sample that repeats from run to run, not a secret

    def invocation_finished(self, invocation: FinishedInvocation) -> None:
        """Take a sampled invocation that its container answered well; errors are not captured.

        Streamed answers are not either: "Capture data from real-time endpoint" knows only InvokeEndpoint's.
        """
        if (
            invocation.stream is not None
            or invocation.response_status == NO_ANSWER
            or invocation.response_status >= 400
        ):
            return
        estate = self._estates.at(account=invocation.account, region=invocation.region)
        endpoint = estate.endpoints.get(invocation.endpoint)
        config = capture_config(endpoint.data_capture) if endpoint is not None else None
        if config is not None and self._random.uniform(0, 100) < config.percentage:
            self._gather(invocation, config)

    def clear(self) -> None:
        """Forget what is not written yet."""
        for gathering in self._gathering.values():
            if gathering.timer is not None:
                gathering.timer.cancel()
        self._gathering.clear()

    def _gather(self, invocation: FinishedInvocation, config: CaptureConfig) -> None:
        folder = f"{config.destination}/{invocation.endpoint}/{invocation.variant}"
        key = (invocation.account, invocation.region, folder, config.kms_key)
        gathering = self._gathering.get(key)
        if gathering is None:
            gathering = self._gathering[key] = Gathering(
                account=invocation.account,
                region=invocation.region,
                folder=folder,
                kms_key=config.kms_key,
                started=invocation.time,
            )
            gathering.timer = self._clock.call_after(GATHER_SECONDS, lambda: self._write(key))
        line = line_of(invocation, config)
        gathering.lines.append(line)
        gathering.size += len(line)
        if gathering.size >= FILE_BYTES:
            self._write(key)

    def _write(self, key: tuple[str, str, str, str | None]) -> None:
        gathering = self._gathering.pop(key, None)
        if gathering is None:
            return
        if gathering.timer is not None:
            gathering.timer.cancel()
        task = asyncio.create_task(self._put(gathering))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _put(self, gathering: Gathering) -> None:
        body = "".join(f"{line}\n" for line in gathering.lines).encode()
        try:
            await self._store(
                gathering.url,
                body,
                account=gathering.account,
                region=gathering.region,
                kms_key=gathering.kms_key,
            )
        except OSError as problem:
            log.warning("%d captured invocations are lost: %s", len(gathering.lines), problem)
