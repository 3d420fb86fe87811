"""RegisterScalableTarget, DeregisterScalableTarget, DescribeScalableTargets."""

from collections.abc import Mapping
from typing import Any, Final

from sagemaker_simulator.wire.request import Caller

from .capacity import Capacity
from .holdings import Holdings, role_arn, target_arn
from .limit_rules import check_limits_of
from .limits import Limits
from .pages import page
from .policies import Policies
from .records import INSTANCE_COUNT, PROVISIONED_CONCURRENCY, Holding, Target, TargetKey
from .refusals import no_target_found, no_variant, validation
from .schedule_clock import ScheduleClock
from .target_keys import check_namespace, key_of, names_target

_SUSPENSIONS: Final = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
_TAGS: Final = 50
_DIMENSIONS: Final = (INSTANCE_COUNT, PROVISIONED_CONCURRENCY)
Parameters = Mapping[str, Any]
Output = dict[str, Any]


class Targets:
    """Scalable targets. Removing one removes its policies and scheduled actions too (DeregisterScalableTarget)."""

    def __init__(
        self,
        holdings: Holdings,
        *,
        capacity: Capacity,
        limits: Limits,
        policies: Policies,
        schedule_clock: ScheduleClock,
    ) -> None:
        self._holdings = holdings
        self._capacity = capacity
        self._limits = limits
        self._policies = policies
        self._schedule_clock = schedule_clock

    async def register_scalable_target(self, caller: Caller, parameters: Parameters) -> Output:
        """Make or change a target; the count is brought within min and max when one of them is given."""
        holding, key = self._holdings.of(caller), key_of(parameters)
        self._check_variant(holding, key)
        there = holding.targets.get(key)
        minimum, maximum = _limits(key, parameters, there)
        suspended = {**(there.suspended if there is not None else _none_suspended())}
        target = Target(
            key=key,
            arn=there.arn if there is not None else target_arn(holding),
            minimum=minimum,
            maximum=maximum,
            role_arn=role_arn(holding),
            created=there.created if there is not None else self._holdings.clock.now(),
            suspended=suspended | parameters.get("SuspendedState", {}),
            owes=there.owes if there is not None else None,
        )
        if "Tags" in parameters:
            _tag_new(holding, target, there, parameters["Tags"])
        holding.targets[key] = target
        if "MinCapacity" in parameters or "MaxCapacity" in parameters:
            self._limits.apply(
                holding,
                target,
                cause=f"minimum capacity was set to {minimum} and maximum capacity was set to {maximum}",
            )
        return {"ScalableTargetARN": target.arn}

    async def deregister_scalable_target(self, caller: Caller, parameters: Parameters) -> Output:
        holding, key = self._holdings.of(caller), key_of(parameters)
        if key not in holding.targets:
            raise no_target_found(key)
        self._remove(holding, key)
        return {}

    async def describe_scalable_targets(self, caller: Caller, parameters: Parameters) -> Output:
        check_namespace(parameters)
        targets = self._holdings.of(caller).targets
        shown = [describe(targets[key]) for key in sorted(targets) if names_target(key, parameters)]
        return page("ScalableTargets", shown, parameters)

    def is_scalable_target(self, *, account: str, region: str, endpoint: str, variant: str) -> bool:
        """Tell whether anything of the variant is registered."""
        resource_id = f"endpoint/{endpoint}/variant/{variant}"
        targets = self._holdings.at(account=account, region=region).targets
        return any(TargetKey(resource_id, dimension) in targets for dimension in _DIMENSIONS)

    def deregister_all(self, *, account: str, region: str, endpoint: str) -> None:
        """Remove every target of the endpoint, which is being deleted."""
        holding = self._holdings.at(account=account, region=region)
        for key in [key for key in holding.targets if key.endpoint == endpoint]:
            self._remove(holding, key)

    def _remove(self, holding: Holding, key: TargetKey) -> None:
        for owner, name in [each for each in holding.policies if each[0] == key]:
            self._policies.remove(holding, owner, name)
        for owner, name in [each for each in holding.schedules if each[0] == key]:
            self._schedule_clock.forget(holding, owner, name)
            del holding.schedules[owner, name]
        holding.tags.pop(holding.targets.pop(key).arn, None)

    def _check_variant(self, holding: Holding, key: TargetKey) -> None:
        count = self._capacity.look(
            account=holding.account,
            region=holding.region,
            endpoint=key.endpoint,
            variant=key.variant,
            dimension=key.scalable_dimension,
        )
        if count is None:
            raise no_variant(key)
        if count.instance_type.startswith("ml.t2."):  # "Automatic scaling of SageMaker AI models", Developer Guide
            raise validation(
                f"Instance type {count.instance_type} of {key.resource_id} cannot be scaled automatically."
            )


def describe(target: Target) -> Output:
    """Return the target as DescribeScalableTargets answers it."""
    return {
        **target.key.shown(),
        "MinCapacity": target.minimum,
        "MaxCapacity": target.maximum,
        "RoleARN": target.role_arn,
        "CreationTime": target.created,
        "SuspendedState": dict(target.suspended),
        "ScalableTargetARN": target.arn,
    }


def _limits(key: TargetKey, parameters: Parameters, there: Target | None) -> tuple[int, int]:
    minimum = parameters.get("MinCapacity", there.minimum if there is not None else None)
    maximum = parameters.get("MaxCapacity", there.maximum if there is not None else None)
    if minimum is None or maximum is None:
        raise validation("Both MinCapacity and MaxCapacity must be given to register a new scalable target")
    check_limits_of(key, minimum, maximum)
    return minimum, maximum


def _none_suspended() -> dict[str, bool]:
    return dict.fromkeys(_SUSPENSIONS, False)


def _tag_new(holding: Holding, target: Target, there: Target | None, tags: Mapping[str, str]) -> None:
    """Tags are taken only for a new target; TagResource is for one that is there (RegisterScalableTarget, Tags)."""
    if there is not None:
        raise validation("Tags can be given only when a scalable target is registered first; use TagResource.")
    if len(tags) > _TAGS:
        raise validation(f"A scalable target takes at most {_TAGS} tags, got {len(tags)}.")
    holding.tags[target.arn] = dict(tags)
