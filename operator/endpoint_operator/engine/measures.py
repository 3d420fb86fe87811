"""What the engine counts."""

from prometheus_client import Counter, Gauge, Histogram

PASSES = Counter("endpoint_operator_passes_total", "Passes over objects, by result.", ["result"])
PASS_SECONDS = Histogram(
    "endpoint_operator_pass_seconds",
    "Duration of a pass.",
    buckets=(0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0),
)
QUEUE_DEPTH = Gauge("endpoint_operator_queue_depth", "Keys that wait for a worker, by kind.", ["kind"])
OBJECTS = Gauge("endpoint_operator_objects", "Objects that the operator knows, by kind.", ["kind"])
