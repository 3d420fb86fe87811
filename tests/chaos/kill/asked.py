"""What an object can be asked to be, whatever its kind."""

from typing import Any, Protocol

Document = dict[str, Any]


class Asked(Protocol):
    """One state of a spec."""

    def spec(self, name: str) -> Document:
        """Whole, of the object of this name."""
        ...


def patch_between(before: Document, after: Document) -> Document:
    """What makes the one into the other (RFC 7386): maps member by member, lists whole, None takes a member away."""
    patch: Document = {member: None for member in before if member not in after}
    for member, value in after.items():
        was = before.get(member)
        patch[member] = patch_between(was, value) if isinstance(was, dict) and isinstance(value, dict) else value
    return patch
