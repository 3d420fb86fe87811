"""The store never goes back, and knows an edit from an echo."""

from dataclasses import replace
from typing import Any

import pytest

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.kinds import ENDPOINTS
from endpoint_operator.engine.intake import Intake
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.queue import WorkQueue
from endpoint_operator.engine.store import ObjectStore
from tests.unit.given import an_object, row, spec, status

KEY = ObjectKey("ml", "churn")


def at(version: str, endpoint: InferenceEndpoint | None = None, **changes: Any) -> InferenceEndpoint:
    return replace(endpoint or an_object(), resource_version=version, **changes)


@pytest.mark.parametrize(
    ("version", "uid", "kept"),
    [("9", "uid-1", True), ("10", "uid-1", True), ("11", "uid-1", False), ("2", "uid-2", False)],
)
def test_an_event_older_than_what_is_known_is_passed_over(*, version: str, uid: str, kept: bool) -> None:
    store = ObjectStore(ENDPOINTS)
    newest = at("10")
    store.put(newest)
    event = at(version, an_object(spec(count=5), generation=2, uid=uid))
    assert store.put(event) == (not kept)
    assert store.get(KEY) == (newest if kept else event)


@pytest.mark.parametrize(
    ("changes", "is_edit"),
    [
        ({"generation": 2}, True),
        ({"deletion_timestamp": "2026-11-22T12:00:00Z"}, True),
        ({"annotations": {"inference.endpoint-operator.dev/reconcile-at": "now"}}, True),
        ({"finalizers": ()}, True),
        ({"uid": "uid-2"}, True),
        ({"status": status(row())}, False),
        ({"annotations": {"somebody": "else"}}, False),
        ({}, False),
    ],
    ids=str,
)
def test_only_what_people_decide_is_an_edit(*, changes: dict[str, Any], is_edit: bool) -> None:
    store = ObjectStore(ENDPOINTS)
    assert store.put(at("10")), "the first sight is one"
    assert store.put(at("11", **changes)) == is_edit


async def woken(queue: WorkQueue) -> bool:
    """Whether the key waits for a worker."""
    queue.add(ObjectKey("none", "last"))
    return await queue.take() == KEY


async def test_an_edit_wakes_its_key_and_an_echo_of_our_own_write_does_not() -> None:
    for version, generation, expected in [("11", 1, False), ("11", 2, True), ("9", 2, False)]:
        store, queue = ObjectStore(ENDPOINTS), WorkQueue()
        store.put(at("10"))
        Intake(store=store, queue=queue).seen(at(version, generation=generation))
        assert await woken(queue) == expected


async def test_a_key_that_nobody_knows_is_not_woken() -> None:
    store, queue = ObjectStore(ENDPOINTS), WorkQueue()
    intake = Intake(store=store, queue=queue)
    intake.seen(an_object())
    intake.gone(KEY)
    assert store.get(KEY) is None
    fresh = WorkQueue()
    Intake(store=store, queue=fresh).wake(KEY)
    assert not await woken(fresh)


async def test_an_edit_begins_the_back_off_anew() -> None:
    store, queue = ObjectStore(ENDPOINTS), WorkQueue()
    intake = Intake(store=store, queue=queue)
    for _ in range(6):
        queue.back_off(KEY, at_most_seconds=300.0)
    intake.seen(an_object(generation=2))
    assert queue.back_off(KEY, at_most_seconds=300.0) < 2.0
    queue.close()
