"""A Pod's status as a kubelet writes it, at each moment of a container that is never started twice."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Body = dict[str, Any]

# The kubelet's bounds (Kubernetes documentation, "Customizing the termination message").
MOST_MESSAGE_BYTES = 4096
MOST_LOG_BYTES, MOST_LOG_LINES = 2048, 80
KILLED = 137


@dataclass(frozen=True, kw_only=True)
class End:
    """How a container ended."""

    exit_code: int
    message: str
    started_at: str
    reason: str = ""
    """Empty: Completed or Error, as the exit code says."""


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def waiting(pod: Body, reason: str, message: str) -> Body:
    """It cannot start yet."""
    return _status(pod, phase="Pending", state={"waiting": {"reason": reason, "message": message}}, ready=False)


def running(pod: Body, *, started_at: str) -> Body:
    return _status(pod, phase="Running", state={"running": {"startedAt": started_at}}, ready=True)


def ended(pod: Body, end: End) -> Body:
    terminated = {
        "exitCode": end.exit_code,
        "reason": end.reason or ("Completed" if end.exit_code == 0 else "Error"),
        "startedAt": end.started_at,
        "finishedAt": now(),
    }
    if end.message:
        terminated["message"] = end.message
    phase = "Succeeded" if end.exit_code == 0 else "Failed"
    return _status(pod, phase=phase, state={"terminated": terminated}, ready=False)


def message_of(*, last_words: bytes, log: bytes, exit_code: int, policy: str) -> str:
    """The termination message, by the container's terminationMessagePolicy."""
    if not last_words and exit_code and policy == "FallbackToLogsOnError":
        last_lines = b"".join(log[-MOST_LOG_BYTES:].splitlines(keepends=True)[-MOST_LOG_LINES:])
        return last_lines.decode("utf-8", errors="replace")
    return last_words[:MOST_MESSAGE_BYTES].decode("utf-8", errors="replace")


def _status(pod: Body, *, phase: str, state: Body, ready: bool) -> Body:
    container = pod["spec"]["containers"][0]
    ran = "waiting" not in state
    word = "True" if ready else "False"
    why = {} if ready else {"reason": "PodCompleted" if "terminated" in state else "ContainersNotReady"}
    return {
        "phase": phase,
        "startTime": pod["status"].get("startTime") or now(),
        "conditions": [
            _condition("PodScheduled", "True"),
            _condition("Initialized", "True"),
            {**_condition("ContainersReady", word), **why},
            {**_condition("Ready", word), **why},
        ],
        "containerStatuses": [
            {
                "name": container["name"],
                "image": container["image"],
                "imageID": f"process://{container['image']}" if ran else "",
                "ready": ready,
                "started": ready,
                "restartCount": 0,
                "state": state,
            }
        ],
    }


def _condition(name: str, status: str) -> Body:
    return {"type": name, "status": status, "lastTransitionTime": now()}
