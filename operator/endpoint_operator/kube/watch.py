"""The watch on our kinds: the only module that knows kopf.

kopf is a good watcher and not our engine: one low-level handler a kind feeds our queues. It runs in a thread and a loop
of its own, because on exit it cancels every task of the loop that it runs in.
"""

import asyncio
import contextlib
import itertools
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import kopf

from endpoint_operator.api.identity import GROUP, VERSION
from endpoint_operator.api.kinds import ClusterObject, Kind
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.kube.connection import credentials
from endpoint_operator.kube.measures import LAST_WATCH_EVENT, WATCH_BEGINNINGS, WATCH_EVENTS

log = logging.getLogger(__name__)

Body = Mapping[str, Any]

# A watch that ran for so long was well: the next one is begun without waiting.
_GOOD_RUN_SECONDS = 60.0


class NoDiffBase(kopf.DiffBaseStorage):
    """We keep no last-handled spec: diffing every event cost a quarter of the watch's CPU."""

    def fetch(self, *, body: kopf.Body) -> kopf.BodyEssence | None:
        del body
        return None

    def build(self, *, body: kopf.Body, extra_fields: Any = None) -> kopf.BodyEssence:
        del body, extra_fields
        return kopf.BodyEssence({})

    def store(self, *, body: kopf.Body, patch: kopf.Patch, essence: kopf.BodyEssence) -> None:
        del body, patch, essence


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
        try:
            asyncio.run(self._operate())
        except Exception as error:  # noqa: BLE001 - whatever ended it, a blind operator is worse
            log.warning("the watch ended and is begun anew: %s: %s", type(error).__name__, error)

    async def _operate(self) -> None:
        registry = kopf.OperatorRegistry()
        kopf.on.login(registry=registry)(_login)
        for watched in self._kinds:
            self._handle(watched, registry)
        try:
            await kopf.operator(
                registry=registry,
                settings=watch_settings(),
                standalone=True,
                clusterwide=not self._namespaces,
                namespaces=self._namespaces,
                stop_flag=self._run_stop,
                ready_flag=self._run_ready,
            )
        finally:
            # kopf waits for the flag in a thread of the loop's pool, and asyncio.run ends only after that thread:
            # a watch that failed by itself would never be begun anew.
            self._run_stop.set()

    def _handle(self, watched: Watched[T], registry: kopf.OperatorRegistry) -> None:
        @kopf.on.event(GROUP, VERSION, watched.kind.plural, id=watched.kind.plural, registry=registry)
        async def on_event(*, type: str | None, body: Body, **_: Any) -> None:  # noqa: A002 - kopf's word
            self._on_event(watched, type, body)

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


async def _login(**_: Any) -> kopf.ConnectionInfo:
    """The connection that the operator itself has; kopf asks again when the API server lets it in no more."""
    found = await credentials()
    header = await found.get_api_key_with_prefix("BearerToken")
    header = header or await found.get_api_key_with_prefix("authorization")
    scheme, _space, token = header.rpartition(" ") if header else ("", "", "")
    return kopf.ConnectionInfo(
        server=found.host,
        ca_path=found.ssl_ca_cert,
        insecure=not found.verify_ssl,
        username=found.username or None,
        password=found.password or None,
        scheme=scheme or None,
        token=token or None,
        certificate_path=found.cert_file,
        private_key_path=found.key_file,
    )


def watch_settings() -> kopf.OperatorSettings:
    """kopf's settings, each with its reason."""
    settings = kopf.OperatorSettings()
    settings.posting.enabled = False  # Events are ours: each line once
    settings.scanning.disabled = True  # the kinds are known: no watch on CRDs and namespaces, no rights for it
    # kopf takes its finalizer off objects that no handler of its needs: it gets a name that nobody uses.
    settings.persistence.finalizer = f"{GROUP}/not-kopf"
    settings.persistence.diffbase_storage = NoDiffBase()
    settings.queueing.idle_timeout = 0.2  # a task per object lives only while events come
    settings.watching.server_timeout = 300
    settings.watching.connect_timeout = 10
    settings.watching.chunk_size = 500
    settings.networking.request_timeout = 30
    return settings
