"""What is counted of AWS."""

from prometheus_client import Counter, Gauge, Histogram

CALLS = Counter("endpoint_operator_aws_calls_total", "Calls to AWS, by result.", ["service", "operation", "result"])
CALL_SECONDS = Histogram(
    "endpoint_operator_aws_call_seconds",
    "Duration of a call with its retries.",
    ["service", "operation"],
    buckets=(0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0),
)
REACHABLE = Gauge("endpoint_operator_aws_reachable", "1 while AWS answers and accepts our credentials, else 0.")
SWEEPS = Counter("endpoint_operator_fleet_sweeps_total", "Sweeps over all endpoints, by result.", ["result"])
ORPHANS = Gauge("endpoint_operator_orphans", "Objects in AWS tagged as ours whose InferenceEndpoint is gone.")
WARM_UPS = Counter(
    "endpoint_operator_warm_ups_total",
    "Requests to models that users asked for in spec.warmUp, by result; not among the operator's own calls.",
    ["result"],
)
WARM_UPS_UNDER_WAY = Gauge("endpoint_operator_warm_ups_under_way", "Warm-ups that are waiting for their answer.")
MISSING_MODELS = Gauge(
    "endpoint_operator_missing_models", "Published models that the last list of their prefix did not show."
)
