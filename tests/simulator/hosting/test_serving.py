"""What a container sees of SageMaker, and what SageMaker makes of what the container does."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

from sagemaker_simulator.hosting.container_order import orders_of
from sagemaker_simulator.hosting.container_start import ContainerStarter
from sagemaker_simulator.hosting.contract import ContainerTimedOut, Fleet
from sagemaker_simulator.hosting.limits import Limits
from sagemaker_simulator.hosting.model_download import ModelStore
from sagemaker_simulator.hosting.model_mount import mounts_allowed
from sagemaker_simulator.hosting.orphan_guard import OrphanGuard
from sagemaker_simulator.hosting.server_command import ServerCommand
from tests.simulator.hosting.hosting_world import (
    CONTRACT_SERVER,
    HostingWorld,
    container,
    fleet_to_run,
    request,
    variant,
)
from tests.simulator.hosting.trained_models import packed

URL = "s3://models/churn/model.tar.gz"


def there_is(path: str) -> bool:
    return Path(path).exists()


async def ask(fleet: Fleet, body: bytes) -> bytes:
    return (await fleet.invoke("AllTraffic", request(body))).body


async def test_a_server_gets_sagemakers_environment_and_nothing_of_the_callers(
    world: HostingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL", "AWS_PROFILE", "KUBECONFIG"):
        monkeypatch.setenv(name, "of the caller")
    monkeypatch.setenv("AWS_REGION", "us-gov-east-1")
    fleet = await world.start(variant(container(THRESHOLD="0.7", NAME="model")))
    environment = json.loads(await ask(fleet, b"environment"))

    assert "of the caller" not in environment.values()
    assert (environment["AWS_REGION"], environment["AWS_DEFAULT_REGION"]) == ("eu-west-1", "eu-west-1")
    assert (environment["THRESHOLD"], environment["NAME"]) == ("0.7", "model"), "the model's word wins over the image's"
    port = int(environment["SAGEMAKER_BIND_TO_PORT"])
    low, high = map(int, environment["SAGEMAKER_SAFE_PORT_RANGE"].split("-"))
    assert port < low < high
    assert environment["PATH"] == os.environ["PATH"]


async def test_headers_go_to_the_container_and_come_back_from_it(world: HostingWorld) -> None:
    fleet = await world.start(variant(container()))
    headers = {"X-Amzn-SageMaker-Custom-Attributes": "trace=1", "accept": "overruled", "Connection": "close"}
    asked = request(b"headers", "text/x-own; a=1", accept="application/json", headers=headers)
    answer = await fleet.invoke("AllTraffic", asked)
    received = json.loads(answer.body)
    assert received["x-amzn-sagemaker-custom-attributes"] == "trace=1"
    assert (received["content-type"], received["accept"]) == ("text/x-own; a=1", "application/json")
    assert received.get("connection") != "close"
    assert answer.content_type == "text/x-contract"
    assert answer.headers["Server"].startswith("BaseHTTP")


async def test_an_error_of_the_container_is_an_answer_and_not_a_failure(world: HostingWorld) -> None:
    fleet = await world.start(variant(container()))
    answer = await fleet.invoke("AllTraffic", request(b"refuse"))
    assert (answer.status, answer.body) == (418, b"no")


async def test_a_server_that_dies_is_a_connection_error_and_its_neighbour_serves_on(world: HostingWorld) -> None:
    fleet = await world.start(variant(container(), name="AllTraffic"), variant(container(), name="other"))
    with pytest.raises(ConnectionError):
        await ask(fleet, b"die")
    with pytest.raises(ConnectionError):
        await ask(fleet, b"1")
    assert (await fleet.invoke("other", request(b"1"))).body == b"image(1)"


async def test_a_container_that_does_not_answer_in_time_timed_out(make_world: Callable[[Limits], HostingWorld]) -> None:
    world = make_world(Limits(invocation_seconds=2.0))
    fleet = await world.start(variant(container()))
    with pytest.raises(ContainerTimedOut, match=r"\b2 s"):
        await ask(fleet, b"hang")
    assert await ask(fleet, b"1") == b"image(1)"


async def test_variants_have_servers_of_their_own(world: HostingWorld) -> None:
    fleet = await world.start(variant(container(NAME="b"), name="blue"), variant(container(NAME="g"), name="green"))
    assert (await fleet.invoke("blue", request(b"1"))).body == b"b(1)"
    assert (await fleet.invoke("green", request(b"1"))).body == b"g(1)"


async def test_the_containers_of_a_model_are_asked_in_their_order(world: HostingWorld) -> None:
    fleet = await world.start(variant(container(NAME="first"), container(NAME="second")))
    assert await ask(fleet, b"1") == b"second(first(1))"
    answer = await fleet.invoke("AllTraffic", request(b"refuse"))
    assert (answer.status, answer.body) == (418, b"no")


async def test_the_longest_glob_of_the_settings_wins_and_is_read_at_each_start(world: HostingWorld) -> None:
    before = await world.start(variant(container()))
    world.servers["*/churn:1.*"] = ServerCommand(command=CONTRACT_SERVER, env={"NAME": "longer"})
    after = await world.start(variant(container()), config="churn-2")
    assert await ask(before, b"1") == b"image(1)"
    assert await ask(after, b"1") == b"longer(1)"


async def test_the_settings_win_over_the_built_in_server(world: HostingWorld) -> None:
    image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
    world.servers["*"] = ServerCommand(command=CONTRACT_SERVER, env={"NAME": "mine"})
    fleet = await world.start(variant(container(image)))
    assert await ask(fleet, b"1") == b"mine(1)"


async def test_sim_null_answers_without_a_process_and_says_what_it_is(world: HostingWorld) -> None:
    fleet = await world.start(variant(container("123456789012.dkr.ecr.us-east-1.amazonaws.com/sim-null:1")))
    answer = json.loads(await ask(fleet, b"abc"))
    assert (answer["server"], answer["receivedBytes"]) == ("sim-null", 3)
    assert list((world.work_directory / "models").iterdir()) == []


async def test_the_model_is_at_opt_ml_model_and_cannot_be_written_to(world: HostingWorld, tmp_path: Path) -> None:
    if not await mounts_allowed(tmp_path):
        pytest.skip("this machine allows no mount namespace")
    world.objects[URL] = packed({"a.bin": b"a", "code/inference.py": b"pass"})
    fleet = await world.start(variant(container(model=URL)))
    assert json.loads(await ask(fleet, b"model")) == {"folder": "/opt/ml/model", "files": ["a.bin", "code"]}
    assert await ask(fleet, b"write to the model") == b"refused: Read-only file system"
    assert not there_is("/opt/ml/model/a.bin"), "the machine itself does not see it"


async def test_without_a_mount_namespace_the_model_is_where_sm_model_dir_says(
    world: HostingWorld, tmp_path: Path
) -> None:
    world.objects[URL] = packed({"a.bin": b"a"})
    (tmp_path / "models").mkdir()
    [order] = orders_of(fleet_to_run(variant(container(model=URL))))
    async with aiohttp.ClientSession() as session:
        guard = await OrphanGuard.start()
        starter = ContainerStarter(
            store=ModelStore(fetch_object=world.fetch_object, list_objects=world.list_objects),
            servers=lambda: world.servers,
            image_present=lambda _: True,
            session=session,
            guard=guard,
            limits=world.limits,
            models=tmp_path / "models",
            logs=tmp_path / "logs",
            mounts=False,
        )
        started = await starter.start(order)
        seen = json.loads((await started.invoke(request(b"model"))).body)
        await started.stop()
        await guard.close()
    assert seen["folder"].startswith(str(tmp_path / "models"))
    assert seen["files"] == ["a.bin"]
    assert list((tmp_path / "models").iterdir()) == []
