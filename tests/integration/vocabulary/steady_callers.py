"""Callers of a multi-model endpoint at a rate that does not slacken, each with the target that he was told last."""

import itertools
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType

import boto3
from botocore.config import Config

from devworld import environment
from devworld.churn import ASKED_ABOUT, as_csv
from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.told_targets import Caller, ToldTargets

AT_ONCE = 16
# SageMaker answers within 60 s.
_READ_SECONDS = 70


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request, its moments on the monotonic clock, and what came of it: an answer, or in words why none."""

    caller: Caller
    target: str
    begun: float
    ended: float
    answer: float | None = None
    trouble: str = ""


class SteadyCallers:
    """Begin for the length of a block. A request is due by the clock, whatever became of the ones before it; what is
    not answered at once is not asked again."""

    def __init__(
        self, scene: Scene, endpoint: Endpoint, told: ToldTargets, *, callers: Sequence[Caller], per_second: float
    ) -> None:
        """The callers take turns."""
        self._endpoint = endpoint.sagemaker_name
        self._told = told
        self._callers = callers
        self._per_second = per_second
        once = Config(
            max_pool_connections=AT_ONCE,
            read_timeout=_READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": 1},
        )
        session = boto3.Session(
            aws_access_key_id=environment.USER_KEY,
            aws_secret_access_key=environment.SECRET,
            region_name=environment.REGION,
        )
        self._runtime = session.client("sagemaker-runtime", endpoint_url=scene.shared.world.simulator_url, config=once)
        self._stop = threading.Event()
        self._numbers = itertools.count()
        self._threads = [threading.Thread(target=self._run, name=f"caller-{n}") for n in range(AT_ONCE)]
        self._began = 0.0
        self._ended = 0.0
        self.asked: list[Asked] = []
        """In the order in which they ended."""

    def __enter__(self) -> "SteadyCallers":
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended = time.monotonic()
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._runtime.close()

    def rate(self) -> float:
        """Requests a second that were begun, over the whole block."""
        return sum(each.begun <= self._ended for each in self.asked) / (self._ended - self._began)

    def _run(self) -> None:
        for number in self._numbers:
            due = self._began + number / self._per_second
            if self._stop.wait(max(0.0, due - time.monotonic())):
                return
            self.asked.append(self._ask(self._callers[number % len(self._callers)]))

    def _ask(self, caller: Caller) -> Asked:
        begun, target = time.monotonic(), self._told.target(caller)
        answer, trouble = None, ""
        try:
            reply = self._runtime.invoke_endpoint(
                EndpointName=self._endpoint, TargetModel=target, ContentType="text/csv", Body=as_csv(ASKED_ABOUT)
            )
            answer = float(reply["Body"].read())
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller has no answer
            trouble = f"{type(error).__name__}: {error}"
        return Asked(caller=caller, target=target, begun=begun, ended=time.monotonic(), answer=answer, trouble=trouble)
