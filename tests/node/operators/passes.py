"""Whether the one that leads has passed over every object: until then it has not shown what it would do."""

import urllib.request

from tests.controlplane.deadlines import until
from tests.node.operators.release import NAMESPACE, SOON, OperatorRelease

PORT = 8080
PASSES, QUEUED, OBJECTS = (f"endpoint_operator_{name}" for name in ("passes_total", "queue_depth", "objects"))


def has_passed_over(release: OperatorRelease, objects: int) -> None:
    """Waits until the leader knows so many objects, has made as many passes, and none waits for one."""

    def passed() -> bool:
        sums = metrics(release, release.leader())
        return sums[OBJECTS] == objects and sums[QUEUED] == 0 and sums[PASSES] >= objects

    what = f"a pass over each of {objects} objects"
    until(passed, what=what, within_seconds=SOON, seen=lambda: metrics(release, release.leader()))


def metrics(release: OperatorRelease, pod: str) -> dict[str, float]:
    """The three that are asked about, summed over their labels: 0.1.0 had none."""
    address = release.core.read_namespaced_pod(pod, NAMESPACE).status.pod_ip
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(f"http://{address}:{PORT}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return {name: sum(float(line.split()[-1]) for line in lines if _is_of(line, name)) for name in _ASKED}


_ASKED = (PASSES, QUEUED, OBJECTS)


def _is_of(line: str, name: str) -> bool:
    return line.startswith((f"{name} ", f"{name}{{"))
