"""CloudWatch in simulated time: metrics of real invocations, queries on them, and alarms that are really evaluated."""
