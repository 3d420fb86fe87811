"""Twenty kills of the leader in a row under load: how long nobody leads, and whether anything is done twice.

`python -m tests.chaos.leader_kills` prints the table; a test in test_replicas.py holds it to its promises.
"""

import os
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from devworld.environment import clear_inherited
from tests.chaos.effects import doubled
from tests.chaos.load import Load
from tests.chaos.replicas import Replicas, start_world
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import SharedWorld

KILLS = 20
REPLICAS = 3
ENDPOINTS = 10
CHANGES_BETWEEN_KILLS = 10
# A fifth of the default: what a takeover takes is proportional to it, and twenty are to be seen in a minute or two.
LEASE_SECONDS = 3.0


@dataclass(frozen=True, kw_only=True)
class Report:
    """Times without a leader in seconds, one a kill; what was done twice; how much was done."""

    lease_seconds: float
    endpoints: int
    without_leader: list[float]
    doubled: list[str]
    changes: int
    left_over: list[str]
    """Objects in SageMaker that no InferenceEndpoint stands for in the end."""

    def table(self) -> str:
        rows = {
            "lease": f"{self.lease_seconds:g} s (the default is 15 s: times are proportional)",
            "kills of the leader": f"{len(self.without_leader)}",
            "endpoints made, edited and deleted all the time": f"{self.endpoints}",
            "calls that changed something": f"{self.changes}",
            "without a leader, p50": f"{statistics.median(self.without_leader):.2f} s",
            "without a leader, max": f"{max(self.without_leader):.2f} s",
            "doubled calls": f"{len(self.doubled)}",
            "left over in SageMaker": f"{len(self.left_over)}",
        }
        return "\n".join(f"{name:<50}{value}" for name, value in rows.items())


def run(directory: Path) -> Report:
    """In a world of its own."""
    world = start_world(directory, replicas=REPLICAS, lease_seconds=LEASE_SECONDS)
    shared = SharedWorld(world)
    replicas = Replicas(world)
    try:
        return measure(shared, replicas)
    finally:
        replicas.close()
        shared.stop()


def measure(shared: SharedWorld, replicas: Replicas) -> Report:
    """In a world of REPLICAS with leases of LEASE_SECONDS."""
    scene = Scene(shared, namespace="leaderkills")
    calls = scene.calls_from_now()
    with Load(scene, endpoints=ENDPOINTS) as load:
        without = [_kill_the_leader(scene, replicas) for _ in range(KILLS)]
        replicas.make_whole()
    for endpoint in load.endpoints():
        endpoint.settles()
    staying = {endpoint.sagemaker_name for endpoint in load.endpoints()}
    scene.until(lambda: len(scene.objects.all(scene.namespace)) == len(staying), "the deleted ones gone")
    return Report(
        lease_seconds=LEASE_SECONDS,
        endpoints=ENDPOINTS,
        without_leader=without,
        doubled=doubled(calls.all(), updates_wanted=load.edits),
        changes=len(calls.that_change_anything()),
        left_over=[name for name in scene.sagemaker.everything() if not _stands_for(name, staying)],
    )


def _stands_for(name: str, staying: set[str]) -> bool:
    """Whether an endpoint, endpoint config or model is of one of the endpoints."""
    return any(name == each or name.startswith(f"{each}-") for each in staying)


def _kill_the_leader(scene: Scene, replicas: Replicas) -> float:
    """Kill -9 in the middle of its work; seconds until another one holds the Lease. The dead one comes back after."""
    replicas.make_whole()
    leader, holder, calls = replicas.leader(), replicas.holder(), scene.calls_from_now()
    scene.until(lambda: len(calls.that_change_anything()) >= CHANGES_BETWEEN_KILLS, f"{leader.name} at work")
    killed = time.monotonic()
    leader.kill()
    _, led = replicas.successor_of(holder, within_seconds=90)
    return led - killed


def main() -> None:
    clear_inherited(os.environ)
    with tempfile.TemporaryDirectory(prefix="leader-kills-") as directory:
        report = run(Path(directory))
    print(report.table())


if __name__ == "__main__":
    main()
