"""Who is told of finished invocations: metrics, data capture, shadow traffic.

An observer never changes the caller's answer: it is told once the answer is known, and when it fails, its failure is
logged and everybody else is told all the same.
"""

import logging
from dataclasses import dataclass
from typing import Protocol

from sagemaker_simulator.hosting.contract import Leg

NO_ANSWER = 0  # `response_status` of a container that gave none

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class StreamedAnswer:
    """How an answer was streamed. Latencies are real microseconds until the first part: of the container alone, and of
    the whole request. `broken`: an error came after the first part.
    """

    first_chunk_model_latency: float
    first_chunk_latency: float
    broken: bool


@dataclass(frozen=True, kw_only=True)
class FinishedInvocation:
    """One InvokeEndpoint on a real-time endpoint, after its container has answered or has failed to.

    `endpoint_config` is the one whose fleet was asked; `deploying` says that another deployment runs at the time.
    `instances` is how many instances the variant has. `response_status` is the container's own (NO_ANSWER when it gave
    none; the body is then SageMaker's sentence). Latencies are real microseconds: `model_latency` is that of the
    container, `overhead_latency` what SageMaker Runtime added. `time` is simulated, in seconds since the epoch.
    `target_container` is the one that was invoked directly; `legs` are all that were asked, in order. `stream` tells of
    an answer that was streamed: `response_body` is then empty, for nobody kept it.
    """

    account: str
    region: str
    endpoint: str
    variant: str
    endpoint_config: str
    deploying: bool
    instances: int
    concurrent: int
    request_content_type: str
    request_accept: str | None
    request_body: bytes
    custom_attributes: str | None
    inference_id: str | None
    target_variant: str | None
    event_id: str
    response_status: int
    response_content_type: str
    response_body: bytes
    response_custom_attributes: str | None
    model_latency: float
    overhead_latency: float
    time: float
    target_container: str | None = None
    legs: tuple[Leg, ...] = ()
    stream: StreamedAnswer | None = None


class InvocationObserver(Protocol):
    """Told of every finished invocation, in the loop's thread. What takes long belongs into a task of its own."""

    def invocation_finished(self, invocation: FinishedInvocation) -> None: ...


class InvocationObservers:
    """Those that are told, in the order in which they asked."""

    def __init__(self) -> None:
        self._observers: list[InvocationObserver] = []

    def register(self, observer: InvocationObserver) -> None:
        self._observers.append(observer)

    def tell(self, invocation: FinishedInvocation) -> None:
        """Tell everybody; whoever fails is logged and stops nobody."""
        for observer in self._observers:
            try:
                observer.invocation_finished(invocation)
            except Exception:
                log.exception(
                    "%s failed on an invocation of endpoint %s, variant %s; the caller's answer is untouched",
                    type(observer).__name__,
                    invocation.endpoint,
                    invocation.variant,
                )
