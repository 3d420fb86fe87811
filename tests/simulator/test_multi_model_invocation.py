"""Multi-model endpoints on a real server: who answers, and what a caller is told when nobody can."""

import json
from pathlib import Path

from tests.simulator.multi_model_world import (
    BUCKET,
    PREFIX,
    ask,
    given_archive,
    given_endpoint,
    given_object,
    many_models,
)
from tests.simulator.world import ROLE, World, refused


def test_the_model_that_a_request_names_answers_it(world: World) -> None:
    given_endpoint(world)
    given_archive(world, "a.tar.gz")
    given_archive(world, "tenants/b.tar.gz")
    assert [ask(world, key, b"1") for key in ("a.tar.gz", "tenants/b.tar.gz", "a.tar.gz")] == [
        b"a.tar.gz(1)",
        b"tenants/b.tar.gz(1)",
        b"a.tar.gz(1)",
    ]


def test_a_prefix_without_a_slash_is_the_prefix_all_the_same(world: World) -> None:
    given_endpoint(world, many_models(prefix=PREFIX.rstrip("/")))
    given_archive(world, "a.tar.gz")
    assert ask(world, "a.tar.gz", b"1") == b"a.tar.gz(1)"


def test_the_container_finds_the_contract_s_surroundings(world: World) -> None:
    given_endpoint(world, many_models(SAGEMAKER_MULTI_MODEL="False"))
    given_archive(world, "a.tar.gz")
    environment = json.loads(ask(world, "a.tar.gz", b"environment"))
    headers = json.loads(ask(world, "a.tar.gz", b"headers", CustomAttributes="mine"))
    assert environment["SAGEMAKER_MULTI_MODEL"] == "true"
    folder = Path(environment["MODEL_URL"])
    assert (folder.name, str(folder.parents[1])) == ("model", environment["SM_MODEL_DIR"])
    assert "a.tar.gz" not in str(folder)
    assert headers["x-amzn-sagemaker-target-model"] == "a.tar.gz"
    assert headers["x-amzn-sagemaker-custom-attributes"] == "mine"


def test_a_server_that_lists_no_models_is_not_healthy(world: World) -> None:
    world.settings(images=["*"])
    given_endpoint(world)
    world.given_model("deaf", PrimaryContainer=many_models(LISTS="no"))
    world.given_config("deaf", model="deaf")
    world.sagemaker.create_endpoint(EndpointName="e2", EndpointConfigName="deaf")
    world.finish("e2", "Failed")
    assert "did not pass the ping health check" in world.describe("e2")["FailureReason"]


def test_a_request_must_name_its_model(world: World) -> None:
    given_endpoint(world)
    with refused("ValidationError", "is missing a target model header", status=400):
        world.runtime.invoke_endpoint(EndpointName="e1", Body=b"x")
    with refused("ValidationError", "is missing a target model header", status=400):
        world.runtime.invoke_endpoint_with_response_stream(EndpointName="e1", Body=b"x")


def test_an_endpoint_of_one_model_takes_no_target_model(world: World) -> None:
    world.given_endpoint()
    with refused(
        "ValidationError",
        "Endpoint e1 is not a multi-model endpoint and does not support target model header.",
        status=400,
    ):
        ask(world, "a.tar.gz")


def test_a_model_that_is_not_there_is_refused_until_it_is(world: World) -> None:
    given_endpoint(world)
    with refused(
        "ValidationError", f"Failed to download model data (bucket: {BUCKET}, key: models/late.tar.gz).", status=400
    ):
        ask(world, "late.tar.gz")
    given_archive(world, "late.tar.gz")
    assert ask(world, "late.tar.gz", b"1") == b"late.tar.gz(1)"


def test_an_archive_that_cannot_be_unpacked_is_refused_until_it_can(world: World) -> None:
    given_endpoint(world)
    given_object(world, "a.tar.gz", b"no archive")
    with refused(
        "ValidationError", f"Failed to extract model data archive (bucket: {BUCKET}, key: models/a.tar.gz).", status=400
    ):
        ask(world, "a.tar.gz")
    given_archive(world, "a.tar.gz")
    assert ask(world, "a.tar.gz", b"1") == b"a.tar.gz(1)"


