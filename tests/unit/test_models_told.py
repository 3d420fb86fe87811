"""What an endpoint says of its models: counts, ModelsReady and ModelCapacity, and never more than that."""

from dataclasses import replace
from typing import Any

import pytest

from endpoint_operator.api.conditions import Condition, find
from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.status import InferenceEndpointStatus
from endpoint_operator.catalogue.instance_memory import bundled_memory
from endpoint_operator.planning.facts import Facts, OperatorInputs
from endpoint_operator.planning.model_counts import ModelCounts
from endpoint_operator.planning.outcome import NOTHING_DONE
from endpoint_operator.planning.pause import plan_of_pass
from endpoint_operator.planning.status import status_of
from tests.unit.given import INPUTS, UNREACHABLE, an_object, facts, known, live, multi_model, row, spec, status

GIB = 1024**3
TRITON: dict[str, Any] = {"containers": [{"framework": {"name": "triton", "version": "24.09"}}]}
ON_GPUS: dict[str, Any] = {**TRITON, "instance": {"type": "ml.g4dn.xlarge", "count": 2}}


def counted(declared: int = 0, published: int = 0, warm: int = 0, size: int = 0) -> OperatorInputs:
    counts = ModelCounts(declared=declared, published=published, warm=warm, published_bytes=size)
    return replace(INPUTS, models=counts, memory=bundled_memory())


def serving(wanted: dict[str, Any], **more: Any) -> InferenceEndpoint:
    return an_object(wanted, status=status(row(wanted), endpoint=known(live(wanted), tags=wanted)), **more)


def after(endpoint: InferenceEndpoint, inputs: OperatorInputs, seen: Facts) -> InferenceEndpointStatus:
    """The status after one pass."""
    plan = plan_of_pass(endpoint, seen, inputs)
    return status_of(endpoint, facts=seen, plan=plan, outcome=NOTHING_DONE, inputs=inputs)


def told(inputs: OperatorInputs, wanted: dict[str, Any] | None = None) -> InferenceEndpointStatus:
    """What an endpoint that serves says of its models."""
    wanted = wanted or multi_model()
    return after(serving(wanted), inputs, facts(live(wanted)))


def condition(found: InferenceEndpointStatus, kind: str) -> Condition:
    there = find(found.conditions, kind)
    assert there is not None, kind
    return there


@pytest.mark.parametrize(
    ("inputs", "ready", "reason", "message"),
    [
        (counted(), "True", "NoModels", "no InferenceModel names this endpoint"),
        (
            counted(declared=3, published=2),
            "False",
            "NotAllPublished",
            "2 of 3 models are published; `kubectl get imod` shows which are not",
        ),
        (counted(declared=3, published=3), "True", "AllPublished", "3 of 3 models are published"),
        (
            counted(declared=3, published=3, warm=2),
            "True",
            "AllPublished",
            "3 of 3 models are published, and 2 are warm",
        ),
    ],
)
def test_models_are_ready_once_all_of_them_are_published(
    inputs: OperatorInputs, ready: str, reason: str, message: str
) -> None:
    found = told(inputs)
    said = condition(found, "ModelsReady")
    assert (said.status, said.reason, said.message) == (ready, reason, message)
    counts = inputs.models
    assert counts is not None
    assert found.models is not None
    assert (found.models.declared, found.models.published, found.models.warm) == (
        counts.declared,
        counts.published,
        counts.warm,
    )
    assert condition(found, "Ready").status == "True", "an endpoint serves whatever becomes of its models"


@pytest.mark.parametrize(
    ("instance", "size", "reason"),
    [
        ({"type": "ml.m5.large", "count": 1}, 8 * GIB, "ModelsFit"),
        ({"type": "ml.m5.large", "count": 1}, 8 * GIB + 1, "ModelsExceedMemory"),
        ({"type": "ml.m5.large", "count": 3}, 24 * GIB, "ModelsFit"),
        ({"type": "ml.g4dn.2xlarge", "count": 1}, 17 * GIB, "ModelsExceedMemory"),
        ({"type": "ml.g4dn.2xlarge", "count": 2}, 17 * GIB, "ModelsFit"),
        ({"type": "ml.m99.large", "count": 1}, GIB, "MemoryUnknown"),
    ],
)
def test_more_than_the_instances_can_hold_is_warned_of(instance: dict[str, Any], size: int, reason: str) -> None:
    """32 GiB of RAM help nothing where models lie on a GPU with 16."""
    found = told(counted(declared=1, published=1, size=size), multi_model(instance=instance))
    said = condition(found, "ModelCapacity")
    assert said.reason == reason
    assert said.status == {"ModelsFit": "True", "ModelsExceedMemory": "False", "MemoryUnknown": "Unknown"}[reason]
    assert condition(found, "Ready").status == "True"


def test_the_warning_says_how_much_where_and_what_to_do() -> None:
    found = told(counted(declared=40, published=40, size=40 * GIB), multi_model(**ON_GPUS))
    message = condition(found, "ModelCapacity").message
    assert message.startswith(
        "the archives of 40 models are 40.0 GiB together, more than 2 × ml.g4dn.xlarge with 16 GiB of GPU memory each"
    )
    assert "raise spec.instance.count" in message


