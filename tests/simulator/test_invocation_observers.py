"""Whoever is told of invocations: in order, all of them, and whatever happens to one of them."""

from dataclasses import dataclass, field

import pytest

from sagemaker_simulator.runtime.observers import FinishedInvocation, InvocationObservers

INVOCATION = FinishedInvocation(
    account="123456789012",
    region="us-east-1",
    endpoint="e1",
    variant="AllTraffic",
    endpoint_config="c1",
    deploying=False,
    instances=1,
    concurrent=1,
    request_content_type="text/csv",
    request_accept=None,
    request_body=b"1",
    custom_attributes=None,
    inference_id=None,
    target_variant=None,
    event_id="1",
    response_status=200,
    response_content_type="text/csv",
    response_body=b"2",
    response_custom_attributes=None,
    model_latency=1.0,
    overhead_latency=1.0,
    time=0.0,
)


@dataclass
class Broken:
    def invocation_finished(self, invocation: FinishedInvocation) -> None:
        raise RuntimeError(f"no room for {invocation.endpoint}")


@dataclass
class Remembering:
    told: list[FinishedInvocation] = field(default_factory=list)

    def invocation_finished(self, invocation: FinishedInvocation) -> None:
        self.told.append(invocation)


def test_an_observer_that_fails_is_logged_and_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    observers, remembering = InvocationObservers(), Remembering()
    observers.register(Broken())
    observers.register(remembering)
    observers.tell(INVOCATION)
    assert remembering.told == [INVOCATION]
    assert "Broken failed on an invocation of endpoint e1, variant AllTraffic" in caplog.text
    assert "no room for e1" in caplog.text
