"""Our own operator under the benchmark: its periods are known, so hours at rest are measured in minutes."""

import asyncio
import dataclasses
import signal
import time
import urllib.request

from devworld import recipes
from devworld.cluster import operator_user
from devworld.environment import OPERATOR_KEY
from devworld.settings import Settings
from devworld.world import World
from tests.bench.contender import Rest, Restart
from tests.bench.counters import Counters
from tests.bench.fleet import NAMESPACE, Subject
from tests.controlplane.part import PartError

# What is measured at rest is measured with every period of the operator divided by this.
REST_SPEED = 60.0
PERIODS = {"--fleet-sweep-seconds": 90.0, "--inventory-seconds": 3600.0, "--resync-seconds": 600.0}

_TEMPLATE = f"""\
apiVersion: inference.endpoint-operator.dev/v1alpha1
kind: InferenceEndpoint
metadata: {{name: $name, namespace: {NAMESPACE}}}
spec:
  mode: RealTime
  containers: [{{image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/sim-null:1"}}]
  instance: {{type: ml.m5.large, count: 1}}
"""


class OurOperator:
    """The operator of the world itself."""

    subject = Subject(template=_TEMPLATE)
    settings = Settings(time_scale=1.0)

    @property
    def conditions(self) -> str:
        """Under which it rested and restarted, for the line below the table."""
        periods = ", ".join(f"{flag} {value:g}" for flag, value in PERIODS.items())
        return f"At rest and restart with {periods}; at rest all of them divided by {REST_SPEED:g} and counted back."

    def install(self, world: World) -> "OurOperatorRunning":
        """The world has started it already."""
        return OurOperatorRunning(world)


class OurOperatorRunning:
    """In one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def counters(self) -> Counters:
        return Counters(
            simulator=self._world.simulator,
            audit_log=self._world.directory / "logs" / "audit.log",
            pid=self._world.operator.pid,
            user=operator_user(),
            access_key=OPERATOR_KEY,
        )

    def check(self) -> None:
        """Raises PartError with the end of its log."""
        if not self._world.operator.alive:
            raise PartError(f"the operator ended; the end of its log:\n{self.last_words()}")

    def last_words(self) -> str:
        return self._world.operator.log_tail()

    def stop(self) -> None:
        """The world stops it."""

    async def rest(self) -> Rest:
        """Two of the longest periods, all periods divided by REST_SPEED."""
        await asyncio.to_thread(restart_operator, self._world, fast_periods())
        window = 2 * max(PERIODS.values()) / REST_SPEED
        await _settled(self._world)
        counters = self.counters()
        mark = counters.mark()
        await asyncio.sleep(window)
        return Rest(seconds=window, speed=REST_SPEED, counted=counters.since(mark))

    async def restart(self, names: list[str]) -> Restart:
        """Until every object was passed over once, under the default periods."""
        mark = self.counters().mark_of_next_process()
        began = time.monotonic()
        await asyncio.to_thread(restart_operator, self._world, ())
        await _passed(self._world, len(names))
        seen = time.monotonic() - began
        return Restart(seen_after=seen, counted=self.counters().since(mark))


def restart_operator(world: World, arguments: tuple[str, ...]) -> None:
    """The operator anew, with these flags beside those of the world."""
    recipe = recipes.operator(
        world.directory,
        dataclasses.replace(world.settings, operator_args=(*world.settings.operator_args, *arguments)),
        kubeconfig=world.operator_kubeconfig,
        simulator_url=lambda: world.simulator_url,
        death_signal=signal.SIGTERM,
    )
    world.operator.stop()
    world.operator.recipe = recipe
    world.operator.start()


def fast_periods() -> tuple[str, ...]:
    """The flags that divide every period by REST_SPEED."""
    return tuple(word for flag, value in PERIODS.items() for word in (flag, str(value / REST_SPEED)))


async def _settled(world: World) -> None:
    await _passed(world, 1)
    await asyncio.sleep(2 * PERIODS["--fleet-sweep-seconds"] / REST_SPEED + 2)


async def _passed(world: World, count: int) -> None:
    """Until the operator made so many passes."""
    async with asyncio.timeout(120):
        while await asyncio.to_thread(passes_made, world) < count:  # noqa: ASYNC110 - another process's count
            await asyncio.sleep(0.05)


def passes_made(world: World) -> float:
    return metric(world, 'endpoint_operator_passes_total{result="done"}')


def metric(world: World, name: str) -> float:
    """One value of the operator's /metrics; 0 where it is not there yet."""
    return metrics(world).get(name, 0.0)


def metrics(world: World) -> dict[str, float]:
    """The operator's /metrics: values by name and labels, as they stand there."""
    with urllib.request.urlopen(f"{world.operator_url}/metrics", timeout=10) as answer:  # noqa: S310 - our own http URL
        lines: list[str] = answer.read().decode().splitlines()
    rows = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in rows}
