"""Ten thousand models at rest and over a restart; measured of our own operator, whose periods are known."""

import asyncio
import time
from dataclasses import dataclass

from devworld.world import World
from tests.bench.contender import Rest, Restart
from tests.bench.fleet import NotReadyError
from tests.bench.ours import PERIODS, REST_SPEED, OurOperatorRunning, fast_periods, metrics, restart_operator

_SEEN_WITHIN_SECONDS = 600.0


@dataclass(frozen=True, kw_only=True)
class Everything:
    """How many objects there are."""

    models: int
    endpoints: int


async def rest(world: World, running: OurOperatorRunning, there: Everything) -> Rest:
    """Two of the longest periods, all periods divided by REST_SPEED."""
    await asyncio.to_thread(restart_operator, world, fast_periods())
    await _all_seen(world, running, there)
    await asyncio.sleep(2 * PERIODS["--fleet-sweep-seconds"] / REST_SPEED + 2)
    window = 2 * max(PERIODS.values()) / REST_SPEED
    counters = running.counters()
    mark = counters.mark()
    await asyncio.sleep(window)
    running.check()
    return Rest(seconds=window, speed=REST_SPEED, counted=counters.since(mark))


async def restart(world: World, running: OurOperatorRunning, there: Everything) -> Restart:
    """Until every object was passed over, under the default periods."""
    mark = running.counters().mark_of_next_process()
    began = time.monotonic()
    await asyncio.to_thread(restart_operator, world, ())
    await _all_seen(world, running, there)
    seen = time.monotonic() - began
    return Restart(seen_after=seen, counted=running.counters().since(mark), limit=_SEEN_WITHIN_SECONDS)


async def _all_seen(world: World, running: OurOperatorRunning, there: Everything) -> None:
    """Every object is known and none waits for a pass. Raises NotReadyError."""
    deadline = time.monotonic() + _SEEN_WITHIN_SECONDS
    while not all_passed(await asyncio.to_thread(metrics, world), there):
        if time.monotonic() > deadline:
            raise NotReadyError(f"the operator had not passed over all objects after {_SEEN_WITHIN_SECONDS:.0f} s")
        running.check()
        await asyncio.sleep(0.1)


def all_passed(values: dict[str, float], there: Everything) -> bool:
    """Whether /metrics says so. Passes are counted of both kinds together: that nothing is queued says the rest."""
    known = {"InferenceModel": there.models, "InferenceEndpoint": there.endpoints}
    passes = values.get('endpoint_operator_passes_total{result="done"}', 0.0)
    return passes >= sum(known.values()) and all(
        values.get(f'endpoint_operator_objects{{kind="{kind}"}}') == count
        and values.get(f'endpoint_operator_queue_depth{{kind="{kind}"}}') == 0.0
        for kind, count in known.items()
    )
