"""What the endpoint of a row is asked to be, one version after another: a number is an image, a count and tags."""

import dataclasses
from typing import Any

from tests.integration.vocabulary.specs import INSTANCE_TYPE, REGISTRY, smallest

Document = dict[str, Any]
# As SageMaker is asked for the only variant where the spec names none (api.md, `variants`).
ONLY_VARIANT = "AllTraffic"
OTHER_TYPE = "ml.c5.large"
# The Secret that containers take a value from: where it is, and what it holds.
SECRET, SECRET_KEY, SECRET_VALUE, VARIABLE = "token", "value", "of-the-secret", "TOKEN"
# Ten minutes of baking: half a second at the kill test's pace.
_CANARY: Document = {
    "strategy": "Canary",
    "step": {"percent": 50},
    "waitSeconds": 600,
    "alarms": [{"metric": "Invocation5XXErrors", "statistic": "Sum", "threshold": 5}],
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Scaling:
    """spec.autoscaling with a policy and a schedule. The schedule never runs: the bounds stay those of the spec."""

    minimum: int
    maximum: int
    field: str
    """The member of spec.autoscaling that asks for the metric."""
    metric: str
    """Application Auto Scaling's name of it."""
    target: float
    schedule: str
    at: str

    def spec(self) -> Document:
        schedule = {"name": self.schedule, "schedule": self.at, "minCount": 1, "maxCount": self.maximum}
        return {
            "minCount": self.minimum,
            "maxCount": self.maximum,
            self.field: self.target,
            "schedules": [schedule],
        }


BY_INVOCATIONS = Scaling(
    minimum=1,
    maximum=3,
    field="invocationsPerInstance",
    metric="SageMakerVariantInvocationsPerInstance",
    target=100.0,
    schedule="party",
    at="at(2099-12-31T00:00:00)",
)
# Nothing of it is as in the other, and it begins with more instances than any version counts.
BY_CONCURRENCY = Scaling(
    minimum=3,
    maximum=4,
    field="concurrentRequestsPerModel",
    metric="SageMakerVariantConcurrentRequestsPerModelHighResolution",
    target=5.0,
    schedule="jubilee",
    at="at(2098-12-31T00:00:00)",
)


@dataclasses.dataclass(frozen=True)
class Version:
    """One state of the spec. Versions of the same number differ in nothing that SageMaker cannot change in place."""

    number: int
    _: dataclasses.KW_ONLY
    weights: tuple[float, float] | None = None
    """Of two variants, blue and green; None: there is one."""
    scaling: Scaling | None = None
    guarded: bool = False
    """Whether it is rolled out in steps, watched by an alarm."""
    instance_type: str = INSTANCE_TYPE
    stopped: bool = False
    adopts: bool = False
    """Whether an endpoint of that name which nobody manages is adopted."""
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
            "mode": smallest()["mode"],
            **self._fleet(),
            "tags": self.tags,
            "revisionHistoryLimit": 0,
            "stopped": self.stopped,
            "autoscaling": self.scaling.spec() if self.scaling is not None else None,
            "rollout": _CANARY if self.guarded else None,
            "adoptionPolicy": "AdoptOrCreate" if self.adopts else None,
            "export": {"configMapName": self.config_map_name(name)} if self.config_map is not None else None,
        }
        return {member: value for member, value in asked.items() if value is not None}

    def patch_from(self, before: "Version", name: str) -> Document:
        """As a merge patch of the spec of the version before."""
        return _merge_patch(before.spec(name), self.spec(name))

    def _fleet(self) -> Document:
        container: Document = {"image": self.image}
        if self.secret:
            reference = {"secretKeyRef": {"name": SECRET, "key": SECRET_KEY}}
            container["environment"] = [{"name": VARIABLE, "valueFrom": reference}]
        machine = {"containers": [container], "instance": {"type": self.instance_type, "count": self.instances}}
        if self.weights is None:
            return machine
        return {"variants": [{"name": name, "weight": weight, **machine} for name, weight in self.variants.items()]}


def _merge_patch(before: Document, after: Document) -> Document:
    """What makes the one into the other (RFC 7386): maps member by member, lists whole, None takes a member away."""
    patch: Document = {member: None for member in before if member not in after}
    for member, value in after.items():
        was = before.get(member)
        patch[member] = _merge_patch(was, value) if isinstance(was, dict) and isinstance(value, dict) else value
    return patch
