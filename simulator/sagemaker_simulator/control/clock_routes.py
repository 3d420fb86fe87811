"""POST /_sim/clock, and GET to read it."""

from aiohttp import web

from sagemaker_simulator.simulator import Simulator

from .refusal import Refused, members_of, number


def clock_routes(simulator: Simulator) -> web.RouteTableDef:
    routes = web.RouteTableDef()

    @routes.post("/clock")
    async def move(request: web.Request) -> web.Response:
        document = await members_of(request, ("advanceSeconds", "scale"))
        if not document:
            raise Refused("give advanceSeconds, scale, or both")
        seconds = number(document.get("advanceSeconds", 0), "advanceSeconds")
        scale = number(document.get("scale", simulator.clock.scale), "scale", at_least=0.001)
        simulator.clock.set_scale(scale)
        simulator.clock.advance(seconds)
        return _shown()

    @routes.get("/clock")
    async def read(_: web.Request) -> web.Response:
        return _shown()

    def _shown() -> web.Response:
        return web.json_response({"time": simulator.clock.now().isoformat(), "scale": simulator.clock.scale})

    return routes
