"""/healthz, /readyz and /metrics."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

# Answers None when all is well, else the sentence that says what is not.
Check = Callable[[], str | None]


class StatusServer:
    """Serves while the operator lives; what it says is asked anew each time."""

    def __init__(self, *, host: str, port: int, alive: Check, ready: Check) -> None:
        self._host = host
        self._port = port
        app = web.Application()
        app.router.add_get("/healthz", _answers(alive))
        app.router.add_get("/readyz", _answers(ready))
        app.router.add_get("/metrics", _metrics)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)

    async def start(self) -> None:
        """Raises OSError when the address is taken."""
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()

    async def stop(self) -> None:
        await self._runner.cleanup()


def _answers(check: Check) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request) -> web.StreamResponse:
        del request
        trouble = check()
        return web.Response(status=200 if trouble is None else 503, text=f"{trouble or 'ok'}\n")

    return answer


async def _metrics(request: web.Request) -> web.StreamResponse:
    del request
    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})
