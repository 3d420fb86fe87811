"""PUT /_sim/settings and POST /_sim/reset."""

from aiohttp import web

from sagemaker_simulator.settings_documents import BadSettings
from sagemaker_simulator.simulator import Simulator

from .refusal import Refused, document_of


def settings_routes(simulator: Simulator) -> web.RouteTableDef:
    routes = web.RouteTableDef()

    @routes.put("/settings")
    async def merge(request: web.Request) -> web.Response:
        try:
            simulator.settings.merge(await document_of(request))
        except BadSettings as bad:
            raise Refused(str(bad)) from None
        return web.json_response({})

    @routes.post("/reset")
    async def reset(_: web.Request) -> web.Response:
        await simulator.reset()
        return web.json_response({})

    return routes
