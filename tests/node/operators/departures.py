"""The ways in which a Pod of the operator goes, from the most polite to the least."""

import os
import signal

from tests.node.operators.containers import container_pid
from tests.node.operators.release import NAMESPACE, OperatorRelease


def deleted(release: OperatorRelease, pod: str) -> None:
    """As a rolling update, a drain or `kubectl delete pod` does it: SIGTERM, and the grace that the chart gives."""
    release.core.delete_namespaced_pod(pod, NAMESPACE)


def forced(release: OperatorRelease, pod: str) -> None:
    """`kubectl delete pod --force --grace-period=0`: the object goes at once, the kubelet ends the process after."""
    release.core.delete_namespaced_pod(pod, NAMESPACE, grace_period_seconds=0)


def killed(release: OperatorRelease, pod: str) -> None:
    """SIGKILL, as when memory runs out: nobody lets go of the Lease. The kubelet starts the container again."""
    os.kill(container_pid(release.ground.node, release.core.read_namespaced_pod(pod, NAMESPACE)), signal.SIGKILL)
