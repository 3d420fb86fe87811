"""What model servers print, taken from their log files into CloudWatch Logs as SageMaker names groups and streams.

The files stay what they are: a server writes to its file and never waits for anybody here. Lines are dated with the
simulated time at which they are found, at most a look later than they were written.

Source of the names: "Logs and metrics in Amazon SageMaker AI", SageMaker Developer Guide.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from sagemaker_simulator.clock import Clock
from sagemaker_simulator.hosting.container_order import ContainerOrder

from .log_store import LogStore, StreamKey

LOOK_SECONDS = 0.25  # real; between two looks at the files of servers that run
MOST_BYTES_A_LOOK = 1 << 20  # of one file, so that a chatty server does not keep the loop from others
LONGEST_EVENT = 256 * 1024 - 26  # bytes; a longer line becomes several events
log = logging.getLogger(__name__)


@dataclass(eq=False)
class Followed:
    """A file and how far it has been read; `rest` is the beginning of a line that has no end yet."""

    key: StreamKey
    file: Path
    position: int
    rest: bytes = b""


class ContainerLogs:
    """Follows the files of server processes for as long as they run."""

    def __init__(self, *, store: LogStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._followed: set[Followed] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def follow(
        self, order: ContainerOrder, *, log_file: Path, start: int, ended: Callable[[], Awaitable[object]]
    ) -> None:
        """Take what is written to the file from byte `start` on, until the process has ended."""
        followed = Followed(key=stream_of(order), file=log_file, position=start)
        self._followed.add(followed)
        task = asyncio.create_task(self._follow(followed, ended))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def catch_up(self) -> None:
        """Take what has been written to every file until now."""
        for followed in self._followed:
            self._take(followed)

    def clear(self) -> None:
        """Follow no file any longer."""
        self._followed.clear()

    async def _follow(self, followed: Followed, ended: Callable[[], Awaitable[object]]) -> None:
        end = asyncio.ensure_future(ended())
        try:
            while followed in self._followed:
                done, _ = await asyncio.wait({end}, timeout=LOOK_SECONDS)
                more = followed in self._followed  # no longer after a reset during the wait
                while more:
                    more = self._take(followed)
                    await asyncio.sleep(0)
                if done:
                    break
        finally:
            end.cancel()
        if followed in self._followed:
            self._followed.discard(followed)
            self._store_lines(followed, [followed.rest])

    def _take(self, followed: Followed) -> bool:
        """Take at most one look's worth; tells whether there may be more."""
        try:
            if followed.file.stat().st_size == followed.position:
                return False
            with followed.file.open("rb") as file:
                file.seek(followed.position)
                read = file.read(MOST_BYTES_A_LOOK)
        except OSError as problem:
            log.warning("%s cannot be read (%s): its lines are missing in CloudWatch Logs", followed.file, problem)
            return False
        followed.position += len(read)
        *lines, followed.rest = (followed.rest + read).split(b"\n")
        self._store_lines(followed, lines)
        return len(read) == MOST_BYTES_A_LOOK

    def _store_lines(self, followed: Followed, lines: list[bytes]) -> None:
        messages = [
            line[start : start + LONGEST_EVENT].decode(errors="replace")
            for line in (line.rstrip(b"\r") for line in lines)
            for start in range(0, len(line), LONGEST_EVENT)
        ]
        if messages:
            self._store.append(followed.key, messages, timestamp=int(self._clock.seconds() * 1000))


def stream_of(order: ContainerOrder) -> StreamKey:
    """Return where SageMaker writes the container's lines: one stream an instance, or one a container of several."""
    fleet = order.fleet
    stream = f"{order.variant.name}/{order.instance_id}"
    if len(order.variant.containers) > 1:
        stream += f"/{order.name}"
    group = f"/aws/sagemaker/Endpoints/{fleet.endpoint_name}"
    return StreamKey(account=fleet.account, region=fleet.region, group=group, stream=stream)
