"""When an alarm is in which state: the tables of the CloudWatch User Guide on missing data, row by row."""

import pytest

from sagemaker_simulator.cloudwatch.alarm_judgement import judged
from sagemaker_simulator.cloudwatch.alarm_record import State

OK, ALARM, MISSING = State.OK, State.ALARM, State.INSUFFICIENT_DATA
KEEPS = None  # the state stays what it was
READ = {"0": False, "X": True, "-": None}


def judge(row: str, *, enough: int, treat: str, current: State) -> State:
    return judged([READ[mark] for mark in row.split()], periods=3, enough=enough, treat_missing=treat, current=current)


# "Configuring how CloudWatch alarms treat missing data": missing, ignore, breaching, notBreaching.
ALL_OF_THREE = [
    ("0 - X - X", OK, OK, OK, OK),
    ("- - - - 0", OK, OK, OK, OK),
    ("- - - - -", MISSING, KEEPS, ALARM, OK),
    ("0 X X - X", ALARM, ALARM, ALARM, ALARM),
    ("- - X - -", ALARM, KEEPS, ALARM, OK),
]
TWO_OF_THREE = [
    ("0 - X - X", ALARM, ALARM, ALARM, ALARM),
    ("0 0 X 0 X", ALARM, ALARM, ALARM, ALARM),
    ("0 - X - -", OK, OK, ALARM, OK),
    ("- - - - 0", OK, OK, ALARM, OK),
    ("- - - X -", ALARM, KEEPS, ALARM, OK),
]
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")


@pytest.mark.parametrize("current", [OK, ALARM])
@pytest.mark.parametrize(
    ("enough", "row", "treat", "expected"),
    [
        (enough, row[0], treat, expected)
        for enough, table in ((3, ALL_OF_THREE), (2, TWO_OF_THREE))
        for row in table
        for treat, expected in zip(TREATMENTS, row[1:], strict=True)
    ],
)
def test_missing_data_is_judged_as_the_guide_says(
    enough: int, row: str, treat: str, expected: State | None, current: State
) -> None:
    assert judge(row, enough=enough, treat=treat, current=current) is (current if expected is None else expected)


def test_one_breach_that_has_just_come_is_no_alarm_yet() -> None:
    assert judge("- - - - X", enough=3, treat="missing", current=MISSING) is MISSING


def test_datapoints_older_than_the_judged_ones_do_not_count_once_enough_others_are_there() -> None:
    assert judge("X X 0 0 0", enough=1, treat="missing", current=ALARM) is OK
