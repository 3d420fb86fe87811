"""InvokeEndpoint: what the variant's containers are given, and how their answer is judged.

ModelError: InvokeEndpoint in the SageMaker API reference.
"""

import time

from sagemaker_simulator.hosting.contract import Answer, ContainerGone, ContainerTimedOut, Invocation
from sagemaker_simulator.sagemaker.estate import Estates
from sagemaker_simulator.wire.request import Call, Incoming, Reply

from .container_requests import answer_headers, invocation_of
from .finished import finished
from .in_flight import InFlight
from .model_errors import model_error
from .no_answers import no_answer
from .observers import NO_ANSWER, InvocationObservers
from .request_members import members_of, refuse_not_modelled
from .routing import Route, Routing


class InvokeEndpoint:
    """Requests to endpoints that are answered at once."""

    def __init__(
        self, *, estates: Estates, routing: Routing, observers: InvocationObservers, in_flight: InFlight
    ) -> None:
        self._estates = estates
        self._routing = routing
        self._observers = observers
        self._in_flight = in_flight

    async def answer(self, call: Call, request: Incoming) -> Reply:
        """Return the container's answer. Raises AwsError."""
        arrived = time.perf_counter()
        members = members_of(call, request)
        estate = self._estates.of(call.caller)
        endpoint = self._routing.serving(estate, members["EndpointName"])
        refuse_not_modelled(members)
        route = self._routing.route(estate, endpoint, members)
        invocation = invocation_of(members, request, route=route)
        with self._in_flight.one_more(route.key) as concurrent:
            asked = time.perf_counter()
            answer = await _ask(route, invocation)
            answered = time.perf_counter()
        self._observers.tell(
            finished(
                route,
                members=members,
                invocation=invocation,
                answer=answer,
                concurrent=concurrent,
                model_seconds=answered - asked - answer.waited_seconds,
                overhead_seconds=asked - arrived + time.perf_counter() - answered + answer.setup_seconds,
                at=self._estates.clock.seconds(),
            )
        )
        if answer.status == NO_ANSWER or answer.status >= 400:
            raise model_error(answer, route=route)
        headers = answer_headers(answer.headers, variant=route.variant)
        return Reply(status=200, body=answer.body, headers={**headers, "Content-Type": answer.content_type})


async def _ask(route: Route, invocation: Invocation) -> Answer:
    """Return the containers' answer, or SageMaker's sentence with the status NO_ANSWER when one gave none."""
    try:
        return await route.fleet.invoke(route.variant, invocation)
    except (ContainerTimedOut, ContainerGone) as failed:
        return no_answer(failed)
