"""Servers that keep the documented contract of AWS's framework containers on the real libraries.

Each runs as a process of its own that knows nothing of the simulator: environment, model folder and port are all that
it has, as in the container.
"""
