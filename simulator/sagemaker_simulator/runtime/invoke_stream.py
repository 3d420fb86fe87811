"""InvokeEndpointWithResponseStream: the container's answer goes to the caller while it arrives.

What goes wrong before the first part of the answer is an error as InvokeEndpoint has it; after that the caller has a
good status already, and the error is the last event of the stream.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from sagemaker_simulator.hosting.contract import Answer, Invocation, Leg
from sagemaker_simulator.sagemaker.estate import Estates
from sagemaker_simulator.wire.event_stream import CONTENT_TYPE
from sagemaker_simulator.wire.request import Call, Incoming, Reply

from .begun_answer import BegunAnswer, begin
from .container_requests import answer_headers, invocation_of
from .finished import finished
from .in_flight import InFlight
from .model_errors import model_error
from .observers import InvocationObservers, StreamedAnswer
from .request_members import members_of, refuse_not_modelled
from .routing import Route, Routing
from .streamed_body import StreamedBody
from .streaming_endpoints import check_streams

_CONTAINERS_TYPE = "X-Amzn-SageMaker-Content-Type"  # Content-Type itself is that of the event stream
_MICROSECONDS = 1_000_000.0


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request that a container was given. `arrived` and `at` are readings of `time.perf_counter`."""

    route: Route
    members: Mapping[str, Any]
    invocation: Invocation
    concurrent: int
    arrived: float
    at: float


class InvokeWithResponseStream:
    """Requests to endpoints whose answers are streamed."""

    def __init__(
        self, *, estates: Estates, routing: Routing, observers: InvocationObservers, in_flight: InFlight
    ) -> None:
        self._estates = estates
        self._routing = routing
        self._observers = observers
        self._in_flight = in_flight

    async def answer(self, call: Call, request: Incoming) -> Reply:
        """Return the answer once it has begun. Raises AwsError."""
        arrived = time.perf_counter()
        members = members_of(call, request)
        estate = self._estates.of(call.caller)
        endpoint = self._routing.serving(estate, members["EndpointName"])
        refuse_not_modelled(members)
        route = self._routing.route(estate, endpoint, members)
        invocation = invocation_of(members, request, route=route)
        check_streams(route)
        with ExitStack() as lasting:
            asked = Asked(
                route=route,
                members=members,
                invocation=invocation,
                concurrent=lasting.enter_context(self._in_flight.one_more(route.key)),
                arrived=arrived,
                at=time.perf_counter(),
            )
            begun = await begin(route, invocation)
            if isinstance(begun, Answer):
                self._tell(asked, begun)
                raise model_error(begun, route=route)
            return self._reply(asked, begun, let_go=lasting.pop_all().close)

    def _reply(self, asked: Asked, begun: BegunAnswer, *, let_go: Callable[[], None]) -> Reply:
        def is_over(*, broken: bool) -> None:
            let_go()
            streamed = StreamedAnswer(
                first_chunk_model_latency=begun.seconds * _MICROSECONDS,
                first_chunk_latency=(asked.at - asked.arrived + begun.seconds) * _MICROSECONDS,
                broken=broken,
            )
            self._tell(asked, begun.without_body(), stream=streamed)

        return Reply(
            status=200,
            headers={
                **answer_headers(begun.rest.headers, variant=asked.route.variant),
                "Content-Type": CONTENT_TYPE,
                _CONTAINERS_TYPE: begun.rest.content_type,
            },
            stream=StreamedBody(begun.rest, first=begun.first, is_over=is_over),
        )

    def _tell(self, asked: Asked, answer: Answer, *, stream: StreamedAnswer | None = None) -> None:
        seconds = time.perf_counter() - asked.at
        leg = Leg(container=answer.container, status=answer.status or None, seconds=seconds)
        self._observers.tell(
            finished(
                asked.route,
                members=asked.members,
                invocation=asked.invocation,
                answer=replace(answer, legs=(leg,)),
                concurrent=asked.concurrent,
                model_seconds=seconds,
                overhead_seconds=asked.at - asked.arrived,
                at=self._estates.clock.seconds(),
                stream=stream,
            )
        )
