"""Weights and counts: changed in place, as few calls as SageMaker takes, and left alone where they are not ours."""

from dataclasses import replace
from typing import Any

import pytest

from endpoint_operator.planning.decide import make_plan
from endpoint_operator.planning.facts import LiveEndpoint, LiveStatus
from endpoint_operator.planning.plan import Plan
from endpoint_operator.planning.single_precision import equal_weights, single_precision
from endpoint_operator.planning.steps import UpdateEndpoint, UpdateEndpointWeightsAndCapacities
from tests.unit.edits import INSTANCE, variants, with_shadow
from tests.unit.given import INPUTS, an_object, facts, failed_row, known, live, revision, rollout, row, status


def plan(wanted: dict[str, Any], seen: LiveEndpoint, *, serves: dict[str, Any]) -> Plan:
    rows = status(row(serves), endpoint=known(seen))
    return make_plan(an_object(wanted, status=rows), facts(seen), INPUTS)


def change(**members: Any) -> UpdateEndpointWeightsAndCapacities:
    return UpdateEndpointWeightsAndCapacities(name="ml-churn", **members)


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (0.9, 0.8999999761581421, True),
        (0.1, 0.10000000149011612, True),
        (1 / 3, 0.3333333432674408, True),
        (0.9, 0.9001, False),
        (None, 0.0, False),
        (None, None, True),
    ],
)
def test_weights_are_compared_as_sagemaker_keeps_them(*, one: float | None, other: float | None, equal: bool) -> None:
    assert equal_weights(one, other) == equal
    assert single_precision(0.9) == 0.8999999761581421


def test_a_weight_that_comes_back_in_single_precision_is_no_difference() -> None:
    found = plan(variants(weight=0.7), live(variants(weight=0.7)), serves=variants())
    assert found.steps == ()


def test_all_weights_that_differ_go_in_one_call_before_any_count() -> None:
    edited = variants(weight=0.5, instance={**INSTANCE, "count": 4})
    edited["variants"][1]["weight"] = 0.5
    found = plan(edited, live(variants()), serves=variants())
    assert found.steps == (change(weights={"blue": 0.5, "green": 0.5}),)
    assert "blue 0.9 → 0.5" in found.message


def test_a_weight_that_is_as_wanted_is_not_sent() -> None:
    found = plan(variants(weight=0.5), live(variants()), serves=variants())
    assert found.steps == (change(weights={"blue": 0.5}),)


def test_the_share_of_a_shadow_follows_the_spec_once_its_revision_serves() -> None:
    """A rollout retains the weights of all variants, the shadow's too."""
    edited = with_shadow(samplingPercent=40)
    serves = live(edited)
    assert serves.shadow is not None
    retained = replace(serves, shadow=replace(serves.shadow, desired_weight=single_precision(0.2)))
    assert plan(edited, retained, serves=edited).steps == (change(weights={"candidate": 0.4}),)
    assert plan(edited, serves, serves=edited).steps == ()


def test_counts_go_one_variant_a_call() -> None:
    edited = variants(instance={**INSTANCE, "count": 4})
    edited["variants"][1]["instance"] = {**INSTANCE, "count": 2}
    found = plan(edited, live(variants()), serves=variants())
    assert found.steps == (change(instance_counts={"blue": 4}),)
    began = live(variants())
    after = replace(began, variants=(replace(began.variants[0], desired_count=4), began.variants[1]))
    assert plan(edited, after, serves=variants()).steps == (change(instance_counts={"green": 2}),)


def test_the_count_of_a_shadow_changes_in_place_too() -> None:
    found = plan(with_shadow(instance={**INSTANCE, "count": 2}), live(with_shadow()), serves=with_shadow())
    assert found.steps == (change(instance_counts={"candidate": 2}),)


def test_what_somebody_changed_by_hand_is_put_right() -> None:
    began = live(variants())
    by_hand = replace(began, variants=(replace(began.variants[0], desired_weight=0.2), began.variants[1]))
    assert plan(variants(), by_hand, serves=variants()).steps == (change(weights={"blue": 0.9}),)


@pytest.mark.parametrize("failed", [False, True])
def test_a_rollout_goes_first_but_not_one_that_failed(*, failed: bool) -> None:
    new = {**variants(weight=0.5), "redeploy": "new"}
    deploying = failed_row(new) if failed else row(new).model_copy(update={"state": "Deploying"})
    rows = status(row(variants()), deploying, endpoint=known(live(variants())), rollout=rollout(revision(new)))
    found = make_plan(an_object(new, status=rows), facts(live(variants())), INPUTS)
    expected = UpdateEndpointWeightsAndCapacities if failed else UpdateEndpoint
    assert isinstance(found.steps[-1], expected)


@pytest.mark.parametrize("state", [LiveStatus.UPDATING, LiveStatus.FAILED, LiveStatus.OUT_OF_SERVICE])
def test_nothing_is_changed_where_sagemaker_would_refuse(state: LiveStatus) -> None:
    found = plan(variants(weight=0.5), live(variants(), status=state), serves=variants())
    assert not any(isinstance(step, UpdateEndpointWeightsAndCapacities) for step in found.steps)
