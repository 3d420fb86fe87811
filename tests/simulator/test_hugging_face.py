"""Hugging Face inference images: scripts and default functions by the contract of their inference toolkit."""

import json
from typing import Any

import pytest

from sagemaker_simulator.hosting.server_command import server_for
from tests.simulator.serverless_world import serverless
from tests.simulator.several_containers_world import ask
from tests.simulator.test_pipeline_frameworks import container, given_endpoint
from tests.simulator.world import World, refused

REGISTRY = "763104351884.dkr.ecr.us-east-1.amazonaws.com"
IMAGE = f"{REGISTRY}/huggingface-pytorch-inference:1.13.1-transformers4.26.0-cpu-py39-ubuntu20.04"
# A classifier in the shape of a pipeline: called with texts and, by name, with parameters.
CLASSIFIER = """
def model_fn(model_dir, context):
    assert context.system_properties["gpu_id"] is None
    with open(context.system_properties["model_dir"] + "/urgent") as file:
        words = file.read().split()
    def classify(texts, least=1):
        texts = [texts] if isinstance(texts, str) else texts
        counts = [sum(word in text for word in words) for text in texts]
        return [{"label": "high" if count >= least else "low", "score": count} for count in counts]
    return classify
"""


def given_script(world: World, script: str, **environment: str) -> None:
    files = {"code/inference.py": script, "urgent": "down outage"}
    given_endpoint(world, container(world, IMAGE, "m", files, Environment=environment))


def asked(world: World, document: object, **members: Any) -> Any:
    return json.loads(ask(world, json.dumps(document).encode(), ContentType="application/json", **members))


@pytest.mark.parametrize(
    "repository",
    [
        "huggingface-pytorch-inference:2.1.0-transformers4.37.0-gpu-py310-cu118-ubuntu20.04",
        "huggingface-pytorch-inference-neuron:1.9.1-transformers4.12.3-neuron-py37-sdk1.17.1-ubuntu18.04",
        "huggingface-pytorch-inference-neuronx:2.1.2-transformers4.36.2-neuronx-py310-sdk2.18.0-ubuntu20.04",
        "huggingface-tensorflow-inference:2.6.3-transformers4.17.0-cpu-py38-ubuntu20.04",
        IMAGE.removeprefix(f"{REGISTRY}/"),
    ],
)
def test_every_image_with_the_toolkit_is_served_by_its_contract(repository: str) -> None:
    found = server_for(f"{REGISTRY}/{repository}", settings={})
    assert found is not None
    assert found.command[-1] == "hugging-face"


def test_images_of_other_servers_are_not_taken_for_it() -> None:
    assert server_for(f"{REGISTRY}/huggingface-pytorch-tgi-inference:2.0.1-tgi1.1.0-gpu", settings={}) is None


def test_a_model_fn_alone_is_called_as_a_pipeline_with_inputs_and_parameters(world: World) -> None:
    given_script(world, CLASSIFIER, SAGEMAKER_PROGRAM="", SAGEMAKER_SUBMIT_DIRECTORY="", HF_TASK="text-classification")
    assert asked(world, {"inputs": "all is down"}) == [{"label": "high", "score": 1}]
    assert asked(world, {"inputs": ["outage", "x"], "parameters": {"least": 2}}) == [
        {"label": "low", "score": 1},
        {"label": "low", "score": 0},
    ]
    assert ask(world, b'{"inputs":"x"}', ContentType="application/json") == b'[{"label":"low","score":0}]'


def test_csv_has_a_header_in_and_out(world: World) -> None:
    given_script(world, CLASSIFIER)
    answer = ask(world, b"id,inputs\n1,it is down\n2,hello\n", ContentType="text/csv", Accept="text/csv")
    assert answer == b"label,score\r\nhigh,1\r\nlow,0\r\n"


def test_whole_rows_are_inputs_where_no_column_has_that_name(world: World) -> None:
    script = "def model_fn(folder): return lambda rows: [row['question'] + row['context'] for row in rows]"
    given_script(world, script)
    assert ask(world, b"question,context\nwho,me\n", ContentType="text/csv") == b'["whome"]'


