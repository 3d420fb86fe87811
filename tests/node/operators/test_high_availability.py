"""Two Pods of the operator on a real node: whoever goes, another one acts, and nothing is done twice."""

import random

import pytest

from devworld.node.bringing_up import NODE_NAME
from tests.chaos.effects import doubled
from tests.chaos.load import Load
from tests.controlplane.deadlines import until
from tests.controlplane.kubectl import KubectlError
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import version
from tests.node.operators import departures
from tests.node.operators.leader_departures import at_work, comes_to_rest, measure
from tests.node.operators.leases import LeaseWatch
from tests.node.operators.release import NAMESPACE, SOON, OperatorRelease

pytestmark = pytest.mark.timeout(900)  # the first one builds the image and starts the node

LEASE_SECONDS = 15.0  # as it ships
HANDED_OVER_SECONDS = 10.0  # no Lease runs out sooner: a leader renews it every five seconds
DRAIN_SECONDS = 12  # kubectl tries an eviction that was refused again after five
TOO_MANY_REQUESTS = 429


def test_leaders_that_are_deleted_hand_over_and_nothing_is_done_twice(release: OperatorRelease) -> None:
    report = measure(release, [departures.deleted] * 3, namespace="deleted")
    assert (report.doubled, report.left_over) == ([], [])
    assert report.acted == report.leaders, "one at a time, in the order in which they led"
    assert max(report.until_led) < HANDED_OVER_SECONDS, report.until_led


def test_a_leader_that_is_deleted_by_force_is_followed_and_nothing_is_done_twice(release: OperatorRelease) -> None:
    """Its process may have time to let go of the Lease or not: the object is gone before the kubelet has begun."""
    report = measure(release, [departures.forced], namespace="forced")
    assert (report.doubled, report.left_over) == ([], [])
    assert report.acted == report.leaders
    assert max(report.until_led) < 2 * LEASE_SECONDS, report.until_led


def test_a_leader_that_is_killed_is_followed_once_its_lease_has_run_out(release: OperatorRelease) -> None:
    report = measure(release, [departures.killed], namespace="killed")
    assert (report.doubled, report.left_over) == ([], [])
    assert report.acted == report.leaders
    [seconds] = report.until_led
    assert HANDED_OVER_SECONDS * 0.9 < seconds < LEASE_SECONDS + HANDED_OVER_SECONDS, (
        "sooner, and the leader might still have been there"
    )


def test_a_rolling_update_hands_the_lease_on_and_does_nothing_twice(release: OperatorRelease) -> None:
    release.is_whole()
    scene, before = Scene(release.ground.shared, namespace="rolled"), release.pod_names()
    calls = scene.calls_from_now()
    with LeaseWatch(release) as lease, Load(scene, endpoints=10) as load:
        at_work(release, calls)
        release.upgrade(variables={"ROLLED": str(random.randrange(10**9))})  # noqa: S311 - no secret
        at_work(release, calls)
    comes_to_rest(scene, load)
    assert release.pod_names().isdisjoint(before)
    assert doubled(calls.all(), updates_wanted=load.edits) == []
    assert 2 <= len(lease.holders()) <= 3, lease.seen  # old to new, or by way of the other old one
    assert len(lease.unheld()) == len(lease.holders()) - 1, "each let go of the Lease itself"
    assert max(lease.unheld()) < HANDED_OVER_SECONDS / 2


def test_a_second_pod_is_not_evicted_before_what_replaces_the_first_is_ready(release: OperatorRelease) -> None:
    release.is_whole()
    first, second = sorted(release.pod_names())
    assert release.evict(first) == 201
    assert release.evict(second) == TOO_MANY_REQUESTS
    until(lambda: release.evict(second) == 201, what="the second eviction", within_seconds=SOON, seen=release.evidence)
    [replacement] = release.ready_pods() - {first, second}
    release.is_whole()
    assert replacement in release.pod_names()


def test_a_drain_takes_one_pod_and_leaves_the_other_at_work(release: OperatorRelease) -> None:
    """There is no other node: what would run there waits, and with it the eviction of the last one."""
    release.is_whole()
    scene, before = Scene(release.ground.shared, namespace="drained"), release.pod_names()
    endpoint = scene.given(version(1)).settles()
    kubectl = release.ground.node.kubectl
    try:
        with pytest.raises(KubectlError, match="disruption budget"):
            kubectl("drain", NODE_NAME, f"--timeout={DRAIN_SECONDS}s", within_seconds=SOON)
        [left] = before & release.ready_pods()
        assert release.leader() == left
        endpoint.edit(version(2)).settles()
    finally:
        kubectl("uncordon", NODE_NAME)
    release.is_whole()
    assert left in release.pod_names()


def test_the_budget_counts_both_pods_and_lets_one_go(release: OperatorRelease) -> None:
    """What the tests above rest on, as the API server counts it."""
    release.is_whole()
    budget = release.ground.node.kubectl.json("get", "pdb", "-n", NAMESPACE)["items"][0]["status"]
    assert (budget["currentHealthy"], budget["desiredHealthy"], budget["disruptionsAllowed"]) == (2, 1, 1)
