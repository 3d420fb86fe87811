"""What somebody else changed in AWS under a settled object: put right, and said to be no edit."""

from endpoint_operator.api.conditions import ConditionType, is_true
from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.planning.case import Case
from endpoint_operator.planning.facts import LiveStatus
from endpoint_operator.planning.history import capacities_of, serving
from endpoint_operator.planning.plan import AT_ONCE, Plan, Situation
from endpoint_operator.planning.upkeep import serves_message

PART_MISSING = "PartMissing"


def is_drift(endpoint: InferenceEndpoint) -> bool:
    """Whether a change that is about to be made answers no edit: this very generation was reached before."""
    status = endpoint.status
    return status.observed_generation == endpoint.generation and is_true(status.conditions, ConditionType.READY)


def part_is_missing(case: Case) -> Plan | None:
    """A model or endpoint config deleted under a live endpoint: SageMaker could not replace an instance without it.

    Names are content: what is made again is what was there.
    """
    live, row, desired = case.live, case.row, case.desired
    if live is None or row is None or live.status != LiveStatus.IN_SERVICE or not case.facts.missing_parts:
        return None
    if live.config_name != row.config_name:
        return None
    return Plan(
        situation=Situation.SERVING,
        reason="Ready",
        message=serves_message(case),
        steps=(
            *(step for step in desired.create_models() if step.name in case.facts.missing_parts),
            *(
                (desired.create_config(config_name=row.config_name, made_with=capacities_of(row)),)
                if row.config_name in case.facts.missing_parts
                else ()
            ),
        ),
        memory=serving(case),
        next_look=AT_ONCE,
    )
