"""AWS's framework images: scripts run by the inference toolkits' contract, alone, in a pipeline, and side by side."""

import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import xgboost

from tests.simulator.hosting.trained_models import packed, saved, some_rows, train
from tests.simulator.several_containers_world import ask
from tests.simulator.world import ROLE, World, refused

SKLEARN = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
PYTORCH = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:1.8.1-cpu-py3"
XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
# A model that is its own file's number, and adds it to whatever it is given.
ADDING = """
import os
class Adding:
    def __init__(self, number):
        self.number = number
    def predict(self, rows):
        return rows + self.number
def model_fn(model_dir):
    with open(os.path.join(model_dir, "number")) as file:
        return Adding(float(file.read()))
"""
PREPROCESS = """
def model_fn(model_dir):
    return None
def predict_fn(rows, model):
    return rows * 2
def output_fn(rows, accept):
    return "\\n".join(",".join(str(cell) for cell in row) for row in rows.tolist()), "text/csv"
"""


def container(world: World, image: str, name: str, files: Mapping[str, bytes | str], **members: Any) -> dict[str, Any]:
    """A container with an archive of these files."""
    if not any(bucket["Name"] == "models" for bucket in world.s3.list_buckets()["Buckets"]):
        world.s3.create_bucket(Bucket="models")
    archive = packed({path: text.encode() if isinstance(text, str) else text for path, text in files.items()})
    world.s3.put_object(Bucket="models", Key=f"{name}/model.tar.gz", Body=archive)
    return {"Image": image, "ModelDataUrl": f"s3://models/{name}/model.tar.gz", **members}


def given_endpoint(world: World, *containers: Any, becomes: str = "InService", mode: str | None = None) -> None:
    world.given_role()
    execution: Any = {} if mode is None else {"InferenceExecutionConfig": {"Mode": mode}}
    world.sagemaker.create_model(ModelName="m1", ExecutionRoleArn=ROLE, Containers=containers, **execution)
    world.given_config()
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.finish("e1", becomes)


def test_a_preprocessing_script_and_a_trained_model_answer_in_one_request(world: World) -> None:
    booster, rows = train(seed=1), some_rows(4, seed=2)
    given_endpoint(
        world,
        container(world, SKLEARN, "pre", {"code/inference.py": PREPROCESS}),
        container(world, XGBOOST, "model", {"model.ubj": saved(booster)}),
    )
    answer = ask(world, json.dumps((rows / 2).tolist()).encode(), ContentType="application/json", Accept="text/csv")
    expected = booster.predict(xgboost.DMatrix(rows))
    assert [float(line) for line in answer.split()] == pytest.approx(expected.tolist(), rel=1e-5)


def test_scripts_on_pytorch_images_are_invoked_directly(world: World) -> None:
    def adding(name: str, number: int) -> dict[str, Any]:
        script = ADDING + "\ndef input_fn(body, kind): return float(body)\n"
        script += "def predict_fn(data, model, context): return model.predict(data)\n"
        script += "def output_fn(prediction, accept): return f'{prediction:g} as {accept}'\n"
        files = {"code/serve.py": script, "number": str(number)}
        program = {"Environment": {"SAGEMAKER_PROGRAM": "serve.py"}, "ContainerHostname": name}
        return container(world, PYTORCH, name, files, **program)

    given_endpoint(world, adding("one", 1), adding("ten", 10), mode="Direct")
    assert ask(world, b"5", TargetContainerHostname="one") == b"6 as application/json"
    assert ask(world, b"5", TargetContainerHostname="ten", Accept="text/x") == b"15 as text/x"


@pytest.mark.parametrize("kind", ["application/json", "text/csv", "application/x-npy"])
def test_arrays_are_read_and_written_in_the_types_of_the_toolkits(world: World, kind: str) -> None:
    def body(rows: list[list[float]]) -> bytes:
        data = io.BytesIO()
        np.save(data, np.array(rows))
        lines = "".join(",".join(map(str, row)) + "\n" for row in rows)
        return {"application/json": json.dumps(rows).encode(), "text/csv": lines.encode()}.get(kind, data.getvalue())

    given_endpoint(world, container(world, SKLEARN, "m", {"code/inference.py": ADDING, "number": "0.5"}))
    answer = ask(world, body([[1.0, 2.0], [3.0, 4.0]]), ContentType=kind, Accept=kind)
    assert answer == body([[1.5, 2.5], [3.5, 4.5]])


def test_numbers_from_text_are_of_single_precision_on_scikit_learn(world: World) -> None:
    script = "def model_fn(folder): return None\ndef predict_fn(rows, model): return str(rows.dtype)"
    given_endpoint(world, container(world, SKLEARN, "m", {"code/inference.py": script}))
    assert ask(world, b"1,2", ContentType="text/csv") == b'"float32"'


def test_a_type_that_is_not_read_and_a_script_that_fails_are_model_errors(world: World) -> None:
    given_endpoint(world, container(world, SKLEARN, "m", {"code/inference.py": ADDING, "number": "1"}))
    with refused("ModelError", "(415) from primary", "Content type image/png is not supported", status=424):
        ask(world, b"x", ContentType="image/png")
    with refused("ModelError", "(415) from primary", "Content type text/html is not supported", status=424):
        ask(world, b"[1]", ContentType="application/json", Accept="text/html")
    with refused("ModelError", "Received server error (500) from primary", "Expecting property name", status=424):
        ask(world, b"{", ContentType="application/json")


def test_transform_fn_takes_the_place_of_the_other_three(world: World) -> None:
    script = (
        "def model_fn(folder): return 3\ndef transform_fn(model, body, kind, accept): return f'{model} {body} {kind}'"
    )
    given_endpoint(world, container(world, PYTORCH, "m", {"code/inference.py": script}))
    assert ask(world, b"1,2", ContentType="text/csv") == b"3 1,2 text/csv"


@pytest.mark.parametrize(
    ("files", "environment", "sentence"),
    [
        ({"model.joblib": "x"}, {}, "Please provide a model_fn implementation"),
        ({"a": "x"}, {"SAGEMAKER_PROGRAM": "serve.py"}, "SAGEMAKER_PROGRAM=serve.py: there is no"),
        (
            {"a": "x"},
            {"SAGEMAKER_SUBMIT_DIRECTORY": "s3://b/source.tar.gz"},
            "this server reads scripts of the model's own",
        ),
        (
            {"code/inference.py": ADDING + "\ntransform_fn = predict_fn = len"},
            {},
            "transform_fn together with input_fn",
        ),
        ({"code/inference.py": "import nothing_of_that_name"}, {}, "No module named 'nothing_of_that_name'"),
    ],
)
def test_a_script_that_cannot_serve_fails_the_endpoint_and_its_log_says_why(
    world: World, files: dict[str, str], environment: dict[str, str], sentence: str
) -> None:
    given_endpoint(world, container(world, SKLEARN, "m", files, Environment=environment), becomes="Failed")
    assert "The primary container" in world.describe()["FailureReason"]
    logs = world.client("logs")

    def lines() -> str:
        found = logs.filter_log_events(logGroupName="/aws/sagemaker/Endpoints/e1")["events"]
        return "\n".join(event["message"] for event in found)

    world.until(lambda: sentence in lines(), f"{sentence!r} in the log")
    logs.close()
