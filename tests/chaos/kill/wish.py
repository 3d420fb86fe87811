"""What was asked of one object, and which deployments that comes to."""

import dataclasses
from collections.abc import Iterable, Iterator
from itertools import pairwise

from tests.chaos.kill.versions import ASYNC, REAL_TIME, Version


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wish:
    """Versions in the order in which they were asked for."""

    name: str
    namespace: str
    endpoint_name: str
    cluster: str
    asked: tuple[Version, ...]
    skippable: int | None
    """The position of the version that nobody may have seen."""
    deleted: bool

    @property
    def latest(self) -> Version:
        return self.asked[-1]

    @property
    def edits(self) -> int:
        return len(self.asked) - 1

    @property
    def stops(self) -> int:
        return sum(version.stopped for version in self.asked)

    @property
    def retypings(self) -> int:
        """How often the instance type is to change."""
        return sum(after.instance_type != before.instance_type for before, after in pairwise(self.asked))

    @property
    def may_sleep(self) -> bool:
        """Whether a policy was ever asked for that wakes it."""
        return any(version.scaling is not None and version.scaling.minimum == 0 for version in self.asked)

    @property
    def recreations(self) -> int:
        """How often the mode is to change in a way that SageMaker does not make in place."""
        return sum(_is_remade(before, after) for before, after in pairwise(self.asked))

    def deployed(self, times: int) -> list[Version] | None:
        """The versions that were deployed, when SageMaker was asked so often to; None when that fits no history."""
        without = [version for position, version in enumerate(self.asked) if position != self.skippable]
        for history in (self.asked, without):
            found = list(_deployments(history))
            if len(found) == times:
                return found
        return None


def kept(deployed: Iterable[Version]) -> list[Version]:
    """Those whose models stay: that which serves and the last before it (revisionHistoryLimit is 0)."""
    last = {version.number: version for version in deployed}
    order = list(dict.fromkeys(version.number for version in reversed(list(deployed))))
    return [last[number] for number in order[:2]]


def _deployments(history: Iterable[Version]) -> Iterator[Version]:
    """The first, each of another number, each that follows a stop, and each that takes provisioned concurrency away:
    the others change in place."""
    serving: Version | None = None
    for version in history:
        if not version.stopped and (serving is None or _needs_deployment(serving, version)):
            yield version
        serving = None if version.stopped else version


def _needs_deployment(before: Version, after: Version) -> bool:
    return after.number != before.number or (before.warm is not None and after.warm is None)


def _is_remade(before: Version, after: Version) -> bool:
    return before.mode != after.mode and (before.mode == ASYNC or after.mode != REAL_TIME)
