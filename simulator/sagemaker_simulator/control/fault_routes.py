"""POST, GET and DELETE /_sim/faults."""

from aiohttp import web

from sagemaker_simulator.fault_documents import BadFault, rule_of
from sagemaker_simulator.simulator import Simulator

from .refusal import Refused, document_of


def fault_routes(simulator: Simulator) -> web.RouteTableDef:
    routes = web.RouteTableDef()

    @routes.post("/faults")
    async def add(request: web.Request) -> web.Response:
        try:
            rule = rule_of(await document_of(request))
        except BadFault as bad:
            raise Refused(str(bad)) from None
        return web.json_response({"id": simulator.faults.add(rule)})

    @routes.get("/faults")
    async def shown(_: web.Request) -> web.Response:
        return web.json_response({"faults": [fault.shown() for fault in simulator.faults.all()]})

    @routes.delete("/faults")
    async def delete_all(_: web.Request) -> web.Response:
        simulator.faults.clear()
        return web.Response(status=204)

    @routes.delete("/faults/{id}")
    async def delete(request: web.Request) -> web.Response:
        fault_id = request.match_info["id"]
        if not simulator.faults.delete(fault_id):
            raise Refused(f"there is no fault {fault_id!r}", status=404)
        return web.Response(status=204)

    return routes
