"""Which models of a multi-model endpoint are in memory and on disk, and which make room for another."""

from pathlib import Path
from threading import Thread

import pytest

from tests.simulator.multi_model_world import (
    BUCKET,
    ask,
    counted,
    given_archive,
    given_endpoint,
    in_memory,
    many_models,
)
from tests.simulator.world import World, refused

TWO_OF_THREE_MB = {"ml.m5.large": 7.0}


@pytest.fixture
def world(patient_world: World) -> World:
    return patient_world


def given_models(world: World, *keys: str, megabytes: int = 3) -> None:
    for key in keys:
        given_archive(world, key, padding=megabytes * 1024 * 1024)


def delete(world: World, key: str) -> None:
    world.s3.delete_object(Bucket=BUCKET, Key=f"models/{key}")


def test_the_model_used_least_recently_makes_room_when_the_container_says_it_is_full(world: World) -> None:
    given_endpoint(world, many_models(MEMORY="2"))
    given_models(world, "a", "b", "c", megabytes=0)
    ask(world, "a")
    ask(world, "b")
    ask(world, "a")
    assert ask(world, "c", b"1") == b"c(1)"
    assert in_memory(world, "c") == ["a", "c"]


def test_the_model_used_least_recently_makes_room_when_the_instance_s_memory_is_full(world: World) -> None:
    world.settings(instanceMemoryMb=TWO_OF_THREE_MB)
    given_endpoint(world)
    given_models(world, "a", "b", "c")
    ask(world, "a")
    ask(world, "b")
    ask(world, "a")
    assert ask(world, "c", b"1") == b"c(1)"
    assert in_memory(world, "c") == ["a", "c"]


def test_a_model_that_no_memory_holds_is_a_model_error_and_takes_no_other_s_place(world: World) -> None:
    world.settings(instanceMemoryMb=TWO_OF_THREE_MB)
    given_endpoint(world)
    given_models(world, "a")
    given_models(world, "large", megabytes=8)
    ask(world, "a")
    with refused("ModelError", "Received server error (507) from primary", status=424):
        ask(world, "large")
    assert in_memory(world, "a") == ["a"]
    assert counted(world, "ModelUnloadingTime")[0] == 0


def test_a_container_that_is_full_without_a_model_gets_its_say(world: World) -> None:
    given_endpoint(world, many_models(MEMORY="0"))
    given_models(world, "a", megabytes=0)
    with refused("ModelError", 'Received server error (507) from primary with message "no memory left"', status=424):
        ask(world, "a")


def test_a_model_that_is_answering_makes_no_room(world: World, tmp_path: Path) -> None:
    given_endpoint(world, many_models(MEMORY="1"))
    go, begun = tmp_path / "go", tmp_path / "begun"
    given_archive(world, "a")
    given_archive(world, "b", begins=str(begun))
    ask(world, "a")
    answers: list[bytes] = []
    busy = Thread(target=lambda: answers.append(ask(world, "a", f"wait for {go}".encode())))
    other = Thread(target=lambda: answers.append(ask(world, "b", b"1")))
    busy.start()
    world.until(lambda: counted(world, "ModelCacheHit") == (2, 1), "the model to be asked")
    other.start()
    world.until(begun.exists, "the container to be told to load the other model")
    assert in_memory(world, "a") == ["a"]
    go.touch()
    busy.join()
    other.join()
    assert answers == [b"a", b"b(1)"]
    assert in_memory(world, "b") == ["b"]


def test_what_is_unloaded_stays_on_disk_and_answers_without_its_object(world: World) -> None:
    given_endpoint(world, many_models(MEMORY="1"))
    given_models(world, "a", "b", megabytes=0)
    ask(world, "a")
    ask(world, "b")
    delete(world, "a")
    assert ask(world, "a", b"1") == b"a(1)"
    assert counted(world, "ModelDownloadingTime")[0] == 2
    assert counted(world, "ModelLoadingTime")[0] == 3


def test_the_model_used_least_recently_leaves_the_disk_when_it_is_full(world: World) -> None:
    world.settings(instanceDiskMb=TWO_OF_THREE_MB)
    given_endpoint(world)
    given_models(world, "a", "b", "c")
    for key in ("a", "b", "a", "c"):
        ask(world, key)
    assert in_memory(world, "c") == ["a", "c"]
    for key in ("a", "b", "c"):
        delete(world, key)
    assert ask(world, "a", b"1") == b"a(1)"
    with refused("ValidationError", "Failed to download model data"):
        ask(world, "b")


def test_a_model_that_no_disk_holds_is_a_model_error(world: World) -> None:
    world.settings(instanceDiskMb=TWO_OF_THREE_MB)
    given_endpoint(world)
    given_models(world, "large", megabytes=8)
    with refused("ModelError", "Received server error (507) from primary", "volume", status=424):
        ask(world, "large")


def test_without_a_cache_a_model_is_unloaded_once_it_has_answered(world: World) -> None:
    given_endpoint(world, many_models(cache="Disabled"))
    given_models(world, "a", "b", megabytes=0)
    assert ask(world, "a", b"1") == b"a(1)"
    world.until(lambda: counted(world, "ModelUnloadingTime")[0] == 1, "the model to be unloaded")
    assert in_memory(world, "b") == ["b"]
    assert ask(world, "a", b"2") == b"a(2)"
    assert counted(world, "ModelDownloadingTime")[0] == 2
    assert counted(world, "ModelCacheHit") == (3, 0)
