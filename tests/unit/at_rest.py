"""What must hold once everything has settled, whatever led there."""

from endpoint_operator.api.conditions import ConditionType, find, is_true
from endpoint_operator.api.identity import TAG_OBJECT
from endpoint_operator.api.status import InferenceEndpointStatus, RevisionState
from endpoint_operator.planning.desired import desired_state, tags_digest
from endpoint_operator.planning.facts import LiveStatus, LiveVariant
from endpoint_operator.planning.pause import plan_of_pass
from endpoint_operator.planning.single_precision import equal_weights
from tests.unit.configs_in_memory import models_of
from tests.unit.operator_in_memory import OperatorInMemory
from tests.unit.sagemaker_in_memory import BY_HAND, SageMakerInMemory
from tests.unit.wish import Wish


def still_fits(status: InferenceEndpointStatus) -> None:
    """The bounds of the CRD."""
    InferenceEndpointStatus.model_validate(status.model_dump(by_alias=True, exclude_none=True, mode="json"))
    assert len(status.revisions) <= 10


def reason_of_stalled(status: InferenceEndpointStatus) -> str | None:
    stalled = find(status.conditions, ConditionType.STALLED)
    return stalled.reason if stalled is not None and is_true(status.conditions, ConditionType.STALLED) else None


def is_said(operator: OperatorInMemory, wish: Wish, *, stock_taken: bool = False) -> None:
    """kstatus: about this generation exactly one of Ready and Stalled holds, or none while paused; and it is true.

    `stock_taken`: what only the hourly look at tags shows is put right too.
    """
    status = operator.object.status
    conditions = status.conditions
    ready, stalled = is_true(conditions, ConditionType.READY), is_true(conditions, ConditionType.STALLED)
    assert status.observed_generation == operator.generation
    assert not is_true(conditions, ConditionType.RECONCILING)
    if wish.is_paused:
        assert not stalled
    else:
        assert ready != stalled, conditions
        assert status.planned_calls == []
    told = find(conditions, ConditionType.STALLED if stalled else ConditionType.READY)
    assert told is not None
    assert told.reason
    assert told.message
    if ready:
        _is_reached(operator, wish, stock_taken=stock_taken)
        _is_at_rest(operator)


def is_deleted(operator: OperatorInMemory) -> None:
    """Nothing of ours is left, and everything of others is as it was."""
    assert operator.gone, f"deletion does not end: {operator.object.status.conditions}"
    assert (operator.sagemaker.made, operator.sagemaker.autoscaling.registered) == (set(), set())
    assert operator.sagemaker.autoscaling.alarms == {}
    live = operator.sagemaker.endpoint
    assert live is None or operator.sagemaker.tags["owner"] == "somebody"
    assert live is None or live.config_name == BY_HAND


def _is_reached(operator: OperatorInMemory, wish: Wish, *, stock_taken: bool) -> None:
    sagemaker = operator.sagemaker
    assert set(sagemaker.alarms) == set(), "alarms are there although no rollout is under way"
    if wish.is_stopped:
        assert (sagemaker.endpoint, sagemaker.autoscaling.registered, sagemaker.autoscaling.alarms) == (None, set(), {})
        return
    wanted = desired_state(operator.object, operator.inputs)
    assert wanted is not None
    live = sagemaker.endpoint
    assert live is not None
    assert live.status == LiveStatus.IN_SERVICE
    assert live.config_name is not None
    assert wanted.revision in live.config_name
    _fleet_is_as_wanted(sagemaker, wish)
    assert all(equal_weights(variant.desired_weight, wish.weights[variant.name]) for variant in live.variants)
    assert sagemaker.tags[TAG_OBJECT] == "ml/churn"
    if not wish.is_paused:  # then nothing is written down but what is seen
        _history_is_in_order(operator, wanted.revision)
    if stock_taken:
        assert tags_digest(sagemaker.tags) == tags_digest(wanted.tags)
        assert set(models_of(sagemaker.configs[live.config_name])) <= sagemaker.models.keys()


def _fleet_is_as_wanted(sagemaker: SageMakerInMemory, wish: Wish) -> None:
    """A variant that scales has any count within its bounds: the load says which."""
    assert sagemaker.endpoint is not None
    fleet = sagemaker.endpoint.all_variants
    counts = {variant.name: variant.desired_count for variant in fleet if variant.desired_count is not None}
    assert counts.keys() == wish.counts_by_variant.keys()
    if wish.shape == "serverless":
        _concurrency_is_as_wanted(fleet[0], wish)
    targets = {resource.variant: live.target for resource, live in sagemaker.autoscaling.scaling.items()}
    assert {name: target.maximum for name, target in targets.items() if target is not None} == wish.scaled
    for name, count in counts.items():
        assert count == wish.counts_by_variant[name] or wish.fewest <= count <= wish.scaled.get(name, 0)
    assert bool(sagemaker.autoscaling.alarms) is wish.sleeps, "what sleeps has an alarm that wakes it, nothing else has"


def _concurrency_is_as_wanted(variant: LiveVariant, wish: Wish) -> None:
    assert variant.desired_serverless is not None
    concurrency = variant.desired_serverless.concurrency
    assert concurrency.maximum == wish.most_at_once
    if wish.scaled:
        assert concurrency.provisioned is not None
        assert 1 <= concurrency.provisioned <= wish.scaled[variant.name]
    else:
        assert concurrency.provisioned == wish.provisioned


def _history_is_in_order(operator: OperatorInMemory, wanted: str) -> None:
    rows = operator.object.status.revisions
    assert [row.name for row in rows if row.state == RevisionState.ACTIVE] == [wanted]
    assert not [row.name for row in rows if row.state == RevisionState.DEPLOYING], "nobody deploys it any more"
    limit = operator.wanted["revisionHistoryLimit"]
    assert len(rows) <= min(10, limit + 2), f"the active, the last that served and {limit} others"


def _is_at_rest(operator: OperatorInMemory) -> None:
    before = operator.status
    plan = plan_of_pass(operator.object, operator.observe(operator.object), operator.inputs)
    assert plan.steps == ()
    assert not operator.one_pass()
    assert operator.status == before
    assert operator.look_at is None
