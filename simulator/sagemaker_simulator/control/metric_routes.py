"""POST /_sim/metrics."""

from typing import Any

from aiohttp import web

from sagemaker_simulator.cloudwatch.books import Metric
from sagemaker_simulator.simulator import Simulator
from sagemaker_simulator.wire.scope import DEFAULT_REGION

from .refusal import Refused, members_of, text

_MEMBERS = ("namespace", "metricName", "dimensions", "values", "unit", "account", "region")


def metric_routes(simulator: Simulator) -> web.RouteTableDef:
    routes = web.RouteTableDef()

    @routes.post("/metrics")
    async def put(request: web.Request) -> web.Response:
        document = await members_of(request, _MEMBERS)
        metric = Metric.of(
            text(document.get("namespace"), "namespace"),
            text(document.get("metricName"), "metricName"),
            _dimensions(document.get("dimensions", {})),
        )
        simulator.cloudwatch.books.emit(
            metric,
            _values(document.get("values")),
            account=text(document.get("account", simulator.moto.account_of(None)), "account"),
            region=text(document.get("region", DEFAULT_REGION), "region"),
            unit=text(document.get("unit", "None"), "unit"),
        )
        return web.json_response({})

    return routes


def _dimensions(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise Refused("dimensions must be a JSON object of strings")
    return value


def _values(value: Any) -> list[float]:
    numbers = (
        isinstance(value, list)
        and value
        and all(isinstance(item, int | float) and not isinstance(item, bool) for item in value)
    )
    if not numbers:
        raise Refused("values must be a list of at least one number")
    return list(value)
