"""Leaders that go one after the other while endpoints are made, edited and deleted, and what came of it."""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from tests.chaos.effects import doubled
from tests.chaos.load import Load
from tests.chaos.replicas import replica_of
from tests.controlplane.deadlines import until
from tests.integration.vocabulary.recorded_calls import CHANGING, RecordedCalls
from tests.integration.vocabulary.scene import Scene
from tests.node.operators.release import SOON, Departure, OperatorRelease

ENDPOINTS = 10
CHANGES_BETWEEN = 10
"""What a leader does at least before it goes."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """Of all departures, in their order."""

    until_led: list[float]
    """Seconds from the request that a Pod goes, or from its death, until the Lease names another one."""
    changes: int
    """Calls that changed something in AWS."""
    doubled: list[str]
    left_over: list[str]
    """Objects in SageMaker that no InferenceEndpoint stands for in the end."""
    leaders: list[str]
    acted: list[str]
    """Pods that changed something, in the order of their calls; one that went on is named once."""

    def table(self) -> str:
        rows = {
            "the leader's Pod went": f"{len(self.until_led)} times",
            "endpoints made, edited and deleted all the time": f"{ENDPOINTS}",
            "calls that changed something": f"{self.changes}",
            "until another one led, p50": f"{statistics.median(self.until_led):.2f} s",
            "until another one led, max": f"{max(self.until_led):.2f} s",
            "doubled calls": f"{len(self.doubled)}",
            "left over in SageMaker": f"{len(self.left_over)}",
        }
        return "\n".join(f"{name:<50}{value}" for name, value in rows.items())


def measure(release: OperatorRelease, departures: Sequence[Departure], *, namespace: str) -> Report:
    """One leader goes in each of these ways; endpoints are in a namespace of their own."""
    scene = Scene(release.ground.shared, namespace=namespace)
    calls = scene.calls_from_now()
    until_led, leaders = [], []
    with Load(scene, endpoints=ENDPOINTS) as load:
        for departure in departures:
            release.is_whole()
            leaders.append(at_work(release, calls))
            until_led.append(_led_again_after(release, departure))
        release.is_whole()
        leaders.append(at_work(release, calls))
    comes_to_rest(scene, load)
    staying = {endpoint.sagemaker_name for endpoint in load.endpoints()}
    return Report(
        until_led=until_led,
        changes=len(calls.that_change_anything()),
        doubled=doubled(calls.all(), updates_wanted=load.edits),
        left_over=[name for name in scene.sagemaker.everything() if not _stands_for(name, staying)],
        leaders=leaders,
        acted=changes_by(calls),
    )


def changes_by(calls: RecordedCalls) -> list[str]:
    names = [replica_of(row) for row in calls.all() if row["operation"].startswith(CHANGING)]
    return [name for name, _ in groupby(names)]


def at_work(release: OperatorRelease, calls: RecordedCalls) -> str:
    """Waits until the one that leads now has changed enough; its Pod's name."""
    leader, before = release.leader(), len(calls.that_change_anything())
    until(
        lambda: len(calls.that_change_anything()) >= before + CHANGES_BETWEEN and changes_by(calls)[-1] == leader,
        what=f"{CHANGES_BETWEEN} changes, the last one by {leader}",
        within_seconds=SOON,
        seen=release.evidence,
    )
    return leader


def comes_to_rest(scene: Scene, load: Load) -> None:
    """Waits until all endpoints that stay are Ready and the others are gone."""
    for endpoint in load.endpoints():
        endpoint.settles()
    left = len(load.endpoints())
    scene.until(lambda: len(scene.objects.all(scene.namespace)) == left, "the deleted ones gone")


def _led_again_after(release: OperatorRelease, departure: Departure) -> float:
    """Nothing but the Lease is asked meanwhile, so that the answer is as old as one request."""
    holder, pod = release.holder(), release.leader()
    asked = time.monotonic()
    departure(release, pod)
    until(
        lambda: release.holder() not in ("", holder),
        what=f"a successor of {holder}",
        within_seconds=SOON,
        seen=release.evidence,
    )
    return time.monotonic() - asked


def _stands_for(name: str, staying: set[str]) -> bool:
    """Whether an endpoint, endpoint config or model is of one of the endpoints."""
    return any(name == each or name.startswith(f"{each}-") for each in staying)
