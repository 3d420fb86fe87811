"""Containers of many models in the hosting room: where their models lie, and what is left of them."""

import asyncio
import json
import sys
from pathlib import Path

import aiohttp
import pytest

from sagemaker_simulator.hosting.container_order import orders_of
from sagemaker_simulator.hosting.container_start import ContainerStarter
from sagemaker_simulator.hosting.contract import ContainerToRun, Invocation
from sagemaker_simulator.hosting.model_download import ModelStore
from sagemaker_simulator.hosting.orphan_guard import OrphanGuard
from sagemaker_simulator.hosting.server_command import ServerCommand
from sagemaker_simulator.multi_model.instance_limits import memory_of
from tests.simulator.hosting.hosting_world import CUSTOM, HostingWorld, fleet_to_run, variant
from tests.simulator.hosting.trained_models import packed

SERVER = ServerCommand(command=(sys.executable, str(Path(__file__).with_name("multi_model_server.py"))))
GIGABYTE = 1024**3


def container() -> ContainerToRun:
    return ContainerToRun(image=CUSTOM, environment={}, models_prefix="s3://models/")


def request(body: bytes, *, model: str = "a.tar.gz") -> Invocation:
    return Invocation(body=body, content_type="text/csv", headers={}, target_model=model)


@pytest.fixture
def many(world: HostingWorld) -> HostingWorld:
    world.servers["*/churn:*"] = SERVER
    world.objects["s3://models/a.tar.gz"] = packed({"model.json": b'{"name": "a"}'})
    return world


async def test_nothing_of_the_models_outlives_their_fleet(many: HostingWorld) -> None:
    fleet = await many.start(variant(container()))
    assert (await fleet.invoke("AllTraffic", request(b"1"))).body == b"a(1)"
    folder = many.work_directory / "models"
    assert len(list(folder.rglob("model.json"))) == 1
    await fleet.stop()
    assert list(folder.iterdir()) == []


async def test_a_fleet_stops_while_a_model_is_being_downloaded(many: HostingWorld) -> None:
    fleet = await many.start(variant(container()))
    many.network_is_up.clear()
    asked = asyncio.create_task(fleet.invoke("AllTraffic", request(b"1")))
    await asyncio.sleep(0)
    await fleet.stop()
    with pytest.raises(ConnectionError):
        await asked


async def test_without_a_mount_namespace_models_are_where_the_server_is_told(
    many: HostingWorld, tmp_path: Path
) -> None:
    (tmp_path / "models").mkdir()
    [order] = orders_of(fleet_to_run(variant(container())))
    async with aiohttp.ClientSession() as session:
        guard = await OrphanGuard.start()
        starter = ContainerStarter(
            store=ModelStore(fetch_object=many.fetch_object, list_objects=many.list_objects),
            servers=lambda: many.servers,
            image_present=lambda _: True,
            session=session,
            guard=guard,
            limits=many.limits,
            models=tmp_path / "models",
            logs=tmp_path / "logs",
            mounts=False,
        )
        started = await starter.start(order)
        seen = json.loads((await started.invoke(request(b"environment"))).body)
        await started.stop()
        await guard.close()
    assert seen["MODEL_URL"].startswith(f"{tmp_path}/models/")
    assert seen["MODEL_URL"].startswith(seen["SM_MODEL_DIR"])


@pytest.mark.parametrize(
    ("instance_type", "gigabytes"),
    [
        ("ml.t2.medium", 4),
        ("ml.t3.2xlarge", 32),
        ("ml.m5.large", 8),
        ("ml.m5.24xlarge", 384),
        ("ml.m7i.xlarge", 16),
        ("ml.c5.xlarge", 8),
        ("ml.c6g.large", 4),
        ("ml.r5.2xlarge", 64),
        ("ml.g4dn.2xlarge", 32),
        ("ml.g5.16xlarge", 256),
        ("ml.p2.xlarge", 61),
        ("ml.p3.2xlarge", 61),
        ("ml.inf2.xlarge", 16),
        ("ml.x99.large", None),
        ("m5.large", None),
    ],
)
def test_the_memory_of_an_instance_is_that_of_its_type(instance_type: str, gigabytes: int | None) -> None:
    assert memory_of(instance_type) == (gigabytes * GIGABYTE if gigabytes is not None else None)
