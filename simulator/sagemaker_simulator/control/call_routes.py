"""GET /_sim/calls."""

from aiohttp import web

from sagemaker_simulator.simulator import Simulator

from .refusal import Refused


def call_routes(simulator: Simulator) -> web.RouteTableDef:
    routes = web.RouteTableDef()

    @routes.get("/calls")
    async def calls(request: web.Request) -> web.Response:
        since = request.query.get("since", "0")
        if not since.isdecimal():
            raise Refused(f"since must be a whole number, the n of the last row that was seen, got {since!r}")
        return web.json_response({"calls": [row.shown() for row in simulator.calls.since(int(since))]})

    return routes
