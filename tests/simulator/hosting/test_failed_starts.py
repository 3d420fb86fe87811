"""A fleet that cannot serve fails with the sentence that AWS would give, and leaves nothing behind."""

import asyncio
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sagemaker_simulator.hosting.contract import FleetFailed, VariantToRun
from sagemaker_simulator.hosting.limits import Limits
from sagemaker_simulator.hosting.server_command import ServerCommand
from tests.simulator.hosting.hosting_world import (
    CUSTOM,
    XGBOOST,
    HostingWorld,
    container,
    processes_in,
    request,
    variant,
)
from tests.simulator.hosting.trained_models import files_in, packed, packed_members, saved, train

URL = "s3://models/churn/model.tar.gz"
PING_SENTENCE = (
    "The primary container for production variant AllTraffic did not pass the ping health check. "
    "Please check CloudWatch logs for this endpoint."
)


async def reason_of(world: HostingWorld, *variants: VariantToRun) -> str:
    """Why the start failed; checks that it left neither a process nor a model folder."""
    with pytest.raises(FleetFailed) as failure:
        await world.start(*variants)
    assert processes_in(world.work_directory) == []
    models = world.work_directory / "models"
    assert list(models.iterdir()) == []
    return str(failure.value)


async def test_an_image_that_ecr_lacks_fails_in_the_words_of_aws(world: HostingWorld) -> None:
    world.images.clear()
    assert await reason_of(world, variant(container(), name="blue")) == (
        "Please make sure all images included in the model for the production variant blue exist, "
        "and that the execution role used to create the model has permissions to access them."
    )


async def test_an_image_without_a_server_is_named(world: HostingWorld) -> None:
    world.servers.clear()
    assert await reason_of(world, variant(container())) == f"simulator: no server is mapped for {CUSTOM}"


async def test_an_artifact_that_is_not_there_is_named_with_its_url(world: HostingWorld) -> None:
    assert await reason_of(world, variant(container(XGBOOST, model=URL))) == (
        f'Failed to download model data for container "container_1" from URL: "{URL}". Please ensure that there is '
        "an object located at the URL and that the role passed to CreateModel has permissions to download the object."
    )


async def test_a_download_that_takes_too_long_says_how_long_was_allowed(
    make_world: Callable[[Limits], HostingWorld],
) -> None:
    world = make_world(Limits(download_seconds=0.2))
    world.network_is_up.clear()
    reason = await reason_of(world, variant(container(model=URL)))
    assert reason.startswith('Failed to download model data for container "container_1"')
    assert reason.endswith("(simulator: not downloaded and unpacked within 0.2 s)")


@pytest.mark.parametrize(
    "archive",
    [b"", b"no archive", packed({"m": bytes(range(256)) * 400})[:-300], packed({"m": b"x" * 9})[:20]],
    ids=["empty", "text", "cut", "cut in the header"],
)
async def test_a_broken_archive_fails_in_the_words_of_aws(world: HostingWorld, archive: bytes) -> None:
    world.objects[URL] = archive
    reason = await reason_of(world, variant(container(model=URL)))
    assert reason.startswith(
        f'Failed to extract model data archive for container "container_1" from URL "{URL}". '
        "Please ensure that the object located at the URL is a valid tar.gz archive. (simulator: it cannot be "
    )


def member(name: str, *, kind: bytes = tarfile.REGTYPE, link: str = "", size: int = 0) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.size = kind, link, size
    return made


