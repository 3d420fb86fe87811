"""Changes of mode that SageMaker makes only by deleting the endpoint and making it again.

Sources: SageMaker Developer Guide, "Update a serverless endpoint" (an endpoint on instances never becomes serverless);
SageMaker's answer to UpdateEndpoint ("The AsyncInferenceConfig parameter cannot be removed from this endpoint").
Nothing says that an endpoint becomes asynchronous by an update, so none is tried.

All that can be wrong is found out before anything is down: preflight has looked, and the new models and the endpoint
config are there before the endpoint goes.
"""

from dataclasses import replace

from endpoint_operator.api.spec import Mode, ReplacePolicy
from endpoint_operator.api.status import RevisionState
from endpoint_operator.planning.absence import warning, wrong_inputs
from endpoint_operator.planning.case import Case
from endpoint_operator.planning.failures import failure_that_holds
from endpoint_operator.planning.history import RECREATING, capacities_of, intent
from endpoint_operator.planning.obstacles import plan_for_fault
from endpoint_operator.planning.plan import AT_ONCE, FinalizerChange, Look, Memory, Plan, Situation
from endpoint_operator.planning.scaling.plan import after_deregistration, deregister_before_deletion
from endpoint_operator.planning.steps import DeleteEndpoint
from endpoint_operator.planning.upkeep import make_room

# The reason of the condition, and of the Event that says what will be down.
RECREATING_ENDPOINT = "RecreatingEndpoint"

_ON_INSTANCES = frozenset({Mode.REAL_TIME, Mode.MULTI_MODEL})


def needs_recreation(case: Case) -> bool:
    """Whether the wanted revision can only come after the endpoint was deleted."""
    return case.live is not None and case.live_revision != case.desired.revision and not _in_place(case)


def not_allowed(case: Case) -> Plan | None:
    """The API server refuses such an edit; it cannot when two edits together are one, or the endpoint was adopted."""
    if not needs_recreation(case) or case.endpoint.spec.replace_policy == ReplacePolicy.RECREATE:
        return None
    return Plan(
        situation=Situation.USER_FAULT,
        reason="ModeChangeRefused",
        message=f"spec.mode: SageMaker cannot make {_change(case)} in place; set spec.replacePolicy: Recreate, which "
        "deletes the endpoint and makes it again and lets nobody be answered meanwhile, or set the mode back",
    )


def failed_before(case: Case) -> Plan | None:
    fault = failure_that_holds(case) if needs_recreation(case) else None
    return plan_for_fault(fault, retry=fault.about_inputs) if fault is not None else None


def inputs_are_wrong(case: Case) -> Plan | None:
    return wrong_inputs(case) if needs_recreation(case) else None


def history_is_full(case: Case) -> Plan | None:
    return make_room(case) if needs_recreation(case) else None


def intent_comes_first(case: Case) -> Plan | None:
    """It is said, by a condition and an Event, before it is done; and the absence that follows is known to be ours."""
    if not needs_recreation(case) or _intent_is_recorded(case):
        return None
    remembered = intent(case, creating=True)
    assert remembered.rollout is not None  # noqa: S101 - an intent has one
    rollout = remembered.rollout.model_copy(update={"stage": RECREATING, "from_revision": case.live_revision})
    return Plan(
        situation=Situation.UPDATING,
        reason=RECREATING_ENDPOINT,
        message=_what_is_down(case),
        memory=replace(remembered, rollout=rollout),
        finalizer=None if case.endpoint.has_finalizer else FinalizerChange.ADD,
        next_look=AT_ONCE,
    )


def delete(case: Case) -> Plan | None:
    """What comes next is in absence.py: an endpoint that is not there is made."""
    live, row, desired = case.live, case.row, case.desired
    if live is None or row is None or not needs_recreation(case):
        return None
    rows = case.status.autoscaling
    deregistrations = deregister_before_deletion(rows, endpoint_name=live.name)
    return Plan(
        situation=Situation.UPDATING,
        reason=RECREATING_ENDPOINT,
        message=_what_is_down(case),
        steps=(
            *desired.create_models(),
            desired.create_config(config_name=row.config_name, made_with=capacities_of(row)),
            *deregistrations,
            DeleteEndpoint(name=live.name, created=live.created),
        ),
        memory=Memory(
            revisions=tuple(case.status.revisions),
            rollout=case.status.rollout,
            scaling=after_deregistration(rows, deregistrations),
        ),
        next_look=Look(back_off=True),
    )


def _in_place(case: Case) -> bool:
    """Whether SageMaker's UpdateEndpoint comes from the mode that serves to the wanted one; undocumented is no."""
    wanted, serving = case.desired.spec.mode, _serving_mode(case)
    return wanted == serving or (wanted in _ON_INSTANCES and serving != Mode.ASYNC)


def _serving_mode(case: Case) -> Mode:
    """RealTime for MultiModel too, which is as good: SageMaker updates one to the other."""
    live = case.live
    if live is not None and any(variant.is_serverless for variant in live.all_variants):
        return Mode.SERVERLESS
    return Mode.ASYNC if live is not None and live.asynchronous else Mode.REAL_TIME


def _intent_is_recorded(case: Case) -> bool:
    row, rollout = case.row, case.status.rollout
    return (
        case.endpoint.has_finalizer
        and row is not None
        and row.state == RevisionState.DEPLOYING
        and capacities_of(row) == case.desired.capacities
        and rollout is not None
        and rollout.stage == RECREATING
        and rollout.to_revision == row.name
    )


def _change(case: Case) -> str:
    serving = _serving_mode(case)
    words = " or ".join(sorted(_ON_INSTANCES, reverse=True)) if serving in _ON_INSTANCES else serving.value
    return f"{words} → {case.desired.spec.mode.value}"


def _what_is_down(case: Case) -> str:
    """SageMaker promises no times: the longest known ones are told."""
    desired = case.desired
    return (
        f"SageMaker cannot make {_change(case)} in place: the endpoint {desired.endpoint_name} is deleted and made "
        f"again with revision {desired.revision} on {desired.fleet}. Nobody is answered from its deletion until the "
        f"new one is InService, {_how_long(desired.spec.mode)}, and for longer if the new revision fails"
        f"{warning(case)}"
    )


def _how_long(mode: Mode) -> str:
    return "usually 2 to 5 minutes" if mode == Mode.SERVERLESS else "usually 5 to 15 minutes"
