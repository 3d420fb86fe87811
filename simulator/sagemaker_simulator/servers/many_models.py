"""The contract of containers of many models, for servers that know how to load one: paths and statuses, nothing more.

Source: "Custom containers contract for multi-model endpoints" in the SageMaker Developer Guide.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from aiohttp import web

_LOG = logging.getLogger(__name__)


class CannotLoadError(Exception):
    """The model cannot be loaded; the text is the caller's."""


class LoadedModel(Protocol):
    """One model in memory."""

    async def answer(self, request: web.Request) -> web.Response: ...

    async def unload(self) -> None:
        """Give its memory back."""
        ...


LoadModel = Callable[[Path], Awaitable[LoadedModel]]


@dataclass(kw_only=True)
class _Shelf:
    """By name the models in memory, with their URLs, and those that are being loaded."""

    load: LoadModel
    models: dict[str, tuple[str, LoadedModel]] = field(default_factory=dict)
    loading: dict[str, asyncio.Future[LoadedModel]] = field(default_factory=dict)


_SHELF = web.AppKey("shelf", _Shelf)


def has_many_models(environment: Mapping[str, str]) -> bool:
    """Tell whether SageMaker has started the container for many models."""
    return environment.get("SAGEMAKER_MULTI_MODEL", "false").lower() == "true"


def build_app(load: LoadModel, *, max_body_bytes: int) -> web.Application:
    """The application without models. `load` reads the model of a folder and raises CannotLoadError or MemoryError."""
    app = web.Application(client_max_size=max_body_bytes)
    app[_SHELF] = _Shelf(load=load)
    app.router.add_get("/ping", _ping)
    app.router.add_get("/models", _list)
    app.router.add_post("/models", _load)
    app.router.add_get("/models/{name}", _get)
    app.router.add_delete("/models/{name}", _unload)
    app.router.add_post("/models/{name}/invoke", _invoke)
    app.on_cleanup.append(_unload_all)
    return app


async def _ping(_request: web.Request) -> web.Response:
    return web.Response()


async def _list(request: web.Request) -> web.Response:
    shown = [_shown(name, url) for name, (url, _) in request.app[_SHELF].models.items()]
    return web.json_response({"models": shown})


async def _load(request: web.Request) -> web.Response:
    shelf = request.app[_SHELF]
    asked = await request.json()
    name, url = asked["model_name"], asked["url"]
    if name in shelf.models or name in shelf.loading:
        return web.Response(status=409, text=f"model {name} is loaded already")
    shelf.loading[name] = loading = asyncio.ensure_future(shelf.load(Path(url)))
    try:
        shelf.models[name] = (url, await loading)
    except asyncio.CancelledError:
        if not loading.cancelled():
            raise
        return web.Response(status=400, text=f"model {name} was unloaded before it was loaded")
    except CannotLoadError as error:
        _LOG.warning("model %s cannot be loaded: %s", name, error)
        return web.Response(status=400, text=str(error))
    except MemoryError:
        return web.Response(status=507, text=f"no memory left for model {name}")
    finally:
        del shelf.loading[name]
    return web.Response()


async def _get(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    found = request.app[_SHELF].models.get(name)
    return _not_loaded(name) if found is None else web.json_response(_shown(name, found[0]))


async def _unload(request: web.Request) -> web.Response:
    shelf, name = request.app[_SHELF], request.match_info["name"]
    loading = shelf.loading.get(name)
    if loading is not None:
        loading.cancel()
        await asyncio.wait([loading])
        return web.Response()
    found = shelf.models.pop(name, None)
    if found is None:
        return _not_loaded(name)
    await found[1].unload()
    return web.Response()


async def _invoke(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    found = request.app[_SHELF].models.get(name)
    return _not_loaded(name) if found is None else await found[1].answer(request)


async def _unload_all(app: web.Application) -> None:
    shelf = app[_SHELF]
    for loading in shelf.loading.values():
        loading.cancel()
    await asyncio.gather(*(model.unload() for _, model in shelf.models.values()))


def _shown(name: str, url: str) -> dict[str, str]:
    return {"modelName": name, "modelUrl": url}


def _not_loaded(name: str) -> web.Response:
    return web.Response(status=404, text=f"model {name} is not loaded")
