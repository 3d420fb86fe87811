"""Real models behind real endpoints: what the XGBoost image answers is what the library predicts."""

import json

import numpy as np
import pytest
import xgboost

from sagemaker_simulator.hosting.contract import Answer, Fleet
from tests.simulator.hosting.hosting_world import XGBOOST, HostingWorld, container, request, variant
from tests.simulator.hosting.trained_models import as_csv, as_libsvm, packed, saved, some_rows, train

ROWS = some_rows(100, seed=7)


def predictions(booster: xgboost.Booster) -> list[float]:
    return [float(value) for value in booster.predict(xgboost.DMatrix(ROWS))]


async def serve(world: HostingWorld, files: dict[str, bytes], *, config: str = "churn-1", **environment: str) -> Fleet:
    url = f"s3://models/{config}/model.tar.gz"
    world.objects[url] = packed(files)
    return await world.start(variant(container(XGBOOST, model=url, **environment)), config=config)


async def ask(fleet: Fleet, body: bytes, content_type: str = "text/csv", *, accept: str | None = None) -> Answer:
    more = {} if accept is None else {"accept": accept}
    return await fleet.invoke("AllTraffic", request(body, content_type, **more))


def lines_of(answer: Answer) -> list[float]:
    assert answer.status == 200, answer.body
    return [float(line) for line in answer.body.decode().splitlines()]


@pytest.mark.parametrize("form", ["json", "ubj"])
async def test_a_hundred_rows_of_csv_are_answered_as_the_library_predicts_them(world: HostingWorld, form: str) -> None:
    booster = train(seed=1)
    fleet = await serve(world, {"xgboost-model": saved(booster, as_format=form)})
    answer = await ask(fleet, as_csv(ROWS))
    assert answer.content_type == "text/csv; charset=utf-8"
    assert lines_of(answer) == predictions(booster)


async def test_zeros_left_out_of_libsvm_are_missing_values_to_the_model(world: HostingWorld) -> None:
    booster = train(seed=1)
    fleet = await serve(world, {"xgboost-model": saved(booster)})
    with_missing = np.where(ROWS == 0.0, np.nan, ROWS)
    expected = booster.predict(xgboost.DMatrix(with_missing)).tolist()
    assert lines_of(await ask(fleet, as_libsvm(ROWS), "text/libsvm")) == expected
    assert expected != predictions(booster)


async def test_two_fleets_of_one_endpoint_answer_each_with_its_own_model(world: HostingWorld) -> None:
    old, new = train(seed=1), train(seed=2)
    blue = await serve(world, {"xgboost-model": saved(old)}, config="churn-1")
    green = await serve(world, {"any.name": saved(new)}, config="churn-2")
    assert lines_of(await ask(blue, as_csv(ROWS))) == predictions(old)
    assert lines_of(await ask(green, as_csv(ROWS))) == predictions(new)
    assert predictions(old) != predictions(new)
    await blue.stop()
    assert lines_of(await ask(green, as_csv(ROWS))) == predictions(new)


async def test_several_models_in_one_archive_are_an_ensemble_and_dotfiles_are_not_models(world: HostingWorld) -> None:
    first, second = train(seed=1), train(seed=2)
    files = {"a.json": saved(first, as_format="json"), "b.ubj": saved(second), ".DS_Store": b"no model"}
    fleet = await serve(world, files)
    mean = np.mean([first.predict(xgboost.DMatrix(ROWS)), second.predict(xgboost.DMatrix(ROWS))], axis=0)
    assert lines_of(await ask(fleet, as_csv(ROWS))) == mean.tolist()


async def test_an_ensemble_of_classifiers_votes(world: HostingWorld) -> None:
    boosters = [train(seed=seed, objective="multi:softmax", num_class=3) for seed in (1, 2, 3)]
    fleet = await serve(world, {f"m{number}.ubj": saved(booster) for number, booster in enumerate(boosters)})
    votes = np.stack([booster.predict(xgboost.DMatrix(ROWS)) for booster in boosters]).astype(int)
    winners = [float(np.bincount(column, minlength=3).argmax()) for column in votes.T]
    assert lines_of(await ask(fleet, as_csv(ROWS))) == winners
    assert winners != votes[0].tolist()


async def test_probabilities_come_as_one_line_a_row_and_json_wraps_them_in_scores(world: HostingWorld) -> None:
    booster = train(seed=1, objective="multi:softprob", num_class=3)
    fleet = await serve(world, {"xgboost-model": saved(booster)})
    expected = booster.predict(xgboost.DMatrix(ROWS)).tolist()
    as_lines = (await ask(fleet, as_csv(ROWS))).body.decode().splitlines()
    assert [[float(cell) for cell in line.split(",")] for line in as_lines] == expected
    as_json = await ask(fleet, as_csv(ROWS), accept="application/json")
    assert as_json.content_type.startswith("application/json")
    assert json.loads(as_json.body) == {"predictions": [{"score": scores} for scores in expected]}


async def test_what_the_container_refuses_is_refused_with_its_status_and_a_sentence(world: HostingWorld) -> None:
    fleet = await serve(world, {"xgboost-model": saved(train(seed=1))})
    one_row = as_csv(ROWS[:1])

    other_type = await ask(fleet, b"{}", "application/json")
    assert (other_type.status, b"application/json is not supported" in other_type.body) == (415, True)
    no_csv = await ask(fleet, b"a,b,c,d,e")
    assert (no_csv.status, b"cannot be read as csv" in no_csv.body) == (415, True)
    no_libsvm = await ask(fleet, b"0 x:1", "text/libsvm")
    assert (no_libsvm.status, b"cannot be read as libsvm" in no_libsvm.body) == (415, True)
    too_wide = await ask(fleet, one_row + b",6.0")
    assert (too_wide.status, b"Number of columns" in too_wide.body) == (400, True)
    other_answer = await ask(fleet, one_row, accept="image/png")
    assert (other_answer.status, b"image/png is not supported" in other_answer.body) == (406, True)
    assert (await ask(fleet, b"")).status == 204
    assert (await ask(fleet, b"1," * 3_200_000)).status == 413
    assert (await ask(fleet, one_row)).status == 200


async def test_the_models_environment_chooses_what_a_caller_gets_who_accepts_anything(world: HostingWorld) -> None:
    files = {"xgboost-model": saved(train(seed=1))}
    fleet = await serve(world, files, SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT="application/json")
    assert "predictions" in json.loads((await ask(fleet, as_csv(ROWS), accept="*/*")).body)