@pytest.mark.parametrize(
    ("inputs", "wanted"),
    [
        (counted(declared=2), multi_model()),
        (
            counted(declared=1, published=1, size=99 * GIB),
            multi_model(multiModel={"s3Prefix": "s3://models/all/", "cache": "Disabled"}),
        ),
    ],
    ids=["nothing published", "no model stays loaded"],
)
def test_there_is_no_word_on_capacity_where_nothing_takes_any(inputs: OperatorInputs, wanted: dict[str, Any]) -> None:
    assert find(told(inputs, wanted).conditions, "ModelCapacity") is None


def test_while_nothing_is_known_of_the_models_what_was_said_stays_as_it_is() -> None:
    wanted, seen = multi_model(), facts(live(multi_model()))
    before = told(counted(declared=3, published=2, size=GIB))
    endpoint = an_object(wanted, status=before)
    assert after(endpoint, replace(INPUTS, memory=bundled_memory()), seen) == before
    assert after(endpoint, counted(declared=3, published=2, size=GIB), seen) == before


def test_a_condition_flips_its_time_and_a_count_does_not() -> None:
    wanted, later = multi_model(), facts(live(multi_model()))
    before = told(counted(declared=3, published=1))
    aged = [each.model_copy(update={"last_transition_time": "2026-01-01T00:00:00Z"}) for each in before.conditions]
    endpoint = an_object(wanted, status=before.model_copy(update={"conditions": aged}))
    more = condition(after(endpoint, counted(declared=3, published=2), later), "ModelsReady")
    assert (more.last_transition_time, more.message) == (
        "2026-01-01T00:00:00Z",
        "2 of 3 models are published; `kubectl get imod` shows which are not",
    )
    done = condition(after(endpoint, counted(declared=3, published=3), later), "ModelsReady")
    assert done.last_transition_time != "2026-01-01T00:00:00Z"


def test_another_mode_takes_with_it_what_was_said_of_models() -> None:
    before = told(counted(declared=3, published=2, size=GIB))
    wanted = spec()
    found = after(an_object(wanted, status=before), replace(INPUTS, models=None), facts(live(multi_model())))
    assert found.models is None
    assert not {"ModelsReady", "ModelCapacity"} & {each.type for each in found.conditions}


def test_a_deletion_and_an_aws_that_cannot_be_asked_change_nothing_of_it() -> None:
    wanted = multi_model()
    before = told(counted(declared=3, published=2, size=GIB))
    going = an_object(wanted, status=before, deleted=True)
    assert after(going, counted(declared=0), facts(live(wanted))).models == before.models
    cut_off = facts(live(wanted), aws_fault=UNREACHABLE)
    assert after(an_object(wanted, status=before), counted(declared=9), cut_off).models == before.models


@pytest.mark.parametrize(
    ("fields", "fragments"),
    [
        ({}, []),
        (ON_GPUS, []),
        ({"rollout": {"strategy": "AllAtOnce", "terminationWaitSeconds": 60}}, []),
        (
            {"rollout": {"strategy": "Canary", "step": {"percent": 25}, "waitSeconds": 60}},
            ["spec.rollout.strategy: Canary is not documented for multi-model endpoints"],
        ),
        (
            {"rollout": {"strategy": "Rolling", "step": {"percent": 25}, "waitSeconds": 60}},
            ["spec.rollout.strategy: Rolling is not documented"],
        ),
        (
            {"autoscaling": {"minCount": 1, "maxCount": 2, "concurrentRequestsPerModel": 5}},
            ["spec.autoscaling.concurrentRequestsPerModel: "],
        ),
        ({"autoscaling": {"minCount": 1, "maxCount": 2, "invocationsPerInstance": 5}}, []),
        (
            {**TRITON, "instance": {"type": "ml.g5.12xlarge", "count": 1}},
            ["spec.instance.type: ml.g5.12xlarge has 4 GPUs"],
        ),
        (
            {
                "containers": [{"framework": {"name": "pytorch", "version": "2.6.0"}}],
                "instance": {"type": "ml.g5.xlarge", "count": 1},
            },
            ["spec.containers[0].framework.name: GPUs of multi-model endpoints are documented for triton only"],
        ),
    ],
)
def test_what_aws_does_not_document_is_warned_of_and_not_stopped(fields: dict[str, Any], fragments: list[str]) -> None:
    wanted = multi_model(**fields)
    found = told(counted(), wanted)
    said = find(found.conditions, "Undocumented")
    sentences = said.message.split("; spec.") if said is not None else []
    assert len(sentences) == len(fragments)
    for fragment in fragments:
        assert said is not None
        assert fragment in said.message
    assert find(after(an_object(spec()), INPUTS, facts()).conditions, "Undocumented") is None
    assert after(an_object(wanted), counted(), facts()).phase == "Creating", "SageMaker's answer decides"


def test_the_bundled_memory_knows_the_types_that_aws_names_for_multi_model_endpoints() -> None:
    """SageMaker Developer Guide, "Supported algorithms, frameworks, and instances for multi-model endpoints"."""
    sizes = {"ml.g4dn.xlarge": (16, 1), "ml.g4dn.16xlarge": (256, 1), "ml.p3.2xlarge": (61, 1), "ml.g5.xlarge": (16, 1)}
    known = bundled_memory()
    assert {kind: (known[kind].memory_mib // 1024, known[kind].gpu_count) for kind in sizes} == sizes
    assert (known["ml.p3.2xlarge"].gpu_memory_mib, known["ml.m5.large"].gpu_memory_mib) == (16 * 1024, 0)
    assert known["ml.g4dn.12xlarge"].gpu_memory_mib == 4 * 16 * 1024
