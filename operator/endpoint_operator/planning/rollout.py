"""Another revision serves than the one that is wanted: why it is not rolled out yet, and how it is."""

from endpoint_operator.api.rollout import Rollout
from endpoint_operator.api.status import RevisionState, RevisionStatus
from endpoint_operator.planning.abandoned import seconds_since_intent
from endpoint_operator.planning.absence import warning, wrong_inputs
from endpoint_operator.planning.alarms import alarm_names, alarms_to_make
from endpoint_operator.planning.case import Case
from endpoint_operator.planning.deployment import deployment_config, is_guarded
from endpoint_operator.planning.facts import LiveStatus
from endpoint_operator.planning.failures import failed, failure_that_holds, read_failure_reason
from endpoint_operator.planning.faults import Blame
from endpoint_operator.planning.history import capacities_of, intent, with_row
from endpoint_operator.planning.plan import AT_ONCE, FinalizerChange, Look, Memory, Plan, Situation
from endpoint_operator.planning.provisioned import provisioned_must_go
from endpoint_operator.planning.scaling.decision import before_update
from endpoint_operator.planning.steps import UpdateEndpoint
from endpoint_operator.planning.upkeep import make_room

_SLOW = Look(back_off=True, at_most_seconds=600.0)


def needs_update(case: Case) -> bool:
    live = case.live
    return live is not None and (
        case.live_revision != case.desired.revision
        or live.status == LiveStatus.UPDATE_ROLLBACK_FAILED
        or provisioned_must_go(case)
    )


def write_is_not_visible_yet(case: Case) -> Plan | None:
    """A change was accepted, and SageMaker's reads show the endpoint as it was before.

    Memory tells, not the status: the write that would say so there may have failed.
    """
    if not case.facts.shows_before_write:
        return None
    return Plan(
        situation=Situation.UPDATING,
        reason="Updating",
        message="SageMaker took the change and does not show it yet",
        reads_lag=True,
        next_look=Look(seconds=2.0),
    )


def rolled_back(case: Case) -> Plan | None:
    """A failed update ends InService on the old config with FailureReason set, and says nothing else."""
    live, rollout, row = case.live, case.status.rollout, case.row
    if live is None or rollout is None or row is None or not needs_update(case):
        return None
    news = (
        rollout.to_revision == row.name
        and rollout.stage == "Updating"
        and row.failure is None
        and live.failure_reason is not None
        and live.modified != rollout.endpoint_modified_before
    )
    if not news:
        return None
    fault = read_failure_reason(live.failure_reason, case.desired.variants)
    if fault.blame == Blame.WORLD:
        return Plan(
            situation=Situation.WORLD_FAULT,
            reason=fault.reason,
            message=f"revision {row.name} was rolled back and is tried again: {fault.message}",
            memory=intent(case, creating=False),
            next_look=Look(back_off=True),
        )
    return Plan(
        situation=Situation.ROLLED_BACK,
        reason=fault.reason,
        message=f"revision {row.name} was rolled back, {case.live_revision} serves: {fault.message}",
        memory=Memory(revisions=with_row(case.status.revisions, failed(row, fault, case, rolled_back=True))),
        next_look=AT_ONCE,  # counts and tags of the spec still go to the revision that serves
    )


def failed_before(case: Case) -> Plan | None:
    fault = failure_that_holds(case) if needs_update(case) else None
    if fault is None:
        return None
    message = fault.message
    if case.row is not None and case.row.state == RevisionState.ROLLED_BACK:
        message = f"revision {case.desired.revision} was rolled back, {case.live_revision} serves: {message}"
    return Plan(
        situation=Situation.ROLLED_BACK,
        reason=fault.reason,
        message=message,
        next_look=_SLOW if fault.about_inputs else None,
    )


