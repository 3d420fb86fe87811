"""The steps back from a deployment that an alarm, or its own time limit, ended: pure, like the steps forward.

Blue/green: the old fleet is whole, takes all traffic at once, and the new one goes. Rolling: what is gone of the old
fleet is launched again first, in batches (RollbackMaximumBatchSize; all at once without it).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from .deployment_policy import Policy
from .deployment_step import Counts, Step, launching, terminating, totals
from .records import Stage, Variant


def rollback(policy: Policy, *, at: Step, current: Sequence[Variant], seconds: float) -> tuple[Step, ...]:
    """Return the steps back from `at`, each of `seconds`. `current` are the variants of the old fleet."""
    return tuple(_steps(policy, at, totals(current), seconds))


def _steps(policy: Policy, at: Step, whole: Counts, seconds: float) -> Iterator[Step]:
    here = replace(at, seconds=seconds, of_new={}, of_old={})
    while gone := _gone(here.old, whole):
        batch = {name: _batch(policy, whole[name], count) for name, count in gone.items()}
        yield replace(here, of_old=launching(batch, stage=Stage.UPDATING))
        old = {name: count + batch.get(name, 0) for name, count in here.old.items()}
        here = replace(here, old=old, shares={name: 1 - old[name] / whole[name] for name in old})
    yield replace(here, new={}, shares={}, of_new=terminating(here.launched))


def _gone(old: Counts, whole: Counts) -> dict[str, int]:
    return {name: whole[name] - count for name, count in old.items() if count < whole[name]}


def _batch(policy: Policy, total: int, gone: int) -> int:
    size = policy.rollback_step
    return min(size.instances(total), gone) if size is not None else gone
