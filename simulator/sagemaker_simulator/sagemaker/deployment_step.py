"""One step of a deployment as data, and the words that are said of it.

Messages are those of the SageMaker Developer Guide, "Events that Amazon SageMaker AI sends to Amazon EventBridge"
(endpoint deployment state change); there, too, CurrentInstanceCount of a pending variant counts the instances that
traffic is turned on for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .records import Stage, Variant

Counts = Mapping[str, int]  # instances by variant
Shares = Mapping[str, float]  # part of the traffic (0 to 1) by variant


@dataclass(frozen=True, kw_only=True)
class Said:
    """What DescribeEndpoint says of one variant."""

    stage: Stage
    message: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step, its length in simulated seconds, and what holds while it lasts.

    `launched` counts the instances of the new fleet, `new` those of them that take traffic, `old` those that the old
    fleet still has (a variant that is not there has all). `shares` is the new fleet's part of the traffic. `of_new`
    and `of_old` are what is said of each fleet's variants.
    """

    seconds: float
    launched: Counts = field(default_factory=dict)
    new: Counts = field(default_factory=dict)
    old: Counts = field(default_factory=dict)
    shares: Shares = field(default_factory=dict)
    of_new: Mapping[str, Said] = field(default_factory=dict)
    of_old: Mapping[str, Said] = field(default_factory=dict)


def totals(variants: Iterable[Variant]) -> dict[str, int]:
    """Return the instances that each variant is to have."""
    return {variant.name: variant.desired_count for variant in variants}


def launching(counts: Counts, *, stage: Stage = Stage.CREATING) -> dict[str, Said]:
    return _said(counts, stage, "Launching {} instance(s).")


def terminating(counts: Counts) -> dict[str, Said]:
    return _said(counts, Stage.DELETING, "Terminating {} instance(s).")


def activating(counts: Counts, *, capacity: str) -> dict[str, Said]:
    """`capacity`: canary, partial or full."""
    return _said(counts, Stage.ACTIVATING_TRAFFIC, f"Activating traffic on {capacity} capacity of {{}} instance(s).")


def baking(counts: Counts, *, capacity: str, seconds: float, member: str) -> dict[str, Said]:
    """`member` is the member of the policy that says how long."""
    sentence = f"Baking for {seconds:g} seconds ({member}) with traffic enabled on {capacity} capacity of"
    return _said(counts, Stage.BAKING, f"{sentence} {{}} instance(s).")


def scaling(variants: Iterable[Variant]) -> dict[str, Said]:
    """Return what is said of the variants whose instance count is being changed in place."""
    return {
        each.name: Said(stage=Stage.UPDATING, message=_scaling(each.desired_count, before=each.current_count))
        for each in variants
        if each.desired_count != each.current_count
    }


def _scaling(count: int, *, before: int) -> str:
    return f"Scaling {'out' if count > before else 'in'} desired instance count to {count}."


def _said(counts: Counts, stage: Stage, sentence: str) -> dict[str, Said]:
    return {name: Said(stage=stage, message=sentence.format(count)) for name, count in counts.items() if count}
