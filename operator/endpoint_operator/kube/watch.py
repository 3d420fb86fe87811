"""The watch on InferenceEndpoints: the only module that knows kopf.

kopf is a good watcher and not our engine: its one low-level handler feeds our queue. It runs in a thread and a loop
of its own, because on exit it cancels every task of the loop that it runs in.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import kopf

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.identity import GROUP, VERSION
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.kube.measures import LAST_WATCH_EVENT, WATCH_EVENTS
from endpoint_operator.kube.writer import PLURAL

log = logging.getLogger(__name__)

Body = Mapping[str, Any]


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


class Watch:
    """Runs kopf in a thread. `seen` and `gone` are called in the loop that started it."""

    def __init__(
        self,
        *,
        namespaces: tuple[str, ...],
        seen: Callable[[InferenceEndpoint], None],
        gone: Callable[[ObjectKey], None],
        ended: Callable[[BaseException | None], None],
    ) -> None:
        self._namespaces = namespaces
        self._seen = seen
        self._gone = gone
        self._ended = ended
        self._stop = threading.Event()
        self._ready = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def ready(self) -> bool:
        return self._ready.is_set() and self._thread.is_alive()

    async def stop(self, *, seconds: float) -> None:
        """Ask the watch to end and wait for it at most so long; the thread never outlives the process."""
        self._stop.set()
        await asyncio.to_thread(self._thread.join, seconds)

    def _run(self) -> None:
        error: BaseException | None = None
        try:
            asyncio.run(self._operate())
        except Exception as caught:
            error = caught
            log.exception("the watch on InferenceEndpoints ended")
        if not self._stop.is_set():
            self._loop.call_soon_threadsafe(self._ended, error)

    async def _operate(self) -> None:
        registry = kopf.OperatorRegistry()
        kopf.on.login(registry=registry)(kopf.login_via_client)
        kopf.on.event(GROUP, VERSION, PLURAL, registry=registry)(self._on_event)
        await kopf.operator(
            registry=registry,
            settings=watch_settings(),
            standalone=True,
            clusterwide=not self._namespaces,
            namespaces=self._namespaces,
            stop_flag=self._stop,
            ready_flag=self._ready,
        )

    async def _on_event(self, *, type: str | None, body: Body, **_: Any) -> None:  # noqa: A002 - kopf's word
        WATCH_EVENTS.labels(type or "LISTED").inc()
        LAST_WATCH_EVENT.set(time.time())
        if type == "DELETED":
            key = ObjectKey(body["metadata"]["namespace"], body["metadata"]["name"])
            self._loop.call_soon_threadsafe(self._gone, key)
            return
        endpoint = InferenceEndpoint.parse(dict(body))
        self._loop.call_soon_threadsafe(self._seen, endpoint)


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
