"""An asynchronous endpoint that goes to zero and comes back: what is said, what is written, what is never called."""

from decimal import Decimal
from typing import Any

import pytest

from endpoint_operator.api.conditions import ConditionType, find
from endpoint_operator.planning.billed import cost_status
from endpoint_operator.planning.cost import Price, PriceSource
from endpoint_operator.planning.quota_needs import change_of
from endpoint_operator.planning.scaling.condition import AUTOSCALING_READY
from endpoint_operator.planning.steps import (
    CreateEndpoint,
    CreateEndpointConfig,
    DeleteEndpoint,
    UpdateEndpoint,
    UpdateEndpointWeightsAndCapacities,
)
from tests.unit.given import desired
from tests.unit.operator_in_memory import OperatorInMemory
from tests.unit.sagemaker_in_memory import SageMakerInMemory
from tests.unit.settling import settle, transition_ends
from tests.unit.wish import Wish

WISH = Wish(shape="async", scaling=4, rest={"revisionHistoryLimit": 1})


def at_rest(wish: Wish = WISH) -> OperatorInMemory:
    operator = OperatorInMemory(sagemaker=SageMakerInMemory(), wanted=wish.spec())
    settle(operator)
    operator.calls.clear()
    return operator


def scales_to(operator: OperatorInMemory, count: int) -> list[dict[str, Any]]:
    """Autoscaling does; every status that is written until nothing more comes of it."""
    written: list[dict[str, Any]] = []

    def note() -> None:
        if not written or written[-1] != operator.status:
            written.append(operator.status)

    note()
    operator.sagemaker.follow_the_load(count)
    operator.sweep()
    operator.one_pass()
    note()
    transition_ends(operator)
    settle(operator, after_each_pass=note)
    return written[1:]


def asleep(wish: Wish = WISH) -> OperatorInMemory:
    operator = at_rest(wish)
    scales_to(operator, 0)
    return operator


def ready(operator: OperatorInMemory) -> tuple[str, str]:
    condition = find(operator.object.status.conditions, ConditionType.READY)
    assert condition is not None
    return condition.status.value, condition.last_transition_time


def test_ready_stays_true_from_one_to_zero_to_many_and_back() -> None:
    operator = at_rest()
    since = ready(operator)
    assert since[0] == "True"
    for count in (0, 3, 1, 0, 4, 0):
        for status in scales_to(operator, count):
            conditions = {each["type"]: each["status"] for each in status["conditions"]}
            assert conditions["Ready"] == conditions["Available"] == "True"
        assert (ready(operator), operator.object.status.instance_count) == (since, count)
    assert operator.calls == [], "the load alone says how many there are"


def test_a_change_of_the_count_writes_the_status_when_it_begins_and_when_it_ends_and_no_more() -> None:
    assert len(scales_to(at_rest(), 0)) <= 2


def test_days_at_zero_write_and_call_nothing() -> None:
    operator = asleep()
    before = operator.status
    for _ in range(24):
        operator.clock += 3600.0
        operator.take_stock()
        settle(operator)
    assert (operator.status, operator.calls) == (before, [])
    assert "0 × ml.m5.large, asleep until a request comes" in str(before)


def test_a_rollout_at_zero_keeps_the_zero_though_its_config_begins_with_one() -> None:
    operator = asleep()
    operator.edit(Wish(**{**vars(WISH), "images": ("good-2", "good-1")}).spec())
    settle(operator)
    (config,) = [step for step in operator.calls if isinstance(step, CreateEndpointConfig)]
    assert config.request["ProductionVariants"][0]["InitialInstanceCount"] == 1
    assert [type(step) for step in operator.calls if isinstance(step, UpdateEndpoint)] == [UpdateEndpoint]
    assert not [step for step in operator.calls if isinstance(step, UpdateEndpointWeightsAndCapacities)]
    assert (operator.object.status.instance_count, ready(operator)[0]) == (0, "True")


def test_started_again_it_begins_with_one_whatever_it_slept_with() -> None:
    operator = asleep()
    operator.edit(WISH.but(stopped=True).spec())
    settle(operator)
    assert operator.sagemaker.autoscaling.alarms == {}
    operator.edit(WISH.spec())
    settle(operator)
    made = [step for step in operator.calls if isinstance(step, CreateEndpoint | DeleteEndpoint)]
    assert [type(step) for step in made] == [DeleteEndpoint, CreateEndpoint]
    assert operator.object.status.instance_count == 1


def test_stopped_after_somebody_deleted_it_leaves_no_alarm() -> None:
    operator = asleep()
    operator.sagemaker.vanish()
    operator.sagemaker.finish()
    operator.edit(WISH.but(stopped=True).spec())
    settle(operator)
    assert operator.sagemaker.autoscaling.alarms == {}
    operator.edit(WISH.spec())
    settle(operator)
    assert len(operator.sagemaker.autoscaling.alarms) == 1


def test_callers_are_told_the_only_way_to_ask_it() -> None:
    endpoint = asleep().object.status.endpoint
    assert endpoint is not None
    assert endpoint.invocation_url is not None
    assert endpoint.invocation_url.endswith("/endpoints/ml-churn/async-invocations")


@pytest.mark.parametrize("dies_after", range(6))
def test_stopped_at_zero_nothing_is_said_to_be_registered_wherever_the_operator_dies(*, dies_after: int) -> None:
    operator = asleep()
    operator.edit(WISH.but(stopped=True).spec())
    operator.one_pass(dies_after=dies_after)
    operator.sagemaker.finish()
    operator.restart()
    settle(operator)
    assert operator.sagemaker.endpoint is None
    assert [row.registered for row in operator.object.status.autoscaling] == [False]
    autoscaling = find(operator.object.status.conditions, AUTOSCALING_READY)
    assert autoscaling is not None
    assert autoscaling.status == "False"


@pytest.mark.parametrize("vanishes", [False, True])
@pytest.mark.parametrize("dies_after", range(6))
def test_deleted_at_zero_nothing_is_left_wherever_the_operator_dies(*, vanishes: bool, dies_after: int) -> None:
    operator = asleep()
    if vanishes:
        operator.sagemaker.vanish()
        operator.sagemaker.finish()
    operator.delete()
    if not operator.gone:
        operator.one_pass(dies_after=dies_after)
    settle(operator)
    assert operator.gone
    sagemaker = operator.sagemaker
    left = (sagemaker.endpoint, sagemaker.made, sagemaker.autoscaling.scaling, sagemaker.autoscaling.alarms)
    assert left == (None, set(), {}, {})


def test_at_zero_it_costs_nothing_by_the_price_of_its_type() -> None:
    operator = asleep()
    status = operator.object.status
    price = Price(usd_per_hour=Decimal("0.115"), source=PriceSource.PRICE_LIST, as_of="2026-11-20")
    cost = cost_status(operator.sagemaker.endpoint, {row.name: row for row in status.revisions}, {"ml.m5.large": price})
    assert cost is not None
    assert (cost.hourly_usd, cost.source) == ("0.00", "PriceList")


def test_a_rollout_at_zero_needs_no_quota_for_instances_that_it_does_not_bring() -> None:
    operator = asleep()
    (need,) = change_of(desired(WISH.spec()), operator.sagemaker.endpoint).needs()
    assert need.total == 0
