"""When a model is asked next, and when its status has something else to say: tables, without AWS."""

from dataclasses import replace

import pytest

from endpoint_operator.api.model import InferenceModel
from endpoint_operator.aws.models.warm_up_requests import WarmUpAnswer
from endpoint_operator.aws.models.warm_up_rows import NEVER, WarmUpRow, row_of
from endpoint_operator.aws.periods import WARM_UP_BACK_OFF_SECONDS
from endpoint_operator.planning.faults import Blame, Fault
from tests.aws.warm_up_world import TARGET, warm_condition, warm_model

NOW = 1000.0
REFUSED = Fault(blame=Blame.USER, reason="WarmUpRefused", message="it answered 400")
HICCUP = Fault(blame=Blame.WORLD, reason="AWSUnreachable", message="no answer")


def a_row(*, told: bool | None = None, interval: int | None = None) -> WarmUpRow:
    warm_up = {"body": "1", **({} if interval is None else {"intervalSeconds": interval})}
    row = row_of(warm_model(told=told, warm_up=warm_up))
    assert row is not None
    row.on(TARGET)
    return row


def answers(row: WarmUpRow, *given: float | Fault) -> WarmUpRow:
    """Seconds of good answers, and faults of bad ones."""
    for each in given:
        if isinstance(each, Fault):
            row.learn(WarmUpAnswer(seconds=0.1, fault=each))
        else:
            row.learn(WarmUpAnswer(seconds=each))
    row.schedule(NOW)
    return row


@pytest.mark.parametrize(
    ("row", "due"),
    [
        (answers(a_row()), NOW),
        (answers(a_row(told=True)), NEVER),
        (answers(a_row(), 2.0), NOW + 1.0),
        (answers(a_row(), 2.0, 0.01, 0.01), NEVER),
        (answers(a_row(), REFUSED), NOW + 2.0),
        (answers(a_row(), REFUSED, REFUSED, REFUSED), NOW + 8.0),
        (answers(a_row(), *[REFUSED] * 20), NOW + WARM_UP_BACK_OFF_SECONDS[1]),
        (answers(a_row(interval=60), *[REFUSED] * 20), NOW + 60.0),
    ],
)
def test_a_model_is_asked_soon_until_it_is_warm_and_rarely_while_it_refuses(row: WarmUpRow, due: float) -> None:
    assert row.due == due


def test_one_with_an_interval_is_asked_within_it_for_ever() -> None:
    row = answers(a_row(interval=60), 2.0, 0.01, 0.01)
    assert NOW < row.due <= NOW + 60.0


@pytest.mark.parametrize(
    ("row", "news"),
    [
        (answers(a_row(told=False), 2.0), False),
        (answers(a_row(told=False), 2.0, 0.01, 0.01), True),
        (answers(a_row(told=True), 0.4, 0.4, 0.4), False),
        (answers(a_row(told=True), 0.4, HICCUP, 0.4), False),
        (answers(a_row(told=True), 0.4, HICCUP, HICCUP), True),
        (answers(a_row(told=False), REFUSED, REFUSED), True),
        (answers(a_row(told=False), HICCUP, HICCUP), False),
        (answers(a_row(told=False), HICCUP, HICCUP, HICCUP), True),
    ],
)
def test_only_what_the_status_does_not_say_yet_wakes_a_model(row: WarmUpRow, *, news: bool) -> None:
    assert row.has_news() is news


def test_a_fault_that_the_status_says_already_wakes_nobody() -> None:
    row = answers(a_row(told=False), REFUSED, REFUSED)
    row.told = replace(row.told, reason="WarmUpRefused")
    assert not row.has_news()


def test_a_slow_model_that_was_warm_before_a_restart_stays_warm() -> None:
    """Its first answer in a new process is no cold start."""
    row = answers(a_row(told=True, interval=60), *[1.2] * 10)
    assert row.streak is not None
    assert row.streak.verdict is True


@pytest.mark.parametrize(
    "model",
    [
        replace(warm_model(), deletion_timestamp="2026-01-01T00:00:00Z"),
        replace(warm_model(), spec=warm_model().spec.model_copy(update={"warm_up": None})),
        replace(warm_model(), spec=warm_model().spec.model_copy(update={"paused": True})),
        replace(warm_model(), status=warm_model().status.model_copy(update={"target_model": None})),
    ],
)
def test_nobody_asks_a_model_that_is_leaving_paused_unpublished_or_wants_none(model: InferenceModel) -> None:
    assert row_of(model) is None


def test_what_another_release_wrote_into_the_condition_is_read() -> None:
    told = warm_condition(warm=True, reason="SomethingNew")
    model = replace(warm_model(), status=warm_model().status.model_copy(update={"conditions": [told]}))
    row = row_of(model)
    assert row is not None
    assert (row.told.warm, row.told.reason) == (True, "SomethingNew")
