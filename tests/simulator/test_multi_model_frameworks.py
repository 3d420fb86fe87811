"""AWS's framework images in multi-model mode: each model answers as its library predicts, or as its own script says."""

import json
from typing import Any

import pytest
import xgboost

from tests.simulator.hosting.trained_models import as_csv, packed, saved, some_rows, train
from tests.simulator.multi_model_world import ask, given_bucket, given_object, many_models
from tests.simulator.world import World, refused

XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
SCIKIT_LEARN = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
ROWS = some_rows(20, seed=7)
SCRIPT = """
import json, os
from word import WORD

def model_fn(model_dir):
    return os.path.basename(os.path.dirname(model_dir))

def predict_fn(rows, model):
    return [WORD, os.getpid()]

def output_fn(prediction, accept):
    return json.dumps(prediction), "application/json"
"""


@pytest.fixture
def world(patient_world: World) -> World:
    return patient_world


def given_endpoint(world: World, image: str, **environment: str) -> None:
    given_bucket(world)
    world.given_model(PrimaryContainer=many_models(image, **environment))
    world.given_config()
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.finish("e1", "InService")


def given_script(world: World, key: str, word: str, script: str = SCRIPT) -> None:
    files = {"code/inference.py": script.encode(), "code/word.py": f"WORD = {word!r}".encode()}
    given_object(world, key, packed(files))


def patiently(world: World, key: str, **members: Any) -> bytes:
    """What the model answers once it is loaded, however slow this machine is."""
    answer = world.until(lambda: ask_unless_loading(world, key, **members), f"{key} to be loaded")
    assert answer is not None
    return answer


def ask_unless_loading(world: World, key: str, **members: Any) -> bytes | None:
    try:
        return ask(world, key, **members)
    except world.runtime.exceptions.ModelNotReadyException:
        return None


def test_xgboost_models_answer_each_as_the_library_predicts(world: World) -> None:
    given_endpoint(world, XGBOOST)
    boosters = {f"{seed}.tar.gz": train(seed=seed) for seed in (1, 2)}
    for key, booster in boosters.items():
        given_object(world, key, packed({"xgboost-model": saved(booster)}))
    answers = {}
    for key in boosters:
        body = patiently(world, key, body=as_csv(ROWS), ContentType="text/csv")
        answers[key] = [float(line) for line in body.decode().splitlines()]
    assert answers == {
        key: [float(value) for value in booster.predict(xgboost.DMatrix(ROWS))] for key, booster in boosters.items()
    }
    assert answers["1.tar.gz"] != answers["2.tar.gz"]


def test_an_xgboost_model_that_cannot_be_read_is_a_model_error_and_the_others_serve_on(world: World) -> None:
    given_endpoint(world, XGBOOST)
    given_object(world, "old.tar.gz", packed({"xgboost-model": b"binf"}))
    given_object(world, "good.tar.gz", packed({"xgboost-model": saved(train(seed=1))}))
    with refused("ModelError", "Received client error (400) from primary", "neither JSON nor UBJ", status=424):
        patiently(world, "old.tar.gz", body=as_csv(ROWS), ContentType="text/csv")
    assert len(patiently(world, "good.tar.gz", body=as_csv(ROWS), ContentType="text/csv").splitlines()) == len(ROWS)


def test_scripts_with_modules_of_the_same_name_do_not_meet(world: World) -> None:
    given_endpoint(world, SCIKIT_LEARN, SAGEMAKER_PROGRAM="inference.py")
    words = {"a.tar.gz": "one", "b.tar.gz": "other"}
    for key, word in words.items():
        given_script(world, key, word)
    answers = {
        key: json.loads(patiently(world, key, body=b"[1]", ContentType="application/json", Accept="application/json"))
        for key in words
    }
    assert {key: word for key, (word, _) in answers.items()} == words
    processes = [process for _, process in answers.values()]
    assert processes[0] != processes[1]


def test_a_script_that_cannot_be_imported_is_a_model_error_with_its_own_last_words(world: World) -> None:
    given_endpoint(world, SCIKIT_LEARN)
    given_script(world, "a.tar.gz", "x", script="raise ValueError('no weights in here')")
    with refused("ModelError", "Received client error (400) from primary", "no weights in here", status=424):
        patiently(world, "a.tar.gz", body=b"[1]", ContentType="application/json")
