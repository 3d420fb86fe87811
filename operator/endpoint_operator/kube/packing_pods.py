"""What the Pods of a packing Job say: the packer's last words, or why it cannot begin."""

from endpoint_operator.kube.api import Body
from endpoint_operator.kube.packing_job import CONTAINER

_ENDED = ("Succeeded", "Failed")
# Reasons of a container that is about to start; any other says why it does not.
_STARTING = ("ContainerCreating", "PodInitializing", "")


def still_there(pods: list[Body]) -> bool:
    """Whether any of them may still write."""
    return any(pod["status"].get("phase") not in _ENDED for pod in pods)


def ending(pods: list[Body]) -> tuple[str, int | None]:
    """Last words and exit code of the one that ended last; ("", None) where none did."""
    ended = [pod for pod in pods if pod["status"].get("phase") in _ENDED]
    if not ended:
        return "", None
    pod = max(ended, key=lambda pod: str(pod["metadata"].get("creationTimestamp", "")))
    terminated = _container_state(pod).get("terminated")
    if terminated is None:  # it never ran: evicted, or its node is gone
        return _joined(pod["status"].get("reason"), pod["status"].get("message")), None
    if terminated.get("reason") == "OOMKilled":
        return "the packer was out of memory; raise --packer-memory of the operator", None
    words = str(terminated.get("message") or "").strip()
    code = int(terminated["exitCode"])
    return words or f"the packer ended with exit code {code}; see the log of the Pod {pod['metadata']['name']}", code


def hindrance(pods: list[Body]) -> str:
    """Why the Pod that is to run does not; empty where nothing is wrong."""
    for pod in pods:
        waiting = _container_state(pod).get("waiting") or {}
        if waiting.get("reason", "") not in _STARTING:
            return (
                f"the Pod {pod['metadata']['name']} cannot start: {_joined(waiting['reason'], waiting.get('message'))}"
            )
        for condition in pod["status"].get("conditions") or ():
            if condition["type"] == "PodScheduled" and condition["status"] == "False":
                said = _joined(condition.get("reason"), condition.get("message"))
                return f"the Pod {pod['metadata']['name']} has no node: {said}"
    return ""


def _container_state(pod: Body) -> Body:
    for status in pod["status"].get("containerStatuses") or ():
        if status["name"] == CONTAINER:
            state: Body = status.get("state") or {}
            return state
    return {}


def _joined(reason: object, message: object) -> str:
    return ": ".join(str(part) for part in (reason, message) if part)
