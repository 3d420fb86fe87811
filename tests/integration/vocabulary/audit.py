"""What the operator wrote to the API server while a test looked on: the API server's own audit log."""

import json
from pathlib import Path
from typing import Any

from devworld.cluster import operator_user
from tests.controlplane.apiserver import WRITES


class AuditLog:
    """Lines from a moment on. The API server writes a line when it has answered the request."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._start = path.stat().st_size

    def begin_behind(self, mark: str) -> bool:
        """Leaves out what is before the line of a write to a thing of that name; False while there is none."""
        with self._path.open("rb") as file:
            file.seek(self._start)
            before, found, behind = file.read().partition(mark.encode())
        _, end, _ = behind.partition(b"\n")
        if not (found and end):
            return False
        self._start += len(before) + len(mark) + behind.index(b"\n") + 1
        return True

    def writes_of_operator(self, *, namespace: str | None = None) -> list[str]:
        """VERB RESOURCE NAMESPACE/NAME, in order; those in one namespace when it is given."""
        return [
            f"{line['verb']} {_resource(line['objectRef'])}"
            for line in self.lines()
            if line["user"]["username"] == operator_user()
            and (namespace is None or line.get("objectRef", {}).get("namespace") == namespace)
        ]

    def lines(self) -> list[dict[str, Any]]:
        """What changed something, as the API server wrote it, of whoever."""
        with self._path.open(encoding="utf-8") as file:
            file.seek(self._start)
            whole, _, _ = file.read().rpartition("\n")  # the last line may be half written
        lines = [json.loads(line) for line in whole.splitlines()]
        return [line for line in lines if line["verb"] in WRITES]


def _resource(reference: dict[str, Any]) -> str:
    kind = "/".join(filter(None, [reference["resource"], reference.get("subresource")]))
    return f"{kind} {reference.get('namespace', '')}/{reference.get('name', '')}"
