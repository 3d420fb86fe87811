"""The XGBoost container's contract on the real library: `python -m sagemaker_simulator.servers.xgboost_server`.

Paths, statuses and their order follow aws/sagemaker-xgboost-container (algorithm_mode/serve.py). Like the container it
ends when the model cannot be read, so that /ping never answers 200 for a model that cannot serve.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import xgboost
from aiohttp import web

from sagemaker_simulator.servers import many_models
from sagemaker_simulator.servers.xgboost_answer import CSV, NotAcceptableError, accepted_type, encode
from sagemaker_simulator.servers.xgboost_model import UnreadableModelError, XgboostModel, load_model
from sagemaker_simulator.servers.xgboost_request import UnsupportedBodyError, parse_rows

_LOG = logging.getLogger(__name__)
_MODEL = web.AppKey("model", XgboostModel)
_DEFAULT_ACCEPT = web.AppKey("default_accept", str)
_MAX_BODY = web.AppKey("max_body", int)
_DEFAULT_MAX_BODY_BYTES = 6 * 1024 * 1024
# Of the 30 s between SIGTERM and SIGKILL, for requests under way.
_SHUTDOWN_SECONDS = 20.0
# Modes of the container that change what it serves: to ignore them would be to answer something else than AWS.
_NOT_MODELLED = ("SAGEMAKER_PROGRAM", "SAGEMAKER_INFERENCE_OUTPUT", "SAGEMAKER_BATCH")


class CannotServeError(Exception):
    """The environment asks for what this server does not do."""


def build_app(model: XgboostModel, *, default_accept: str, max_body_bytes: int) -> web.Application:
    """The application for a model that is loaded."""
    app = web.Application(client_max_size=max_body_bytes)
    app[_MODEL] = model
    app[_DEFAULT_ACCEPT] = default_accept
    app[_MAX_BODY] = max_body_bytes
    app.router.add_get("/ping", _ping)
    app.router.add_get("/execution-parameters", _execution_parameters)
    app.router.add_post("/invocations", _invocations)
    return app


async def _ping(_request: web.Request) -> web.Response:
    return web.Response()


async def _execution_parameters(request: web.Request) -> web.Response:
    """What batch transform asks before it starts."""
    return web.json_response(
        {
            "MaxConcurrentTransforms": os.cpu_count(),
            "BatchStrategy": "MULTI_RECORD",
            "MaxPayloadInMB": request.app[_MAX_BODY] // 1024**2,
        }
    )


async def _invocations(request: web.Request) -> web.Response:
    return await answer_request(request, request.app[_MODEL], default_accept=request.app[_DEFAULT_ACCEPT])


async def answer_request(request: web.Request, model: XgboostModel, *, default_accept: str) -> web.Response:
    """What the container answers of a model."""
    body = await request.read()
    if not body:
        return web.Response(status=204)
    try:
        kind, answer = await asyncio.to_thread(_answer, model, request.headers, body, default_accept)
    except UnsupportedBodyError as error:
        return _refusal(415, str(error))
    except NotAcceptableError as error:
        return _refusal(406, str(error))
    except xgboost.core.XGBoostError as error:
        return _refusal(400, f"Unable to evaluate payload provided: {error}")
    return web.Response(text=answer, content_type=kind)


def _answer(model: XgboostModel, headers: Mapping[str, str], body: bytes, default_accept: str) -> tuple[str, str]:
    predictions = model.predict(parse_rows(body, headers.get("Content-Type")))
    kind = accepted_type(headers.get("Accept"), default=default_accept)
    return kind, encode(predictions, kind)


def _refusal(status: int, sentence: str) -> web.Response:
    _LOG.warning("%d: %s", status, sentence)
    return web.Response(status=status, text=sentence)


def main() -> None:
    """Read the environment, load the model, serve until SIGTERM. Exit code 1 with a sentence when that cannot be."""
    logging.basicConfig(
        level=_log_level(os.environ), stream=sys.stdout, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    try:
        _refuse_other_modes(os.environ)
        port = int(os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080"))
        app = _app(os.environ)
        _LOG.info("xgboost %s serves on port %d", xgboost.__version__, port)
        # A container listens on every address of its own network; on a laptop those would be the laptop's.
        web.run_app(app, host="127.0.0.1", port=port, print=None, shutdown_timeout=_SHUTDOWN_SECONDS, access_log=None)
    except (UnreadableModelError, CannotServeError, OSError) as error:
        _LOG.critical("cannot serve: %s", error)
        sys.exit(1)


def _app(environment: Mapping[str, str]) -> web.Application:
    default_accept = environment.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", CSV)
    max_body_bytes = int(environment.get("MAX_CONTENT_LENGTH", _DEFAULT_MAX_BODY_BYTES))
    ensemble = environment.get("SAGEMAKER_INFERENCE_ENSEMBLE", "true") == "true"
    if many_models.has_many_models(environment):
        return many_models.build_app(
            lambda folder: _load_one(folder, ensemble=ensemble, default_accept=default_accept),
            max_body_bytes=max_body_bytes,
        )
    model = load_model(Path(environment.get("SM_MODEL_DIR", "/opt/ml/model")), ensemble=ensemble)
    return build_app(model, default_accept=default_accept, max_body_bytes=max_body_bytes)


@dataclass(frozen=True, kw_only=True)
class _OneOfMany:
    """A model of a container that has many."""

    model: XgboostModel
    default_accept: str

    async def answer(self, request: web.Request) -> web.Response:
        return await answer_request(request, self.model, default_accept=self.default_accept)

    async def unload(self) -> None:
        """Its memory goes with the last request that is with it."""


async def _load_one(folder: Path, *, ensemble: bool, default_accept: str) -> _OneOfMany:
    try:
        model = await asyncio.to_thread(load_model, folder, ensemble=ensemble)
    except UnreadableModelError as error:
        raise many_models.CannotLoadError(str(error)) from error
    return _OneOfMany(model=model, default_accept=default_accept)


def _log_level(environment: Mapping[str, str]) -> int:
    """SAGEMAKER_CONTAINER_LOG_LEVEL is a number of the logging module; INFO where it is not given or is no number."""
    level = environment.get("SAGEMAKER_CONTAINER_LOG_LEVEL", "")
    return int(level) if level.isdecimal() else logging.INFO


def _refuse_other_modes(environment: Mapping[str, str]) -> None:
    for name in _NOT_MODELLED:
        if environment.get(name, "false").lower() not in ("", "false"):
            raise CannotServeError(
                f"{name}={environment[name]}: this server does not do what AWS's container does then; remove {name} "
                "from the model's Environment, or map the image to a server of your own"
            )


if __name__ == "__main__":
    main()