def variants_changed(case: Case) -> Plan | None:
    """SageMaker guards a rollout only between the same variants (Developer Guide, deployment guardrails)."""
    live, rollout = case.live, case.endpoint.spec.rollout
    if live is None or not needs_update(case) or not is_guarded(rollout):
        return None
    before, after = {variant.name for variant in live.all_variants}, {variant.name for variant in case.desired.variants}
    if before == after:
        return None
    changes = [*(f"+{name}" for name in sorted(after - before)), *(f"-{name}" for name in sorted(before - after))]
    return Plan(
        situation=Situation.USER_FAULT,
        reason="VariantsChanged",
        message=f"spec.variants: {', '.join(changes)}: SageMaker guards a rollout only between the same variants; "
        "for this edit set rollout.strategy: AllAtOnce, or keep the variants' names",
    )


def inputs_are_wrong(case: Case) -> Plan | None:
    return wrong_inputs(case) if needs_update(case) else None


def history_is_full(case: Case) -> Plan | None:
    return make_room(case) if needs_update(case) else None


def intent_comes_first(case: Case) -> Plan | None:
    """The status remembers a revision before anything of it is made."""
    row, rollout = case.row, case.status.rollout
    if not needs_update(case):
        return None
    recorded = (
        case.endpoint.has_finalizer
        and row is not None
        and row.state == RevisionState.DEPLOYING
        and rollout is not None
        and rollout.stage == "Updating"
        and rollout.to_revision == row.name
        and _alarms_are_recorded(case, row)
        and not (provisioned_must_go(case) and case.live is not None and row.config_name == case.live.config_name)
        # An older one is recorded again, so that its age tells how lately a call may have been sent.
        and seconds_since_intent(case) < case.facts.consistency_window_seconds
    )
    if recorded:
        return None
    return Plan(
        situation=Situation.UPDATING,
        reason="Updating",
        message=_updating(case),
        memory=intent(case, creating=False),
        finalizer=None if case.endpoint.has_finalizer else FinalizerChange.ADD,
        next_look=AT_ONCE,
    )


def _alarms_are_recorded(case: Case, row: RevisionStatus) -> bool:
    made = alarms_to_make(case.desired, config_name=row.config_name)
    return all(step.name in row.alarm_names for step in made)


def update(case: Case) -> Plan | None:
    live, row, desired = case.live, case.row, case.desired
    if live is None or row is None or not needs_update(case):
        return None
    deregistrations, back, memory = before_update(case)
    return Plan(
        situation=Situation.UPDATING,
        reason="Updating",
        message=_updating(case),
        if_refused=back,
        memory=memory,
        steps=(
            *desired.create_models(),
            desired.create_config(config_name=row.config_name, made_with=capacities_of(row)),
            *alarms_to_make(desired, config_name=row.config_name),
            *deregistrations,
            UpdateEndpoint(
                name=live.name,
                config_name=row.config_name,
                deployment_config=deployment_config(
                    case.endpoint.spec.rollout, alarm_names=alarm_names(desired, config_name=row.config_name)
                ),
                overrides=desired.endpoint_overrides,
            ),
        ),
    )


def _updating(case: Case) -> str:
    before = case.live_revision or (case.live.config_name if case.live is not None else None)
    return f"rolling out revision {before} → {case.desired.revision}{_how(case)}{warning(case)}"


def _how(case: Case) -> str:
    """`, canary 25 %, 10 min, watching 2 alarms`; nothing for SageMaker's default."""
    rollout = case.endpoint.spec.rollout
    if rollout is None or rollout == Rollout():
        return ""
    told = [rollout.strategy.value]
    if rollout.step is not None:
        told[0] += f" {rollout.step.percent} %" if rollout.step.percent else f" {rollout.step.instances} instances"
    if rollout.wait_seconds:
        told.append(f"waiting {rollout.wait_seconds} s")
    alarms = alarm_names(case.desired, config_name="")
    if alarms:
        told.append(f"watching {len(alarms)} alarm{'s' if len(alarms) > 1 else ''}")
    return f" ({', '.join(told)})"
