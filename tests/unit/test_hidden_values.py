"""What others say, without values of Secrets: none is told, and the sentence can still be read."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoint_operator.planning.inputs.hidden_values import SHORTEST_HIDDEN_EVERYWHERE, without_values
from tests.unit.fuzz.budget import cheaply_fuzzed

PEM = "-----BEGIN KEY-----\nMIIEowIBAAKCAQEA7\n-----END KEY-----\n"
QUOTED = 'pass"word\\with\tsigns'


def told(text: str, *values: str, names: tuple[str, ...] = ()) -> str:
    return without_values(text, values, names=names, mark="[value]")


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("'hunter2-long' and 'hunter2' are refused", ("hunter2", "hunter2-long", ""), "'[value]' and '[value]'"),
        ("xhunter2y", ("hunter2",), "x[value]y"),
        ("hunter2hunter2", ("hunter2",), "[value]"),
        ("hunter2 stands for value", ("hunter2", "value"), "[value] stands for [value]"),
        (f"refused: {json.dumps(QUOTED)}", (QUOTED,), 'refused: "[value]"'),
        (f"refused: {QUOTED!r}", (QUOTED,), "refused: '[value]'"),
        (f"data: {base64.b64encode(b'hunter2').decode()}", ("hunter2",), "data: [value]"),
        ("postgres://user:p%40ss%2Fword@db", ("p@ss/word",), "postgres://user:[value]@db"),
        ("cut off: abcdefghijklmnopqrs... and more", ("abcdefghijklmnopqrstuvwxyz",), "cut off: [value]... and more"),
        ("the line MIIEowIBAAKCAQEA7 is bad", (PEM,), "the line [value] is bad"),
        ("aaaaab", ("aaaab",), "a[value]"),
    ],
)
def test_a_value_is_hidden_wherever_it_stands(text: str, values: tuple[str, ...], expected: str) -> None:
    assert told(text, *values).startswith(expected)


REFUSAL = (
    "1 validation error detected: Value '{FLAG=a, MODE=a1}' at 'primaryContainer.environment' failed to satisfy "
    "constraint: Map value must have a length less than or equal to 1024"
)


@pytest.mark.parametrize("value", ["a", "1", "no"])
def test_a_value_of_few_letters_leaves_a_sentence_as_it_is(value: str) -> None:
    sentence = "1 validation error detected: a role of 1 account is no role; there must be a role, no more than 1"
    assert told(sentence, value, names=("FLAG",)) == sentence


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        (REFUSAL, "a", REFUSAL.replace("FLAG=a,", "FLAG=[value],")),
        (REFUSAL, "a1", REFUSAL.replace("MODE=a1", "MODE=[value]")),
        ('{"FLAG": "no"}', "no", '{"FLAG": "[value]"}'),
        ("FLAG no is refused", "no", "FLAG [value] is refused"),
        ("FLAG: no is refused", "no", "FLAG: [value] is refused"),
        ("FLAG=no", "no", "FLAG=[value]"),
        ("the value `no` of it", "no", "the value `[value]` of it"),
        ("FLAG none", "no", "FLAG none"),
    ],
)
def test_a_value_of_few_letters_is_hidden_where_it_can_be_seen_to_be_one(text: str, value: str, expected: str) -> None:
    assert told(text, value, names=("FLAG",)) == expected


@given(
    value=st.text(min_size=SHORTEST_HIDDEN_EVERYWHERE, max_size=60).filter(lambda text: text not in "[value]"),
    before=st.text(max_size=20),
    after=st.text(max_size=20),
)
@cheaply_fuzzed
def test_no_text_holds_a_value_that_is_long_enough(value: str, before: str, after: str) -> None:
    for form in (value, json.dumps(value), repr(value)):
        parts = told(f"{before}{form}{after}", value).split("[value]")
        assert not any(value in part for part in parts)
        assert len(parts) > 1


def test_a_value_of_two_thousand_lines_is_hidden_at_once() -> None:
    value = "\n".join(f"line {number} of the file" for number in range(2000))
    assert "of the file" not in told(f"refused: {value}", value)
