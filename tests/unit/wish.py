"""What a user wants in a random walk: few words, from which a spec is written."""

from dataclasses import dataclass, field, replace
from typing import Any

from tests.unit.given import spec

# An alarm that somebody else made.
NAMED_ALARM = "churn-5xx"

_LATENCY = {"metric": "ModelLatency", "thresholdSeconds": 0.5}
_GUARDS: dict[str, dict[str, Any]] = {
    "none": {},
    "baking": {"rollout": {"terminationWaitSeconds": 60, "alarms": [{"name": NAMED_ALARM}]}},
    "canary": {
        "rollout": {
            "strategy": "Canary",
            "step": {"percent": 25},
            "waitSeconds": 60,
            "alarms": [_LATENCY, {"name": NAMED_ALARM}],
        }
    },
    "other canary": {
        "rollout": {
            "strategy": "Canary",
            "step": {"instances": 1},
            "waitSeconds": 60,
            "alarms": [{**_LATENCY, "thresholdSeconds": 0.7}],
        }
    },
    "linear": {
        "rollout": {"strategy": "Linear", "step": {"percent": 20}, "waitSeconds": 60, "maxExecutionSeconds": 600}
    },
}

GUARDS = tuple(_GUARDS)
SHAPES = ("one", "two", "shadow")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """`shape`: one variant, two, or one with a shadow. Of images and counts the second is for the second variant."""

    shape: str = "one"
    images: tuple[str, str] = ("good-1", "good-1")
    counts: tuple[int, int] = (1, 1)
    weight: float = 0.9
    guard: str = "none"
    scaling: int | None = None
    """The most instances that the first variant scales to; None: it does not scale."""
    instance_type: str = "ml.m5.large"
    rest: dict[str, Any] = field(default_factory=dict)
    """Other members of spec."""

    @property
    def images_in_use(self) -> tuple[str, ...]:
        return self.images[:1] if self.shape == "one" else self.images

    @property
    def counts_by_variant(self) -> dict[str, int]:
        second = {"two": "green", "shadow": "candidate"}.get(self.shape)
        first = "blue" if self.shape == "two" else "AllTraffic"
        return {first: self.counts[0], **({second: self.counts[1]} if second else {})}

    @property
    def scaled(self) -> dict[str, int]:
        """The most instances of each variant that scales."""
        first = next(iter(self.counts_by_variant))
        return {} if self.scaling is None else {first: self.scaling}

    @property
    def weights(self) -> dict[str, float]:
        return {"blue": self.weight, "green": 0.1} if self.shape == "two" else {"AllTraffic": 1.0}

    @property
    def is_paused(self) -> bool:
        return bool(self.rest.get("paused"))

    @property
    def is_stopped(self) -> bool:
        return bool(self.rest.get("stopped"))

    def but(self, **members: Any) -> "Wish":
        """The same with other members of spec."""
        return replace(self, rest={**self.rest, **members})

    def spec(self) -> dict[str, Any]:
        beside = {**_GUARDS[self.guard], **self.rest}
        first, second = (self._part(index) for index in (0, 1))
        if self.shape == "two":
            blue, green = ({"name": name, "weight": weight} for name, weight in self.weights.items())
            return {"mode": "RealTime", "variants": [{**blue, **first}, {**green, **second}], **beside}
        shadow = {"shadow": {"name": "candidate", "samplingPercent": 20, **second}} if self.shape == "shadow" else {}
        return {**spec(), **first, **shadow, **beside}

    def _part(self, index: int) -> dict[str, Any]:
        container = {**spec()["containers"][0], "image": self.images[index]}
        instance = {"type": self.instance_type, "count": self.counts[index]}
        scaling = self.scaling if index == 0 else None
        bounds = {"minCount": 1, "maxCount": scaling, "invocationsPerInstance": 100}
        scaled = {"autoscaling": bounds} if scaling is not None else {}
        return {"containers": [container], "instance": instance, **scaled}
