"""What the operator wrote and how the API server answered, out of its audit log, from a moment on."""

from dataclasses import dataclass
from typing import Any

from devworld.cluster import operator_user
from tests.integration.vocabulary.scene import Scene


@dataclass(frozen=True, kw_only=True)
class Write:
    """`what` is VERB RESOURCE/SUBRESOURCE NAME; `status` is HTTP's."""

    what: str
    status: int


class AnsweredWrites:
    """Of the operator, in one namespace. Events of objects are none: one that is there already is refused by design."""

    def __init__(self, scene: Scene) -> None:
        self._log = scene.audit_from_now()
        self._namespace = scene.namespace

    def all(self) -> list[Write]:
        """In order. A line is written once the request has been answered."""
        return [write for line in self._log.lines() if (write := self._write(line)) is not None]

    def refused(self) -> list[Write]:
        return [write for write in self.all() if write.status >= 400]

    def of(self, what: str) -> list[Write]:
        """Those whose `what` holds the words."""
        return [write for write in self.all() if what in write.what]

    def _write(self, line: dict[str, Any]) -> Write | None:
        thing = line.get("objectRef", {})
        if line["user"]["username"] != operator_user() or thing.get("namespace") != self._namespace:
            return None
        if thing["resource"] == "events":
            return None
        kind = "/".join(filter(None, [thing["resource"], thing.get("subresource")]))
        return Write(what=f"{line['verb']} {kind} {thing.get('name', '')}", status=int(line["responseStatus"]["code"]))
