"""CloudWatch in simulated time: metrics from real invocations, queries on them, and alarms that are really evaluated."""