@pytest.mark.parametrize(
    "members",
    [
        [(member("../escaped", size=1), b"x")],
        [(member("a/../../escaped", size=1), b"x")],
        [(member("{outside}/escaped", size=1), b"x")],
        [(member("link", kind=tarfile.SYMTYPE, link="{outside}"), b""), (member("link/escaped", size=1), b"x")],
        [(member("link", kind=tarfile.SYMTYPE, link="model.bin"), b"")],
        [(member("hard", kind=tarfile.LNKTYPE, link="{outside}/secret"), b"")],
        [(member("pipe", kind=tarfile.FIFOTYPE), b"")],
    ],
    ids=["parent", "hidden parent", "absolute", "through a link", "link inside", "hard link", "fifo"],
)
async def test_an_archive_that_reaches_out_of_its_folder_is_refused_by_the_name_of_the_member(
    world: HostingWorld, tmp_path: Path, members: list[tuple[tarfile.TarInfo, bytes]]
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    for info, _ in members:
        info.name, info.linkname = info.name.format(outside=outside), info.linkname.format(outside=outside)
    world.objects[URL] = packed_members(members)
    reason = await reason_of(world, variant(container(model=URL)))
    assert members[0][0].name in reason
    assert files_in(tmp_path) == ["outside/secret"]


@pytest.mark.parametrize(
    ("content", "remedy"),
    [
        (saved(train(seed=1))[:500], "is no model that xgboost"),
        (b"\x80\x04pickled", "is a pickle"),
        (b"\x00\x00\x00\x3f" * 100, "XGBoost's old binary format"),
        (b"{}", "is no model that xgboost"),
        (b"", "is neither JSON nor UBJ"),
    ],
    ids=["cut", "pickle", "old binary", "other json", "empty"],
)
async def test_a_model_file_that_the_library_cannot_read_fails_the_ping_and_the_log_says_why(
    world: HostingWorld, content: bytes, remedy: str
) -> None:
    world.objects[URL] = packed({"xgboost-model": content})
    assert await reason_of(world, variant(container(XGBOOST, model=URL))) == PING_SENTENCE
    assert remedy in world.server_log()


async def test_an_archive_whose_model_lies_in_a_folder_fails_the_ping_and_the_log_says_why(world: HostingWorld) -> None:
    world.objects[URL] = packed({"model/xgboost-model": saved(train(seed=1))})
    assert await reason_of(world, variant(container(XGBOOST, model=URL))) == PING_SENTENCE
    assert "put it at the root of model.tar.gz" in world.server_log()


async def test_a_mode_of_the_container_that_is_not_modelled_fails_and_is_named(world: HostingWorld) -> None:
    world.objects[URL] = packed({"xgboost-model": saved(train(seed=1))})
    asked = container(XGBOOST, model=URL, SAGEMAKER_PROGRAM="inference.py")
    assert await reason_of(world, variant(asked)) == PING_SENTENCE
    assert "SAGEMAKER_PROGRAM=inference.py" in world.server_log()


@pytest.mark.parametrize("behaviour", [{"PING_STATUS": "503"}, {"PING_DELAY": "0.5"}], ids=["503", "late answers"])
async def test_a_server_that_is_never_healthy_fails_when_its_startup_timeout_is_over(
    make_world: Callable[[Limits], HostingWorld], behaviour: dict[str, str]
) -> None:
    world = make_world(Limits(ping_seconds=0.1))
    never = variant(container(**behaviour), startup_timeout_seconds=4)  # a Python process is up by then
    assert await reason_of(world, never) == PING_SENTENCE
    assert "started" in world.server_log()


async def test_a_server_that_exits_is_not_waited_for(make_world: Callable[[Limits], HostingWorld]) -> None:
    world = make_world(Limits(startup_seconds=3600))
    world.servers["*"] = ServerCommand(command=("sh", "-c", "echo out of memory >&2; exit 3"))
    world.servers.pop("*/churn:*")
    async with asyncio.timeout(10):
        assert await reason_of(world, variant(container())) == PING_SENTENCE
    assert world.server_log() == "out of memory\n"


async def test_a_mapped_command_that_is_not_installed_is_named(world: HostingWorld) -> None:
    world.servers["*/churn:*"] = ServerCommand(command=("no-such-server", "serve"))
    assert await reason_of(world, variant(container())) == (
        f"simulator: the server mapped for {CUSTOM} cannot be started: no-such-server: No such file or directory"
    )


async def test_a_process_that_the_machine_refuses_to_start_fails_with_the_machines_reason(world: HostingWorld) -> None:
    world.servers["*/churn:*"] = ServerCommand(command=("echo", "x" * 4_000_000))
    reason = await reason_of(world, variant(container()))
    assert reason.startswith(f"simulator: the server mapped for {CUSTOM} cannot be started: ")
    assert "Argument list too long" in reason


async def test_one_variant_that_fails_takes_the_healthy_ones_with_it(world: HostingWorld) -> None:
    world.objects[URL] = packed({"xgboost-model": b"broken"})
    healthy, broken = variant(container(), name="blue"), variant(container(XGBOOST, model=URL), name="green")
    assert "production variant green did not pass the ping" in await reason_of(world, healthy, broken)


async def test_a_failed_start_does_not_touch_the_fleet_that_serves(world: HostingWorld) -> None:
    serving = await world.start(variant(container()))
    with pytest.raises(FleetFailed):
        await world.start(variant(container(XGBOOST, model=URL)), config="churn-2")
    assert (await serving.invoke("AllTraffic", request(b"1"))).body == b"image(1)"
