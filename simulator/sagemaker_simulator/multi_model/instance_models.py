"""What one instance holds: the models in its memory, those on its disk, and which are in use. Decides, does nothing.

One server process stands for all instances of a variant; this is what tells them apart.
"""

from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from .instance_limits import InstanceLimits
from .target import Target


@dataclass(frozen=True, kw_only=True)
class Copy:
    """A model as an instance has it: the container's name for it, and the bytes of its files.

    The bytes stand for its memory too: what a model really takes there, only its server knows.
    """

    target: Target
    name: str
    size: int

    @property
    def key(self) -> str:
        return self.target.key


class InstanceModels:
    """The books of one instance. Both shelves are in the order of use, the least recent first."""

    def __init__(self, number: int, limits: InstanceLimits) -> None:
        self.number = number
        self._limits = limits
        self._loaded: OrderedDict[str, Copy] = OrderedDict()
        self._stored: OrderedDict[str, Copy] = OrderedDict()
        self._in_use: Counter[str] = Counter()
        self._loaded_bytes = 0
        self._stored_bytes = 0
        self._reserved_bytes = 0
        self._reservations = 0

    @property
    def loaded_count(self) -> int:
        return len(self._loaded)

    @property
    def loaded_bytes(self) -> int:
        return self._loaded_bytes + self._reserved_bytes

    @property
    def is_idle(self) -> bool:
        return not self._in_use

    def loaded(self, key: str) -> Copy | None:
        return self._loaded.get(key)

    def stored(self, key: str) -> Copy | None:
        return self._stored.get(key)

    def uses(self, key: str) -> int:
        """Return how many requests wait for the model or are with it."""
        return self._in_use[key]

    @contextmanager
    def using(self, key: str) -> Iterator[None]:
        """Keep the model from being taken away while a request waits for it or is with it."""
        self._in_use[key] += 1
        try:
            yield
        finally:
            self._in_use[key] -= 1
            if not self._in_use[key]:
                del self._in_use[key]
            for shelf in (self._loaded, self._stored):
                if key in shelf:
                    shelf.move_to_end(key)

    def store(self, copy: Copy) -> None:
        """Note that the model's files are there."""
        self._stored[copy.key] = copy
        self._stored_bytes += copy.size

    def discard(self, copy: Copy) -> None:
        """Note that the model's files are gone."""
        if self._stored.pop(copy.key, None) is not None:
            self._stored_bytes -= copy.size

    @contextmanager
    def reserved(self, copy: Copy) -> Iterator[None]:
        """Hold memory for a model that is being loaded."""
        self._reserved_bytes += copy.size
        self._reservations += 1
        try:
            yield
        finally:
            self._reserved_bytes -= copy.size
            self._reservations -= 1

    def load(self, copy: Copy) -> None:
        """Note that the model is in memory."""
        self._loaded[copy.key] = copy
        self._loaded_bytes += copy.size

    def unload(self, copy: Copy) -> None:
        """Note that the model is no longer in memory."""
        if self._loaded.pop(copy.key, None) is not None:
            self._loaded_bytes -= copy.size

    def has_memory_for(self, copy: Copy) -> bool:
        limit = self._limits.memory_bytes
        return limit is None or self.loaded_bytes + copy.size <= limit

    def is_too_large(self, copy: Copy) -> bool:
        """Tell whether the memory does not hold the model even when there is nothing else in it."""
        limit = self._limits.memory_bytes
        return limit is not None and copy.size > limit

    def disk_is_over_full(self) -> bool:
        limit = self._limits.disk_bytes
        return limit is not None and self._stored_bytes > limit

    def unloadable(self) -> Copy | None:
        """Return the model in memory that was used least recently, of those that nobody uses."""
        return next((copy for key, copy in self._loaded.items() if not self._in_use[key]), None)

    def discardable(self) -> Copy | None:
        """Return the model on disk that was used least recently, of those that nobody uses or has in memory."""
        return next(
            (copy for key, copy in self._stored.items() if not self._in_use[key] and key not in self._loaded), None
        )

    def is_empty(self) -> bool:
        """Tell whether no model is in memory or being loaded into it."""
        return not self._loaded and not self._reservations

    def everything_loaded(self) -> list[Copy]:
        return list(self._loaded.values())

    def everything_stored(self) -> list[Copy]:
        return list(self._stored.values())
