"""What of the counters is said of models: calls and writes that are each about one of them, and no others."""

import pytest

from tests.bench.counters import Counted
from tests.bench.modelperiods import Everything, all_passed
from tests.bench.modelreport import about_models, writes_of_models

COUNTED = Counted(
    aws_calls={"s3:CopyObject": 2, "s3:ListObjectsV2": 1, "s3:HeadBucket": 1, "sagemaker:ListEndpoints": 7},
    kubernetes_writes={"inferencemodels": 2, "inferencemodels/status": 4, "inferenceendpoints/status": 1, "events": 2},
    cpu_seconds=1.0,
    rss_mib=100.0,
    peak_rss_mib=110.0,
)


def test_lists_and_looks_at_buckets_are_no_models_calls() -> None:
    assert about_models(COUNTED) == {"s3:CopyObject": 2}


def test_writes_to_endpoints_and_events_are_no_models_writes() -> None:
    assert writes_of_models(COUNTED) == 6


@pytest.mark.parametrize(
    "changed",
    [
        {'endpoint_operator_objects{kind="InferenceModel"}': 2.0},
        {'endpoint_operator_queue_depth{kind="InferenceModel"}': 1.0},
        {'endpoint_operator_queue_depth{kind="InferenceEndpoint"}': 1.0},
        {'endpoint_operator_passes_total{result="done"}': 4.0},
    ],
)
def test_all_are_seen_when_all_are_known_and_none_waits(changed: dict[str, float]) -> None:
    there = Everything(models=3, endpoints=2)
    values = {
        'endpoint_operator_objects{kind="InferenceModel"}': 3.0,
        'endpoint_operator_objects{kind="InferenceEndpoint"}': 2.0,
        'endpoint_operator_queue_depth{kind="InferenceModel"}': 0.0,
        'endpoint_operator_queue_depth{kind="InferenceEndpoint"}': 0.0,
        'endpoint_operator_passes_total{result="done"}': 5.0,
    }
    assert all_passed(values, there)
    assert not all_passed(values | changed, there)
