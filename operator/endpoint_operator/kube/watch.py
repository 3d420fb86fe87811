"""The watch on our kinds: a thread in which kopf streams, begun anew whenever it ends."""

import asyncio
import contextlib
import itertools
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from endpoint_operator.api.kinds import ClusterObject, Kind
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.kube.kopf_stream import Body, KopfStream
from endpoint_operator.kube.measures import LAST_WATCH_EVENT, WATCH_BEGINNINGS, WATCH_EVENTS

log = logging.getLogger(__name__)

# A watch that ran for so long was well: the next one is begun without waiting.
_GOOD_RUN_SECONDS = 60.0

T = TypeVar("T", bound=ClusterObject)


@dataclass(frozen=True, kw_only=True)
class Watched(Generic[T]):
    """A kind, and who is told of its objects: `seen`, and `gone` with the uid."""

    kind: Kind[T]
    seen: Callable[[T], None]
    gone: Callable[[ObjectKey, str], None]


class Watch:
    """Runs kopf in a thread, again when it ends. Who is told is called in the loop that made this object."""

    def __init__(self, *, namespaces: tuple[str, ...], kinds: Sequence[Watched[Any]]) -> None:
        self._namespaces = namespaces
        self._kinds = kinds
        self._last_versions: dict[str, int] = {}
        self._stopping = threading.Event()
        self._run_stop = threading.Event()
        self._run_ready = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._begun = asyncio.Event()
        self._thread = threading.Thread(target=self._run_for_ever, name="watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def last_version(self, plural: str) -> int:
        """The newest resourceVersion that the watch brought of a kind."""
        return self._last_versions.get(plural, 0)

    @property
    def ready(self) -> bool:
        return self._run_ready.is_set() and self._thread.is_alive()

    def begin_anew(self) -> None:
        """End the stream and list again: it brings nothing any more."""
        self._run_stop.set()

    async def begun_anew(self, *, within: float) -> None:
        """Returns after so many seconds, or soon after the watch had to begin anew."""
        try:
            async with asyncio.timeout(within):
                await self._begun.wait()
        except TimeoutError:
            return
        self._begun.clear()

    async def stop(self, *, seconds: float) -> None:
        """Ask the watch to end and wait for it at most so long; the thread never outlives the process."""
        self._stopping.set()
        self._run_stop.set()
        await asyncio.to_thread(self._thread.join, seconds)

    def _run_for_ever(self) -> None:
        pauses = itertools.chain((0.5, 1.0, 2.0, 5.0), itertools.repeat(15.0))
        while not self._stopping.is_set():
            self._run_stop, self._run_ready = threading.Event(), threading.Event()
            WATCH_BEGINNINGS.inc()
            began = time.monotonic()
            self._run_once()
            if self._stopping.is_set():
                return
            if time.monotonic() - began > _GOOD_RUN_SECONDS:
                pauses = itertools.chain((0.5, 1.0, 2.0, 5.0), itertools.repeat(15.0))
            self._stopping.wait(next(pauses))
            self._loop.call_soon_threadsafe(self._begun.set)

    def _run_once(self) -> None:
        stream = KopfStream(namespaces=self._namespaces, stop=self._run_stop, ready=self._run_ready)
        for watched in self._kinds:
            stream.tell(watched.kind.plural, partial(self._on_event, watched))
        try:
            stream.run()
        except Exception as error:  # noqa: BLE001 - whatever ended it, a blind operator is worse
            log.warning("the watch ended and is begun anew: %s: %s", type(error).__name__, error)

    def _on_event(self, watched: Watched[T], event: str | None, body: Body) -> None:
        plural, metadata = watched.kind.plural, body["metadata"]
        WATCH_EVENTS.labels(watched.kind.kind, event or "LISTED").inc()
        LAST_WATCH_EVENT.set(time.time())
        self._last_versions[plural] = max(self.last_version(plural), int(metadata.get("resourceVersion") or 0))
        if event == "DELETED":
            self._call(watched.gone, ObjectKey(metadata["namespace"], metadata["name"]), metadata["uid"])
            return
        self._call(watched.seen, watched.kind.parse(dict(body)))

    def _call(self, function: Callable[..., None], *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the operator's loop is closed: it is ending
            self._loop.call_soon_threadsafe(function, *arguments)
