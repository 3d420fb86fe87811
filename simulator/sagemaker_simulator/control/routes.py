"""The control API's routes."""

import json
from collections.abc import Awaitable, Callable

from aiohttp import web

from sagemaker_simulator.simulator import Simulator

from .call_routes import call_routes
from .clock_routes import clock_routes
from .endpoint_routes import endpoint_routes
from .fault_routes import fault_routes
from .metric_routes import metric_routes
from .refusal import Refused
from .settings_routes import settings_routes
from .state_routes import state_routes

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def control_application(simulator: Simulator) -> web.Application:
    """Return the application that is mounted under /_sim."""
    app = web.Application(middlewares=[_say_what_is_wrong])
    for routes in (
        call_routes,
        state_routes,
        fault_routes,
        endpoint_routes,
        clock_routes,
        metric_routes,
        settings_routes,
    ):
        app.add_routes(routes(simulator))
    return app


@web.middleware
async def _say_what_is_wrong(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as refused:
        return web.json_response({"error": str(refused)}, status=refused.status)
    except web.HTTPException as problem:
        text = json.dumps({"error": f"{request.method} {request.path}: {problem.reason}"})
        return web.Response(text=text, status=problem.status, content_type="application/json")
