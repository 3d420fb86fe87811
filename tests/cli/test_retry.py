"""`retry` makes the operator try once more what it would leave alone."""

from tests.cli.program import Program
from tests.cli.scene import Scene
from tests.controlplane.deadlines import until

UNHEALTHY = "The primary container for production variant AllTraffic did not pass the ping health check."


def test_retry_wakes_a_stalled_object_and_it_becomes_ready(scene: Scene) -> None:
    scene.world.simulator.next(scene.endpoint, result="Failed", failureReason=UNHEALTHY)
    scene.apply(scene.manifest())
    scene.settles()
    assert scene.condition("Stalled")["reason"] == "ContainerUnhealthy"
    said = scene.program("retry", "churn", "-n", scene.namespace)
    assert said.code == 0
    assert f"kubectl inference status churn -n {scene.namespace}" in said.out
    until(
        lambda: scene.condition("Ready")["status"] == "True",
        what="Ready after the retry",
        within_seconds=60,
        seen=lambda: scene.condition("Ready"),
    )


def test_two_retries_in_a_row_are_two_requests(scene: Scene) -> None:
    scene.apply(scene.manifest())
    stamps = []
    for _ in range(2):
        assert scene.program("retry", "churn", "-n", scene.namespace).code == 0
        live = scene.world.kubectl.json("get", "iep", "churn", "-n", scene.namespace)
        stamps.append(live["metadata"]["annotations"]["inference.endpoint-operator.dev/reconcile-at"])
    assert stamps[0] < stamps[1]
    assert all(stamp.endswith("Z") and len(stamp) == len("2026-11-22T12:00:00.000000Z") for stamp in stamps)


def test_a_retry_of_nothing_is_one_sentence(program: Program) -> None:
    said = program("retry", "nothing", "-n", "default")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("Error: there is no InferenceEndpoint default/nothing; ")
    assert len(said.err.splitlines()) == 1
