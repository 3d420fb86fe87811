"""The chain of decisions that every pass walks: the first that applies is the plan."""

from collections.abc import Callable
from dataclasses import replace

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.spec import Preflight
from endpoint_operator.planning import (
    absence,
    adoption,
    alarm_upkeep,
    changes_in_place,
    concurrency_changes,
    drift,
    obstacles,
    recreation,
    rollout,
    stopping,
    transition,
    upkeep,
)
from endpoint_operator.planning.alarms import fault_in_alarms
from endpoint_operator.planning.case import Case
from endpoint_operator.planning.desired import Desired, desired_state, fault_in_resolving
from endpoint_operator.planning.facts import Facts, LiveStatus, OperatorInputs
from endpoint_operator.planning.failures import failure_that_holds, is_news_of_a_container
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.obstacles import plan_for_fault
from endpoint_operator.planning.overrides import fault_in_overrides
from endpoint_operator.planning.place import fault_in_place
from endpoint_operator.planning.plan import Plan
from endpoint_operator.planning.retirement import plan_retirement
from endpoint_operator.planning.scaling.decision import autoscaling_differs, fault_in_autoscaling
from endpoint_operator.planning.scaling.trouble import with_trouble
from endpoint_operator.planning.supported import not_yet_supported
from endpoint_operator.planning.tenancy.refusals import fault_in_use

Decision = Callable[[Case], Plan | None]

DECISIONS: tuple[Decision, ...] = (
    obstacles.aws_cannot_be_asked,
    adoption.adopt,
    adoption.name_is_taken,
    absence.write_is_not_visible_yet,
    stopping.stop,
    absence.failed_before,
    absence.inputs_are_wrong,
    absence.history_is_full,
    absence.intent_comes_first,
    absence.create,
    drift.somebody_is_at_work,
    transition.sagemaker_is_at_work,
    transition.creation_failed,
    rollout.write_is_not_visible_yet,
    rollout.rolled_back,
    recreation.not_allowed,
    recreation.failed_before,
    recreation.inputs_are_wrong,
    recreation.history_is_full,
    recreation.intent_comes_first,
    recreation.delete,
    autoscaling_differs,
    changes_in_place.weights_differ,
    changes_in_place.counts_differ,
    concurrency_changes.concurrency_differs,
    changes_in_place.tags_differ,
    alarm_upkeep.alarms_no_longer_needed,
    rollout.variants_changed,
    rollout.failed_before,
    rollout.inputs_are_wrong,
    rollout.history_is_full,
    rollout.intent_comes_first,
    rollout.update,
    upkeep.out_of_service,
    drift.part_is_missing,
    upkeep.remove_superfluous,
    upkeep.serves,
)


def make_plan(endpoint: InferenceEndpoint, facts: Facts, inputs: OperatorInputs) -> Plan:
    """What to do next for an object."""
    if endpoint.being_deleted:
        return plan_retirement(endpoint, facts)
    fault = fault_in_spec(endpoint, inputs)
    if fault is not None:
        return plan_for_fault(fault, retry=fault.about_inputs)
    obstacle = obstacles.elsewhere(endpoint, facts) or obstacles.last_process_may_have_acted(facts)
    if obstacle is not None:
        return obstacle
    desired = desired_state(endpoint, inputs)
    assert desired is not None  # noqa: S101 - fault_in_spec found a role
    fault = fault_in_use(endpoint, desired, facts, inputs)
    fault = fault or fault_in_alarms(desired) or fault_in_autoscaling(desired)
    if fault is not None:
        return plan_for_fault(fault, retry=fault.about_inputs)
    return plan_for(Case(endpoint=endpoint, desired=desired, facts=facts))


def fault_in_spec(endpoint: InferenceEndpoint, inputs: OperatorInputs) -> Fault | None:
    """What the spec alone shows to be impossible, and the API server could not refuse."""
    if endpoint.spec_error is not None:
        return Fault(
            blame=Blame.USER,
            reason="SpecNotUnderstood",
            message=f"{endpoint.spec_error}; correct it, or run the release of the operator that the CRD belongs to",
        )
    fields = not_yet_supported(endpoint.spec)
    if fields:
        verb = "is" if len(fields) == 1 else "are"
        return Fault(
            blame=Blame.USER,
            reason="NotYetSupported",
            message=f"{', '.join(fields)} {verb} not supported by this release; remove it and nothing is lost",
        )
    moved = fault_in_place(endpoint)
    if moved is not None:
        return moved
    refused = fault_in_overrides(endpoint.spec)
    if refused is not None:
        return refused
    if desired_state(endpoint, inputs) is None:
        return fault_in_resolving(endpoint, inputs) or Fault(
            blame=Blame.USER,
            reason="ExecutionRoleMissing",
            message="spec.executionRoleArn: give the role that SageMaker runs the containers with "
            "(the operator has no --default-execution-role-arn)",
        )
    return None


def wants_look(endpoint: InferenceEndpoint, facts: Facts, inputs: OperatorInputs) -> Desired | None:
    """What preflight is to look at, when this pass could be about to make a revision."""
    unasked = endpoint.being_deleted or endpoint.spec.stopped or facts.foreign is not None
    if unasked or endpoint.spec.preflight == Preflight.OFF:
        return None
    if fault_in_spec(endpoint, inputs) is not None:
        return None
    desired = desired_state(endpoint, inputs)
    if desired is None or fault_in_use(endpoint, desired, facts, inputs) is not None:
        return None
    case = Case(endpoint=endpoint, desired=desired, facts=facts)
    live = facts.live
    settled = live is not None and (live.busy or not (live.status == LiveStatus.FAILED or rollout.needs_update(case)))
    failure = case.row.failure if case.row is not None else None
    pointless = failure is not None and failure.look is None and failure_that_holds(case) is not None
    waiting = absence.write_is_not_visible_yet(case) is not None
    curious = facts.asked and live is not None and live.status == LiveStatus.IN_SERVICE
    return None if (settled and not curious) or pointless or waiting else desired


def plan_for(case: Case) -> Plan:
    """What to do next for an object that is wanted and possible."""
    for decide in DECISIONS:
        plan = decide(case)
        if plan is not None:
            plan = with_trouble(plan, case.facts.scaling_trouble)
            return replace(plan, log_lines=case.facts.log_lines) if is_news_of_a_container(plan) else plan
    raise AssertionError(f"no decision for {case.endpoint.object_name}: the last one takes every case")
