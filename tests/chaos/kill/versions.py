"""What the endpoint of a row is asked to be, one version after another: a number is an image, a count and tags."""

import dataclasses
from typing import Any

from tests.chaos.kill.scalings import Scaling
from tests.integration.vocabulary.specs import INSTANCE_TYPE, REGISTRY

Document = dict[str, Any]
# As SageMaker is asked for the only variant where the spec names none (api.md, `variants`).
ONLY_VARIANT = "AllTraffic"
OTHER_TYPE = "ml.c5.large"
# The Secret that containers take a value from: where it is, and what it holds.
SECRET, SECRET_KEY, SECRET_VALUE, VARIABLE = "token", "value", "of-the-secret", "TOKEN"
REAL_TIME, ASYNC, SERVERLESS = "RealTime", "Async", "Serverless"
ANSWERS_BUCKET = "kill-answers"
ANSWERS = f"s3://{ANSWERS_BUCKET}/out"
# Ten minutes of baking: half a second at the kill test's pace.
_CANARY: Document = {
    "strategy": "Canary",
    "step": {"percent": 50},
    "waitSeconds": 600,
    "alarms": [{"metric": "Invocation5XXErrors", "statistic": "Sum", "threshold": 5}],
}


@dataclasses.dataclass(frozen=True)
class Version:
    """One state of the spec. Versions of the same number differ in nothing that SageMaker cannot change in place,
    except that provisioned concurrency goes only by another endpoint config of the same revision."""

    number: int
    _: dataclasses.KW_ONLY
    mode: str = REAL_TIME
    concurrency: tuple[int, int | None] | None = None
    """Of a serverless one, how many requests at once, and for how many it is kept warm."""
    weights: tuple[float, float] | None = None
    """Of two variants, blue and green; None: there is one."""
    scaling: Scaling | None = None
    guarded: bool = False
    """Whether it is rolled out in steps, watched by an alarm."""
    instance_type: str = INSTANCE_TYPE
    stopped: bool = False
    adopts: bool = False
    """Whether an endpoint of that name which nobody manages is adopted."""
    recreates: bool = False
    """Whether it may be deleted and made again for another mode."""
    secret: bool = False
    """Whether its containers take a value from the Secret."""
    config_map: int | None = None
    """Which ConfigMap it is exported to."""

    @property
    def image(self) -> str:
        return f"{REGISTRY}/sim-null:{self.number}"

    @property
    def instances(self) -> int:
        """Of each variant. Two versions in a row differ, so that a rollout is followed by a change in place."""
        return 1 + self.number % 2

    @property
    def memory_mb(self) -> int:
        """Of a serverless one: 1024 to 6144 are all there is."""
        return 1024 * (1 + self.number)

    @property
    def warm(self) -> int | None:
        """Provisioned concurrency."""
        return None if self.concurrency is None else self.concurrency[1]

    @property
    def async_config(self) -> Document | None:
        """CreateEndpointConfig's member for it."""
        if self.mode != ASYNC:
            return None
        client = {"MaxConcurrentInvocationsPerInstance": self.number}
        return {"OutputConfig": {"S3OutputPath": ANSWERS}, "ClientConfig": client}

    @property
    def variants(self) -> dict[str, float]:
        """The weight of each by name."""
        if self.weights is None:
            return {ONLY_VARIANT: 1.0}
        return dict(zip(("blue", "green"), self.weights, strict=True))

    @property
    def tags(self) -> dict[str, str]:
        """One that stays, one that changes and one that comes and goes."""
        return {"team": "ml", "number": str(self.number), f"only-{self.number}": "yes"}

    def config_map_name(self, name: str) -> str | None:
        """Of the object of this name: what stands before the dot tells whose it is."""
        return f"{name}.{self.config_map}" if self.config_map is not None else None

    def spec(self, name: str) -> Document:
        """Whole; without history, so that every rollout but the first has something to clear away."""
        asked: Document = {
            "mode": self.mode,
            **self._fleet(),
            **self._of_mode(),
            "tags": self.tags,
            "revisionHistoryLimit": 0,
            "stopped": self.stopped,
            "autoscaling": self.scaling.spec() if self.scaling is not None else None,
            "rollout": _CANARY if self.guarded else None,
            "adoptionPolicy": "AdoptOrCreate" if self.adopts else None,
            "replacePolicy": "Recreate" if self.recreates else None,
            "export": {"configMapName": self.config_map_name(name)} if self.config_map is not None else None,
        }
        return {member: value for member, value in asked.items() if value is not None}

    def _fleet(self) -> Document:
        container: Document = {"image": self.image}
        if self.secret:
            reference = {"secretKeyRef": {"name": SECRET, "key": SECRET_KEY}}
            container["environment"] = [{"name": VARIABLE, "valueFrom": reference}]
        machine: Document = {"containers": [container]}
        if self.mode != SERVERLESS:
            machine["instance"] = {"type": self.instance_type, "count": self.instances}
        if self.weights is None:
            return machine
        return {"variants": [{"name": name, "weight": weight, **machine} for name, weight in self.variants.items()]}

    def _of_mode(self) -> Document:
        if self.mode == ASYNC:
            return {"async": {"outputS3Uri": ANSWERS, "maxConcurrentInvocationsPerInstance": self.number}}
        if self.concurrency is None:
            return {}
        most, warm = self.concurrency
        kept_warm = {} if warm is None else {"provisionedConcurrency": warm}
        return {"serverless": {"memoryMB": self.memory_mb, "maxConcurrency": most, **kept_warm}}
