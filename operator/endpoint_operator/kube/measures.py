"""What is counted of the API server."""

from prometheus_client import Counter, Gauge

WRITES = Counter("endpoint_operator_kubernetes_writes_total", "Writes to the API server.", ["kind", "result"])
WATCH_EVENTS = Counter("endpoint_operator_watch_events_total", "Events that the watch brought.", ["kind", "type"])
LAST_WATCH_EVENT = Gauge("endpoint_operator_last_watch_event_timestamp_seconds", "When the watch last brought one.")
WATCH_BEGINNINGS = Counter("endpoint_operator_watch_beginnings_total", "How often the watch was begun.")
MISSED_EVENTS = Counter("endpoint_operator_missed_events_total", "What a resync found and no watch brought.", ["what"])
LEADING = Gauge("endpoint_operator_leading", "1 while this replica holds the Lease, else 0.")
