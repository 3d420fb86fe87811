"""The Triton container on the real tritonserver, as the wheel of nvidia-pytriton carries it.

The wheel needs an older numpy than the rest, so it has an environment of its own, made on first use. What is served by
it is Triton's own work: this package only finds out how to start it and that it can be started.
"""
