"""The decisions on autoscaling: what a pass asks about it, and what it does."""

from datetime import datetime

from endpoint_operator.planning.case import Case
from endpoint_operator.planning.desired import Desired
from endpoint_operator.planning.facts import LiveEndpoint, LiveStatus
from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.outcome import Outcome
from endpoint_operator.planning.plan import AT_ONCE, Look, Memory, Plan, Situation
from endpoint_operator.planning.scaling.memory import row_of
from endpoint_operator.planning.scaling.plan import (
    ScalingQuestion,
    after_deregistration,
    count_is_ours,
    decide_scaling,
    deregister_before_update,
    restore_if_refused,
)
from endpoint_operator.planning.scaling.steps import SCALING_STEPS, DeregisterScalableTarget, ScalingStep
from endpoint_operator.planning.scaling.wanted import (
    PROVISIONED_CONCURRENCY,
    WantedScaling,
    scalable_resource,
    scaling_fault,
    wanted_scaling,
)
from endpoint_operator.planning.steps import Step


def fault_in_autoscaling(desired: Desired) -> Fault | None:
    """What Application Auto Scaling would refuse and the API server cannot see."""
    for variant in desired.variants:
        if variant.autoscaling is not None:
            fault = scaling_fault(variant.autoscaling, field=f"{variant.field}.autoscaling", mode=desired.spec.mode)
            if fault is not None:
                return fault
    return None


def wanted_of(desired: Desired) -> tuple[WantedScaling, ...]:
    """What the variants of a spec ask for."""
    return tuple(
        wanted_scaling(
            variant.autoscaling,
            endpoint_name=desired.endpoint_name,
            variant=variant.name,
            instance_type=variant.instance_type,
            tags=desired.tags,
        )
        for variant in desired.variants
        if variant.autoscaling is not None
    )


def question_of(case: Case, *, update_follows: bool = False) -> ScalingQuestion:
    live = case.live
    serving = case.status.revision(case.live_revision) if case.live_revision is not None else None
    return ScalingQuestion(
        endpoint_name=case.desired.endpoint_name,
        wanted=wanted_of(case.desired),
        rows=tuple(case.status.autoscaling),
        known=case.facts.scaling,
        spec_variants=frozenset(variant.name for variant in case.desired.variants),
        live_variants=frozenset(variant.name for variant in live.all_variants) if live is not None else frozenset(),
        dimensions=_dimensions(live) if live is not None else {},
        serves_wanted=case.live_revision == case.desired.revision,
        serving_types=serving.instance_types if serving is not None else {},
        update_follows=update_follows,
        now=case.facts.now,
    )


def _dimensions(live: LiveEndpoint) -> dict[str, str | None]:
    """What scales of the variants that are serverless."""
    found: dict[str, str | None] = {}
    for variant in live.all_variants:
        there = variant.current_serverless or variant.desired_serverless
        if there is not None:
            found[variant.name] = PROVISIONED_CONCURRENCY if there.concurrency.provisioned is not None else None
    return found


def autoscaling_differs(case: Case) -> Plan | None:
    """Targets, policies and schedules follow the spec, whichever revision serves."""
    live = case.live
    if live is None or live.status != LiveStatus.IN_SERVICE or case.facts.scaling_trouble is not None:
        return None
    decision = decide_scaling(question_of(case, update_follows=_update_follows(case)))
    if decision is None:
        return None
    return Plan(
        situation=Situation.UPDATING,
        reason=decision.reason,
        message=decision.message,
        steps=decision.steps,
        memory=Memory(revisions=tuple(case.status.revisions), rollout=case.status.rollout, scaling=decision.rows),
        beside=True,
        next_look=Look(seconds=2.0, back_off=True) if decision.steps else AT_ONCE,
    )


def _update_follows(case: Case) -> bool:
    """Between a rollout's intent and its call."""
    rollout = case.status.rollout
    if rollout is None or rollout.stage != "Updating" or rollout.to_revision != case.desired.revision:
        return False
    age = (case.facts.now - datetime.fromisoformat(rollout.since)).total_seconds()
    return case.live_revision != case.desired.revision and age < case.facts.consistency_window_seconds


def before_update(case: Case) -> tuple[tuple[ScalingStep, ...], tuple[ScalingStep, ...], Memory]:
    """What goes before UpdateEndpoint, what brings it back when that is refused, and what is remembered."""
    rows = case.status.autoscaling
    steps = deregister_before_update(
        rows,
        endpoint_name=case.desired.endpoint_name,
        instance_types={variant.name: variant.instance_type for variant in case.desired.variants},
    )
    back = restore_if_refused(steps, wanted=wanted_of(case.desired), rows=rows, now=case.facts.now)
    memory = Memory(
        revisions=tuple(case.status.revisions),
        rollout=case.status.rollout,
        scaling=after_deregistration(rows, steps),
    )
    return steps, back, memory


def what_comes_back(plan: Plan, outcome: Outcome) -> tuple[Step, ...]:
    """The steps of `if_refused` for what was let go, or may have been: nothing where an earlier step failed."""
    if outcome.fault is None:
        return ()
    reached = plan.steps[: len(outcome.done) + 1]
    gone = {step.resource for step in reached if isinstance(step, DeregisterScalableTarget)}
    return tuple(step for step in plan.if_refused if isinstance(step, SCALING_STEPS) and step.resource in gone)


def spec_owns_count(case: Case, variant_name: str) -> bool:
    """Whether the number of instances of a variant, or its provisioned concurrency, is the spec's to say."""
    variant = case.desired.variant(variant_name)
    return variant is not None and count_is_ours(
        variant.autoscaling,
        row=row_of(case.status.autoscaling, variant_name),
        resource=scalable_resource(
            endpoint_name=case.desired.endpoint_name, variant=variant_name, serverless=variant.instance is None
        ),
        known=case.facts.scaling,
    )
