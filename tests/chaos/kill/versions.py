"""What the endpoint of a row is asked to be, one version after another: each differs in image, count and tags."""

import dataclasses
from typing import Any

from tests.integration.vocabulary.specs import REGISTRY, smallest


@dataclasses.dataclass(frozen=True)
class Version:
    """One state of the spec."""

    number: int

    @property
    def image(self) -> str:
        return f"{REGISTRY}/sim-null:{self.number}"

    @property
    def instances(self) -> int:
        """Two versions in a row differ, so that a rollout is followed by a change in place."""
        return 1 + self.number % 2

    @property
    def tags(self) -> dict[str, str]:
        """One that stays, one that changes and one that comes and goes."""
        return {"team": "ml", "number": str(self.number), f"only-{self.number}": "yes"}

    def spec(self) -> dict[str, Any]:
        """Whole; without history, so that every rollout but the first has something to clear away."""
        return {
            **smallest(),
            "containers": [{"image": self.image}],
            "instance": {**smallest()["instance"], "count": self.instances},
            "tags": self.tags,
            "revisionHistoryLimit": 0,
        }

    def patch_from(self, before: "Version") -> dict[str, Any]:
        """As a merge patch of the spec of the version before."""
        gone: dict[str, str | None] = {key: None for key in before.tags if key not in self.tags}
        return {**self.spec(), "tags": {**gone, **self.tags}}
