"""Several containers in one model: a pipeline, or each called by its own name."""

from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from endpoint_operator.planning.decide import make_plan
from endpoint_operator.planning.facts import LiveStatus
from endpoint_operator.planning.failed_container import failed_container
from endpoint_operator.planning.failures import read_failure_reason
from tests.unit.given import INPUTS, an_object, desired, facts, inputs_for, known, live, revision, row, spec, status
from tests.unit.given import rollout as rollout_to

ARTIFACT = {"s3Uri": "s3://models/churn/model.tar.gz"}
DIRECT = {"containerInvocation": "Direct"}
PING = (
    "The {} for production variant AllTraffic did not pass the ping health check. Please check CloudWatch logs for "
    "this endpoint."
)
DOWNLOAD = (
    'Failed to download model data for container "container_2" from URL: "s3://b/model.tar.gz". Please ensure that '
    "there is an object located at the URL and that the role passed to CreateModel has permissions to download it."
)
IMAGES = (
    "Please make sure all images included in the model for the production variant AllTraffic exist, and that the "
    "execution role used to create the model has permissions to access them."
)
LABELS = "Your Ecr Image repo/part:2 does not contain required com.amazonaws.sagemaker Docker label(s)."


def several(*names: str | None, **fields: Any) -> dict[str, Any]:
    """A container for each name, each with an image of its own."""
    containers = [
        {"image": f"repo/part:{index}", "modelData": ARTIFACT, **({"name": name} if name else {})}
        for index, name in enumerate(names, start=1)
    ]
    return spec(containers=containers, **fields)


def model_of(wanted: dict[str, Any]) -> dict[str, Any]:
    """CreateModel as it is sent."""
    [step] = desired(wanted).create_models()
    shape = botocore.session.get_session().get_service_model("sagemaker").operation_model("CreateModel").input_shape
    assert shape is not None
    containers = [{**each, "Environment": {}} for each in step.request["Containers"]]  # values are put in when sent
    assert ParamValidator().validate({**step.request, "Containers": containers}, shape).generate_report() == ""
    return step.request


@pytest.mark.parametrize(
    ("wanted", "names", "mode"),
    [
        (several(None, None), [None, None], None),
        (several(None, None, containerInvocation="Serial"), [None, None], None),
        (several("front", "back"), ["front", "back"], None),
        (several("front", "back", **DIRECT), ["front", "back"], {"Mode": "Direct"}),
    ],
)
def test_a_model_has_all_its_containers_in_their_order(
    wanted: dict[str, Any], names: list[str | None], mode: dict[str, str] | None
) -> None:
    request = model_of(wanted)
    assert "PrimaryContainer" not in request
    assert [each.get("ContainerHostname") for each in request["Containers"]] == names
    assert [each["Image"] for each in request["Containers"]] == ["repo/part:1", "repo/part:2"]
    assert all(each["ModelDataUrl"] == ARTIFACT["s3Uri"] for each in request["Containers"])
    assert request.get("InferenceExecutionConfig") == mode


def test_what_any_container_is_and_how_they_are_called_is_the_revision() -> None:
    pipeline, turned, named = several(None, None), several(None, None), several("front", "back")
    turned["containers"].reverse()
    assert len({revision(each) for each in (pipeline, turned, named, several("front", "back", **DIRECT))}) == 4
    assert revision(several(None, None, containerInvocation="Serial")) == revision(pipeline), "SageMaker's default"
    other = several(None, None)
    other["containers"][1]["environment"] = [{"name": "A", "value": "1"}]
    assert revision(other) != revision(pipeline)


def test_each_container_has_an_image_and_values_of_its_own() -> None:
    wanted = several("front", "back")
    wanted["containers"][0] = {"name": "front", "framework": {"name": "sklearn", "version": "1.2-1"}}
    secret = {"secretKeyRef": {"name": "token", "key": "value"}}
    wanted["containers"][1]["environment"] = [{"name": "TOKEN", "valueFrom": secret}]
    made = desired(wanted)
    assert list(made.resolved.images) == ["spec.containers[0]"]
    first, second = model_of(wanted)["Containers"]
    assert "sagemaker-scikit-learn:1.2-1" in first["Image"]
    assert "Environment" not in first
    assert "Secret/token/value" in str(second["Environment"]["TOKEN"])
    assert [each.source for each in made.resolved.inputs] == ["Secret/token/value"]
    assert make_plan(an_object(wanted), facts(), inputs_for(wanted)).reason == "Creating"


def test_a_framework_that_does_not_exist_is_told_by_the_path_of_its_container() -> None:
    wanted = several(None, None)
    wanted["containers"][1] = {"framework": {"name": "sklearn", "version": "99"}}
    assert make_plan(an_object(wanted), facts(), INPUTS).message.startswith("spec.containers[1].framework.version:")


@pytest.mark.parametrize(
    ("names", "text", "place"),
    [
        ((None, None), PING.format("container-2"), "spec.containers[1]"),
        ((None, None), PING.format("primary container"), "spec.containers[0]"),
        (("front", "back"), PING.format("back"), "spec.containers[1]"),
        (("container-2", "container-1"), PING.format("container-2"), "spec.containers[0]"),
        (("front", "back"), DOWNLOAD, "spec.containers[1].modelData.s3Uri"),
        (("container-2", "container-1"), DOWNLOAD, "spec.containers[1].modelData.s3Uri"),
        ((None, None), LABELS, "spec.containers[1].image"),
        (("front", "back"), PING.format("middle"), "spec.containers[0] or spec.containers[1]"),
        ((None, None), IMAGES, "spec.containers[0].image or spec.containers[1].image"),
    ],
)
def test_a_failure_is_told_by_the_path_of_the_container_that_sagemaker_names(
    names: tuple[str | None, ...], text: str, place: str
) -> None:
    fault = read_failure_reason(text, desired(several(*names)).variants)
    assert fault.message == f"{place}: {text}"


@pytest.mark.parametrize(
    ("names", "spoken", "log"),
    [
        (("front", "back"), "back", "back"),
        ((None, None), "container-1", "container-1"),
        ((None,), "primary container", None),
        (("only",), "primary container", None),
        (("front", "back"), "middle", None),
    ],
)
def test_the_log_that_is_read_is_that_of_the_container_that_failed(
    names: tuple[str | None, ...], spoken: str, log: str | None
) -> None:
    before, wanted = spec(), several(*names)
    seen = live(before, status=LiveStatus.IN_SERVICE, failure=PING.format(spoken), modified="later")
    made = desired(wanted).revision
    rows = status(row(before), row(wanted), endpoint=known(seen), rollout=rollout_to(made))
    endpoint = an_object(wanted, status=rows)
    found = failed_container(endpoint, facts(seen), INPUTS)
    assert found is not None
    assert (found.variant, found.container) == ("AllTraffic", log)
