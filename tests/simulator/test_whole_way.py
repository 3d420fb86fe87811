"""The whole way of a user of AWS: an artifact in S3, a model, an endpoint, an answer; then another artifact."""

import xgboost

from tests.simulator.hosting.trained_models import as_csv, packed, saved, some_rows, train
from tests.simulator.world import World

XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
ROWS = some_rows(100, seed=7)


def test_a_trained_model_answers_as_the_library_predicts_and_an_update_brings_the_next_one(world: World) -> None:
    world.s3.create_bucket(Bucket="models")
    boosters = {"m1": train(seed=1), "m2": train(seed=2)}
    for name, booster in boosters.items():
        archive = packed({"xgboost-model": saved(booster)})
        world.s3.put_object(Bucket="models", Key=f"{name}/model.tar.gz", Body=archive)
        url = f"s3://models/{name}/model.tar.gz"
        world.given_model(name, PrimaryContainer={"Image": XGBOOST, "ModelDataUrl": url})
        world.given_config(f"config-{name}", model=name)

    def answers() -> list[float]:
        answer = world.runtime.invoke_endpoint(EndpointName="churn", Body=as_csv(ROWS), ContentType="text/csv")
        return [float(line) for line in answer["Body"].read().decode().splitlines()]

    def predictions(name: str) -> list[float]:
        return [float(value) for value in boosters[name].predict(xgboost.DMatrix(ROWS))]

    world.sagemaker.create_endpoint(EndpointName="churn", EndpointConfigName="config-m1")
    world.finish("churn", "InService")
    assert answers() == predictions("m1")
    world.sagemaker.update_endpoint(EndpointName="churn", EndpointConfigName="config-m2")
    assert answers() == predictions("m1")
    world.finish("churn", "InService")
    assert answers() == predictions("m2")
    assert predictions("m1") != predictions("m2")
