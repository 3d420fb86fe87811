"""GET /_sim/state: everything there is, as Describe answers it, whatever staleSeconds says.

`?datapoints=false` leaves out what CloudWatch keeps of each metric: days of simulated time are megabytes of it.
"""

import json
from datetime import datetime
from typing import Any

from aiohttp import web

from sagemaker_simulator.backing.buckets import keys_by_bucket
from sagemaker_simulator.sagemaker import endpoint_configs, endpoint_views, models
from sagemaker_simulator.sagemaker.estate import Estate
from sagemaker_simulator.simulator import Simulator


def state_routes(simulator: Simulator) -> web.RouteTableDef:
    routes = web.RouteTableDef()

    @routes.get("/state")
    async def state(request: web.Request) -> web.Response:
        estates = simulator.estates.all()
        shown = {
            "sagemaker": {f"{estate.account}/{estate.region}": _estate(estate) for estate in estates},
            "applicationAutoscaling": simulator.autoscaling.shown(),
            "cloudwatch": simulator.cloudwatch.shown(datapoints=request.query.get("datapoints") != "false"),
            "s3": await simulator.moto.run(keys_by_bucket),
        }
        return web.json_response(shown, dumps=lambda value: json.dumps(value, default=_moment))

    return routes


def _estate(estate: Estate) -> dict[str, Any]:
    return {
        "models": {model.name: models.describe(model) for model in estate.models.all().values()},
        "endpointConfigs": {config.name: endpoint_configs.describe(config) for config in estate.configs.all().values()},
        "endpoints": {endpoint.name: endpoint_views.describe(endpoint) for endpoint in estate.endpoints.all().values()},
        "tags": {arn: dict(tags) for arn, tags in estate.tags.all().items()},
    }


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    raise TypeError(f"no JSON for {type(value).__name__}")
