"""What `kubectl wait` waits for, and who keeps what was written by hand."""

import pytest

from tests.controlplane.kubectl import KubectlError
from tests.gitops.hands import live, manifest, server_side
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import instance_type, version

AT_ONCE = "--timeout=1s"
IN_TIME = "--timeout=40s"


def waits(world: Scene, condition: str, timeout: str) -> str:
    return world.kubectl("wait", "-n", world.namespace, f"--for=condition={condition}", timeout, "iep/churn")


def test_ready_of_an_earlier_generation_is_not_what_kubectl_waits_for(world: Scene) -> None:
    endpoint = world.given(version(1)).settles()
    waits(world, "Ready", AT_ONCE)
    world.operator.stop()  # so that nobody takes the Ready of the first generation back
    endpoint.edit(version(2))
    with pytest.raises(KubectlError, match="timed out"):
        waits(world, "Ready", AT_ONCE)
    world.operator.start()
    waits(world, "Ready", IN_TIME)
    assert endpoint.status["observedGeneration"] == 2


def test_kubectl_waits_for_what_has_no_conditions_yet(world: Scene) -> None:
    world.operator.stop()
    world.given()
    with pytest.raises(KubectlError, match="timed out"):
        waits(world, "Ready", AT_ONCE)
    assert live(world)["status"] == {"observedGeneration": -1}
    world.operator.start()
    waits(world, "Ready", IN_TIME)


def test_a_failure_can_be_waited_for_too(world: Scene) -> None:
    world.given(instance_type("ml.p4d.24xlarge"))
    waits(world, "Stalled", IN_TIME)


def test_a_pause_by_hand_stays_where_git_does_not_speak_of_it(world: Scene) -> None:
    thing = manifest(world)
    server_side(world, thing, manager="argocd-controller")
    world.applied("churn").settles().edit({"paused": True}).settles()
    server_side(world, thing, manager="argocd-controller")
    server_side(world, thing, manager="argocd-controller", force=True)
    assert live(world)["spec"]["paused"] is True
