"""Benchmarks: figures of the whole operator on a real API server and the simulator, never timed tests."""