def test_a_model_that_the_container_cannot_load_is_a_model_error_in_its_own_words(world: World) -> None:
    given_endpoint(world)
    given_archive(world, "a.tar.gz", refuses=[400, "no config.pbtxt"])
    for _ in range(2):
        with refused(
            "ModelError", 'Received client error (400) from primary with message "no config.pbtxt"', status=424
        ):
            ask(world, "a.tar.gz")


def test_a_model_that_fails_is_a_model_error_and_the_others_serve_on(world: World) -> None:
    given_endpoint(world)
    given_archive(world, "a.tar.gz")
    given_archive(world, "b.tar.gz")
    with refused("ModelError", 'Received server error (500) from primary with message "broken"', status=424):
        ask(world, "a.tar.gz", b"fail")
    assert ask(world, "b.tar.gz", b"1") == b"b.tar.gz(1)"


def test_a_loaded_model_answers_on_when_its_object_is_deleted_or_replaced(world: World) -> None:
    given_endpoint(world)
    given_archive(world, "deleted.tar.gz")
    given_archive(world, "replaced.tar.gz", name="old")
    ask(world, "deleted.tar.gz")
    ask(world, "replaced.tar.gz")
    world.s3.delete_object(Bucket=BUCKET, Key="models/deleted.tar.gz")
    given_archive(world, "replaced.tar.gz", name="new")
    assert ask(world, "deleted.tar.gz", b"1") == b"deleted.tar.gz(1)"
    assert ask(world, "replaced.tar.gz", b"1") == b"old(1)"


def test_a_model_that_loads_too_slowly_is_not_ready_and_loads_on(world: World, tmp_path: Path) -> None:
    given_endpoint(world)
    begun, go = tmp_path / "begun", tmp_path / "go"
    given_archive(world, "slow.tar.gz", begins=str(begun), waits_for=str(go))
    given_archive(world, "fast.tar.gz")
    with refused("ModelNotReadyException", "slow.tar.gz", status=429):
        ask(world, "slow.tar.gz")
    begun.unlink()
    assert ask(world, "fast.tar.gz", b"1") == b"fast.tar.gz(1)"
    go.touch()
    assert ask(world, "slow.tar.gz", b"1") == b"slow.tar.gz(1)"
    assert not begun.exists(), "it went on, and did not begin anew"


def test_a_loading_that_hangs_is_given_up_and_another_one_begun(world: World, tmp_path: Path) -> None:
    given_endpoint(world)
    begun = tmp_path / "begun"
    given_archive(world, "hangs.tar.gz", begins=str(begun), waits_for=str(tmp_path / "never"))

    def is_loading() -> bool:
        """Ask until the server is told to load the model."""
        with refused("ModelNotReadyException", status=429):
            ask(world, "hangs.tar.gz")
        return begun.exists()

    world.until(is_loading, "the first loading")
    begun.unlink()
    world.until(is_loading, "the second loading, after the first was given up")
    assert world.status("e1") == "InService"


def test_an_endpoint_whose_model_hangs_while_loading_can_be_deleted(world: World, tmp_path: Path) -> None:
    given_endpoint(world)
    given_archive(world, "hangs.tar.gz", waits_for=str(tmp_path / "never"))
    with refused("ModelNotReadyException", status=429):
        ask(world, "hangs.tar.gz")
    world.sagemaker.delete_endpoint(EndpointName="e1")
    world.finish_deletion("e1")


def test_an_update_leads_from_one_prefix_to_another(world: World) -> None:
    given_endpoint(world)
    given_archive(world, "a.tar.gz", name="before")
    world.s3.create_bucket(Bucket="other")
    world.s3.copy_object(Bucket="other", Key="next/b.tar.gz", CopySource=f"{BUCKET}/models/a.tar.gz")
    world.sagemaker.create_model(
        ModelName="m2", ExecutionRoleArn=ROLE, Containers=[many_models(prefix="s3://other/next/")]
    )
    world.given_config("c2", model="m2")
    assert ask(world, "a.tar.gz", b"1") == b"before(1)"
    world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2")
    assert ask(world, "a.tar.gz", b"1") == b"before(1)"
    world.finish("e1", "InService")
    assert ask(world, "b.tar.gz", b"1") == b"before(1)"
    with refused("ValidationError", "key: next/a.tar.gz"):
        ask(world, "a.tar.gz")
