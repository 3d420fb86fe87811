"""What somebody else changed in AWS under a settled object: put right, and said to be no edit."""

from endpoint_operator.api.conditions import ConditionStatus, ConditionType, find
from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.planning.case import Case
from endpoint_operator.planning.facts import LiveStatus
from endpoint_operator.planning.history import capacities_of, serving
from endpoint_operator.planning.plan import AT_ONCE, Plan, Situation
from endpoint_operator.planning.upkeep import serves_message

PART_KINDS = ("model", "endpoint-config")  # a model and its config may have one name
CHANGED_ELSEWHERE = "ChangedElsewhere"


def is_drift(endpoint: InferenceEndpoint) -> bool:
    """Whether a change that is about to be made answers no edit: this very generation was reached before.

    Also where somebody's rollout was seen on its way since.
    """
    status = endpoint.status
    ready = find(status.conditions, ConditionType.READY)
    if ready is None or status.observed_generation != endpoint.generation:
        return False
    return ready.status == ConditionStatus.TRUE or ready.reason == CHANGED_ELSEWHERE


def somebody_is_at_work(case: Case) -> Plan | None:
    """A settled endpoint is Updating and no edit asked for it: autoscaling, or somebody.

    While only its fleet changes, the latest generation serves all the while.
    """
    live, row = case.live, case.row
    if live is None or row is None or live.status != LiveStatus.UPDATING:
        return None
    if case.status.rollout is not None or not is_drift(case.endpoint):
        return None
    config = live.pending_config_name or live.config_name
    if config == row.config_name:
        return Plan(situation=Situation.SERVING, reason="Ready", message=serves_message(case))
    return Plan(
        situation=Situation.UPDATING,
        reason=CHANGED_ELSEWHERE,
        message=f"somebody else updates the endpoint to endpoint config {config}; it goes back to revision "
        f"{case.desired.revision} when that is done",
    )


def part_is_missing(case: Case) -> Plan | None:
    """A model or endpoint config deleted under a live endpoint: SageMaker could not replace an instance without it.

    Names are content: what is made again is what was there.
    """
    live, row, desired = case.live, case.row, case.desired
    if live is None or row is None or live.status != LiveStatus.IN_SERVICE or not case.facts.missing_parts:
        return None
    if live.config_name != row.config_name:
        return None
    gone = {kind: {part.name for part in case.facts.missing_parts if part.kind == kind} for kind in PART_KINDS}
    return Plan(
        situation=Situation.SERVING,
        reason="Ready",
        message=serves_message(case),
        steps=(
            *(step for step in desired.create_models() if step.name in gone["model"]),
            *(
                (desired.create_config(config_name=row.config_name, made_with=capacities_of(row)),)
                if row.config_name in gone["endpoint-config"]
                else ()
            ),
        ),
        memory=serving(case),
        next_look=AT_ONCE,
    )
