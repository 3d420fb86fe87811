"""What is counted of the API server."""

from prometheus_client import Counter, Gauge

WRITES = Counter("endpoint_operator_kubernetes_writes_total", "Writes to the API server.", ["kind", "result"])
WATCH_EVENTS = Counter("endpoint_operator_watch_events_total", "Events that the watch brought.", ["type"])
LAST_WATCH_EVENT = Gauge("endpoint_operator_last_watch_event_timestamp_seconds", "When the watch last brought one.")
