"""Figures of the operator as Pods: who leads when Pods go, how fast one starts, what memory it takes, by endpoints."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.controlplane.deadlines import until
from tests.node.operators import departures
from tests.node.operators.containers import Memory, memory_of
from tests.node.operators.fleet import Fleet
from tests.node.operators.leader_departures import Report, measure
from tests.node.operators.leases import LeaseWatch
from tests.node.operators.passes import has_passed_over
from tests.node.operators.release import NAMESPACE, SOON, OperatorRelease, is_ready


@dataclass(frozen=True, kw_only=True)
class Departures:
    """`unheld`: seconds of every time in which the Lease named nobody."""

    report: Report
    unheld: list[float]

    def table(self) -> str:
        rows = [self.report.table()]
        if self.unheld:
            rows.append(f"{'the Lease named nobody, p50':<50}{statistics.median(self.unheld):.2f} s")
            rows.append(f"{'the Lease named nobody, max':<50}{max(self.unheld):.2f} s")
        return "\n".join(rows)


def leaders_that_go(release: OperatorRelease, *, deleted: int, killed: int) -> list[tuple[str, Departures]]:
    """By the way in which they went."""
    ways = {"deleted": [departures.deleted] * deleted, "killed": [departures.killed] * killed}
    return [(way, _leaders_that_go(release, way, each)) for way, each in ways.items() if each]


def _leaders_that_go(release: OperatorRelease, way: str, each: Sequence[Callable[..., None]]) -> Departures:
    with LeaseWatch(release) as lease:
        report = measure(release, each, namespace=f"figures{way}")
    return Departures(report=report, unheld=lease.unheld())


def start_ups(release: OperatorRelease, times: int) -> list[float]:
    """Seconds from a Pod's being there until it is Ready, the image being on the node; one Pod at a time."""
    return [_start_up(release) for _ in range(times)]


def _start_up(release: OperatorRelease) -> float:
    release.is_whole()
    before = release.pod_names()
    release.core.delete_namespaced_pod(min(before), NAMESPACE)
    until(lambda: release.pod_names() - before, what="a new Pod", within_seconds=SOON, seen=release.evidence)
    began, [new] = time.monotonic(), release.pod_names() - before
    until(
        lambda: is_ready(release.core.read_namespaced_pod(new, NAMESPACE)),
        what=f"{new} Ready",
        within_seconds=SOON,
        seen=release.evidence,
    )
    return time.monotonic() - began


@dataclass(frozen=True, kw_only=True)
class MemoryAt:
    """Of the Pod that leads and of the one that waits, with so many endpoints Ready."""

    endpoints: int
    leader: Memory
    standby: Memory


def memory_by_endpoints(release: OperatorRelease, sizes: Sequence[int]) -> list[MemoryAt]:
    """From few to many; each size begins with the Pods of before."""
    scene_of = "figuresmemory"
    figures, there = [], 0
    for size in sorted(sizes):
        if size > there:
            Fleet.grown(release, namespace=scene_of, first=there, size=size - there)
            there = size
        figures.append(_memory_at(release, size))
    return figures


def _memory_at(release: OperatorRelease, size: int) -> MemoryAt:
    release.is_whole()
    if size:
        has_passed_over(release, size)
    leader = release.leader()
    [standby] = release.pod_names() - {leader}
    each = [
        memory_of(release.ground.node, release.core.read_namespaced_pod(pod, NAMESPACE)) for pod in (leader, standby)
    ]
    return MemoryAt(endpoints=size, leader=each[0], standby=each[1])
