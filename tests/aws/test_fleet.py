"""The memory of endpoints, where what was read may be older than what a process before this one did."""

import time
from dataclasses import replace

import pytest

from endpoint_operator.aws.endpoints import Summary
from endpoint_operator.aws.fleet import Fleet, Word
from endpoint_operator.planning.facts import LiveEndpoint, LiveStatus

WINDOW = 30.0
BEFORE = Summary(name="churn", status=LiveStatus.IN_SERVICE, created="1", modified="1")
LIVE = LiveEndpoint(name="churn", arn="arn", status=BEFORE.status, config_name="c", created="1", modified="1")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def fleet(clock: list[float]) -> Fleet:
    """As it is after the first list of a process."""
    fleet = Fleet(consistency_window=WINDOW)
    fleet.swept([BEFORE], began=clock[0])
    clock[0] += 1
    return fleet


@pytest.mark.parametrize("name", ["churn", "absent"])
def test_what_was_under_way_is_not_believed_before_the_window_is_over(
    fleet: Fleet, clock: list[float], name: str
) -> None:
    assert fleet.unsure_seconds(name, under_way=True) == WINDOW
    clock[0] += WINDOW - 1
    assert fleet.unsure_seconds(name, under_way=True) == 1
    fleet.swept([BEFORE], began=clock[0])
    clock[0] += 1
    assert fleet.unsure_seconds(name, under_way=True) == 0
    assert fleet.word(name) is Word.UNKNOWN, "the list began within the window"


def test_a_list_or_a_look_after_the_window_is_believed(fleet: Fleet, clock: list[float]) -> None:
    for name in ("churn", "absent"):
        fleet.unsure_seconds(name, under_way=True)
    clock[0] += WINDOW
    fleet.looked("absent", None, began=clock[0])
    assert fleet.word("absent") is Word.ABSENT
    fleet.swept([BEFORE], began=clock[0])
    assert fleet.word("churn") == BEFORE


def test_what_was_at_rest_is_believed_at_once_and_what_begins_later_too(fleet: Fleet, clock: list[float]) -> None:
    for name in ("churn", "absent"):
        assert fleet.unsure_seconds(name, under_way=False) == 0
    clock[0] += 1
    assert fleet.unsure_seconds("churn", under_way=True) == 0, "that work is this process's own"
    assert fleet.word("churn") == BEFORE
    assert fleet.word("absent") is Word.ABSENT


def test_an_object_made_anew_under_a_name_is_met_anew(fleet: Fleet) -> None:
    fleet.unsure_seconds("churn", under_way=True)
    fleet.forget("churn")
    assert fleet.unsure_seconds("churn", under_way=False) == 0


@pytest.mark.parametrize("name", ["churn", "absent"])
def test_a_list_after_a_refused_write_wakes_nobody_unless_it_shows_something_else(
    fleet: Fleet, clock: list[float], name: str
) -> None:
    shown = [BEFORE]
    fleet.wrote(name, awaited=LiveStatus.UPDATING)
    fleet.refused(name)
    clock[0] += WINDOW
    assert fleet.swept(shown, began=clock[0]) == set()
    fleet.wrote(name, awaited=LiveStatus.UPDATING)
    fleet.refused(name)
    clock[0] += WINDOW
    assert fleet.swept([replace(BEFORE, name=name, modified="2")], began=clock[0]) >= {name}


def test_a_look_that_shows_what_was_before_a_write_is_known_as_such(fleet: Fleet, clock: list[float]) -> None:
    fleet.wrote("churn", awaited=LiveStatus.UPDATING)
    fleet.taken("churn")
    fleet.looked("churn", LIVE, began=clock[0])
    assert fleet.shows_before_write("churn")
    clock[0] += WINDOW
    assert not fleet.shows_before_write("churn"), "SageMaker shows what is there by then"


def test_a_look_that_shows_the_write_or_follows_one_that_aws_did_not_take_is_no_past(
    fleet: Fleet, clock: list[float]
) -> None:
    fleet.wrote("churn", awaited=LiveStatus.UPDATING)
    fleet.looked("churn", LIVE, began=clock[0])
    assert not fleet.shows_before_write("churn")
    fleet.taken("churn")
    fleet.looked("churn", replace(LIVE, modified="2"), began=clock[0])
    assert not fleet.shows_before_write("churn")


def test_the_list_that_follows_an_accepted_write_wakes(fleet: Fleet, clock: list[float]) -> None:
    fleet.wrote("churn", awaited=LiveStatus.UPDATING)
    clock[0] += WINDOW
    assert fleet.swept([BEFORE], began=clock[0]) == {"churn"}
