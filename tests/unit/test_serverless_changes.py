"""What changes of a serverless endpoint while it serves: concurrency in place, whoever else changes it."""

from typing import Any

import pytest

from endpoint_operator.planning.concurrency import Concurrency
from endpoint_operator.planning.steps import Step, UpdateEndpoint, UpdateEndpointWeightsAndCapacities
from tests.unit.operator_in_memory import OperatorInMemory
from tests.unit.sagemaker_in_memory import SageMakerInMemory
from tests.unit.settling import settle
from tests.unit.test_serverless_revisions import scaled, serverless


def serving(wanted: dict[str, Any]) -> OperatorInMemory:
    operator = OperatorInMemory(sagemaker=SageMakerInMemory(), wanted=wanted)
    settle(operator)
    operator.calls.clear()
    return operator


def edited(operator: OperatorInMemory, wanted: dict[str, Any]) -> list[Step]:
    """The calls of an edit, until nothing is left to do."""
    operator.calls.clear()
    operator.edit(wanted)
    settle(operator)
    assert operator.sagemaker.violations == []
    return list(operator.calls)


def concurrency(operator: OperatorInMemory) -> Concurrency:
    assert operator.sagemaker.endpoint is not None
    [variant] = operator.sagemaker.endpoint.variants
    assert variant.desired_serverless is not None
    return variant.desired_serverless.concurrency


def operations(calls: list[Step]) -> list[str]:
    return [type(call).__name__ for call in calls]


@pytest.mark.parametrize(
    ("before", "after", "sent"),
    [
        (serverless(), serverless(most=9), Concurrency(maximum=9)),
        (serverless(), serverless(provisioned=2), Concurrency(maximum=5, provisioned=2)),
        (serverless(provisioned=2), serverless(provisioned=4), Concurrency(maximum=5, provisioned=4)),
        (serverless(provisioned=2), serverless(most=9, provisioned=2), Concurrency(maximum=9)),
        (serverless(provisioned=5), serverless(most=2, provisioned=1), Concurrency(maximum=2, provisioned=1)),
    ],
)
def test_concurrency_is_changed_by_one_call_in_place(
    before: dict[str, Any], after: dict[str, Any], sent: Concurrency
) -> None:
    operator = serving(before)
    assert edited(operator, after) == [
        UpdateEndpointWeightsAndCapacities(name="ml-churn", concurrencies={"AllTraffic": sent})
    ]
    assert edited(operator, after) == []


def test_provisioned_concurrency_goes_by_another_endpoint_config_of_the_same_revision() -> None:
    """No update in place takes a value away: there is none below 1."""
    operator = serving(serverless(provisioned=2))
    rows = [row.name for row in operator.object.status.revisions]
    for _ in range(3):
        gone = edited(operator, serverless())
        assert operations(gone) == ["CreateModel", "CreateEndpointConfig", "UpdateEndpoint", "DeleteEndpointConfig"]
        assert concurrency(operator) == Concurrency(maximum=5)
        assert operations(edited(operator, serverless(provisioned=2))) == ["UpdateEndpointWeightsAndCapacities"]
    assert [row.name for row in operator.object.status.revisions] == rows
    assert len(operator.sagemaker.configs) == 1, "none that no longer serves is left"


@pytest.mark.parametrize("dies_after", range(3))
def test_an_endpoint_config_whose_update_an_edit_came_before_is_not_left(dies_after: int) -> None:
    operator = serving(serverless(provisioned=2))
    assert operator.sagemaker.endpoint is not None
    serves_from = operator.sagemaker.endpoint.config_name
    operator.edit(serverless())
    operator.one_pass()
    operator.one_pass(dies_after=dies_after)
    operator.restart()
    edited(operator, serverless(provisioned=3))
    assert operator.sagemaker.endpoint.config_name == serves_from
    assert concurrency(operator) == Concurrency(maximum=5, provisioned=3)
    assert list(operator.sagemaker.configs) == [serves_from]
    [row] = operator.object.status.revisions
    assert (row.config_name, row.stale_config_names) == (serves_from, [])


def test_a_revision_that_comes_back_does_not_bring_provisioned_concurrency_with_it() -> None:
    operator = serving(serverless(provisioned=2))
    edited(operator, serverless(redeploy="again"))
    calls = edited(operator, serverless())
    assert [call for call in operations(calls) if call.startswith("Update")] == ["UpdateEndpoint"]
    assert concurrency(operator) == Concurrency(maximum=5)


def test_memory_is_a_new_revision_and_the_concurrency_goes_with_it() -> None:
    operator = serving(serverless(provisioned=2))
    calls = edited(operator, serverless(memory=4096, provisioned=3))
    assert [call for call in operations(calls) if call.startswith("Update")] == ["UpdateEndpoint"]
    assert concurrency(operator) == Concurrency(maximum=5, provisioned=3)


def test_what_somebody_else_changed_is_put_right() -> None:
    operator = serving(serverless(provisioned=2))
    by_hand = UpdateEndpointWeightsAndCapacities(
        name="ml-churn", concurrencies={"AllTraffic": Concurrency(maximum=7, provisioned=7)}
    )
    operator.sagemaker.change(by_hand)
    operator.sagemaker.finish()
    settle(operator)
    assert concurrency(operator) == Concurrency(maximum=5, provisioned=2)


def test_provisioned_concurrency_that_scales_is_the_loads_and_the_maximum_still_the_specs() -> None:
    wanted = serverless(provisioned=2, **scaled(1, 4))
    operator = serving(wanted)
    [(resource, target)] = operator.sagemaker.autoscaling.scaling.items()
    assert resource.dimension == "sagemaker:variant:DesiredProvisionedConcurrency"
    [policy] = target.policies
    metric = policy.configuration["PredefinedMetricSpecification"]["PredefinedMetricType"]
    assert metric == "SageMakerVariantProvisionedConcurrencyUtilization"
    load = UpdateEndpointWeightsAndCapacities(
        name="ml-churn", concurrencies={"AllTraffic": Concurrency(maximum=5, provisioned=4)}
    )
    operator.sagemaker.change(load)
    operator.sagemaker.finish()
    settle(operator)
    assert operator.calls == []
    assert edited(operator, serverless(most=8, provisioned=2, **scaled(1, 4))) == [
        UpdateEndpointWeightsAndCapacities(name="ml-churn", concurrencies={"AllTraffic": Concurrency(maximum=8)})
    ]
    assert concurrency(operator) == Concurrency(maximum=8, provisioned=4)


def test_there_is_something_to_scale_before_it_is_registered_and_until_it_no_longer_is() -> None:
    operator = serving(serverless())
    wanted = serverless(provisioned=2, **scaled(1, 4))
    begun = operations(edited(operator, wanted))
    assert begun == ["UpdateEndpointWeightsAndCapacities", "RegisterScalableTarget", "PutScalingPolicy"]
    ended = operations(edited(operator, serverless()))
    assert ended[0] == "DeregisterScalableTarget"
    assert UpdateEndpoint.__name__ in ended[1:]
    assert operator.sagemaker.autoscaling.registered == set()


def test_bounds_pull_provisioned_concurrency_along() -> None:
    operator = serving(serverless(provisioned=2, **scaled(1, 4)))
    edited(operator, serverless(provisioned=2, **scaled(3, 4)))
    assert concurrency(operator) == Concurrency(maximum=5, provisioned=3)
