"""The steps of a deployment, one after the other: a pure plan that `transitions.py` carries out."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from .deployment_policy import CapacitySize, Policy, Strategy
from .deployment_step import Counts, Shares, Step, activating, baking, launching, terminating, totals
from .records import Variant

# Simulated seconds, taken out of the usual duration of an update, so that only waits make it longer.
ACTIVATING_SECONDS = 10.0
DELETING_SECONDS = 20.0


def launch_only(variants: Sequence[Variant], *, seconds: float) -> tuple[Step, ...]:
    """Return the steps of a creation, or of an update that nobody guards: the new fleet comes and takes over."""
    wanted = totals(variants)
    return (Step(seconds=seconds, launched=wanted, of_new=launching(wanted)),)


def deployment(
    policy: Policy, *, wanted: Sequence[Variant], current: Sequence[Variant], seconds: float
) -> tuple[Step, ...]:
    """Return the steps of an update that usually takes `seconds` besides its waits."""
    if not policy.is_guarded:
        return launch_only(wanted, seconds=seconds)
    launch = seconds - ACTIVATING_SECONDS - DELETING_SECONDS
    steps = _rolling if policy.strategy is Strategy.ROLLING else _blue_green
    return tuple(steps(policy, totals(wanted), totals(current), launch))


def _blue_green(policy: Policy, wanted: Counts, current: Counts, launch_seconds: float) -> Iterator[Step]:
    """Launch a whole second fleet, turn traffic on in stages with a wait after each, then end the first fleet."""
    step = Step(seconds=launch_seconds, launched=wanted, old=current, of_new=launching(wanted))
    yield step
    for new, shares in _stages(policy, wanted):
        last = new == wanted and set(shares.values()) == {1.0}
        capacity = _capacity(policy, last=last)
        step = replace(
            step,
            seconds=ACTIVATING_SECONDS,
            new=new,
            shares=shares,
            of_new=activating(new, capacity=capacity),
        )
        yield step
        for member, seconds in _waits(policy, last=last):
            said = baking(new, capacity=capacity, seconds=seconds, member=member)
            yield replace(step, seconds=seconds, of_new=said)
    yield replace(step, seconds=DELETING_SECONDS, of_new={}, of_old=terminating(current))


def _stages(policy: Policy, wanted: Counts) -> Iterator[tuple[Counts, Shares]]:
    """Yield the instances and the shares of traffic of the new fleet after each turn."""
    step = policy.step
    if step is not None:
        turns = math.ceil(1 / min(step.share(total) for total in wanted.values()) - 1e-9)
        for turn in range(1, 2 if policy.strategy is Strategy.CANARY else turns):
            shares = {name: min(1.0, turn * step.share(total)) for name, total in wanted.items()}
            yield {name: math.ceil(share * wanted[name] - 1e-9) for name, share in shares.items()}, shares
    yield wanted, dict.fromkeys(wanted, 1.0)


def _waits(policy: Policy, *, last: bool) -> Iterator[tuple[str, float]]:
    """Yield the waits after a turn: between turns, and at the end before the old fleet goes."""
    if policy.wait_seconds and (not last or policy.strategy is Strategy.ALL_AT_ONCE):
        yield "WaitIntervalInSeconds", policy.wait_seconds
    if policy.termination_wait_seconds and last:
        yield "TerminationWaitInSeconds", policy.termination_wait_seconds


def _rolling(policy: Policy, wanted: Counts, current: Counts, launch_seconds: float) -> Iterator[Step]:
    """Batch by batch: launch, turn traffic on, wait, end as much of the old fleet."""
    step = Step(seconds=0.0, old=current)
    while step.new != wanted:
        batch = {name: _batch(policy.step, total, step.new.get(name, 0)) for name, total in wanted.items()}
        new = {name: step.new.get(name, 0) + count for name, count in batch.items()}
        step = replace(step, launched=new)
        yield replace(step, seconds=launch_seconds, of_new=launching(batch))
        shares = {name: count / wanted[name] for name, count in new.items()}
        capacity = _capacity(policy, last=new == wanted)
        said = activating(new, capacity=capacity)
        yield replace(step, seconds=ACTIVATING_SECONDS, new=new, shares=shares, of_new=said)
        step = replace(step, new=new, shares=shares)
        if policy.wait_seconds:
            said = baking(new, capacity=capacity, seconds=policy.wait_seconds, member="WaitIntervalInSeconds")
            yield replace(step, seconds=policy.wait_seconds, of_new=said)
        old = {name: math.ceil(total * (1 - shares[name]) - 1e-9) for name, total in current.items()}
        ended = {name: count - old[name] for name, count in step.old.items()}
        yield replace(step, seconds=DELETING_SECONDS, of_old=terminating(ended))
        step = replace(step, old=old)


def _batch(size: CapacitySize | None, total: int, done: int) -> int:
    """Return how many instances come next; without a size all that are left."""
    return min(size.instances(total) if size is not None else total, total - done)


def _capacity(policy: Policy, *, last: bool) -> str:
    if last:
        return "full"
    return "canary" if policy.strategy is Strategy.CANARY else "partial"
