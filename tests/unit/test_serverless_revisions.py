"""What a serverless spec becomes in SageMaker: what is part of a revision, and what it begins with."""

from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from endpoint_operator.planning.decide import make_plan
from endpoint_operator.planning.desired import Desired
from endpoint_operator.planning.fleet_words import fleet_in_words, what_it_runs_on
from endpoint_operator.planning.foresight import foresee
from endpoint_operator.planning.outcome import NOTHING_DONE
from endpoint_operator.planning.quota_needs import change_of
from endpoint_operator.planning.recorded import recorded_endpoint
from endpoint_operator.planning.status import status_of
from endpoint_operator.planning.steps import CreateEndpointConfig
from tests.unit.edits import CONTAINER
from tests.unit.given import INPUTS, an_object, desired, facts, known, live, revision, row, status
from tests.unit.operator_in_memory import OperatorInMemory
from tests.unit.sagemaker_in_memory import SageMakerInMemory
from tests.unit.settling import settle


def serverless(*, memory: int = 2048, most: int = 5, provisioned: int | None = None, **fields: Any) -> dict[str, Any]:
    """A serverless spec; `fields` are members of spec in camelCase."""
    warm = {} if provisioned is None else {"provisionedConcurrency": provisioned}
    capacity = {"memoryMB": memory, "maxConcurrency": most, **warm}
    return {"mode": "Serverless", "containers": [CONTAINER], "serverless": capacity, **fields}


def scaled(least: int, most: int) -> dict[str, Any]:
    return {"autoscaling": {"minCount": least, "maxCount": most, "provisionedConcurrencyUtilization": 0.7}}


def variant_of(made: Desired) -> dict[str, Any]:
    """The production variant of the endpoint config, as it is sent."""
    step: CreateEndpointConfig = made.create_config(config_name="c", made_with=None)
    shape = botocore.session.get_session().get_service_model("sagemaker").operation_model("CreateEndpointConfig")
    assert shape.input_shape is not None
    assert ParamValidator().validate(step.request, shape.input_shape).generate_report() == ""
    [variant] = step.request["ProductionVariants"]
    return dict(variant)


@pytest.mark.parametrize(
    ("wanted", "config"),
    [
        (serverless(), {"MemorySizeInMB": 2048, "MaxConcurrency": 5}),
        (serverless(provisioned=2), {"MemorySizeInMB": 2048, "MaxConcurrency": 5, "ProvisionedConcurrency": 2}),
        (
            serverless(provisioned=1, **scaled(2, 4)),
            {"MemorySizeInMB": 2048, "MaxConcurrency": 5, "ProvisionedConcurrency": 2},
        ),
        (
            serverless(provisioned=5, **scaled(2, 4)),
            {"MemorySizeInMB": 2048, "MaxConcurrency": 5, "ProvisionedConcurrency": 4},
        ),
    ],
)
def test_a_serverless_variant_begins_with_what_the_spec_says_within_the_bounds_of_its_autoscaling(
    wanted: dict[str, Any], config: dict[str, Any]
) -> None:
    made = desired(wanted)
    assert variant_of(made)["ServerlessConfig"] == config


def test_nothing_of_instances_is_in_it() -> None:
    wanted = serverless(provisioned=2)
    made = desired(wanted)
    assert variant_of(made).keys() == {"VariantName", "ModelName", "InitialVariantWeight", "ServerlessConfig"}
    assert (made.counts, made.instance_types) == ({}, {})
    assert change_of(made, None).needs() == (), "no quota of instances"
    words = fleet_in_words([what_it_runs_on(variant) for variant in made.variants])
    assert words == "serverless with 2048 MB, 5 requests at once, 2 of them provisioned"


def test_memory_is_a_revision_and_concurrency_never_is() -> None:
    assert revision(serverless(memory=4096)) != revision(serverless())
    assert revision(serverless(most=50, provisioned=7)) == revision(serverless())
    assert revision(serverless(most=50, provisioned=7, **scaled(1, 9))) == revision(serverless())


def test_the_image_of_a_framework_is_the_one_for_cpus() -> None:
    framework = {"name": "huggingface", "version": "4.26.0", "accelerator": "cpu"}
    made = desired(serverless(containers=[{"framework": framework}]))
    image = made.variants[0].containers[0].image
    assert image is not None
    assert "huggingface-pytorch-inference:1.13.1-transformers4.26.0-cpu" in image
    gpu = serverless(containers=[{"framework": {**framework, "accelerator": "gpu"}}])
    plan = make_plan(an_object(gpu), facts(), INPUTS)
    assert (plan.reason, plan.steps) == ("FrameworkNotFound", ())
    assert plan.message.startswith("spec.containers[0].framework.accelerator: gpu, but serverless has cpu")


def test_an_endpoint_that_is_made_again_begins_with_the_concurrency_wanted_now() -> None:
    """As counts do (api.md, behaviour 13): a config with a suffix is the same revision."""
    operator = OperatorInMemory(sagemaker=SageMakerInMemory(), wanted=serverless())
    settle(operator)
    operator.edit(serverless(most=9, provisioned=3))
    settle(operator)
    operator.edit(serverless(most=9, provisioned=3, stopped=True))
    settle(operator)
    operator.calls.clear()
    operator.edit(serverless(most=9, provisioned=3))
    settle(operator)
    made = [type(call).__name__ for call in operator.calls]
    assert made == ["CreateModel", "CreateEndpointConfig", "CreateEndpoint", "DeleteEndpointConfig"]
    [variant] = operator.sagemaker.endpoint.variants if operator.sagemaker.endpoint else ()
    assert variant.desired_serverless is not None
    assert (variant.desired_serverless.concurrency.maximum, variant.desired_serverless.concurrency.provisioned) == (
        9,
        3,
    )


def test_the_status_tells_what_the_variant_may_use_and_no_instances() -> None:
    wanted = serverless(provisioned=2)
    seen = live(wanted)
    endpoint = an_object(wanted, status=status(row(wanted), endpoint=known(seen)))
    plan = make_plan(endpoint, facts(seen), INPUTS)
    outcome = foresee(endpoint, facts(seen), INPUTS).in_the_end
    assert (plan.reason, outcome.steps) == ("Ready", ())
    told = status_of(endpoint, facts=facts(seen), plan=plan, outcome=NOTHING_DONE, inputs=INPUTS)
    assert told.instance_count is None
    [variant] = told.variants
    assert variant.current_serverless == variant.desired_serverless
    assert variant.model_dump(by_alias=True, exclude_none=True)["currentServerless"] == {
        "memoryMB": 2048,
        "maxConcurrency": 5,
        "provisionedConcurrency": 2,
    }
    assert (variant.current_instance_count, variant.desired_instance_count) == (None, None)
    remembered = recorded_endpoint(told)
    assert remembered is not None
    assert remembered.variants == seen.variants, "the cache of the last Describe survives a restart"
