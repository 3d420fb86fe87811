"""The proxy as a test holds it: it serves in a thread of its own, and takes commands from the test's."""

import asyncio
import json
import ssl
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
from aiohttp import web

from tests.chaos.apiserver_proxy.handler import Handler
from tests.chaos.apiserver_proxy.rules import GONE, Effect, Match
from tests.chaos.apiserver_proxy.streams import WatchStream
from tests.controlplane.certificates import Certificates

T = TypeVar("T")
COMMAND_SECONDS = 10.0


class ApiServerProxy:
    """Plain HTTP in front, TLS behind; who asks is said by the bearer token, which is passed on."""

    def __init__(self, *, upstream: str, certificates: Certificates) -> None:
        self._upstream = upstream
        self._tls = ssl.create_default_context(cafile=str(certificates.authority.certificate))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="apiserver-proxy", daemon=True)
        self._runner: web.AppRunner
        self._session: aiohttp.ClientSession
        self._handler: Handler
        self.url = ""

    def start(self) -> "ApiServerProxy":
        self._thread.start()
        self._run(self._start())
        return self

    def stop(self) -> None:
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(COMMAND_SECONDS)
        self._loop.close()

    def kubeconfig_like(self, original: Path, path: Path) -> Path:
        """Writes the kubeconfig of who is to come this way; it is JSON, as is the original."""
        document = json.loads(original.read_text(encoding="utf-8"))
        document["clusters"][0]["cluster"] = {"server": self.url}
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    def rule(self, match: Match, effect: Effect, *, times: int | None = None) -> int:
        """In force from now on, for so many requests or until ended; its number."""
        return self._do(lambda: self._handler.rules.add(match, effect, times))

    def met(self, rule: int) -> int:
        """How many requests met the rule so far."""
        return self._do(lambda: self._handler.rules.met(rule))

    def end(self, rule: int) -> None:
        self._do(lambda: self._handler.rules.end(rule))

    def delay_watches(self, seconds: float) -> None:
        """Whatever a watch brings comes so much later, from now on."""

        def delay() -> None:
            self._handler.stream_delay = seconds

        self._do(delay)

    def behave(self) -> None:
        """No rules and no delay any more; watches that were stalled stay so."""
        self._do(lambda: self._handler.rules.end_all())
        self.delay_watches(0.0)

    def watches_begun(self) -> int:
        """How many watches the API server took, ever."""
        return self._do(lambda: self._handler.watches_begun)

    def stall_watches(self) -> int:
        """Those that are open pass nothing on any more; how many there were."""
        return self._on_open(WatchStream.stall)

    def cut_watches(self) -> int:
        return self._on_open(WatchStream.cut)

    def end_watches_as_expired(self) -> int:
        """With the ERROR event by which the API server says that history does not reach back so far."""
        streams = self._open()
        for stream in streams:
            self._run(stream.end_with(GONE))
        return len(streams)

    def _on_open(self, command: Callable[[WatchStream], None]) -> int:
        streams = self._open()
        for stream in streams:
            self._do(lambda stream=stream: command(stream))  # type: ignore[misc]
        return len(streams)

    def _open(self) -> list[WatchStream]:
        return self._do(lambda: list(self._handler.streams))

    async def _start(self) -> None:
        connector = aiohttp.TCPConnector(ssl=self._tls, limit=0)
        timeout = aiohttp.ClientTimeout(total=None)
        self._session = aiohttp.ClientSession(connector=connector, timeout=timeout, auto_decompress=False)
        self._handler = Handler(session=self._session, upstream=self._upstream)
        application = web.Application(client_max_size=16 * 1024 * 1024)
        application.router.add_route("*", "/{path:.*}", self._handler.handle)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _stop(self) -> None:
        self._handler.rules.end_all()
        for stream in list(self._handler.streams):
            stream.cut()
        await self._runner.cleanup()
        await self._session.close()

    def _do(self, command: Callable[[], T]) -> T:
        async def now() -> T:
            return command()

        return self._run(now())

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(COMMAND_SECONDS)
