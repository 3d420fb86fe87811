"""Whoever applies the same again, in whatever way, changes nothing, is in nobody's way, and wakes nobody."""

import json
from collections.abc import Callable

import pytest

from tests.controlplane.kubectl import KubectlError
from tests.gitops.hands import (
    FINALIZER,
    LAST_APPLIED,
    client_side,
    live,
    manifest,
    owned,
    replaced,
    server_side,
    written_by_users,
)
from tests.integration.vocabulary.kubernetes_objects import Object
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import REGISTRY, count

AGAIN = 5
MANAGERS = ("kubectl", "argocd-controller", "kustomize-controller")
OPERATOR = "endpoint-operator"
Hand = Callable[[Scene, Object], Object]


def by_server(manager: str, *, force: bool) -> Hand:
    return lambda scene, thing: server_side(scene, thing, manager=manager, force=force)


HANDS: dict[str, Hand] = {
    **{f"server-side as {manager}": by_server(manager, force=False) for manager in MANAGERS},
    **{f"server-side as {manager}, forced": by_server(manager, force=True) for manager in MANAGERS},
    "client-side": client_side,
    "replace": replaced,
}


def made_by(world: Scene, hand: Hand, thing: Object) -> Object:
    """What it is like when it is Ready and the operator has nothing left to do."""
    if hand is replaced:  # of what is not there it makes nothing
        world.kubectl("create", "-f", "-", stdin=json.dumps(thing))
    else:
        hand(world, thing)
    world.applied("churn").settles()
    world.operator_looks(2)
    return live(world)


@pytest.mark.parametrize("hand", HANDS.values(), ids=HANDS)
def test_the_same_applied_again_changes_nothing_and_wakes_nobody(world: Scene, hand: Hand) -> None:
    thing = manifest(world)
    before = made_by(world, hand, thing)
    audit = world.audit_from_now()
    for _ in range(AGAIN):
        hand(world, thing)
    world.operator_looks(2)
    after = live(world)
    assert after["metadata"]["generation"] == before["metadata"]["generation"] == 1
    assert after["status"] == before["status"]
    operators = [line for line in audit.writes_of_operator() if world.namespace in line]
    # A replacement by a file without finalizers takes ours away, and we put it back: it guards what is in AWS.
    assert {line.split()[0] for line in operators} <= ({"patch", "update"} if hand is replaced else set())
    assert after["metadata"]["finalizers"] == [FINALIZER]


@pytest.mark.parametrize("name", [name for name, hand in HANDS.items() if hand is not replaced])
def test_an_apply_takes_neither_status_nor_finalizer_away(world: Scene, name: str) -> None:
    thing, hand = manifest(world), HANDS[name]
    status = made_by(world, hand, thing)["status"]
    said = hand(world, thing)
    assert said["status"] == status
    assert said["metadata"]["finalizers"] == [FINALIZER]


@pytest.mark.parametrize("manager", MANAGERS)
def test_everybody_owns_what_he_wrote_and_nothing_else(world: Scene, manager: str) -> None:
    made_by(world, by_server(manager, force=False), manifest(world))
    rows = owned(live(world))
    assert rows.keys() == {(manager, ""), (OPERATOR, ""), (OPERATOR, "status")}
    assert rows[manager, ""] == {"metadata.labels", "spec.mode", "spec.containers", "spec.instance"}
    assert rows[OPERATOR, ""] == {"metadata.finalizers"}
    assert {field.partition(".")[0] for field in rows[OPERATOR, "status"]} == {"status"}


def test_an_edit_by_the_same_tool_is_no_conflict_and_by_another_it_is(world: Scene) -> None:
    made_by(world, by_server("argocd-controller", force=False), manifest(world))
    instance = {**manifest(world)["spec"]["instance"], **count(2)["instance"]}
    edited = manifest(world, instance=instance)
    with pytest.raises(KubectlError, match=r'conflict with "argocd-controller".*\.spec\.instance\.count'):
        server_side(world, edited, manager="kustomize-controller")
    said = server_side(world, edited, manager="argocd-controller")
    assert (said["metadata"]["generation"], said["spec"]["instance"]["count"]) == (2, 2)
    world.applied("churn").settles()


def test_two_tools_may_share_an_object_as_long_as_they_say_the_same(world: Scene) -> None:
    thing = manifest(world)
    made_by(world, by_server("argocd-controller", force=False), thing)
    for _ in range(AGAIN):
        for manager in MANAGERS:
            server_side(world, thing, manager=manager)
    assert live(world)["metadata"]["generation"] == 1
    assert {name for name, subresource in owned(live(world)) if not subresource} == {*MANAGERS, OPERATOR}


def test_a_count_that_is_left_to_an_autoscaler_is_not_taken_back(world: Scene) -> None:
    """kubectl scale, KEDA and the HPA write spec.instance.count; who leaves it out of Git does not own it."""
    thing = manifest(world)
    del thing["spec"]["instance"]["count"]
    made_by(world, by_server("argocd-controller", force=False), thing)
    world.kubectl("scale", "inferenceendpoint", "churn", "-n", world.namespace, "--replicas=3")
    for _ in range(AGAIN):
        server_side(world, thing, manager="argocd-controller")
    assert live(world)["spec"]["instance"]["count"] == 3


@pytest.mark.parametrize("manager", MANAGERS)
def test_what_is_in_git_and_what_is_live_do_not_differ(world: Scene, manager: str) -> None:
    """By a dry run of server-side apply, which is how Flux always and Argo CD with ServerSideDiff compares."""
    container = {"image": f"{REGISTRY}/sim-null:1", "environment": [{"name": "A", "value": "b"}]}
    thing = manifest(world, containers=[container], tags={"team": "fraud"}, rollout={"strategy": "AllAtOnce"})
    before = made_by(world, by_server(manager, force=False), thing)
    dry = server_side(world, thing, manager=manager, dry_run=True)
    assert written_by_users(dry) == written_by_users(before)
    assert dry["status"] == before["status"]


def test_client_side_apply_leaves_nothing_but_its_own_annotation(world: Scene) -> None:
    thing = manifest(world)
    made_by(world, client_side, thing)
    annotations = live(world)["metadata"]["annotations"]
    assert annotations.keys() == {LAST_APPLIED}
    assert json.loads(annotations[LAST_APPLIED])["spec"] == thing["spec"]


def test_the_operator_writes_nothing_into_a_spec(world: Scene) -> None:
    made = server_side(world, manifest(world), manager="argocd-controller")
    endpoint = world.applied("churn").settles()
    world.operator_looks(2)
    after = live(world)
    assert after["spec"] == made["spec"]
    assert after["metadata"]["labels"] == {"team": "fraud"}
    assert "annotations" not in after["metadata"]
    assert "ownerReferences" not in after["metadata"]
    endpoint.delete().is_gone()
