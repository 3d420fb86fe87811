"""Words for tests of serverless endpoints: a variant without instances, and requests from beside the test."""

import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.simulator.world import ECR, World

SERVER = Path(__file__).parent / "hosting" / "contract_server.py"
IMAGE = f"{ECR}/contract:1"
COLD_START_SECONDS = 10.0  # simulated: longer than any takes until the container is started
IDLE_SECONDS = 700.0  # simulated: longer than a container stays when nobody asks


def serverless(*, model: str = "m1", memory: int = 2048, most: int = 5, **config: Any) -> dict[str, Any]:
    """Return a serverless production variant; a member of None is left out."""
    asked = {"MemorySizeInMB": memory, "MaxConcurrency": most, **config}
    return {
        "VariantName": "AllTraffic",
        "ModelName": model,
        "ServerlessConfig": {name: value for name, value in asked.items() if value is not None},
    }


class ServerlessWorld:
    """A world in which simulated time stands still until it is advanced, and requests may wait meanwhile."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._threads = ThreadPoolExecutor(8)
        self._folder = tempfile.TemporaryDirectory()
        self._starts = Path(self._folder.name) / "starts"
        self._starts.write_text("")

    def close(self) -> None:
        self._threads.shutdown()
        self._folder.cleanup()

    def command(self) -> list[str]:
        """The server that keeps the container contract, behind a mark for each start."""
        return ["sh", "-c", f"printf x >> {self._starts}; exec {sys.executable} {SERVER}"]

    def given_endpoint(self, *, environment: dict[str, str] | None = None, **config: Any) -> None:
        """Endpoint e1 in service, from a real server that keeps the container contract."""
        world = self.world
        world.do("POST", "/clock", {"scale": 0.001})
        world.settings(images=[IMAGE], servers={IMAGE: {"command": self.command()}})
        container = {"Image": IMAGE, "Environment": environment or {"NAME": "one"}}
        world.given_model(PrimaryContainer=container)
        world.given_config(ProductionVariants=[serverless(**config)])
        world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
        world.finish("e1", "InService")

    def ask(self, body: bytes = b"x") -> bytes:
        answer: bytes = self.world.runtime.invoke_endpoint(EndpointName="e1", Body=body)["Body"].read()
        return answer

    def asked(self, body: bytes = b"x") -> "Future[bytes]":
        """Begin a request beside the test."""
        return self._threads.submit(self.ask, body)

    def warm(self, body: bytes = b"x") -> bytes:
        """Ask a container that is not there yet, and let its start's simulated time pass."""
        asked = self.waiting(body)
        self.world.advance(COLD_START_SECONDS)
        return asked.result()

    def waiting(self, body: bytes = b"x") -> "Future[bytes]":
        """Begin a request beside the test; returns once it has been let in."""
        before = self.let_in()
        asked = self.asked(body)
        self.world.until(lambda: self.let_in() > before or asked.done(), "the request to be let in")
        return asked

    def let_in(self) -> int:
        """How many requests have been given an environment so far."""
        return len(self.values("ServerlessConcurrentExecutionsUtilization"))

    def values(self, metric: str) -> list[float]:
        """Every value of a metric of e1 that has been emitted, the oldest minute first."""
        metrics = self.world.do("GET", "/state")["cloudwatch"]["metrics"]
        of_e1 = {"EndpointName": "e1", "VariantName": "AllTraffic"}
        found = [each for each in metrics if (each["metricName"], each["dimensions"]) == (metric, of_e1)]
        return [point["value"] for each in found for point in each["datapoints"] for _ in range(int(point["count"]))]

    def starts(self) -> int:
        """How many servers have been started."""
        return len(self._starts.read_text())

    def variant(self) -> dict[str, Any]:
        [shown] = self.world.describe()["ProductionVariants"]
        return dict(shown)


@contextmanager
def serverless_world(world: World) -> Iterator[ServerlessWorld]:
    words = ServerlessWorld(world)
    try:
        yield words
    finally:
        words.close()
