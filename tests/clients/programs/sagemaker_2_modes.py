"""The SageMaker Python SDK 2.x with its AsyncInferenceConfig and its ServerlessInferenceConfig.

Run in the SDK's own environment with one JSON argument; prints what it saw as one JSON line.
"""

import json
import sys
from typing import Any

import sagemaker  # type: ignore[import-not-found]
from sagemaker.async_inference import AsyncInferenceConfig, WaiterConfig  # type: ignore[import-not-found]
from sagemaker.deserializers import CSVDeserializer  # type: ignore[import-not-found]
from sagemaker.exceptions import AsyncInferenceModelError  # type: ignore[import-not-found]
from sagemaker.model import Model  # type: ignore[import-not-found]
from sagemaker.predictor import Predictor  # type: ignore[import-not-found]
from sagemaker.serializers import CSVSerializer  # type: ignore[import-not-found]
from sagemaker.serverless import ServerlessInferenceConfig  # type: ignore[import-not-found]

POLL_SECONDS = 1  # as every wait of the SDK takes it; 30 unless told
# The program ends when the last look is over: the SDK goes on to look for the failure of what was answered.
ANSWERED = WaiterConfig(max_attempts=20, delay=POLL_SECONDS)
CSV = {"serializer": CSVSerializer(), "deserializer": CSVDeserializer()}


def main(asked: dict[str, Any]) -> dict[str, Any]:
    """Deploys the artifact in both modes, asks each, deletes everything; returns what the endpoints answered."""
    session = sagemaker.Session(default_bucket=asked["bucket"])
    return {
        "queued": asynchronous(deployable(session, asked), session, asked),
        "serverless": serverless(deployable(session, asked), session, asked),
    }


def deployable(session: sagemaker.Session, asked: dict[str, Any]) -> Model:
    return Model(
        asked["image"],
        model_data=asked["artifact"],
        role=asked["role"],
        predictor_cls=Predictor,
        sagemaker_session=session,
    )


def asynchronous(model: Model, session: sagemaker.Session, asked: dict[str, Any]) -> dict[str, Any]:
    """Both ways to ask, and a request that the model refuses; answers lie where the SDK itself chooses."""
    predictor = model.deploy(
        initial_instance_count=1,
        instance_type="ml.m5.large",
        endpoint_name="queued",
        async_inference_config=AsyncInferenceConfig(max_concurrent_invocations_per_instance=2),
        wait=False,
        **CSV,
    )
    session.wait_for_endpoint("queued", poll=POLL_SECONDS)
    later = predictor.predict_async(asked["customer"])
    [[waited]] = predictor.predict(asked["customer"], waiter_config=ANSWERED)
    [[fetched]] = later.get_result(ANSWERED)
    try:
        predictor.predict_async(["no", "numbers"]).get_result(ANSWERED)
        refused = ""
    except AsyncInferenceModelError as error:
        refused = str(error)
    predictor.delete_endpoint(delete_endpoint_config=True)
    model.delete_model()
    return {"waited": float(waited), "fetched": float(fetched), "output": later.output_path, "refused": refused}


def serverless(model: Model, session: sagemaker.Session, asked: dict[str, Any]) -> float:
    predictor = model.deploy(
        endpoint_name="serverless",
        serverless_inference_config=ServerlessInferenceConfig(memory_size_in_mb=2048, max_concurrency=3),
        wait=False,
        **CSV,
    )
    session.wait_for_endpoint("serverless", poll=POLL_SECONDS)
    [[value]] = predictor.predict(asked["customer"])
    predictor.delete_endpoint(delete_endpoint_config=True)
    model.delete_model()
    return float(value)


if __name__ == "__main__":
    seen = main(json.loads(sys.argv[1]))
    print(f"\n{json.dumps(seen)}")  # the SDK leaves its progress line open
