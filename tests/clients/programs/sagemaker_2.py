"""The SageMaker Python SDK 2.x at its usual work: Model.deploy, Predictor.predict, update_endpoint, delete_endpoint.

Run in the SDK's own environment with one JSON argument; prints what it saw as one JSON line.
"""

import json
import sys
from typing import Any

import sagemaker  # type: ignore[import-not-found]
from sagemaker.deserializers import CSVDeserializer  # type: ignore[import-not-found]
from sagemaker.model import Model  # type: ignore[import-not-found]
from sagemaker.predictor import Predictor  # type: ignore[import-not-found]
from sagemaker.serializers import CSVSerializer  # type: ignore[import-not-found]

POLL_SECONDS = 1  # as every wait of the SDK takes it; 30 unless told


def main(asked: dict[str, Any]) -> dict[str, Any]:
    """Deploys the first artifact, updates to the second, deletes everything; returns what the endpoint answered."""
    session = sagemaker.Session()
    image = sagemaker.image_uris.retrieve("xgboost", session.boto_region_name, version="1.7-1")
    first, second = (
        Model(image, model_data=artifact, role=asked["role"], predictor_cls=Predictor, sagemaker_session=session)
        for artifact in (asked["first"], asked["second"])
    )
    predictor = first.deploy(
        initial_instance_count=1,
        instance_type="ml.m5.large",
        endpoint_name="churn",
        serializer=CSVSerializer(),
        deserializer=CSVDeserializer(),
        wait=False,
    )
    session.wait_for_endpoint("churn", live_logging=True)  # prints the server's log; looks every 10 s
    seen: dict[str, Any] = {"image": image, "first": answer(predictor, asked["customer"])}

    second.create(instance_type="ml.m5.large")
    predictor.update_endpoint(initial_instance_count=2, instance_type="ml.m5.large", model_name=second.name, wait=False)
    session.wait_for_endpoint("churn", poll=POLL_SECONDS)
    seen["second"] = answer(predictor, asked["customer"])
    seen["count"] = session.describe_endpoint("churn")["ProductionVariants"][0]["CurrentInstanceCount"]

    predictor.delete_endpoint(delete_endpoint_config=True)
    session.delete_endpoint_config("churn")  # the one of before the update, which the predictor has forgotten
    for model in (first, second):
        model.delete_model()
    return seen


def answer(predictor: Predictor, customer: list[float]) -> float:
    [[value]] = predictor.predict(customer)
    return float(value)


if __name__ == "__main__":
    seen = main(json.loads(sys.argv[1]))
    print(f"\n{json.dumps(seen)}")  # the SDK leaves its progress line open
