"""What is written as CBOR is what botocore reads."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sagemaker_simulator.wire.cbor import decode_map, encode
from sagemaker_simulator.wire.errors import AwsError

# No null in a map: botocore leaves those out.
SCALARS = some.one_of(
    some.booleans(),
    some.integers(min_value=-(2**63), max_value=2**64 - 1),
    some.floats(allow_nan=False),
    some.text(),
    some.binary(),
)
VALUES = some.recursive(
    SCALARS,
    lambda inner: some.one_of(some.lists(inner | some.none()), some.dictionaries(some.text(), inner)),
    max_leaves=20,
)


@given(some.dictionaries(some.text(), VALUES))
def test_every_value_comes_back(value: dict[str, Any]) -> None:
    assert decode_map(encode(value)) == value


@pytest.mark.parametrize("number", [0, 23, 24, 255, 256, 65535, 65536, 2**32 - 1, 2**32, -1, -24, -25, -256, -257])
def test_numbers_come_back_at_every_boundary(number: int) -> None:
    assert decode_map(encode({"n": number, "text": "x" * abs(number % 70_000)})) == {
        "n": number,
        "text": "x" * abs(number % 70_000),
    }


def test_a_moment_comes_back() -> None:
    moment = datetime(2026, 11, 22, 12, 0, 0, 500_000, tzinfo=UTC)
    assert decode_map(encode({"at": moment})) == {"at": moment}


@pytest.mark.parametrize("body", [b"\xff", b"\x01", b"\xa1", b"\x00\x00"])
def test_what_is_no_map_is_refused(body: bytes) -> None:
    with pytest.raises(AwsError) as caught:
        decode_map(body)
    assert caught.value.code == "SerializationException"