def test_sound_is_given_as_its_bytes(world: World) -> None:
    given_script(world, "def model_fn(folder): return lambda sound: {'length': len(sound)}")
    assert ask(world, b"\x00\xff\x01", ContentType="audio/wave") == b'{"length":3}'


def test_the_scripts_own_functions_take_the_place_of_the_default_ones(world: World) -> None:
    script = (
        "def model_fn(folder): return 3\n"
        "def input_fn(body, kind, context): return [body, kind]\n"
        "def predict_fn(data, model): return data + [model]\n"
        "def output_fn(prediction, accept): return ' '.join(map(str, prediction + [accept]))\n"
    )
    given_script(world, script)
    assert ask(world, b"a", ContentType="text/csv", Accept="text/x") == b"a text/csv 3 text/x"


def test_a_transform_fn_may_return_what_json_can_hold(world: World) -> None:
    given_script(
        world, "def model_fn(folder): return 3\ndef transform_fn(model, body, kind, accept): return [model, 1]"
    )
    assert json.loads(ask(world, b"x")) == [3, 1]


def test_whatever_fails_is_a_client_error_in_the_model_servers_form(world: World) -> None:
    given_script(world, CLASSIFIER, HF_TASK="table-question-answering")
    for body, kind, words in (
        (b"{", "application/json", "Expecting property name"),
        (b"x", "image/png", "Content type image/png is not supported"),
        (b"inputs\nx\n", "text/csv", "does not take text/csv"),
        (b'{"inputs":"x","parameters":{"most":1}}', "application/json", "unexpected keyword argument 'most'"),
    ):
        with refused("ModelError", "Received client error (400) from primary", '"code": 400', words, status=424):
            ask(world, body, ContentType=kind)
    with refused("ModelError", "(400)", "text/html is not supported"):
        ask(world, b'{"inputs":"x"}', ContentType="application/json", Accept="text/html")


def test_a_csv_without_a_header_is_refused(world: World) -> None:
    given_script(world, CLASSIFIER)
    with refused("ModelError", "(400)", "text/csv needs a header line with a column of question, context, inputs"):
        ask(world, b"it is down\n", ContentType="text/csv")


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        (
            {"HF_TASK": "text-classification"},
            "cannot serve: HF_TASK=text-classification needs a pipeline of transformers, which this server's Python "
            "does not have (No module named 'transformers'); install transformers and torch there, or put",
        ),
        ({}, "HF_TASK does not say which pipeline to load"),
        ({"HF_MODEL_ID": "org/model", "HF_TASK": "fill-mask"}, "HF_MODEL_ID=org/model: this server downloads nothing"),
    ],
)
def test_what_cannot_be_loaded_fails_the_endpoint_and_its_log_says_what_to_do(
    world: World, environment: dict[str, str], sentence: str
) -> None:
    files = {"config.json": "{}"}
    given_endpoint(world, container(world, IMAGE, "m", files, Environment=environment), becomes="Failed")
    logs = world.client("logs")

    def lines() -> str:
        found = logs.filter_log_events(logGroupName="/aws/sagemaker/Endpoints/e1")["events"]
        return "\n".join(event["message"] for event in found)

    world.until(lambda: sentence in lines(), f"{sentence!r} in the log")
    logs.close()


def test_a_serverless_endpoint_classifies_with_a_script(world: World) -> None:
    world.do("POST", "/clock", {"scale": 1200})  # so that a cold start is real time only
    image = container(world, IMAGE, "m", {"code/inference.py": CLASSIFIER, "urgent": "down"})
    world.given_model(PrimaryContainer={**image, "Environment": {"HF_TASK": "text-classification"}})
    world.given_config(ProductionVariants=[serverless(memory=3072, most=20)])
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.until(lambda: world.status("e1") == "InService", "the endpoint to be in service")

    def answer() -> Any:
        try:
            return asked(world, {"inputs": "it is down"})
        except world.runtime.exceptions.ModelNotReadyException:  # a busy machine took too long for the cold start
            return None

    assert world.until(answer, "an answer") == [{"label": "high", "score": 1}]
