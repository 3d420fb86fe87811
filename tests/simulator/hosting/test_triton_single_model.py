"""The real Triton as the container of an endpoint with one model: archive in, /invocations out, and what is refused."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from devworld.triton_archives import autocomplete_files, packed
from devworld.triton_autocomplete import Completer
from sagemaker_simulator.hosting.contract import Answer, Fleet, FleetFailed
from sagemaker_simulator.hosting.limits import Limits
from sagemaker_simulator.hosting.server_command import BUILT_IN
from sagemaker_simulator.servers.triton import shared_memory
from sagemaker_simulator.servers.triton.environment import installed
from tests.simulator.hosting.hosting_world import HostingWorld, container, request, variant
from tests.simulator.hosting.triton_server import Reply, answer_of, config, ensemble, model, question

TRITON = "763104351884.dkr.ecr.us-east-1.amazonaws.com/sagemaker-tritonserver:24.09-py3"
URL = "s3://models/triton/model.tar.gz"
NAME = "SAGEMAKER_TRITON_DEFAULT_MODEL_NAME"


@pytest.fixture
def world(make_world: Callable[[Limits], HostingWorld]) -> HostingWorld:
    installed(say=print)
    world = make_world(Limits(startup_seconds=60, stop_grace_seconds=10))
    world.images.add(TRITON)
    return world


async def serve(world: HostingWorld, files: dict[str, bytes], **environment: str) -> Fleet:
    world.objects[URL] = packed(files)
    return await world.start(variant(container(TRITON, model=URL, **environment)))


async def ask(fleet: Fleet, text: str) -> Answer:
    return await fleet.invoke("AllTraffic", request(question(text), "application/json"))


def text_of(answer: Answer) -> str:
    return answer_of(Reply(answer.status, answer.body))


async def test_the_only_model_of_an_archive_answers_invocations(world: HostingWorld) -> None:
    fleet = await serve(world, autocomplete_files("good morning everyone"))
    answer = await ask(fleet, "goo")
    assert (text_of(answer), answer.content_type) == ("good morning everyone", "application/json")
    assert text_of(answer) == Completer("good morning everyone").complete("goo")


async def test_the_named_one_of_several_models_answers_and_sees_nothing_of_the_simulators(world: HostingWorld) -> None:
    built_in = BUILT_IN["*sagemaker-tritonserver*"]
    index = {"UV_DEFAULT_INDEX": "where packages come from, with a password"}
    world.servers["*tritonserver*"] = replace(built_in, env={**built_in.env, **index})
    files = {**ensemble(first="text + 'b'", second="sorted(os.environ)"), **model("unused")}
    fleet = await serve(world, files, **{NAME: "whole"})
    variables = text_of(await ask(fleet, "a"))
    assert "'SAGEMAKER_BIND_TO_PORT'" in variables
    assert not [word for word in ("PYTHONPATH", "UV_", "AWS_ACCESS") if word in variables]


async def test_an_error_of_the_model_is_the_containers_answer(world: HostingWorld) -> None:
    fleet = await serve(world, model(expression="1 / len(text.strip())"))
    assert text_of(await ask(fleet, "ab")) == "0.5"
    failed = await ask(fleet, " ")
    assert (failed.status, b"ZeroDivisionError" in failed.body) == (500, True)


REFUSED = {
    "nothing in it": ({"readme.txt": b"-"}, {}, "has no model"),
    "config at the top": ({"config.pbtxt": config("m"), "1/model.py": b""}, {}, "pack the model's folder"),
    "several, none named": (ensemble("text", "text"), {}, "several models (first, second, whole): name the one"),
    "another one named": (model("m"), {NAME: "other"}, f"{NAME}=other, but"),
    "generate": (model(), {"SAGEMAKER_TRITON_INFERENCE_TYPE": "generate"}, "INFERENCE_TYPE=generate: the SageMaker"),
    "no inference type": (model(), {"SAGEMAKER_TRITON_INFERENCE_TYPE": "guess"}, "INFERENCE_TYPE=guess: must be infer"),
    "ping mode": (model(), {"SAGEMAKER_TRITON_OVERRIDE_PING_MODE": "dead"}, "PING_MODE=dead: must be live or ready"),
    "tensorflow": (model(), {"SAGEMAKER_TRITON_TENSORFLOW_VERSION": "2"}, "no TensorFlow backend"),
    "another backend": (model(backend="pytorch"), {}, "unable to find backend library for backend 'pytorch'"),
    "a broken script": (model(initialize="raise ValueError('no weights')"), {}, "ValueError: no weights"),
    "a dying script": (model(initialize="os._exit(3)"), {}, "is not healthy"),
    "an argument of nobody's": (model(), {"SAGEMAKER_TRITON_ADDITIONAL_ARGS": "--faster"}, "--faster"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_cannot_be_served_fails_at_once_and_the_containers_log_says_why(
    world: HostingWorld, case: str
) -> None:
    files, environment, reason = REFUSED[case]
    with pytest.raises(FleetFailed, match="did not pass the ping health check"):
        await serve(world, files, **environment)
    assert reason in world.server_log()


async def test_settings_reach_the_server_and_those_that_change_nothing_are_named(world: HostingWorld) -> None:
    environment = {
        "SAGEMAKER_TRITON_LOG_VERBOSE": "false",
        "SAGEMAKER_TRITON_SHM_DEFAULT_BYTE_SIZE": "33554432",
        "SAGEMAKER_TRITON_MODEL_LOAD_GPU_LIMIT": "0.5",
        "SAGEMAKER_TRITON_TYPO": "1",
        "SAGEMAKER_TRITON_ADDITIONAL_ARGS": "--exit-timeout-secs=7 --rate-limit=execution_count",
    }
    fleet = await serve(world, model(), **environment)
    assert text_of(await ask(fleet, "here")) == "here"
    log = world.server_log()
    assert "| exit_timeout                     | 7 " in log
    assert "| rate_limit                       | EXEC_COUNT " in log
    assert "shm-default-byte-size=33554432" in log
    assert "MODEL_LOAD_GPU_LIMIT: there is no GPU here" in log
    assert "SAGEMAKER_TRITON_TYPO: the image knows no such variable" in log


async def test_a_server_that_is_stopped_leaves_nothing_in_shared_memory(world: HostingWorld) -> None:
    fleet = await serve(world, model())
    [prefix] = set(re.findall(r"shm-region-prefix-name=(\S+)", world.server_log()))
    assert in_shared_memory(prefix)
    await fleet.stop()
    assert in_shared_memory(prefix) == []


def in_shared_memory(prefix: str) -> list[str]:
    return [each.name for each in shared_memory.FOLDER.glob(f"{prefix}*")]
