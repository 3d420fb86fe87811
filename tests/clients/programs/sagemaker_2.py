"""The SageMaker Python SDK 2.x at its usual work: Model.deploy, Predictor.predict, update_endpoint, delete_endpoint.

Run in the SDK's own environment with one JSON argument; prints what it saw as one JSON line.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import sagemaker  # type: ignore[import-not-found]
from sagemaker.deserializers import CSVDeserializer  # type: ignore[import-not-found]
from sagemaker.model import Model  # type: ignore[import-not-found]
from sagemaker.model_monitor import DataCaptureConfig  # type: ignore[import-not-found]
from sagemaker.predictor import Predictor  # type: ignore[import-not-found]
from sagemaker.s3 import S3Downloader  # type: ignore[import-not-found]
from sagemaker.serializers import CSVSerializer  # type: ignore[import-not-found]

CAPTURED_WITHIN_SECONDS = 30
POLL_SECONDS = 1  # as every wait of the SDK takes it; 30 unless told


def main(asked: dict[str, Any]) -> dict[str, Any]:
    """Deploys the first artifact, updates to the second, deletes everything; returns what the endpoint answered."""
    # Without a bucket it makes up a name from the account's number, and asks for that number at STS's public address,
    # whatever AWS_ENDPOINT_URL says.
    session = sagemaker.Session(default_bucket=asked["bucket"])
    image = sagemaker.image_uris.retrieve("xgboost", session.boto_region_name, version="1.7-1")
    first, second = (
        Model(image, model_data=artifact, role=asked["role"], predictor_cls=Predictor, sagemaker_session=session)
        for artifact in (uploaded(session, asked["artifact"]), asked["second"])
    )
    captured = f"s3://{session.default_bucket()}/captured"
    predictor = first.deploy(
        initial_instance_count=1,
        instance_type="ml.m5.large",
        endpoint_name="churn",
        serializer=CSVSerializer(),
        deserializer=CSVDeserializer(),
        data_capture_config=DataCaptureConfig(
            enable_capture=True, sampling_percentage=100, destination_s3_uri=captured, sagemaker_session=session
        ),
        wait=False,
    )
    session.wait_for_endpoint("churn", live_logging=True)  # prints the server's log; looks every 10 s
    seen: dict[str, Any] = {"image": image, "first": answer(predictor, asked["customer"])}
    seen["captured"] = first_line_under(captured, session)

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


def uploaded(session: sagemaker.Session, artifact: str) -> str:
    """Where the file lies in the session's bucket, which is made on this first use."""
    return str(session.upload_data(artifact, key_prefix=Path(artifact).stem))


def first_line_under(url: str, session: sagemaker.Session) -> Any:
    """The first line that data capture wrote, a JSON document."""
    deadline = time.monotonic() + CAPTURED_WITHIN_SECONDS
    while not (files := S3Downloader.list(url, sagemaker_session=session)):
        if time.monotonic() > deadline:
            sys.exit(f"no capture file under {url} within {CAPTURED_WITHIN_SECONDS} s")
        time.sleep(POLL_SECONDS)
    return json.loads(S3Downloader.read_file(files[0], sagemaker_session=session).splitlines()[0])


def answer(predictor: Predictor, customer: list[float]) -> float:
    [[value]] = predictor.predict(customer)
    return float(value)


if __name__ == "__main__":
    seen = main(json.loads(sys.argv[1]))
    print(f"\n{json.dumps(seen)}")  # the SDK leaves its progress line open
