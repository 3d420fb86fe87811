"""POST /_sim/endpoints/NAME/next."""

from typing import Any

from aiohttp import web

from sagemaker_simulator.sagemaker.endings import Ending, Result
from sagemaker_simulator.sagemaker.estate import Estate
from sagemaker_simulator.sagemaker.transitions import Impossible
from sagemaker_simulator.simulator import Simulator
from sagemaker_simulator.wire.scope import DEFAULT_REGION

from .refusal import Refused, members_of, number, text

_MEMBERS = ("result", "failureReason", "seconds", "account", "region")


def endpoint_routes(simulator: Simulator) -> web.RouteTableDef:
    routes = web.RouteTableDef()

    @routes.post("/endpoints/{name}/next")
    async def decide(request: web.Request) -> web.Response:
        document = await members_of(request, _MEMBERS)
        try:
            simulator.transitions.decide(_estate(simulator, document), request.match_info["name"], _ending(document))
        except Impossible as impossible:
            raise Refused(str(impossible)) from None
        return web.json_response({})

    return routes


def _estate(simulator: Simulator, document: dict[str, Any]) -> Estate:
    account = text(document.get("account", simulator.moto.account_of(None)), "account")
    return simulator.estates.at(account=account, region=text(document.get("region", DEFAULT_REGION), "region"))


def _ending(document: dict[str, Any]) -> Ending:
    result = document.get("result")
    if result not in set(Result):
        raise Refused(f"result must be one of {', '.join(Result)}, got {result!r}")
    reason, seconds = document.get("failureReason"), document.get("seconds")
    return Ending(
        result=Result(result),
        failure_reason=text(reason, "failureReason") if reason is not None else None,
        seconds=number(seconds, "seconds") if seconds is not None else None,
    )
