"""How many instances of each type a change holds at its height, and whether the account's quotas allow so many.

Source: SageMaker Developer Guide, "Blue/Green Deployments" (a second whole fleet beside the first) and "Use rolling
deployments" (one batch beside the fleet).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from endpoint_operator.api.rollout import Rollout, Strategy
from endpoint_operator.planning.desired import Desired
from endpoint_operator.planning.desired_variants import DesiredVariant
from endpoint_operator.planning.facts import LiveEndpoint, LiveStatus
from endpoint_operator.planning.faults import Blame, Fault

# The types that a variant's instances may have: one, or those of its pools.
Types = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Need:
    """Instances of the same types; `field` is where they are asked for."""

    types: Types
    field: str
    held: int
    """That this endpoint has already and keeps while it changes."""
    added: int

    @property
    def total(self) -> int:
        return self.held + self.added


@dataclass(frozen=True, kw_only=True)
class Change:
    """A revision about to be made. `live` is None where the endpoint is created.

    `live_types` are the types of the serving fleet by variant. None: not known, and taken to be those that would need
    the most; what fits then fits in any case.
    """

    desired: Desired
    live: LiveEndpoint | None
    live_types: Mapping[str, Types] | None = None

    def needs(self) -> tuple[Need, ...]:
        """By type, in the order of the variants."""
        needs: dict[Types, Need] = {}
        for variant in self.desired.variants:
            if variant.instance is None:
                continue  # serverless concurrency has quotas of its own, which SageMaker tells when they are reached
            types = types_of(variant)
            before = needs.get(types)
            needs[types] = Need(
                types=types,
                field=before.field if before else f"{variant.field}.instance.type",
                held=self._held(types),
                added=(before.added if before else 0) + self._added(variant),
            )
        return tuple(needs.values())

    def rolling_would_fit(self, need: Need, limit: float) -> bool:
        """Whether the smallest batch of a rolling update is within the quota; it takes one variant only."""
        if self.live is None or len(self.desired.variants) > 1:
            return False
        return need.held + (1 if need.held else self._count(self.desired.variants[0])) <= limit

    @property
    def rollout(self) -> Rollout:
        return self.desired.spec.rollout or Rollout()

    def _held(self, types: Types) -> int:
        if self.live is None:
            return 0
        return sum(
            variant.current_count or 0
            for variant in self.live.all_variants
            if self.live_types is None or self.live_types.get(variant.name) == types
        )

    def _added(self, variant: DesiredVariant) -> int:
        count = self._count(variant)
        step = self.rollout.step
        if self.live is None or self.rollout.strategy != Strategy.ROLLING or step is None:
            return count
        changes_type = self.live_types is not None and self.live_types.get(variant.name) != types_of(variant)
        if changes_type:
            return count
        batch = step.instances if step.instances is not None else math.ceil(count * (step.percent or 100) / 100)
        return min(count, max(1, batch))

    def _count(self, variant: DesiredVariant) -> int:
        """A rollout keeps the counts that are there (RetainAllVariantProperties), and none is one of them."""
        same = [each for each in self.live.all_variants if each.name == variant.name] if self.live is not None else []
        kept = same[0].desired_count if same else None
        return variant.count if kept is None else kept


def change_of(desired: Desired, live: LiveEndpoint | None, live_types: Mapping[str, Types] | None = None) -> Change:
    """A Failed endpoint is deleted and made anew."""
    serving = live if live is not None and live.status != LiveStatus.FAILED else None
    return Change(desired=desired, live=serving, live_types=live_types)


def types_of(variant: DesiredVariant) -> Types:
    """Empty for a serverless variant."""
    instance = variant.instance
    if instance is None:
        return ()
    return tuple(sorted({instance.type, *(pool.type for pool in instance.pools or ())}))


def quota_name(instance_type: str) -> str:
    """As Service Quotas calls it, and ResourceLimitExceeded of SageMaker."""
    return f"{instance_type} for endpoint usage"


def fault_in_quotas(change: Change, limits: Mapping[str, float | None], *, region: str) -> Fault | None:
    """The first need that no waiting will meet. `limits` by type; None: the region has no such quota."""
    for need in change.needs():
        fault = _fault(change, need, [limits[name] for name in need.types], region=region)
        if fault is not None:
            return fault
    return None


def _fault(change: Change, need: Need, limits: Sequence[float | None], *, region: str) -> Fault | None:
    names = " and ".join(f"'{quota_name(name)}'" for name in need.types)
    known = [limit for limit in limits if limit is not None]
    limit = sum(known)
    if not known:
        message = f"there is no quota {names} in {region}: SageMaker has no such instances for endpoints there; "
        return _users("InstanceTypeUnknown", need, f"{message}choose another instance type")
    if limit == 0:
        message = f"the quota {names} is 0; ask for more in AWS Service Quotas or choose another instance type"
        return _users("QuotaIsZero", need, message)
    if need.total <= limit:
        return None
    ways = [f"ask for {need.total} in AWS Service Quotas", *_other_ways(change, need, limit)]
    how = "" if change.live is None else f" ({need.held} that serve and {need.added} new ones beside them)"
    what = "the endpoint" if change.live is None else "this rollout"
    message = f"the quota {names} is {limit:g} and {what} needs {need.total}{how}; {', or '.join(ways)}"
    return _users("QuotaTooSmall", need, message)


def _other_ways(change: Change, need: Need, limit: float) -> list[str]:
    if change.live is None:
        return ["ask for fewer instances"]
    if not change.rolling_would_fit(need, limit):
        return []
    if change.rollout.strategy == Strategy.ROLLING:
        return ["make spec.rollout.step smaller"]
    return ["set spec.rollout.strategy: Rolling, which replaces the instances in batches"]


def _users(reason: str, need: Need, sentence: str) -> Fault:
    return Fault(blame=Blame.USER, reason=reason, message=f"{need.field}: {sentence}", about_inputs=True)
