"""SageMaker keeps weights in single precision: 0.9 comes back as 0.8999999761581421."""

from struct import pack, unpack


def single_precision(value: float) -> float:
    (kept,) = unpack("f", pack("f", value))
    return float(kept)


def equal_weights(one: float | None, other: float | None) -> bool:
    """Whether two weights are the same to SageMaker."""
    if one is None or other is None:
        return one is other
    return single_precision(one) == single_precision(other)
