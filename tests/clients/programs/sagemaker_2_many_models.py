"""The SageMaker Python SDK 2.x with its MultiDataModel: many models behind one endpoint, added while it serves.

Run in the SDK's own environment with one JSON argument; prints what it saw as one JSON line.
"""

import json
import sys
from typing import Any

import sagemaker  # type: ignore[import-not-found]
from botocore.exceptions import ClientError
from sagemaker.deserializers import CSVDeserializer  # type: ignore[import-not-found]
from sagemaker.model import Model  # type: ignore[import-not-found]
from sagemaker.multidatamodel import MultiDataModel  # type: ignore[import-not-found]
from sagemaker.predictor import Predictor  # type: ignore[import-not-found]
from sagemaker.serializers import CSVSerializer  # type: ignore[import-not-found]

POLL_SECONDS = 1  # as every wait of the SDK takes it; 30 unless told
COPIED, UPLOADED = "tenants/first.tar.gz", "second.tar.gz"


def main(asked: dict[str, Any]) -> dict[str, Any]:
    """Deploys a prefix with one model, adds another, asks both, deletes everything; returns what it was answered."""
    session = sagemaker.Session(default_bucket=asked["bucket"])
    one = Model(asked["image"], role=asked["role"], predictor_cls=Predictor, sagemaker_session=session)
    many = MultiDataModel("fleet", asked["prefix"], model=one, sagemaker_session=session)
    seen: dict[str, Any] = {"copied": many.add_model(asked["artifact"], COPIED)}
    predictor = many.deploy(
        initial_instance_count=1,
        instance_type="ml.m5.large",
        endpoint_name="tenants",
        serializer=CSVSerializer(),
        deserializer=CSVDeserializer(),
        wait=False,
    )
    session.wait_for_endpoint("tenants", poll=POLL_SECONDS)
    seen["first"] = answer(predictor, asked["customer"], COPIED)

    seen["refused"] = refusal(predictor, asked["customer"], UPLOADED)
    seen["unnamed"] = refusal(predictor, asked["customer"], None)
    seen["uploaded"] = many.add_model(asked["file"])
    seen["second"] = answer(predictor, asked["customer"], UPLOADED)
    seen["first again"] = answer(predictor, asked["customer"], COPIED)
    seen["listed"] = sorted(many.list_models())

    predictor.delete_endpoint(delete_endpoint_config=True)
    many.delete_model()
    return seen


def answer(predictor: Predictor, customer: list[float], target_model: str | None) -> float:
    [[value]] = predictor.predict(customer, target_model=target_model)
    return float(value)


def refusal(predictor: Predictor, customer: list[float], target_model: str | None) -> dict[str, Any]:
    try:
        said = answer(predictor, customer, target_model)
    except ClientError as error:
        return dict(error.response["Error"])
    sys.exit(f"target model {target_model} was answered with {said}, not refused")


if __name__ == "__main__":
    seen = main(json.loads(sys.argv[1]))
    print(f"\n{json.dumps(seen)}")  # the SDK leaves its progress line open
