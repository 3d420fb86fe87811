"""Weights are `float` in SageMaker's model: single precision, so 0.1 comes back as 0.10000000149011612."""

import struct


def single(value: float) -> float:
    """Return the value as SageMaker stores it."""
    return float(struct.unpack("f", struct.pack("f", value))[0])
