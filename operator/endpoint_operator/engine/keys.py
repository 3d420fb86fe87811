"""What is queued: an object's key, never an event."""

from typing import NamedTuple


class ObjectKey(NamedTuple):
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"
