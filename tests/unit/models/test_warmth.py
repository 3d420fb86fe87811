"""When a target counts as warm: answers in a row, each quick against a cold start of its own."""

from dataclasses import replace

import pytest

from endpoint_operator.planning.models.warmth import Answered, Fleet, Streak, after, streak_of

FLEET = Fleet(target_model="t.tar.gz", serving_since="rev-1", instance_count=2)
ANSWERED, NOT_READY, FAILED = Answered.ANSWERED, Answered.NOT_READY, Answered.FAILED


def _after(*seconds: float, streak: Streak | None = None) -> Streak:
    streak = streak or streak_of(FLEET, None)
    for each in seconds:
        streak = after(streak, ANSWERED, seconds=each)
    return streak


def _warm() -> Streak:
    return _after(20.0, 0.1, 0.1, 0.1, 0.1)


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [
        ((20.0,), None),
        ((20.0, 0.1, 0.1, 0.1), None),
        ((20.0, 0.1, 0.1, 0.1, 0.1), True),
        ((20.0, 9.9, 9.9, 9.9, 9.9), True),  # under half of the cold start
        ((20.0, 0.1, 0.1, 10.0, 0.1, 0.1), None),  # the other instance had it to load still
        ((20.0, 0.1, 0.1, 0.1, 10.0, 0.1, 0.1, 0.1, 0.1), True),
        ((0.02, 0.02, 0.02, 0.02), True),  # it was in memory already
        ((20.0, 15.0), False),
        ((0.02, 0.3, 0.3, 0.3, 0.3), False),  # a cold start is never taken for less than half a second
    ],
)
def test_twice_as_many_quick_answers_in_a_row_as_instances_make_it_warm(
    seconds: tuple[float, ...], *, verdict: bool | None
) -> None:
    assert _after(*seconds).verdict is verdict


def test_a_process_that_has_just_begun_knows_nothing_until_the_answers_tell() -> None:
    assert [_after(*[0.1] * count).verdict for count in range(5)] == [None, None, None, None, True]


def test_the_time_that_sagemaker_was_not_ready_belongs_to_the_cold_start() -> None:
    streak = after(streak_of(FLEET, None), NOT_READY, seconds=60.0)
    streak = after(streak, NOT_READY, seconds=60.0)
    assert streak.verdict is False
    assert _after(10.0, streak=streak).cold_start_seconds == 130.0


def test_failures_teach_nothing_of_a_cold_start_and_end_a_row() -> None:
    streak = after(_after(20.0, 0.1, 0.1, 0.1), FAILED, seconds=0.01)
    assert streak.cold_start_seconds == 20.0
    assert _after(0.1, 0.1, 0.1, streak=streak).verdict is None
    assert after(streak_of(FLEET, None), FAILED, seconds=1.0).cold_start_seconds is None


def test_one_slow_answer_does_not_cool_a_warm_target_and_two_in_a_row_do() -> None:
    once = _after(15.0, streak=_warm())
    assert once.verdict is True
    assert _after(0.1, 15.0, streak=once).verdict is True
    assert _after(15.0, streak=once).verdict is False
    assert after(after(_warm(), FAILED, seconds=1.0), FAILED, seconds=1.0).verdict is False


def test_a_model_that_was_unloaded_is_cold_at_once() -> None:
    streak = after(_warm(), NOT_READY, seconds=60.0)
    assert streak.verdict is False
    assert streak.quick_in_a_row == 0


def test_a_warm_target_that_goes_on_being_warm_changes_in_nothing() -> None:
    warm = _warm()
    assert _after(0.1, 0.2, 0.05, streak=warm) == warm


@pytest.mark.parametrize(
    ("fleet", "verdict", "cold_start"),
    [
        (FLEET, True, 20.0),
        (replace(FLEET, instance_count=1), True, 20.0),
        (replace(FLEET, instance_count=3), False, 20.0),
        (replace(FLEET, serving_since="rev-2"), False, 20.0),
        (replace(FLEET, target_model="other.tar.gz"), False, None),
    ],
)
def test_what_has_loaded_nothing_yet_begins_anew(fleet: Fleet, *, verdict: bool, cold_start: float | None) -> None:
    streak = streak_of(fleet, _warm())
    assert (streak.verdict, streak.cold_start_seconds) == (verdict, cold_start)
    assert (streak.quick_in_a_row == 0) is not verdict


def test_an_endpoint_at_zero_instances_still_needs_answers() -> None:
    assert streak_of(replace(FLEET, instance_count=0), None).wanted_in_a_row == 2
