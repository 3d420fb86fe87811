"""What of a failed container's log is told, and when it is asked for."""

from dataclasses import replace

import pytest

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.status import RevisionState
from endpoint_operator.aws.container_logs import MOST_BYTES, MOST_LINES, last_error_lines, without
from endpoint_operator.planning.decide import make_plan
from endpoint_operator.planning.facts import Facts, LiveStatus
from endpoint_operator.planning.failed_container import failed_container
from endpoint_operator.planning.outcome import NOTHING_DONE
from endpoint_operator.planning.status import status_of
from endpoint_operator.planning.stories import LONGEST_LOG, Story, stories_of
from tests.unit.given import CREATED, INPUTS, LATER, MODIFIED, an_object, facts, known, live, rollout, row, spec, status

OLD, NEW = spec(image="repo/churn:1"), spec(image="repo/churn:2")
PING = "The primary container for production variant AllTraffic did not pass the ping health check."
CAPACITY = "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error."


def test_the_lines_end_with_the_last_error_and_leave_health_checks_out() -> None:
    log = [
        "starting",
        "Traceback (most recent call last):\n  File serve.py\nValueError: no model",
        '127.0.0.1 "GET /ping HTTP/1.1" 500',
        "",
        "bye",
    ]
    lines = last_error_lines(log)
    assert lines == ("starting", "Traceback (most recent call last):", "  File serve.py", "ValueError: no model")


def test_a_log_without_errors_ends_with_its_last_lines() -> None:
    assert last_error_lines([str(number) for number in range(100)]) == tuple(map(str, range(80, 100)))


def test_no_more_than_twenty_lines_and_two_kilobytes_are_told() -> None:
    short, long = last_error_lines(["error"] * 100), last_error_lines(["error " + "é" * 200] * 100)
    assert len(short) == MOST_LINES
    assert 1 < len(long) < MOST_LINES
    assert sum(len(line.encode()) + 1 for line in long) <= MOST_BYTES
    (huge,) = last_error_lines(["error " + "é" * 5000])
    assert len(huge.encode()) <= MOST_BYTES


def test_environment_values_are_hidden_also_where_one_holds_another() -> None:
    lines = without(["hunter22", "hunter22-longer", "", "1"], ["KeyError: hunter22-longer", "hunter22 1"])
    assert lines == ("KeyError: ***", "*** 1")
    assert without(["first\nsecond"], ["the second line"]) == ("the *** line",)


def creation_failed(reason: str = PING, wanted: dict[str, object] = NEW) -> tuple[InferenceEndpoint, Facts]:
    endpoint = live(wanted, status=LiveStatus.FAILED, failure=reason)
    memory = status(
        row(wanted, state=RevisionState.DEPLOYING),
        endpoint=known(endpoint),
        rollout=rollout(row(wanted).name, stage="Creating", modified_before=None),
    )
    return an_object(wanted, status=memory), facts(endpoint)


def rolled_back(reason: str = PING) -> tuple[InferenceEndpoint, Facts]:
    endpoint = live(OLD, failure=reason, modified=LATER)
    memory = status(
        row(OLD), row(NEW, state=RevisionState.DEPLOYING), endpoint=known(endpoint), rollout=rollout(row(NEW).name)
    )
    return an_object(NEW, status=memory, generation=2), facts(endpoint)


def test_the_log_of_a_creation_is_asked_for_from_the_creation_on() -> None:
    found = failed_container(*creation_failed(), INPUTS)
    assert found is not None
    assert (found.variant, found.since, found.model_names) == ("AllTraffic", CREATED, tuple(row(NEW).model_names))


def test_the_log_of_an_update_is_asked_for_from_the_update_on() -> None:
    found = failed_container(*rolled_back(), INPUTS)
    assert found is not None
    assert found.since == MODIFIED


@pytest.mark.parametrize("world", [creation_failed, rolled_back])
def test_it_is_asked_for_in_the_pass_that_finds_the_failure_and_not_again(world: object) -> None:
    assert callable(world)
    endpoint, seen = world()
    plan = make_plan(endpoint, seen, INPUTS)
    after = status_of(endpoint, facts=seen, plan=plan, outcome=NOTHING_DONE, inputs=INPUTS)
    assert failed_container(replace(endpoint, status=after), seen, INPUTS) is None


@pytest.mark.parametrize(
    "world",
    [
        creation_failed(CAPACITY),
        rolled_back(CAPACITY),
        (an_object(NEW), facts()),
        (replace(creation_failed()[0], deletion_timestamp="2026-11-22T12:00:00Z"), creation_failed()[1]),
        creation_failed(wanted={**NEW, "paused": True}),
    ],
)
def test_no_log_is_asked_for_where_no_container_failed_or_nobody_would_be_told(
    world: tuple[InferenceEndpoint, Facts],
) -> None:
    assert failed_container(*world, INPUTS) is None


def test_values_of_the_manifest_are_known_and_others_are_said_to_be() -> None:
    container = {"image": "repo/churn:2", "environment": [{"name": "A", "value": "plain"}]}
    found = failed_container(*creation_failed(wanted=spec(containers=[container])), INPUTS)
    assert found is not None
    assert (found.plain_values, found.has_hidden_values) == (("plain",), False)


def told(lines: tuple[str, ...]) -> list[Story]:
    endpoint, seen = creation_failed()
    seen = replace(seen, log_lines=lines)
    plan = make_plan(endpoint, seen, INPUTS)
    after = status_of(endpoint, facts=seen, plan=plan, outcome=NOTHING_DONE, inputs=INPUTS)
    assert all(line not in after.model_dump_json() for line in lines), "a log is no status"
    return [
        story
        for story in stories_of(endpoint, plan=plan, outcome=NOTHING_DONE, status=after)
        if story.reason == "ContainerLog"
    ]


def test_the_lines_are_an_event_beside_the_failure() -> None:
    (story,) = told(("Traceback:", "ValueError: no model"))
    assert story.message == "Traceback:\nValueError: no model"
    assert story.warning
    assert story.revision == row(NEW).name
    assert told(()) == []


def test_an_event_keeps_the_last_lines_that_fit() -> None:
    (story,) = told(tuple(f"line {number} {'x' * 90}" for number in range(20)))
    assert len(story.message) <= LONGEST_LOG
    assert story.message.startswith("line ")
    assert story.message.endswith("x" * 90)
    assert "line 19 " in story.message
