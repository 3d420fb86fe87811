"""One run of kopf as a stream of what happens to objects: the only module that knows kopf.

kopf is a good watcher and not our engine: one low-level handler a kind. It needs a thread and a loop of its own,
because on exit it cancels every task of the loop that it runs in.
"""

import asyncio
import threading
from collections.abc import Callable, Collection, Mapping
from typing import Any

import kopf

from endpoint_operator.api.identity import GROUP, VERSION
from endpoint_operator.kube.connection import credentials

Body = Mapping[str, Any]
Tasks = Collection["asyncio.Task[Any]"]

# kopf has so long to end; then it is left behind.
_END_WITHIN_SECONDS = 10.0
# How kopf's tasks that ask the API server are called; those that ask which kinds there are have no name of their own.
_NAMES_OF_ASKING = ("watcher for ", "Task-")


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


class KopfStream:
    """Say who is told of which kind, then `run`, once."""

    def __init__(self, *, namespaces: tuple[str, ...], stop: threading.Event, ready: threading.Event) -> None:
        """All namespaces when none is named. `ready` is set when it has begun; whoever sets `stop` ends it."""
        self._namespaces = namespaces
        self._stop = stop
        self._ready = ready
        self._registry = kopf.OperatorRegistry()
        kopf.on.login(registry=self._registry)(_login)

    def tell(self, plural: str, on_event: Callable[[str | None, Body], None]) -> None:
        """Of a kind: ADDED, MODIFIED, DELETED, or None for what was there when the stream began; and the object."""

        @kopf.on.event(GROUP, VERSION, plural, id=plural, registry=self._registry)
        async def told(*, type: str | None, body: Body, **_: Any) -> None:  # noqa: A002 - kopf's word
            on_event(type, body)

    def run(self) -> None:
        """Returns when stopped.

        Raises:
            Exception: whatever ended it otherwise; kopf does not say which.
        """
        loop = asyncio.new_event_loop()
        try:
            loop.run_until_complete(self._run())
        finally:
            loop.close()
            loop.set_exception_handler(lambda *_: None)  # what is left behind has been told by then

    async def _run(self) -> None:
        roots = await kopf.spawn_tasks(
            registry=self._registry,
            settings=stream_settings(),
            standalone=True,
            clusterwide=not self._namespaces,
            namespaces=self._namespaces,
            stop_flag=self._stop,
            ready_flag=self._ready,
        )
        await asyncio.wait(roots, return_when=asyncio.FIRST_COMPLETED)
        # kopf waits for the flag in a thread of the loop's pool, which has to end in any case.
        self._stop.set()
        await _end(roots)


async def _end(roots: Tasks) -> None:
    """Ends first what asks the API server: of that, kopf forgets the rest when one part has failed.

    It would close the connection, and some seconds later cancel the rest together with what tells it to end, so that
    it would not take it for an end: it would ask again, wait for a login that nobody makes any more, and kopf for it.

    Raises:
        TimeoutError: kopf did not end, and is left behind.
        Exception: what the first root task failed with.
    """
    myself = asyncio.current_task()
    others = asyncio.all_tasks() - {myself, *roots}
    asking = [each for each in others if each.get_name().startswith(_NAMES_OF_ASKING)]
    for task in asking:
        task.cancel()
    ending = asyncio.create_task(_ended(asking, roots, ignored=frozenset({myself} if myself else ())))
    await asyncio.wait({ending}, timeout=_END_WITHIN_SECONDS)
    if not ending.done():
        raise TimeoutError(f"kopf did not end within {_END_WITHIN_SECONDS:g} s")
    ending.result()


async def _ended(asking: Tasks, roots: Tasks, *, ignored: Tasks) -> None:
    await asyncio.gather(*asking, return_exceptions=True)
    await kopf.run_tasks(roots, ignored=ignored)


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


def stream_settings() -> kopf.OperatorSettings:
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
