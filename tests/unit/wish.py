"""What a user wants in a random walk: few words, from which a spec is written."""

from dataclasses import dataclass, field, replace
from typing import Any

from tests.unit.given import multi_model, spec

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
SHAPES = ("one", "two", "shadow", "pipeline", "serverless", "async", "models")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """`shape`: one variant, two, one with a shadow, one with two containers, a serverless, an asynchronous or a
    multi-model one.

    Of images the second is for the second variant or container, of counts for the second variant. A serverless variant
    has ten times the first count as its maximum, and the second as its provisioned concurrency where that is above 1.
    """

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
        return self.images[:1] if self.shape in ("one", "serverless", "async", "models") else self.images

    @property
    def counts_by_variant(self) -> dict[str, int]:
        """Empty for a serverless endpoint."""
        if self.shape == "serverless":
            return {}
        second = {"two": "green", "shadow": "candidate"}.get(self.shape)
        first = "blue" if self.shape == "two" else "AllTraffic"
        return {first: self.counts[0], **({second: self.counts[1]} if second else {})}

    @property
    def scaled(self) -> dict[str, int]:
        """The most instances of each variant that scales."""
        if self.scaling is None or (self.shape == "serverless" and self.provisioned is None):
            return {}
        return {next(iter(self.weights)): self.scaling}

    @property
    def fewest(self) -> int:
        """The fewest instances of a variant that scales: an asynchronous endpoint sleeps."""
        return 0 if self.shape == "async" else 1

    @property
    def sleeps(self) -> bool:
        return self.fewest == 0 and bool(self.scaled)

    @property
    def most_at_once(self) -> int:
        """maxConcurrency of a serverless endpoint."""
        return 10 * self.counts[0]

    @property
    def provisioned(self) -> int | None:
        """provisionedConcurrency of a serverless endpoint."""
        return self.counts[1] if self.counts[1] > 1 else None

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
        beside = {**(_GUARDS[self.guard] if self.shape != "serverless" else {}), **self.rest}
        first, second = (self._part(index) for index in (0, 1))
        if self.shape == "two":
            blue, green = ({"name": name, "weight": weight} for name, weight in self.weights.items())
            return {"mode": "RealTime", "variants": [{**blue, **first}, {**green, **second}], **beside}
        if self.shape == "serverless":
            return {**self._serverless(first["containers"]), **beside}
        if self.shape == "async":
            return {**spec(), **first, "mode": "Async", "async": {"outputS3Uri": "s3://out/churn"}, **beside}
        if self.shape == "models":
            containers = [{"image": self.images[0]}]
            return {**multi_model(), **first, "containers": containers, **beside}
        if self.shape == "pipeline":
            first["containers"] += second["containers"]
        shadow = {"shadow": {"name": "candidate", "samplingPercent": 20, **second}} if self.shape == "shadow" else {}
        return {**spec(), **first, **shadow, **beside}

    def _serverless(self, containers: list[dict[str, Any]]) -> dict[str, Any]:
        provisioned = {} if self.provisioned is None else {"provisionedConcurrency": self.provisioned}
        capacity = {"memoryMB": 2048, "maxConcurrency": self.most_at_once, **provisioned}
        bounds = {"minCount": 1, "maxCount": self.scaling, "provisionedConcurrencyUtilization": 0.7}
        scaled = {"autoscaling": bounds} if self.scaled else {}
        return {"mode": "Serverless", "containers": containers, "serverless": capacity, **scaled}

    def _part(self, index: int) -> dict[str, Any]:
        container = {**spec()["containers"][0], "image": self.images[index]}
        instance = {"type": self.instance_type, "count": self.counts[index]}
        scaling = self.scaling if index == 0 else None
        metric = {"backlogPerInstance": 5} if self.shape == "async" else {"invocationsPerInstance": 100}
        bounds = {"minCount": self.fewest, "maxCount": scaling, **metric}
        scaled = {"autoscaling": bounds} if scaling is not None else {}
        return {"containers": [container], "instance": instance, **scaled}
