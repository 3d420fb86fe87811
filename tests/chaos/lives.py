"""Whole lives of endpoints under a fault: made, edited, deleted, and what is left or was done twice."""

from collections.abc import Callable

from tests.chaos.effects import doubled
from tests.controlplane.deadlines import until
from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import version

# Far beyond what a fault in a third of all calls costs with the back-off that it earns.
PATIENCE_SECONDS = 90.0


def life_of(world: Scene, *, endpoints: int) -> list[str]:
    """Endpoints are made, edited and deleted all at once; what took effect twice."""
    calls = world.calls_from_now()
    all_of_them = [world.given(version(1), name=f"e{number}") for number in range(endpoints)]
    patiently(world, lambda: all(is_ready(each) for each in all_of_them), "all made")
    for each in all_of_them:
        each.edit(version(2))
    patiently(world, lambda: all(is_ready(each) for each in all_of_them), "all edited")
    for each in all_of_them:
        assert world.sagemaker.config(each.status["endpoint"]["configName"]) is not None
        each.delete()
    patiently(world, lambda: world.objects.all(world.namespace) == [], "all deleted")
    assert world.sagemaker.everything() == []
    return doubled(calls.all(), updates_wanted={each.sagemaker_name: 1 for each in all_of_them})


def is_ready(endpoint: Endpoint) -> bool:
    condition, generation = endpoint.condition("Ready"), endpoint.object["metadata"]["generation"]
    return condition.get("status") == "True" and condition.get("observedGeneration") == generation


def patiently(world: Scene, fact: Callable[[], object], what: str) -> None:
    until(fact, what=what, within_seconds=PATIENCE_SECONDS, seen=world.evidence)


def fired(world: Scene, fault: str) -> int:
    rows = world.simulator.faults()
    rows = rows["faults"] if isinstance(rows, dict) else rows
    return next(int(row["fired"]) for row in rows if row["id"] == fault)
