"""A simulated day of one asynchronous endpoint: what it is asked, and how every single request must have ended."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from devworld.churn import as_csv
from tests.integration.vocabulary.async_truth import Asked, AsyncTruth
from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.predictions import model_of
from tests.integration.vocabulary.scaling_truth import ScalingTruth
from tests.integration.vocabulary.scene import Scene

ROUNDS = 30
CUSTOMERS = [(float(months), 20.0 + 5 * months, float(months % 5)) for months in range(1, 11)]
REFUSED, MISSING = "refused", "missing"  # what the model cannot read, and an input that nobody put there
REASONS = {REFUSED: "(415) from model", MISSING: "there is no such object"}


@dataclass(frozen=True, kw_only=True)
class Request:
    """One that was made, and the key of its input: a customer's number, REFUSED or MISSING."""

    key: str
    asked: Asked


def put_inputs(truth: AsyncTruth) -> None:
    """All but the missing one."""
    for number, customer in enumerate(CUSTOMERS):
        truth.put(as_csv(customer).encode(), key=str(number))
    truth.put(b"neither,numbers,nor a customer", key=REFUSED)


def falls_asleep(world: Scene, endpoint: Endpoint) -> None:
    """Waits until there is no instance, status tells so, and the operator has had two more lists."""
    ScalingTruth(world, endpoint).has(0)
    world.until(lambda: endpoint.status["instanceCount"] == 0, "status tells no instances")
    world.operator_looks(2)


class Day:
    """It begins when it is made: then the endpoint sleeps, and status tells so."""

    def __init__(self, world: Scene, endpoint: Endpoint, truth: AsyncTruth) -> None:
        self.world = world
        self.endpoint = endpoint
        self.truth = truth
        self.requests: list[Request] = []
        self.began = world.simulator.now()

    def passes_until(self, hour: float) -> None:
        """Jumps there, unless a slow machine has made it later already."""
        moment = self.began + timedelta(hours=hour)
        left = (moment - self.world.simulator.now()).total_seconds()
        self.world.simulator.advance(seconds=max(0.0, left))

    def burst(self, size: int) -> None:
        """Every tenth request is one that fails: half of those is refused by the model, half has no input."""
        for number in range(size):
            key = {4: REFUSED, 14: MISSING}.get(number % 20, str(number % len(CUSTOMERS)))
            self.requests.append(Request(key=key, asked=self.truth.ask_about(self.endpoint, key=key)))

    def is_worked_off(self) -> None:
        """Waits until as many results were told as requests made."""
        asked = len(self.requests)
        self.world.until(lambda: len(self.truth.results()) >= asked, f"{asked} results", within_seconds=90)

    def is_asleep(self) -> None:
        falls_asleep(self.world, self.endpoint)

    def every_request_ended_once(self) -> None:
        """In its output with what the model predicts, or in its failure object; and subscribers were told so once."""
        told = self.truth.results()
        times = Counter(each["inferenceId"] for each in told)
        asked = {request.asked.inference_id for request in self.requests}
        wrong = {request: times[request] for request in asked | times.keys() if times[request] != (request in asked)}
        assert not wrong, f"told another number of times than once, or of nobody's request: {wrong}"
        results = {each["inferenceId"]: each for each in told}
        stored = set(self.world.simulator.state()["s3"][self.truth.bucket])
        for request in self.requests:
            self._ended(request, results[request.asked.inference_id], stored)

    def _ended(self, request: Request, result: dict[str, Any], stored: set[str]) -> None:
        there = [place for place in (request.asked.output, request.asked.failure) if self._key(place) in stored]
        assert there == [result["responseParameters"]["outputLocation"]], f"{request}: {there} stored, told {result}"
        told = (result["topic"], result["invocationStatus"])
        if request.key in REASONS:
            assert (told, there) == ((self.truth.failed, "Failed"), [request.asked.failure]), result
            assert REASONS[request.key] in result["failureReason"], result
            return
        assert (told, there) == ((self.truth.done, "Completed"), [request.asked.output]), result
        expected = model_of(ROUNDS).predict(CUSTOMERS[int(request.key)])
        assert float(self._body(request.asked.output)) == pytest.approx(expected, abs=1e-6)

    def _body(self, place: str) -> bytes:
        s3 = self.world.boto3("s3")
        body: bytes = s3.get_object(Bucket=self.truth.bucket, Key=self._key(place))["Body"].read()
        return body

    def _key(self, place: str) -> str:
        return place.removeprefix(f"s3://{self.truth.bucket}/")
