"""Containers that run a user's script: `python -m sagemaker_simulator.servers.script_server FRAMEWORK`.

FRAMEWORK is scikit-learn, pytorch or hugging-face: the contract of AWS's containers of these names, on the libraries
that this Python has; for one model, or with SAGEMAKER_MULTI_MODEL for many. The script runs with the rights of whoever
runs the simulator, not in a container. A model that cannot be loaded ends the server, so that /ping never answers 200
for what cannot serve.
"""

import asyncio
import logging
import os
import sys
from pathlib import Path

from aiohttp import web

from sagemaker_simulator.servers import many_models
from sagemaker_simulator.servers.many_models import has_many_models
from sagemaker_simulator.servers.many_scripts import SOCKET_VARIABLE, start_script
from sagemaker_simulator.servers.script_defaults import CannotServeError
from sagemaker_simulator.servers.script_frameworks import Framework, framework_of
from sagemaker_simulator.servers.script_handler import Handler, load_handler

_LOG = logging.getLogger(__name__)
_HANDLER = web.AppKey("handler", Handler)
_FRAMEWORK = web.AppKey("framework", Framework)
_MAX_BODY_BYTES = 64 * 1024 * 1024
# Of the 30 s between SIGTERM and SIGKILL, for requests under way.
_SHUTDOWN_SECONDS = 20.0


def build_app(handler: Handler, framework: Framework) -> web.Application:
    """The application for a model that is loaded."""
    app = web.Application(client_max_size=_MAX_BODY_BYTES)
    app[_HANDLER] = handler
    app[_FRAMEWORK] = framework
    app.router.add_get("/ping", _ping)
    app.router.add_post("/invocations", _invocations)
    return app


async def _ping(_request: web.Request) -> web.Response:
    return web.Response()


async def _invocations(request: web.Request) -> web.Response:
    body = await request.read()
    kind = request.headers.get("Content-Type", "application/json")
    accept = request.headers.get("Accept")
    try:
        answered = await asyncio.to_thread(request.app[_HANDLER].answer, body, content_type=kind, accept=accept)
    except Exception as error:  # noqa: BLE001 - the script's own: the caller gets it, as in AWS
        _LOG.exception("the script failed")
        failure = request.app[_FRAMEWORK].failure(error)
        return web.Response(status=failure.status, text=failure.text, content_type=failure.content_type)
    return web.Response(body=answered.body, headers={"Content-Type": answered.content_type})


def main() -> None:
    """Load the model, serve until SIGTERM. Exit code 1 with a sentence or a trace when that cannot be."""
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        _serve(_app_of_many() if has_many_models(os.environ) else _app_of_one())
    except (CannotServeError, OSError) as error:
        _LOG.critical("cannot serve: %s", error)
        sys.exit(1)


def _app_of_one() -> web.Application:
    model_dir = Path(os.environ.get("SM_MODEL_DIR", "/opt/ml/model"))
    framework = framework_of(sys.argv[1], os.environ)
    return build_app(load_handler(model_dir, defaults=framework.defaults, environment=os.environ), framework)


def _app_of_many() -> web.Application:
    command = (sys.executable, "-m", __spec__.name, sys.argv[1])
    return many_models.build_app(lambda model: start_script(command, model), max_body_bytes=_MAX_BODY_BYTES)


def _serve(app: web.Application) -> None:
    """Serve on the port, or on the socket of one model of many.

    A container listens on every address of its own network; on a laptop those would be the laptop's.
    """
    socket = os.environ.get(SOCKET_VARIABLE)
    port = int(os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080"))
    web.run_app(
        app,
        path=socket,
        host=None if socket else "127.0.0.1",
        port=None if socket else port,
        print=None,
        shutdown_timeout=_SHUTDOWN_SECONDS,
        access_log=None,
    )


if __name__ == "__main__":
    main()
