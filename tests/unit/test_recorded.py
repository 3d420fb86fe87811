"""What an object's status remembers of work that somebody began."""

from datetime import UTC, datetime
from typing import Any

import pytest

from endpoint_operator.planning.condition_table import conditions_of
from endpoint_operator.planning.plan import Situation
from endpoint_operator.planning.recorded import is_under_way
from tests.unit.given import an_object, row, status

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def under_way(situation: Situation, *, observed: int = 1, **metadata: Any) -> bool:
    told = conditions_of(situation, reason="R", message="", available=True, generation=1, now=NOW)
    remembered = status(row()).model_copy(update={"conditions": told, "observed_generation": observed})
    return is_under_way(an_object(status=remembered, **metadata))


@pytest.mark.parametrize("situation", [Situation.SERVING, Situation.USER_FAULT, Situation.STOPPED])
def test_an_object_at_rest_is_at_rest(situation: Situation) -> None:
    assert not under_way(situation)


@pytest.mark.parametrize("situation", [Situation.CREATING, Situation.UPDATING, Situation.WORLD_FAULT])
def test_what_reconciles_is_under_way(situation: Situation) -> None:
    assert under_way(situation)


def test_so_is_what_was_edited_or_deleted_meanwhile() -> None:
    assert under_way(Situation.SERVING, observed=0)
    assert under_way(Situation.SERVING, deleted=True)


def test_nothing_is_under_way_of_what_was_never_begun() -> None:
    assert not is_under_way(an_object(status=status(), deleted=True))
